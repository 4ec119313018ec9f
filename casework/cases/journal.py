"""Write down what happened in a case, and give its state back from that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from casework.audit import log
from casework.cases.models import Case, Event, Participation
from casework.cases.models.tracked import Tracked, type_of_key
from casework.cases.stillness import STILL, stirred
from casework.people.models import Role, User

State = dict[str, dict[str, Any]]


def record(
    case: Case,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    changed: Sequence[Tracked] = (),
    about: Tracked | None = None,
    break_glass: bool = False,
    **facts: Any,
) -> Event:
    """
    Write one event and one log line for what a transition did.

    :param kind: noun and past tense, "escalation.answered"
    :param changed: the tracked rows whose changes this event carries
    :param about: the row that it is about; the first changed one when left out
    :param break_glass: whether it has to do with reading in an emergency
    :param facts: ids, codes and days for the sentence; never names or text
    """
    acting = acting_in(case, by, at=at)
    subject = about or next(iter(changed), case)
    event = Event.objects.create(
        case=case,
        kind=kind,
        at=at,
        by=by,
        on_behalf_of=acting.on_behalf_of,
        facts={"about": subject.key, **facts},
        changes=[change for row in changed for change in row.take_changes()],
    )
    log.write(
        kind,
        by=by,
        at=at,
        case=case.pk,
        about=subject.key,
        on_behalf_of=acting.on_behalf_of,
        role=acting.role,
        access_basis=acting.basis,
        break_glass=break_glass,
    )
    count_act([case.pk], by=by, at=at)
    case.version += 1
    return event


def count_act(cases: Sequence[int], *, by: User | None, at: datetime) -> None:
    """
    Give cases their next version; where somebody acts, they don't stand still.

    Part of a transition. One statement, and two more where that was asked about.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"cases": list(cases), "still": STILL})
        asked = [case for case, is_asked in cursor.fetchall() if is_asked]
    if asked and by is not None:
        stirred(asked, at=at)


_COUNT = """
    update cases_case c set version = version + 1 where c.id = any(%(cases)s)
    returning c.id, exists (
        select 1 from work_workitem w
        where w.kind = %(still)s and w.about = 'case:' || c.id and w.state = 'open')
"""


class Acting(NamedTuple):
    """By which place somebody works in a case: in whose name, in which role."""

    on_behalf_of: User | None = None
    role: str = ""
    basis: str = ""


def acting_in(case: Case, by: User | None, *, at: datetime) -> Acting:
    """
    By which place somebody works in a case; none for who has none, and for the clock.

    A place of his own that is of another comes first, then his own, then one of a desk;
    also one that ends at this moment. Each transition asks it: one query, and one more
    for the name of whom he stands in for.
    """
    if by is None:
        return Acting()
    day = timezone.localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(_ACTING, {"case": case.pk, "by": by.pk, "at": at, "day": day})
        found = cursor.fetchone()
    if found is None:
        return Acting()
    place, role, named = found
    return Acting(
        User.objects.get(pk=named) if named else None,
        role_in(role),
        f"{Participation.KEY}:{place}",
    )


def acts_for(case: Case, by: User | None, *, at: datetime) -> User | None:
    """In whose name somebody works in a case: whom he stands in for, if anybody."""
    return acting_in(case, by, at=at).on_behalf_of


def role_in(place: str) -> str:
    """Give the role that a place gives; nothing for a place that is no role."""
    return place if place in _ROLES else ""


_ROLES = frozenset(Role.values)
_ACTING = """
    select p.id, p.role, coalesce(p.on_behalf_of_id, lent.user_id)
    from cases_participation p
    left join lateral (
        select m.user_id from people_absence a join people_membership m using (user_id)
        where m.desk_id = p.desk_id and m.from_on <= %(day)s
          and (m.until_on is null or m.until_on > %(day)s)
          and a.deputy_id = %(by)s and a.starts_at <= %(at)s
          and (a.ends_at is null or a.ends_at > %(at)s)
          and not exists (
            select 1 from people_membership own
            where own.desk_id = p.desk_id and own.user_id = %(by)s
              and own.from_on <= %(day)s
              and (own.until_on is null or own.until_on > %(day)s))
        order by m.id limit 1
    ) lent on true
    where p.case_id = %(case)s
      and (p.user_id = %(by)s or lent.user_id is not null or p.desk_id in (
        select m.desk_id from people_membership m
        where m.user_id = %(by)s and m.from_on <= %(day)s
          and (m.until_on is null or m.until_on > %(day)s)))
      and p.from_at <= %(at)s and (p.ended_at is null or p.ended_at >= %(at)s)
      and (p.until_at is null or p.until_at > %(at)s)
    order by p.on_behalf_of_id is null, p.role = 'break_glass', p.user_id is null,
      lent.user_id is null, p.id
    limit 1
"""


def apply(state: State, events: Iterable[Event]) -> State:
    """
    Give the state after some events, from the state before them.

    :raises Contradiction: if an event starts from something that was not so
    """
    now = {key: dict(fields) for key, fields in state.items()}
    for event in events:
        for key, name, before, after in event.changes:
            fields = now.setdefault(key, {})
            if fields.get(name) != before:
                raise Contradiction(f"{event.pk}: {key} {name}")
            fields[name] = after
    return now


def state_of(cases: Collection[int]) -> State:
    """
    Give the present state of some cases as their events should give it back.

    One query for each kind of row, however many cases.
    """
    state: State = {}
    for kind in type_of_key.values():
        rows = kind._base_manager.filter(**{f"{kind.CASE_PATH}__in": cases})
        names = ["pk", *kind.TRACKED]
        for row in rows.only(*(name.removesuffix("_id") for name in names)):
            state[row.key] = {
                name: value
                for name, value in row.snapshot().items()
                if value is not None
            }
    return state


def replay(cases: Collection[int]) -> State:
    """
    Give the state that the events of some cases add up to.

    :raises Contradiction: if they do not follow from each other
    """
    events = Event.objects.system_scope("replay").filter(case__in=cases).order_by("pk")
    state = apply({}, events.iterator())
    return {
        key: {name: value for name, value in fields.items() if value is not None}
        for key, fields in state.items()
    }


class Contradiction(Exception):
    """An event starts from a state that the events before it did not reach."""
