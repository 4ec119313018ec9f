"""Whether the database lets nobody change the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from casework.audit import triggers

_OWNED = """
    select t.tablename from pg_tables t
    where t.tablename = any(%s) and t.schemaname = current_schema()
      and pg_has_role(current_user, t.tableowner, 'USAGE')
    order by 1
"""
_RIGHTS = """
    select name, right_ from unnest(%s::text[]) name,
        unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) right_
    where has_table_privilege(current_user, name, right_)
    union all
    select name, 'UPDATE' from to_regclass(%s) keys, cast(keys as text) name
    where has_sequence_privilege(current_user, keys, 'UPDATE')
    union all
    select name, 'TEMPORARY' from current_database() name
    where has_database_privilege(current_user, name, 'TEMPORARY')
    order by 1, 2
"""

_LACKING = """
    select c.relname from pg_class c
    where c.relkind = 'r' and c.relnamespace = to_regnamespace(current_schema())
      and not (has_table_privilege(current_user, c.oid, 'SELECT')
               and has_table_privilege(current_user, c.oid, 'INSERT'))
    order by 1
"""


def log_stands(
    app_configs: Sequence[Any] | None,  # noqa: ARG001  # Django gives it
    databases: Sequence[str] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    """Ask PostgreSQL which triggers stand, who owns the tables and what we may do."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("select to_regclass('audit_checkpoint') is not null")
            if not cursor.fetchone()[0]:
                continue
            found += _missing(triggers.faults(cursor))
            cursor.execute(_OWNED, [list(triggers.TABLES)])
            owned = [table for (table,) in cursor.fetchall()]
            cursor.execute(_RIGHTS, [list(triggers.TABLES), triggers.KEYS])
            rights = [f"{right} on {table}" for table, right in cursor.fetchall()]
            found += _too_strong(owned, rights)
            cursor.execute(_LACKING)
            found += _too_weak([table for (table,) in cursor.fetchall()])
    return found


def _missing(faults: list[str]) -> list[CheckMessage]:
    return [
        Error(
            f"The log can be changed: trigger {fault} does not stand.",
            hint="Run `migrate audit 0001_log` and `migrate audit` as the owner.",
            id="audit.E001",
        )
        for fault in faults
    ]


def _too_strong(owned: list[str], rights: list[str]) -> list[CheckMessage]:
    if owned:
        return [
            Error(
                f"The application's database role owns {', '.join(owned)}.",
                hint="Give DATABASE_URL a role that owns no table (see the README).",
                id="audit.E002",
            )
        ]
    return [
        Error(
            f"The application's database role has {right}.",
            hint="Revoke it as the owner; the log is only read and added to.",
            id="audit.E003",
        )
        for right in rights
    ]


def _too_weak(lacking: list[str]) -> list[CheckMessage]:
    if not lacking:
        return []
    return [
        Error(
            f"The application's database role may not use {len(lacking)} tables, "
            f"of which {lacking[0]} is the first.",
            hint="Was it restored without its roles or rights? See docs/back-up.md.",
            id="audit.E004",
        )
    ]
