"""The lower bounds: what somebody would write by hand who knows everything beforehand.

He knows the keys of permissions and desks, checks nothing that he does not have to, and
writes only the rows that must be there afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bench.raw import Raw

_HELD = """
    (select g.attention_on, g.content_object_id from {table} g
     where g.{column} = %({fact})s and g.permission_id = %(scope)s and g.is_open
       and (g.until is null or g.until > %(at)s)
       and not exists (select 1 from cases_exclusion x
                       where x.user_id = %(user)s and x.case_id = g.content_object_id)
     {order})
"""
_IN_ORDER = "order by g.attention_on, g.content_object_id limit 50"


def _held(desks: Sequence[int], *, order: str) -> str:
    branches = [
        _HELD.format(
            table="cases_caseusergrant", column="user_id", fact="user", order=order
        )
    ]
    branches += [
        _HELD.format(
            table="cases_casedeskgrant",
            column="group_id",
            fact=f"desk{number}",
            order=order,
        )
        for number in range(len(desks))
    ]
    return " union ".join(branches)


def _facts(user: int, desks: Sequence[int], scope: int, at: datetime) -> dict[str, Any]:
    named = {f"desk{number}": desk for number, desk in enumerate(desks)}
    return {"user": user, "scope": scope, "at": at, **named}


def my_cases(
    raw: Raw, user: int, desks: Sequence[int], scope: int, *, at: datetime
) -> list[int]:
    """The first fifty cases that somebody sees, by day of attention."""
    rows = raw.rows(
        f"""with keys as ({_held(desks, order=_IN_ORDER)} order by 1, 2 limit 50)
        select c.* from keys k join cases_case c on c.id = k.content_object_id
        order by k.attention_on, k.content_object_id""",
        _facts(user, desks, scope, at),
    )
    return [row[0] for row in rows]


def levels(
    raw: Raw, user: int, desks: Sequence[int], scope: int, *, at: datetime
) -> dict[int, int]:
    """How many of somebody's open cases stand at each level."""
    rows = raw.rows(
        f"""with keys as ({_held(desks, order="")})
        select c.level, count(*) from keys k join cases_case c
        on c.id = k.content_object_id where c.status = 'open' group by 1""",
        _facts(user, desks, scope, at),
    )
    return dict(rows)


_WAITS = """
    (select w.id, w.due_on, w.due_at from work_workitem w
     where w.state = 'open' and {whose}
     order by w.due_on, w.due_at nulls last, w.id limit 50)
"""


def my_work(raw: Raw, user: int, desks: Sequence[int]) -> list[int]:
    """The first fifty things that wait for somebody, with the names beside them."""
    whose = [
        "w.owner_user_id = %(user)s",
        "w.stand_in_id = %(user)s",
        "w.claimed_by_id = %(user)s",
        *(f"w.owner_desk_id = {desk} and w.claimed_by_id is null" for desk in desks),
    ]
    rows = raw.rows(
        f"""with keys as ({" union ".join(_WAITS.format(whose=each) for each in whose)}
            order by due_on, due_at nulls last, id limit 50)
        select w.*, u.name, d.name, c.name, a.name from keys k
        join work_workitem w on w.id = k.id
        left join people_user u on u.id = w.owner_user_id
        left join people_desk d on d.group_id = w.owner_desk_id
        left join people_user c on c.id = w.claimed_by_id
        left join people_user a on a.id = w.asked_by_id
        order by k.due_on, k.due_at nulls last, k.id""",
        {"user": user},
    )
    return [row[0] for row in rows]


def due_work(raw: Raw, *, at: datetime) -> int:
    """The open work whose next step has come."""
    rows = raw.rows(
        """select * from work_workitem where state = 'open' and next_step_at <= %(at)s
        and (retry_at is null or retry_at <= %(at)s)
        order by next_step_at limit 500""",
        {"at": at},
    )
    return len(rows)


