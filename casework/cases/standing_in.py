"""The places of deputies in cases: they come with an absence and go with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from casework.cases import grants
from casework.cases.letting_go import pass_on_asked
from casework.cases.models import Case, Exclusion, Participation
from casework.cases.models.participation import ParticipationQuerySet
from casework.cases.models.tracked import Tracked
from casework.cases.participations import stand_in
from casework.cases.records import acting_in_each, record_in_each
from casework.cases.uncovered import ask_for_another, whom_to_ask
from casework.people.models import Absence, User


def stand_ins() -> ParticipationQuerySet:
    """Every place of a deputy that did not end."""
    return Participation.objects.system_scope("the places of deputies").filter(
        on_behalf_of__isnull=False, ended_at__isnull=True
    )


def is_away(at: datetime) -> Exists:
    """Whether whom a place is for is away, and its holder stands in for him."""
    return Exists(
        Absence.objects.active(at).filter(
            user=OuterRef("on_behalf_of"), deputy=OuterRef("user")
        )
    )


def uncovered(absence: Absence, *, at: datetime) -> list[Any]:
    """
    Give his running places without a copy for the deputy.

    `knows` says that the deputy may not see that case.
    """
    known = Exclusion.objects.filter(user=absence.deputy_id, case=OuterRef("case"))
    copies = _of_this_pair(absence).running(at)
    copies = copies.filter(
        case=OuterRef("case"), role=OuterRef("role"), about=OuterRef("about")
    )
    return list(
        Participation.objects.system_scope("what the deputy takes over")
        .running(at)
        .filter(user=absence.user_id, on_behalf_of__isnull=True)
        .exclude(role=Participation.Role.BREAK_GLASS)
        .exclude(Exists(copies))
        .annotate(knows=Exists(known))
        .select_related("case")
        .order_by("case_id", "pk")
    )


def unsettled(absence: Absence, rows: Sequence[Any], *, at: datetime) -> set[int]:
    """
    Give the cases of `uncovered` places in which something must still be done.

    The deputy's place is not there yet, or somebody must be asked for another.
    """
    open_to_him = {row.case_id for row in rows if not row.knows}
    known = {row.case_id: row.case for row in rows if row.knows}
    unasked = {
        key
        for key, case in known.items()
        if whom_to_ask(absence, case, at=at) is not None
    }
    return open_to_him | unasked


def cover(absence: Absence, *, by: User | None, at: datetime) -> int:
    """
    Write the deputy's places that are not there yet, and open his grants.

    Where he may not see a case, another is asked for, once. What is left of an absence
    before, which the clock did not end yet, makes room. Part of a transition: the cases
    are locked. Gives how many places came.
    """
    new: dict[Case, list[Tracked]] = {}
    places: list[Participation] = []
    rows = uncovered(absence, at=at)
    over = _of_this_pair(absence).filter(until_at__lte=at)
    end_places(over.filter(case__in=[row.case_id for row in rows]), by=None, at=at)
    for row in rows:
        if row.knows:
            ask_for_another(row.case, absence, by=by, at=at)
            continue
        place = stand_in(row, absence, at=at)
        places.append(place)
        new.setdefault(row.case, []).append(place)
    if not places:
        return 0
    Participation.objects.bulk_create(places)
    grants.follow([case.pk for case in new], at=at)
    record_in_each(
        new,
        "absence.started",
        by=by,
        at=at,
        acting={},
        user=absence.user_id,
        deputy=absence.deputy_id,
    )
    return len(places)


def end_places(rows: ParticipationQuerySet, *, by: User | None, at: datetime) -> int:
    """
    End places of deputies and close their grants.

    Part of a transition: the cases are locked. Gives how many places ended.
    """
    pairs: dict[tuple[int | None, int | None], list[Participation]] = {}
    for row in rows.select_related("case").order_by("case_id", "pk"):
        pairs.setdefault((row.on_behalf_of_id, row.user_id), []).append(row)
    for ended in pairs.values():
        _end_pair(ended, by=by, at=at)
    return sum(len(ended) for ended in pairs.values())


def _of_this_pair(absence: Absence) -> ParticipationQuerySet:
    return stand_ins().filter(user=absence.deputy_id, on_behalf_of=absence.user_id)


def _end_pair(ended: list[Participation], *, by: User | None, at: datetime) -> None:
    """End the places of one deputy for one person, in all cases at once."""
    cases = {row.case_id: row.case for row in ended}
    acting = acting_in_each(cases, by, at=at)
    Participation.objects.system_scope("who was away is back").filter(
        pk__in=[row.pk for row in ended]
    ).update(ended_at=at)
    changed: dict[Case, list[Tracked]] = {case: [] for case in cases.values()}
    for row in ended:
        row.ended_at = at
        changed[row.case].append(row)
    grants.follow(cases, at=at)
    pass_on_asked(ended, at=at)
    record_in_each(
        changed,
        "absence.ended",
        by=by,
        at=at,
        acting=acting,
        user=ended[0].on_behalf_of_id,
        deputy=ended[0].user_id,
    )
