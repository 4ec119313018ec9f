"""The list of somebody's cases, in order, a page at a time, and how many there are."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, TypeVar

from django.db import connection, models
from django.utils import timezone

from casework.access.grants import DESKS, table_names
from casework.access.permissions import Permission
from casework.people.absence import WORKS
from casework.people.models import User

Row = TypeVar("Row", bound=models.Model)


class After(NamedTuple):
    """The last row of the page before: its day of attention and its key."""

    attention_on: date
    pk: int


def page_for(
    case_model: type[Row],
    user: User,
    *,
    at: datetime,
    after: After | None = None,
    limit: int = 50,
) -> list[Row]:
    """
    Give the cases that somebody may see, by day of attention: at most `limit` of them.

    A limited branch for the person and one for each of his desks, read in the order
    of the grants, so that the cost is bounded by the page and not by the table
    (docs/prestaties.md). The ORM cannot write it. Page after page equals `visible_to`
    of the open grants.
    """
    if not user.is_active:
        return []
    names = table_names(case_model)
    cases = case_model._meta.db_table
    desks = DESKS.format(user="%(user)s", at="%(at)s", today="%(today)s")
    works = WORKS.format(user="%(user)s", today="%(today)s")
    # The names are of our own models; what a user gives is a parameter.
    statement = f"""
        with scope as (
            select p.id from auth_permission p
            join django_content_type t on t.id = p.content_type_id
            where p.codename = %(scope)s and t.app_label = 'cases'
        ), keys as (
            (select g.attention_on, g.content_object_id
             from {names.user} g
             where g.user_id = %(user)s and g.is_open and {works}
               and g.permission_id = (select id from scope)
               and (g.until is null or g.until > %(at)s)
               and (g.attention_on, g.content_object_id) > (%(day)s, %(pk)s)
               and not exists (
                   select 1 from {names.exclusion} x
                   where x.user_id = %(user)s and x.case_id = g.content_object_id)
             order by g.attention_on, g.content_object_id limit %(limit)s)
            union
            (select d.attention_on, d.content_object_id
             from ({desks}) m
             cross join lateral (
                 select g.attention_on, g.content_object_id
                 from {names.group} g
                 where g.group_id = m.desk_id and g.is_open
                   and g.permission_id = (select id from scope)
                   and (g.until is null or g.until > %(at)s)
                   and (g.attention_on, g.content_object_id) > (%(day)s, %(pk)s)
                   and not exists (
                       select 1 from {names.exclusion} x
                       where x.user_id = %(user)s
                         and x.case_id = g.content_object_id)
                 order by g.attention_on, g.content_object_id limit %(limit)s
             ) d)
            order by 1, 2 limit %(limit)s
        )
        select c.* from keys k join {cases} c on c.id = k.content_object_id
        order by k.attention_on, k.content_object_id
    """  # noqa: S608
    return list(
        case_model._base_manager.raw(
            statement,
            {
                "scope": Permission.SEE_CASE.value,
                "user": user.pk,
                "at": at,
                "today": timezone.localdate(at),
                "day": after.attention_on if after else date.min,
                "pk": after.pk if after else 0,
                "limit": limit,
            },
        )
    )


def count_per_level(
    case_model: type[models.Model], user: User, *, at: datetime
) -> dict[int, int]:
    """
    Count the open cases that somebody may see, by level.

    It reads no grants of the archive: its cost is bounded by what runs and not by
    everything that was ever closed, which the desk procesregie sees as well.
    """
    if not user.is_active:
        return {}
    names = table_names(case_model)
    desks = DESKS.format(user="%(user)s", at="%(at)s", today="%(today)s")
    works = WORKS.format(user="%(user)s", today="%(today)s")
    # The names are of our own models; what a user gives is a parameter.
    statement = f"""
        with scope as (
            select p.id from auth_permission p
            join django_content_type t on t.id = p.content_type_id
            where p.codename = %(scope)s and t.app_label = 'cases'
        ), keys as (
            select g.content_object_id as id from {names.user} g
            where g.user_id = %(user)s and g.is_open and {works}
              and g.permission_id = (select id from scope)
              and (g.until is null or g.until > %(at)s)
            union
            select g.content_object_id from {names.group} g
            where g.group_id in ({desks}) and g.is_open
              and g.permission_id = (select id from scope)
              and (g.until is null or g.until > %(at)s)
        )
        select c.level, count(*)
        from keys k join {case_model._meta.db_table} c on c.id = k.id
        where c.status = 'open' and not exists (
            select 1 from {names.exclusion} x
            where x.user_id = %(user)s and x.case_id = k.id)
        group by 1
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "scope": Permission.SEE_CASE.value,
                "user": user.pk,
                "at": at,
                "today": timezone.localdate(at),
            },
        )
        return dict(cursor.fetchall())
