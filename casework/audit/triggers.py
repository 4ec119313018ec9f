"""What keeps the log as it is: triggers that refuse every change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

TABLES = ("audit_auditentry", "audit_auditseal", "audit_checkpoint")
NAMES = ("audit_refuse_change", "audit_refuse_truncate")

# "Always": a restore in replica mode does not get past them either.
INSTALL = """
create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end
$$;
""" + "".join(
    f"""
create trigger audit_refuse_change before update or delete on {table}
    for each row execute function audit_refuse();
create trigger audit_refuse_truncate before truncate on {table}
    for each statement execute function audit_refuse();
alter table {table} enable always trigger audit_refuse_change;
alter table {table} enable always trigger audit_refuse_truncate;
"""
    for table in TABLES
)

REMOVE = (
    "".join(f"drop trigger {name} on {table};\n" for table in TABLES for name in NAMES)
    + "drop function audit_refuse();"
)

# Whoever got rights on these tables keeps reading and adding, and nothing else.
REVOKE = """
do $$
declare given record;
begin
    for given in
        select distinct g.table_schema, g.table_name, g.grantee
        from information_schema.role_table_grants g
        join pg_tables t on t.schemaname = g.table_schema and t.tablename = g.table_name
        where g.table_schema = current_schema()
          and g.table_name in ('audit_auditentry', 'audit_auditseal', 'audit_checkpoint')
          and g.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
          and g.grantee <> t.tableowner
    loop
        execute format(
            'revoke update, delete, truncate on %I.%I from %s',
            given.table_schema, given.table_name,
            case given.grantee when 'PUBLIC' then 'public'
                 else quote_ident(given.grantee) end);
    end loop;
end
$$;
"""


class NotATestDatabase(Exception):
    """The triggers of the log are switched off in a test database only."""


def faults(cursor: CursorWrapper) -> list[str]:
    """Name each trigger that should stand and does not, or not always."""
    cursor.execute(
        """
        select c.relname, t.tgname from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        join pg_proc p on p.oid = t.tgfoid
        where c.oid = any(array_remove(array(
                select to_regclass(name) from unnest(%s::text[]) name), null))
          and t.tgenabled = 'A' and p.proname = 'audit_refuse'
        """,
        [list(TABLES)],
    )
    standing = set(cursor.fetchall())
    wanted = [(table, name) for table in TABLES for name in NAMES]
    return [
        f"{name} on {table}" for table, name in wanted if (table, name) not in standing
    ]


@contextmanager
def off(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """
    Switch the triggers off, as the owner, so that a test database can be emptied.

    :raises NotATestDatabase: if its name does not start with `test_`
    """
    with connection.cursor() as cursor:
        cursor.execute("select current_database(), current_user, session_user")
        database, role, owner = cursor.fetchone()
        if not database.startswith("test_"):
            raise NotATestDatabase(database)
        if role != owner:
            cursor.execute("reset role")
        _switch(cursor, "disable")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            _switch(cursor, "enable always")
            if role != owner:
                cursor.execute(f"set role {connection.ops.quote_name(role)}")


def _switch(cursor: CursorWrapper, how: str) -> None:
    for table in TABLES:
        for name in NAMES:
            cursor.execute(f"alter table {table} {how} trigger {name}")
