"""Procesregie goes to a successor: one case, or all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from casework.access.permissions import Permission
from casework.cases import grants
from casework.cases.appointing import require_fit
from casework.cases.letting_go import pass_on_asked
from casework.cases.lock import lock_cases, refresh_all
from casework.cases.models import Case, Exclusion, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.reading_in import READ_IN, ask_to_read_in_each
from casework.cases.records import acting_in_each, record_in_each
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted, NotVisible
from casework.people.models import Role, User
from casework.work import items
from casework.work.models import WorkItem

LAPSED = WorkItem.Outcome.LAPSED
VACANT = "procesregie.vacant"
"""Work: somebody must be found for a case whose procesregisseur has left."""


@transaction.atomic
def hand_over_procesregie(
    cases: Iterable[Case], *, by: User, at: datetime, user: User
) -> list[Case]:
    """
    Give the procesregie of cases to a successor, with the work that waits for it.

    By who steers them all, or by the team lead of who does. A fixed number of
    statements. The cases that were given are refreshed in place.

    :raises NotPermitted: if one of them is not his to give
    :raises NotVisible: if he may not know of one, also as the team lead
    :raises InvalidInput: if the successor is no procesregisseur, away, or knows people
    :raises AlreadyDone: if the successor has one of them
    """
    given = {case.pk: case for case in cases}
    locked = lock_cases(given)
    _require_giver(locked, by, at=at)
    if not all(case.is_running for case in locked):
        raise NotPermitted("Procesregie loopt niet in al deze casussen.")
    if any(case.procesregisseur_id == user.pk for case in locked):
        raise AlreadyDone("Deze collega heeft deze casus al.")
    require_fit(user, Role.PROCESREGISSEUR, cases=list(given), at=at)

    move_procesregie(locked, user, by=by, at=at)
    refresh_all(given.values())
    return list(given.values())


def move_procesregie(
    cases: Sequence[Case], user: User, *, by: User | None, at: datetime
) -> None:
    """
    Give cases another procesregisseur, with the places, the work and the events.

    Part of a transition: the cases are locked. A fixed number of statements.
    """
    left = {case.pk: case.procesregisseur_id for case in cases}
    acting = acting_in_each(left, by, at=at)
    places = _move_places(cases, user, at=at)
    for case in cases:
        case.procesregisseur = user
    Case._base_manager.filter(pk__in=left).update(procesregisseur=user)
    grants.follow(left, at=at)
    _move_work(left, user, by=by, at=at)
    items.close_items([case.key for case in cases], by=by, at=at, kind=VACANT)
    record_in_each(
        {case: [case, *places[case.pk]] for case in cases},
        "procesregie.handed_over",
        by=by,
        at=at,
        acting=acting,
        user=user.pk,
    )
    ask_to_read_in_each(cases, user, by=by, at=at)


def _require_giver(cases: Sequence[Case], by: User, *, at: datetime) -> None:
    if not cases:
        raise InvalidInput("Kies minstens één casus.", field="cases")
    keys = [case.pk for case in cases]
    if Exclusion.objects.filter(user=by, case__in=keys).exists():
        raise NotVisible
    mine = Case.objects.visible_to(by, at=at, permission=Permission.STEER_CASE)
    steered = set(mine.filter(pk__in=keys).values_list("pk", flat=True))
    team = set(by.team.values_list("pk", flat=True))
    if all(case.pk in steered or case.procesregisseur_id in team for case in cases):
        return
    seen = Case.objects.visible_to(by, at=at).filter(pk__in=keys).count()
    if seen < len(keys):
        raise NotVisible
    raise NotPermitted("Dit doet de procesregisseur of zijn leidinggevende.")


def _move_places(
    cases: Sequence[Case], user: User, *, at: datetime
) -> dict[int, list[Tracked]]:
    """
    End the places of who had it, with their deputies', and write the new ones.

    What these asked for in their own name goes on in that of the successor.
    """
    ended = list(
        Participation.objects.system_scope("to end them")
        .filter(
            case__in=[case.pk for case in cases],
            role=Participation.Role.PROCESREGISSEUR,
            ended_at__isnull=True,
        )
        .order_by("pk")
    )
    Participation.objects.system_scope("the procesregie goes on").filter(
        pk__in=[row.pk for row in ended]
    ).update(ended_at=at)
    new = [
        Participation(
            case=case,
            role=Participation.Role.PROCESREGISSEUR,
            user=user,
            organisation_id=user.organisation_id,
            from_at=at,
        )
        for case in cases
    ]
    Participation.objects.bulk_create(new)
    pass_on_asked(ended, at=at)
    places: dict[int, list[Tracked]] = {case.pk: [] for case in cases}
    for row in ended:
        row.ended_at = at
        places[row.case_id].append(row)
    for row in new:
        places[row.case_id].append(row)
    return places


def _move_work(
    left: dict[int, int | None], user: User, *, by: User | None, at: datetime
) -> None:
    """Give the successor what waits for who had it; mail about it is taken back."""
    for owner in {pk for pk in left.values() if pk is not None}:
        cases = [case for case, had in left.items() if had == owner]
        reading = (
            WorkItem.objects.system_scope("who steers no more need not read in")
            .open()
            .filter(case__in=cases, kind=READ_IN, owner_user=owner)
        )
        read = list(reading.values_list("about", flat=True))
        items.close_items(read, by=by, at=at, outcome=LAPSED)
        items.hand_over_all(cases, of=owner, to=user)
