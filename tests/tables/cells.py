"""The cells of a table: everybody tries everything, each on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from django.db import transaction

from casework.cases.journal import state_of
from casework.cases.models import Case, Event
from casework.people.errors import TransitionRefused
from casework.people.models import User
from casework.work.models import WorkItem
from tests.replay import replays
from tests.standing import scene
from tests.world import World

PEOPLE = (
    "procesregisseur",
    "other_procesregisseur",
    "deputy",
    "casusregisseur",
    "officer",
    "other_officer",
    "housing_worker",
    "manager",
    "burgemeester",
    "beleidsmedewerker",
    "privacy_officer",
    "fg",
    "beheerder",
)
OK, NO, HIDDEN, DONE = "ok", "NotPermitted", "NotVisible", "AlreadyDone"

Act = Callable[[User], object]
Row = Mapping[str, str]


def found(
    world: World, case: Case, acts: Mapping[str, Act]
) -> dict[str, dict[str, str]]:
    """
    Let everybody try everything; say how each went, by person and action.

    Catches on the way a refusal that leaves an event, or work that began or ended.
    """
    events = Event.objects.system_scope("test").filter(case=case)
    work = WorkItem.objects.system_scope("test").open().order_by("pk")
    told, before = events.count(), state_of([case.pk])
    waits = list(work.values_list("pk", flat=True))
    cells: dict[str, dict[str, str]] = {}
    for person, (action, act) in product(PEOPLE, acts.items()):
        with scene():
            with replays(case, before=before):
                how = _tried(act, getattr(world, person))
            if how != OK:
                left = events.count() > told or waits != list(
                    work.values_list("pk", flat=True)
                )
                assert not left, f"{person} {action}"
        cells.setdefault(person, {})[action] = how
    return cells


def table(rest: Row, **rows: Row) -> dict[str, Row]:
    """Give the whole table: the rows of who is named, and what holds for the rest."""
    assert set(rows) <= set(PEOPLE)
    return {person: rest | rows.get(person, {}) for person in PEOPLE}


def _tried(act: Act, by: User) -> str:
    try:
        with transaction.atomic():
            act(by)
    except TransitionRefused as refusal:
        return type(refusal).__name__
    return OK
