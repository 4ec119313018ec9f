"""The keys of what must be done first by somebody, however much waits for him."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime

from django.db.models.expressions import RawSQL
from django.utils import timezone

from casework.people.models import User

After = tuple[date, datetime | None, int]
"""Where a page ended: the day, the moment if there is one, and the key of its last."""

START: After = (date.min, None, 0)


def foremost_of(
    user: User, people: Set[int], most: int, *, after: After, own: str, at: datetime
) -> RawSQL:
    """
    Give the keys of what waits for people and that `user` may see, not yet run.

    The first `most` after a row, of the first so many of each person and of each of
    their desks: an index gives those without reading the rest. `own` is the kind of work that is nobody
    else's to read. As text it is made in a tenth of the time.
    """
    ways = {way: _FIRST.format(where=where, most=most) for way, where in _WAYS.items()}
    today = timezone.localdate(at)
    asked = (user.pk, sorted(people), own, today, *after)
    return RawSQL(_FOREMOST.format(most=most, **ways), asked)  # noqa: S611  # a text of this file


_WAYS = {
    "his": "owner_user_id = one and (one = asked.me or w.kind <> asked.own)",
    "beside": "stand_in_id = one",
    "taken": "claimed_by_id = one",
    "of_a_desk": "owner_desk_id = held.desk_id and w.claimed_by_id is null",
}

# Without a moment is last of its day, as in `by_urgency`.
_FIRST = """(
    select w.id, w.due_on, w.due_at from work_workitem w
    where w.state = 'open' and w.{where}
      and (w.due_on, coalesce(w.due_at, 'infinity'), w.id)
        > (asked.day, coalesce(asked.moment, 'infinity'), asked.key)
      and not exists (
        select from cases_exclusion x where x.user_id = asked.me and x.case_id = w."case")
      and (w."case" is not null or not exists (
        select from cases_exclusion x join cases_case c on c.id = x.case_id
        where x.user_id = asked.me and c.reference = w.reference))
    order by w.due_on, w.due_at nulls last, w.id limit {most})"""

_FOREMOST = """
    select first.id from (
      select distinct found.id, found.due_on, found.due_at
      from (select %s::bigint as me, %s::bigint[] as people, %s::text as own,
        %s::date as today, %s::date as day, %s::timestamptz as moment, %s::bigint as key
      ) asked cross join lateral (
        select w.* from unnest(asked.people) as one
        cross join lateral ({his} union all {beside} union all {taken}) w
        union all
        select w.* from (
          select distinct m.desk_id from people_membership m
          where m.user_id = any(asked.people) and m.from_on <= asked.today
            and (m.until_on is null or m.until_on > asked.today)
        ) held cross join lateral {of_a_desk} w
      ) found
      order by found.due_on, found.due_at nulls last, found.id limit {most}) first"""
