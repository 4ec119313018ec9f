"""Which parties take part in a case: for what, on which ground, until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from casework.cases.bases import require_basis
from casework.cases.bottlenecks import NotRunning
from casework.cases.confirmations import OF_WHO_SAID_IT
from casework.cases.household import require_work
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case, Participation
from casework.cases.participations import join_case
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Organisation, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, end_of, local_day
from casework.work.models import WorkItem

ENDED = "Deze partij doet al niet meer mee."
REVIEW_PARTY = "party.review"
LONGEST_PARTY = timedelta(days=366)

Parting = Callable[..., None]
_parting: list[Parting] = []


def parting(ends: Parting) -> Parting:
    """Let the engine end what it asked of a party that takes part no longer."""
    _parting.append(ends)
    return ends


class StillAtWork(TransitionRefused):
    """A party still has work in this case."""


@transaction.atomic
def invite_party(
    case: Case,
    *,
    by: User,
    at: datetime,
    organisation: Organisation,
    scope: str,
    ground: str,
    until: date | None = None,
    their_reference: str = "",
) -> Participation:
    """
    Let an organisation take part, for something, on a ground, until a day.

    Without a day: until the plan is reviewed. It gives no access to the dossier.

    :raises AlreadyDone: if it takes part
    :raises InvalidInput: without what for, or for a ground that is not in force
    """
    lock_case(case)
    require_work(case, by, at=at)
    if not case.is_running:
        raise NotRunning(case)
    if not scope.strip():
        raise InvalidInput("Schrijf waarvoor deze partij meedoet.", field="scope")
    require_basis(ground, field="ground")
    until = until or until_review(at)
    _check_until(until, on=local_day(at))
    ended = end_what_ran_out(case, organisation, at=at)
    rows = join_case(
        case,
        Participation.Role.PARTY,
        at=at,
        organisation=organisation,
        until=end_of(until),
        scope=scope.strip(),
        ground=ground,
    )
    party = rows[0]
    if their_reference:
        party.their_reference = their_reference
        party.save(update_fields=["their_reference"])
    record(
        case,
        "party.invited",
        by=by,
        at=at,
        changed=[*ended, *rows],
        about=party,
        organisation=organisation.pk,
    )
    return party


@transaction.atomic
def extend_party(
    party: Participation, *, by: User, at: datetime, until: date
) -> Participation:
    """
    Let a party take part longer.

    :raises AlreadyDone: if its part ended
    """
    case = _take_party(party, by=by, at=at)
    _check_until(until, on=local_day(at))
    party.until_at = end_of(until)
    party.save(update_fields=["until_at"])
    items.close_items(party.key, by=by, at=at, kind=REVIEW_PARTY)
    record(
        case,
        "party.extended",
        by=by,
        at=at,
        changed=[party],
        organisation=party.organisation_id,
    )
    return party


@transaction.atomic
def end_party(party: Participation, *, by: User, at: datetime) -> Participation:
    """
    Let a party take part no longer; what was disclosed to it stays recorded.

    Whether it was said like that may still be asked of it: that are its own words.

    :raises StillAtWork: while a desk of it has other open work in this case
    :raises AlreadyDone: if its part ended
    """
    case = _take_party(party, by=by, at=at)
    waiting = (
        items.open_for_case(case.pk)
        .filter(owner_desk__organisation=party.organisation_id)
        .exclude(kind__in=OF_WHO_SAID_IT)
        .count()
    )
    if waiting:
        raise StillAtWork(
            "Er staat nog 1 taak open bij deze partij. Rond hem af of geef hem door."
            if waiting == 1
            else f"Er staan nog {waiting} taken open bij deze partij. "
            "Rond ze af of geef ze door."
        )
    party.ended_at = at
    party.save(update_fields=["ended_at"])
    items.close_items(party.key, by=by, at=at, kind=REVIEW_PARTY)
    record(
        case,
        "party.ended",
        by=by,
        at=at,
        changed=[party],
        organisation=party.organisation_id,
    )
    for ends in _parting:
        ends(case, at=at)
    return party


def until_review(at: datetime) -> date:
    """Give the day until which a party takes part when nobody chose one."""
    rules = policy.at(local_day(at))
    term = rules.term("plan_review", level=2)
    return due_after(term, at=at, rules=rules).on


def end_what_ran_out(
    case: Case, organisation: Organisation, *, at: datetime
) -> list[Participation]:
    """
    End the part of an organisation whose day is over, as part of a transition.

    :raises AlreadyDone: if it still takes part
    """
    rows = Participation.objects.system_scope("does it take part").filter(
        case=case,
        organisation=organisation,
        role=Participation.Role.PARTY,
        ended_at__isnull=True,
    )
    ended = list(rows)
    for row in ended:
        if row.until_at is None or row.until_at > at:
            raise AlreadyDone("Deze partij doet al mee.")
        row.ended_at = row.until_at
        row.save(update_fields=["ended_at"])
    items.close_items(
        [row.key for row in ended],
        by=None,
        at=at,
        kind=REVIEW_PARTY,
        outcome=WorkItem.Outcome.LAPSED,
    )
    return ended


def _take_party(party: Participation, *, by: User, at: datetime) -> Case:
    case = lock_case(party)
    require_work(case, by, at=at)
    if party.role != Participation.Role.PARTY:
        raise NotPermitted("Dit is geen partij.")
    if party.ended_at is not None:
        raise AlreadyDone(ENDED)
    return case


def _check_until(until: date, *, on: date) -> None:
    if not on < until <= on + LONGEST_PARTY:
        raise InvalidInput(
            "Kies een dag die nog komt, hoogstens een jaar vooruit.", field="until"
        )
