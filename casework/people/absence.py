"""Who is away now, and who acts in whose name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from casework.people.models import Absence, Membership, Role, User

LONGEST_CHAIN = 3


WORKS = """exists (
        select 1 from people_membership w
        where w.user_id = {user} and w.from_on <= {today}
          and (w.until_on is null or w.until_on > {today}))"""
"""Whether somebody has a desk today: who has left sees nothing, also by name."""

_ABSENT = f"""
    select a.user_id from people_absence a
    where a.deputy_id = %(user)s and a.starts_at <= %(at)s
      and (a.ends_at is null or a.ends_at > %(at)s)
      and {WORKS.format(user="%(user)s", today="%(today)s")}
"""  # noqa: S608  # texts of this file
"""Of whom he does the work now; as text it is asked in a sixth of the time."""

HELD = f"""
    from people_membership m
    where m.from_on <= {{today}} and (m.until_on is null or m.until_on > {{today}})
      and m.user_id in (
        select {{user}} union
        select a.user_id from people_absence a
        where a.deputy_id = {{user}} and a.starts_at <= {{at}}
          and (a.ends_at is null or a.ends_at > {{at}}) and {WORKS})
"""  # noqa: S608  # texts of this file
"""The places at desks that count for somebody: his own, and of whom he stands in for."""


def acting_for(user: User, *, at: datetime) -> frozenset[int]:
    """
    Give the ids of the absent people whose work this person does now. One query.

    Nobody for who has left every desk: also before the clock finds another deputy.
    """
    today = timezone.localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(_ABSENT, {"user": user.pk, "at": at, "today": today})
        return frozenset(key for (key,) in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Roles:
    """What somebody is on a day: himself, and as who stands in for another."""

    own: frozenset[Role]
    lent: frozenset[Role]


def roles_of(user: User, *, at: datetime) -> Roles:
    """Give somebody's own roles, and those of whom he stands in for now. One query."""
    held = HELD.format(user="%(user)s", at="%(at)s", today="%(today)s")
    statement = f"select m.role, m.user_id = %(user)s {held}"
    today = timezone.localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"user": user.pk, "at": at, "today": today})
        found = [(Role(role), own) for role, own in cursor.fetchall()]
    return Roles(
        frozenset(role for role, own in found if own),
        frozenset(role for role, own in found if not own),
    )


def lent_desks(user: User, *, at: datetime) -> RawSQL:
    """
    Give the keys of the desks of whom this person stands in for now, not yet run.

    Part of the statements by which every page and every transition finds its place; as
    text it is made in a tenth of the time.
    """
    key, day = user.pk, timezone.localdate(at)
    facts = (key, at, at, day, day, key, day, day)
    return RawSQL(_LENT, facts)  # noqa: S611  # a text of this file


_LENT = f"""
    select m.desk_id from people_absence a join people_membership m using (user_id)
    where a.deputy_id = %s and a.starts_at <= %s and (a.ends_at is null or a.ends_at > %s)
      and m.from_on <= %s and (m.until_on is null or m.until_on > %s)
      and {WORKS.format(user="%s", today="%s")}
"""  # noqa: S608  # texts of this file


def desk_lender(user: User, desk: int, *, at: datetime) -> User | None:
    """
    Give for whom somebody works at a desk: None if it is his own.

    Two queries.
    """
    people = {user.pk, *acting_for(user, at=at)}
    held = Membership.objects.on(timezone.localdate(at))
    rows = held.filter(desk=desk, user__in=people).select_related("user").order_by("pk")
    members = {row.user_id: row.user for row in rows}
    return None if user.pk in members else next(iter(members.values()), None)


def present_deputy(user: User, *, at: datetime) -> User:
    """
    Whoever does this person's work at a moment: himself when he is there.

    Follows deputies at most three deep; then the team lead. A loop or nobody left
    gives the person himself: the clock finds him another, or ends the absence.
    """
    away = {
        absence.user_id: absence.deputy
        for absence in Absence.objects.active(at).select_related("deputy")
    }
    found, seen = user, {user.pk}
    for _ in range(LONGEST_CHAIN):
        if found.pk not in away:
            return found
        found = away[found.pk]
        if found.pk in seen:
            break
        seen.add(found.pk)
    if found.pk not in away:
        return found
    lead = user.team_lead
    return lead if lead is not None and lead.pk not in away else user


def may_stand_in(deputy: User, user: User, *, at: datetime) -> bool:
    """
    Whether somebody can do another's work: there, and of the same organisation.

    Who has left every desk can't. One query; whether he is away is asked elsewhere.
    """
    if not deputy.is_active or deputy.organisation_id is None:
        return False
    if deputy.organisation_id != user.organisation_id:
        return False
    return deputy.memberships.on(timezone.localdate(at)).exists()
