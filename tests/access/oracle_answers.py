"""What the product answers, in every way that it has of asking."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps

from ave.escalation.models import (
    Acceptance,
    Answer,
    Decision,
    Dissent,
    Draft,
    Escalation,
    Voice,
)
from ave.escalation.reading import request_for
from ave.stagnation.models import StuckReport
from casework.access.grants import require, scopes
from casework.access.pages import After, page_for
from casework.access.permissions import Permission
from casework.cases.models import Case
from casework.cases.pages import case_for
from casework.people.errors import NotPermitted, NotVisible
from casework.people.models import User
from casework.plan.models import Report, Task, TaskContent
from casework.plan.models.task import lent_with
from casework.plan.reading import task_for
from casework.work.inbox import item_for
from casework.work.models import WorkItem
from tests.access.oracle import ACTIONS, Question, Thing, World
from tests.access.oracle_rows import DOSSIER

CONTENT: dict[str, Any] = {
    "Vraag": Escalation,
    "Reactie": Voice,
    "Taak": Task,
    "Opdracht": TaskContent,
    "Antwoord": Report,
    "Melding": StuckReport,
}
OF_THINGS: dict[Any, tuple[str, str, str]] = {
    Answer: ("escalation_id", "Vraag", ""),
    Decision: ("answer__escalation_id", "Vraag", ""),
    Dissent: ("escalation_id", "Vraag", ""),
    Acceptance: ("stop_id", "Stuk", "escalation.DeEscalation:"),
}
"""What is read by who reads the thing that it belongs to, and nobody else."""
PAGE, FEW = 5, 4


class Way(NamedTuple):
    """One way of asking: what it was asked about, and for what it said yes."""

    name: str
    action: str
    things: frozenset[Thing]
    given: frozenset[Thing]

    def questions(self, user: User, at: datetime) -> set[Question]:
        return {Question(user.pk, self.action, thing, at) for thing in self.things}

    def differing(self, user: User, at: datetime, yes: set[Question]) -> set[Question]:
        """For what the policy says another thing than the product."""
        said = {Question(user.pk, self.action, thing, at) for thing in self.given}
        return said ^ (self.questions(user, at) & yes)


def ways(world: World, user: User, *, at: datetime) -> Iterator[Way]:
    """Ask the product everything, about everything, as one person."""
    yield from _cases(world, user, at=at)
    yield from _content(world, user, at=at)
    yield from _details(world, user, at=at)


def pages_of(user: User, *, at: datetime) -> list[int]:
    """Page after page of somebody's list, as he would turn them."""
    found: list[int] = []
    after = None
    while rows := page_for(Case, user, at=at, after=after, limit=PAGE):
        found += [row.pk for row in rows]
        after = After(rows[-1].attention_on, rows[-1].pk)
    return found


def _cases(world: World, user: User, *, at: datetime) -> Iterator[Way]:
    cases = list(Case._base_manager.order_by("pk"))
    things = frozenset(("Casus", case.pk) for case in cases)
    held = {case.pk: scopes(user, case, at=at) for case in cases}
    for scope in Permission:
        action = ACTIONS[scope]
        for name, keys in {
            "scopes": [pk for pk, mine in held.items() if scope in mine],
            "visible_to": Case.objects.visible_to(
                user, at=at, permission=scope
            ).values_list("pk", flat=True),
        }.items():
            given = frozenset(("Casus", pk) for pk in keys)
            yield Way(f"{name} {scope}", action, things, given)
    listed = frozenset(("Casus", pk) for pk in pages_of(user, at=at))
    yield Way("page_for", "zie_in_lijst", things, listed)
    open_to = {
        case.pk
        for case in cases
        if _reads(lambda case=case: require(user, Permission.WORK_CASE, case, at=at))
    }
    given = frozenset(("Casus", pk) for pk in open_to)
    yield Way("require", ACTIONS["work_case"], things, given)


def _content(world: World, user: User, *, at: datetime) -> Iterator[Way]:
    for kind, model in CONTENT.items():
        given = frozenset(
            (kind, row.pk) for row in model.objects.visible_to(user, at=at)
        )
        yield Way(f"visible_to {kind}", "lees", _things(world, kind), given)
    for model, (path, kind, label) in OF_THINGS.items():
        every, seen = (
            frozenset(
                (kind, f"{label}{pk}" if label else pk)
                for pk in rows.values_list(path, flat=True)
            )
            for rows in (
                model._base_manager.all(),
                model.objects.visible_to(user, at=at),
            )
        )
        yield Way(f"visible_to {model.__name__}", "lees", every, seen)
    given = frozenset(
        ("Werk", row.pk) for row in WorkItem.objects.visible_to(user, at=at)
    )
    yield Way("visible_to Werk", "lees_werk", _things(world, "Werk"), given)
    drafts = frozenset(
        ("Concept", row.pk) for row in Draft.objects.visible_to(user, at=at)
    )
    yield Way("visible_to Concept", "stuur", _things(world, "Concept"), drafts)
    pieces = _things(world, "Stuk")
    read = set()
    for label in DOSSIER:
        rows = apps.get_model(label).objects.visible_to(user, at=at)
        read |= {("Stuk", f"{label}:{pk}") for pk in rows.values_list("pk", flat=True)}
    yield Way("visible_to Stuk", "lees", pieces, frozenset(read))
    yield _lent(world, user, at=at)


def _lent(world: World, user: User, *, at: datetime) -> Way:
    """What went along with some of the tasks."""
    tasks = {world.task_of[thing] for thing in _some(world, "Verstrekking", user, at)}
    lent = frozenset(
        ("Verstrekking", row.pk)
        for task in Task._base_manager.filter(pk__in=tasks)
        for row in lent_with(task, user, at=at)
    )
    things = _things(world, "Verstrekking")
    about = frozenset(thing for thing in things if world.task_of[thing] in tasks)
    return Way("lent_with", "lees_mee", about, lent)


def _details(world: World, user: User, *, at: datetime) -> Iterator[Way]:
    references = dict(Case._base_manager.values_list("pk", "reference"))
    openers: dict[str, tuple[str, Callable[[int], object]]] = {
        "Casus": ("lees", lambda pk: case_for(user, references[pk], at=at)),
        "Vraag": ("lees", lambda pk: request_for(user, pk, at=at)),
        "Taak": ("lees", lambda pk: task_for(user, pk, at=at)),
        "Werk": ("lees_werk", lambda pk: item_for(user, pk, at=at)),
    }
    for kind, (action, opener) in openers.items():
        things = frozenset(_some(world, kind, user, at))
        given = frozenset(
            thing
            for thing in things
            if _reads(lambda thing=thing, opener=opener: opener(thing[1]))
        )
        yield Way(f"detail {kind}", action, things, given)


def _things(world: World, kind: str) -> frozenset[Thing]:
    return frozenset(thing for thing in world.case_of if thing[0] == kind)


def _some(world: World, kind: str, user: User, at: datetime) -> list[Thing]:
    """A few at random: each is opened with statements of its own."""
    things = sorted(_things(world, kind), key=str)
    dice = random.Random(f"{user.pk} {kind} {at}")
    return dice.sample(things, min(FEW, len(things)))


def _reads(opener: Callable[[], object]) -> bool:
    try:
        opener()
    except (NotVisible, NotPermitted):
        return False
    return True
