"""The day on which a case next asks for attention: the order of every list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

CALM = date(9999, 1, 1)

_FOLLOW = """
    with due as (
        select c.id, coalesce(
            (select min(w.due_on) from work_workitem w
             where w."case" = c.id and w.state = 'open'), %(calm)s) as day
        from cases_case c where c.id in ({cases})
    ), moved as (
        update cases_case c set attention_on = due.day
        from due where due.id = c.id and c.attention_on <> due.day
        returning c.id, c.attention_on
    ), users as (
        update cases_caseusergrant g set attention_on = moved.attention_on
        from moved where g.content_object_id = moved.id returning 1
    ), desks as (
        update cases_casedeskgrant g set attention_on = moved.attention_on
        from moved where g.content_object_id = moved.id returning 1
    )
    select count(*) from moved
"""
_OF_CASES = _FOLLOW.format(cases="select unnest(%(names)s::bigint[])")
_OF_WORK = _FOLLOW.format(
    cases="""select w."case" from work_workitem w where w.about = any(%(names)s)"""
)


def follow(cases: Iterable[int]) -> int:
    """
    Set the day of attention of cases to their earliest open work, with the grants.

    One statement; writes only what changed. Returns how many cases moved.
    """
    return _run(_OF_CASES, cases)


def follow_work(*, about: Iterable[str], **_: object) -> None:
    """Set the day of attention of the cases that work about something stands in."""
    _run(_OF_WORK, about)


def _run(statement: str, names: Iterable[int] | Iterable[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"names": list(names), "calm": CALM})
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
