"""What waits for, or was asked by, somebody who has no place in a case any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from casework.cases.lock import lock_cases
from casework.cases.models import Case, Participation
from casework.people.models import User
from casework.work import items
from casework.work.chasing import ask_instead
from casework.work.models import WorkItem

_Role = Participation.Role
_ASKS = (_Role.PROCESREGISSEUR, _Role.CASUSREGISSEUR, _Role.ANSWERER)
"""Places whose holders ask others for work in the case."""
_ASKED = (_Role.ANSWERER, _Role.RECEIVER)
_HIS = ("stop.receive",)
"""Who must answer, and work that nobody else can do."""
ANSWER_FIRST = (
    "Er wacht nog een vraag in deze casus op jou. Zeg daar eerst nee, "
    "of vraag de procesregisseur om de vraag in te trekken."
)
WITHDRAW_FIRST = (
    "Er wacht nog een vraag in deze casus op deze collega. Trek die eerst in bij "
    "op- en afschalen. Daarna kun je de vraag aan een ander stellen."
)
"""Why somebody who knows these people can't be shut out yet, for himself and another."""

Leaving = Callable[..., None]
_leaving: list[Leaving] = []


def leaving(ends: Leaving) -> Leaving:
    """Let the engine end what it asked of who leaves; `casework` knows none of it."""
    _leaving.append(ends)
    return ends


def is_asked(case: Case, user: User) -> bool:
    """Whether a question in a case waits for somebody, which nobody takes over."""
    open_work = items.open_for_case(case.pk)
    places = Participation.objects.system_scope("what waits for him").filter(
        case=case, user=user, role__in=_ASKED, ended_at__isnull=True
    )
    asked = open_work.filter(about__in=places.values("about"))
    return asked.exists() or open_work.filter(owner_user=user, kind__in=_HIS).exists()


def let_go(case: Case, user: User, *, by: User, at: datetime) -> None:
    """
    Leave somebody who may not know of a case nothing to do or to steer in it.

    What only names the case, such as an answer to read, lapses; what he asked for is
    asked by the procesregisseur. Part of a transition.
    """
    named = (
        WorkItem.objects.system_scope("work that is not about the case but names it")
        .open()
        .filter(owner_user=user, case__isnull=True, reference=case.reference)
    )
    found = dict(named.values_list("about", "kind"))
    items.close_items(
        found.keys(),
        by=by,
        at=at,
        kind=found.values(),
        outcome=WorkItem.Outcome.LAPSED,
    )
    if case.procesregisseur_id is not None:
        ask_instead([case.pk], of=user.pk, to=case.procesregisseur_id)


def pass_on(
    case: Case, user: User, *, to: User | None, by: User | None, at: datetime
) -> None:
    """
    Give what waits in a case for somebody who does it no longer to another.

    Not what was asked of himself. Part of a transition.
    """
    if to is None:
        return
    waiting = items.open_for_case(case.pk).filter(owner_user=user)
    for item in waiting.filter(asked_by__isnull=True).order_by("pk"):
        items.hand_over(item, to=to, by=by, at=at)


def lapse_asked(case: Case, user: User, *, by: User | None, at: datetime) -> None:
    """Let the engine end what it asked of who sees the case no longer."""
    for ends in _leaving:
        ends(case, user, by=by, at=at)


@transaction.atomic
def lapse_of_who_left(kinds: Collection[str], *, at: datetime) -> int:
    """
    End work that was for one reader alone, of whom the account ended; for the clock.

    Such as his own to-do's, and answers to what he asked: nobody takes them over. Gives
    how many that were.
    """
    theirs = (
        WorkItem.objects.system_scope("what nobody reads any more")
        .open()
        .filter(kind__in=kinds, owner_user__is_active=False)
    )
    lock_cases({case for case in theirs.values_list("case", flat=True) if case})
    return items.close_items(
        list(theirs.values_list("about", flat=True)),
        by=None,
        at=at,
        kind=kinds,
        outcome=WorkItem.Outcome.LAPSED,
    )


def pass_on_asked(ended: Iterable[Participation], *, at: datetime) -> None:
    """
    Let who lost his place in a case no longer steer what he asked for there.

    From now on it is asked by whom he stood in for, else by the next casusregisseur if
    he was that, else by the procesregisseur. Part of a transition: the places are
    written. A statement for each two people, however many cases.
    """
    gone = [row for row in ended if row.role in _ASKS and row.user_id is not None]
    held = _held_in({row.case_id for row in gone}, at=at)
    moved: dict[tuple[int, int], set[int]] = {}
    for row in gone:
        to = _follower(row, held)
        if row.user_id is None or to is None:
            continue
        if (row.case_id, row.user_id) not in held.people:
            moved.setdefault((row.user_id, to), set()).add(row.case_id)
    for (left, to), cases in moved.items():
        ask_instead(cases, of=left, to=to)


class _Held(NamedTuple):
    """Who has a place now: in which case, and the regisseurs by case and role."""

    people: set[tuple[int, int | None]]
    regisseurs: dict[tuple[int, str], int | None]


def _held_in(cases: Collection[int], *, at: datetime) -> _Held:
    rows = list(
        Participation.objects.system_scope("who asks now")
        .running(at)
        .filter(case__in=cases, role__in=_ASKS)
    )
    return _Held(
        people={(row.case_id, row.user_id) for row in rows},
        regisseurs={
            (row.case_id, row.role): row.user_id
            for row in rows
            if row.on_behalf_of_id is None
        },
    )


def _follower(row: Participation, held: _Held) -> int | None:
    if (row.case_id, row.on_behalf_of_id) in held.people:
        return row.on_behalf_of_id
    next_one = held.regisseurs.get((row.case_id, row.role))
    if row.role == _Role.CASUSREGISSEUR and next_one is not None:
        return next_one
    return held.regisseurs.get((row.case_id, _Role.PROCESREGISSEUR))
