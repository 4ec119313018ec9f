"""Who may do what with which case: the grants, asked in one statement each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from casework.access.permissions import Permission
from casework.people.absence import HELD, WORKS
from casework.people.errors import NotPermitted, NotVisible
from casework.people.models import Membership, User

DESKS = f"select m.desk_id {HELD}"
"""The desks that count for somebody now: his own, and those of whom he stands in for."""


def granted(
    case_model: type[models.Model],
    user: User,
    permission: Permission,
    *,
    at: datetime,
) -> RawSQL:
    """
    Give the keys of the cases on which somebody has a scope: a subquery, not yet run.

    Grants that ended by the clock, memberships that ended, and cases of people whom
    he knows ("Ik ken deze mensen") are left out; so is everything for who has no desk
    any more. Every page asks for it, and as text it is made twenty times as fast as by
    the ORM.
    """
    names = table_names(case_model)
    desks = DESKS.format(user="%s", at="%s", today="%s")
    works = WORKS.format(user="%s", today="%s")
    holds = """
        (g.until is null or g.until > %s)
        and g.permission_id in (select p.id from auth_permission p where p.codename = %s)
        and not exists (
            select 1 from {exclusion} x
            where x.user_id = %s and x.case_id = g.content_object_id
        )
    """
    # The names are of our own models; what a user gives is a parameter.
    statement = f"""
        select g.content_object_id from {names.user} g
        where g.user_id = %s and {works}
          and {holds.format(exclusion=names.exclusion)}
        union
        select g.content_object_id from {names.group} g
        where g.group_id in ({desks}) and {holds.format(exclusion=names.exclusion)}
    """  # noqa: S608
    nobody, day = 0, timezone.localdate(at)
    key = user.pk if user.is_active and user.pk is not None else nobody
    held = (at, permission.value, key)
    at_work = (key, day, day)
    of_desks = (day, day, key, key, at, at, *at_work)
    facts = (key, *at_work, *held, *of_desks, *held)
    return RawSQL(statement, facts)  # noqa: S611


def scopes(user: User, case: models.Model, *, at: datetime) -> frozenset[Permission]:
    """Everything that somebody may do with one case at a moment. One statement."""
    if not user.is_active or user.pk is None:
        return frozenset()
    names = table_names(type(case))
    desks = DESKS.format(user="%(user)s", at="%(at)s", today="%(day)s")
    works = WORKS.format(user="%(user)s", today="%(day)s")
    # The names are of our own models; what a user gives is a parameter.
    statement = f"""
        select p.codename
        from auth_permission p
        where p.id in (
            select g.permission_id from {names.user} g
            where g.user_id = %(user)s and g.content_object_id = %(case)s
              and (g.until is null or g.until > %(at)s) and {works}
            union all
            select g.permission_id from {names.group} g
            where g.group_id in ({desks}) and g.content_object_id = %(case)s
              and (g.until is null or g.until > %(at)s)
        )
        and not exists (
            select 1 from {names.exclusion} x
            where x.user_id = %(user)s and x.case_id = %(case)s
        )
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "user": user.pk,
                "case": case.pk,
                "at": at,
                "day": timezone.localdate(at),
            },
        )
        return frozenset(Permission(codename) for (codename,) in cursor.fetchall())


def held_by(case: models.Model, *, at: datetime) -> QuerySet[Any]:
    """
    Give the keys of the places by which anybody holds anything on a case, not yet run.

    Who may do so, the other way round than `granted`: without grants that ended by the
    clock, people who stopped or have no desk, and who knows these people.
    """
    now = Q(until__isnull=True) | Q(until__gt=at)
    known = exclusions_of(type(case))._default_manager.filter(
        user=OuterRef("user"), case_id=case.pk
    )
    works = Membership.objects.on(timezone.localdate(at)).filter(user=OuterRef("user"))
    of_people, of_desks = _grants_of(type(case))
    people = of_people._default_manager.filter(
        now, ~Exists(known), Exists(works), content_object=case, user__is_active=True
    )
    desks = of_desks._default_manager.filter(now, content_object=case)
    return people.values("participation").union(desks.values("participation"))


def require(
    user: User, permission: Permission, case: models.Model, *, at: datetime
) -> None:
    """
    Refuse unless somebody has a scope on a case.

    :raises NotVisible: if he has no scope at all: he may not know that it exists
    :raises NotPermitted: if he sees the case but may not do this
    """
    held = scopes(user, case, at=at)
    if permission in held:
        return
    if not held:
        raise NotVisible
    raise NotPermitted(WHO_MAY[permission])


WHO_MAY = {
    Permission.SEE_CASE: "Dit is voor wie bij de casus hoort.",
    Permission.READ_DOSSIER: "Het dossier is voor de regisseurs van deze casus.",
    Permission.READ_MEMO: "Dit knelpunt is voor wie het beantwoordt.",
    Permission.WORK_CASE: "Dit doet de casusregisseur of de procesregisseur.",
    Permission.STEER_CASE: "Dit doet de procesregisseur van deze casus.",
    Permission.REVIEW_ESCALATION: "Dit doet degene aan wie het gevraagd is.",
    Permission.TRIAGE_CASE: "Dit doet het bureau procesregie.",
    Permission.REOPEN_CASE: "Alleen een afgesloten casus kun je heropenen. "
    "Dat doet het bureau procesregie.",
}


class _Names(NamedTuple):
    user: str
    group: str
    exclusion: str


def table_names(case_model: type[models.Model]) -> _Names:
    """Give the tables of the grants and exclusions of a case model."""
    of_people, of_desks = _grants_of(case_model)
    return _Names(
        of_people._meta.db_table,
        of_desks._meta.db_table,
        exclusions_of(case_model)._meta.db_table,
    )


def exclusions_of(case_model: type[models.Model]) -> type[models.Model]:
    """Give the model that says who knows the people of a case."""
    related = case_model._meta.get_field("exclusions").related_model
    assert isinstance(related, type)
    return related


def _grants_of(
    case_model: type[models.Model],
) -> tuple[type[models.Model], type[models.Model]]:
    """Give the model of the grants of people, and that of desks."""
    # guardian takes a model too
    return (
        get_user_obj_perms_model(case_model),  # type: ignore[arg-type]
        get_group_obj_perms_model(case_model),  # type: ignore[arg-type]
    )