def may(
    raw: Raw, user: int, desks: Sequence[int], scope: int, case: int, *, at: datetime
) -> bool:
    """Whether somebody has a scope on one case."""
    ((answer,),) = raw.rows(
        """select (exists (
            select 1 from cases_caseusergrant where user_id = %(user)s
            and permission_id = %(scope)s and content_object_id = %(case)s
            and (until is null or until > %(at)s)
        ) or exists (
            select 1 from cases_casedeskgrant where group_id = any(%(desks)s)
            and permission_id = %(scope)s and content_object_id = %(case)s
            and (until is null or until > %(at)s)
        )) and not exists (
            select 1 from cases_exclusion where user_id = %(user)s and case_id = %(case)s
        )""",
        {"user": user, "desks": list(desks), "scope": scope, "case": case, "at": at},
    )
    return bool(answer)


def may_of(
    raw: Raw,
    user: int,
    desks: Sequence[int],
    scope: int,
    cases: Sequence[int],
    *,
    at: datetime,
) -> set[int]:
    """On which of some cases somebody has a scope."""
    rows = raw.rows(
        """select content_object_id from (
            select content_object_id from cases_caseusergrant
            where user_id = %(user)s and permission_id = %(scope)s
            and content_object_id = any(%(cases)s) and (until is null or until > %(at)s)
            union
            select content_object_id from cases_casedeskgrant
            where group_id = any(%(desks)s) and permission_id = %(scope)s
            and content_object_id = any(%(cases)s) and (until is null or until > %(at)s)
        ) held where not exists (
            select 1 from cases_exclusion x
            where x.user_id = %(user)s and x.case_id = held.content_object_id
        )""",
        {
            "user": user,
            "desks": list(desks),
            "scope": scope,
            "cases": list(cases),
            "at": at,
        },
    )
    return {row[0] for row in rows}


def move_day(raw: Raw, case: int) -> int:
    """One indexed update: the day of attention of a case, and of nothing else."""
    return raw.run(
        """update cases_case set attention_on = (
            select min(due_on) from work_workitem where "case" = %(case)s
            and state = 'open')
        where id = %(case)s""",
        {"case": case},
    )


def hand_over(raw: Raw, cases: Sequence[int], old: int, new: int) -> int:
    """Another name in the cases, in the places and in the grants; nothing written down."""
    facts = {"cases": list(cases), "old": old, "new": new}
    with raw.transaction():
        raw.run(
            "update cases_case set procesregisseur_id = %(new)s where id = any(%(cases)s)",
            facts,
        )
        raw.run(
            """update cases_participation set user_id = %(new)s
            where user_id = %(old)s and case_id = any(%(cases)s) and ended_at is null""",
            facts,
        )
        return raw.run(
            """update cases_caseusergrant set user_id = %(new)s
            where user_id = %(old)s and content_object_id = any(%(cases)s)""",
            facts,
        )


LOG_ROW = """
    insert into audit_auditentry (at, verb, action, by_id, by_role, on_behalf_of_id,
        "case", about, granted, break_glass, ground, access_basis, ip, channel,
        request_id, query)
    values (%(at)s, %(verb)s, %(action)s, %(by)s, '', null, %(case)s, %(about)s, true,
        false, '', '', null, 'command', null, null)
"""


def log_row(raw: Raw, *, by: int, case: int, at: datetime) -> None:
    """One bare insert in the log."""
    facts = {"at": at, "verb": "case.read", "action": "R", "by": by, "case": case}
    raw.run(LOG_ROW, {**facts, "about": f"case:{case}"})


def work_page(raw: Raw, user: int, desks: Sequence[int], *, today: date) -> bytes:
    """The list of Mijn werk as bare HTML."""
    rows = raw.rows(
        f"""with keys as ({
            " union ".join(
                _WAITS.format(whose=each)
                for each in (
                    "w.owner_user_id = %(user)s",
                    "w.claimed_by_id = %(user)s",
                    *(
                        f"w.owner_desk_id = {desk} and w.claimed_by_id is null"
                        for desk in desks
                    ),
                )
            )
        } order by due_on, due_at nulls last, id limit 25)
        select w.title, w.link, w.reference, w.level, w.due_on from keys k
        join work_workitem w on w.id = k.id order by k.due_on, k.id""",
        {"user": user},
    )
    lines = "".join(
        f'<li><a href="{link}">{title}</a> {reference} niveau {level} '
        f"{'te laat' if due < today else due.isoformat()}</li>"
        for title, link, reference, level, due in rows
    )
    return f"<!doctype html><title>Mijn werk</title><ul>{lines}</ul>".encode()
