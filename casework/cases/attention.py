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
        from cases_case c where c.id = any(%(cases)s)
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


def follow(cases: Iterable[int]) -> int:
    """
    Set the day of attention of cases to their earliest open work, with the grants.

    One statement; writes only what changed. Returns how many cases moved.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"cases": list(cases), "calm": CALM})
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def follow_work(*, cases: Iterable[int], **_: object) -> None:
    """Set the day of attention of the cases in which work moved."""
    follow(cases)
