"""How people and parties come into a case and leave it; access follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.cases.models import Case, Participation
from casework.people.absence import desk_lender
from casework.people.models import Absence, Desk, Organisation, User

Role = Participation.Role


def join_case(
    case: Case,
    role: Participation.Role,
    *,
    at: datetime,
    user: User | None = None,
    desk: Desk | None = None,
    organisation: Organisation | None = None,
    about: str = "",
    until: datetime | None = None,
    scope: str = "",
    ground: str = "",
) -> list[Participation]:
    """
    Write the participation, and that of the deputy of who is away now.

    Part of a transition: the case is locked. Returns the rows, for its record.
    """
    home = organisation or (user.organisation if user else None)
    home = home or (desk.organisation if desk else None)
    rows = [
        Participation(
            case=case,
            role=role,
            user=user,
            desk=desk,
            organisation=home,
            about=about,
            from_at=at,
            until_at=until,
            scope=scope,
            ground=ground,
        )
    ]
    if user is not None:
        rows += [
            stand_in(rows[0], absence, at=at)
            for absence in Absence.objects.active(at)
            .filter(user=user)
            .select_related("deputy")
        ]
    for row in rows:
        row.save(force_insert=True)
    return rows


def stand_in(row: Participation, absence: Absence, *, at: datetime) -> Participation:
    """Give the deputy's copy of a participation, not yet saved; ends with the absence."""
    return Participation(
        case_id=row.case_id,
        role=row.role,
        user=absence.deputy,
        on_behalf_of_id=absence.user_id,
        organisation_id=row.organisation_id,
        about=row.about,
        from_at=at,
        until_at=_earliest(row.until_at, absence.ends_at),
        scope=row.scope,
        ground=row.ground,
    )


def lender(place: Participation, user: User, *, at: datetime) -> User | None:
    """Give in whose name somebody has a place: of whom it is, or whose desk has it."""
    if place.on_behalf_of is not None or place.desk_id is None:
        return place.on_behalf_of
    return desk_lender(user, place.desk_id, at=at)


def end_participations(
    case: Case,
    *,
    at: datetime,
    roles: Iterable[Participation.Role] | None = None,
    about: str | None = None,
    user: User | None = None,
) -> list[Participation]:
    """
    End running participations of a case, with those of deputies.

    Narrowed by role, by what they are about, or by whom they are for. Part of a
    transition. Returns the rows that ended, for its record.
    """
    rows = Participation.objects.system_scope("to end them").filter(
        case=case, ended_at__isnull=True
    )
    if roles is not None:
        rows = rows.filter(role__in=list(roles))
    if about is not None:
        rows = rows.filter(about=about)
    ended = [
        row
        for row in rows.order_by("pk")
        if user is None or user.pk in {row.user_id, row.on_behalf_of_id}
    ]
    for row in ended:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
    return ended


def _earliest(*moments: datetime | None) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None
