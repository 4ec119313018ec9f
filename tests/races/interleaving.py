"""Something happens just before one chosen statement of what somebody else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, connections, transaction
from psycopg.errors import LockNotAvailable

from casework.people.models import User
from tests.access.asking import Browser

Act = Callable[[], object]

KEPT = frozenset({"audit", "sessions", "contenttypes", "auth", "sites"})
"""Apps that may be other than before: what is only added to, and who is logged in."""

PATIENCE = 30
HELD_OFF_AFTER = "20ms"
"""Who is interrupted waits for us: what he holds, he holds until we give up."""

_WRITES = re.compile(r'(?:insert\s+into|delete\s+from|update)\s+"?(\w+)', re.IGNORECASE)


class Interrupted:
    """Counts the statements of one act, and lets something happen before one of them."""

    def __init__(self, at: int = -1, happens: Act | None = None) -> None:
        self.statements = 0
        self._at = at
        self._happens = happens

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, ctx: Any) -> Any:
        if self.statements == self._at and self._happens is not None:
            self._happens()
        self.statements += 1
        return execute(sql, params, many, ctx)


def statements_of(act: Act) -> tuple[int, Any]:
    """Count the statements of an act; give what it gave too."""
    counting = Interrupted()
    with connection.execute_wrapper(counting):
        given = act()
    return counting.statements, given


def interrupted(act: Act, *, at: int, happens: Act) -> Any:
    """Do an act, and let something else happen just before its statement `at`."""
    with connection.execute_wrapper(Interrupted(at, happens)):
        return act()


class Elsewhere:
    """
    Another connection, in a thread of its own, on which acts are committed.

    It remembers how the database was, and puts that back: the tables in which it saw
    somebody write. What a process looks up once, the kinds of things, is known before it
    begins: nothing can happen just before a statement that isn't there the next time.
    """

    def __init__(self) -> None:
        ContentType.objects.get_for_models(*apps.get_models())
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._written: set[str] = set()
        self._logged_in: list[str] = []
        self._tables = [
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and model._meta.app_label not in KEPT
            if model._meta.db_table != "cases_event"
        ]

    def do(self, act: Act) -> bool:
        """Do it now, committed; no when a lock of who is interrupted holds it off."""
        return self._thread.submit(self._committed, act).result(PATIENCE)

    def browser(self, user: User | None) -> Browser:
        """Log somebody in as he is now; `put_back` logs him in again if he has to."""
        with connection.execute_wrapper(self._sees):
            browser = Browser(User.objects.get(pk=user.pk) if user else None)
        self._logged_in = [Session._meta.db_table]
        self._remember(self._logged_in)
        return browser

    def ask(self, browser: Browser, method: str, path: str) -> Any:
        """Let somebody ask for a page, on his own connection."""
        with connection.execute_wrapper(self._sees):
            return browser.ask(method, path)

    def remember(self) -> None:
        """Let this be how the database is."""
        self._written = set()
        self._remember(self._tables)

    def put_back(self) -> None:
        """Make the database as it was, whatever was done to it."""
        self._run(
            f"delete from {table} now where not exists"
            f" (select 1 from before_{table} old where old.* is not distinct from now.*);"
            f"insert into {table} select old.* from before_{table} old"
            f" where not exists (select 1 from {table} now"
            " where old.* is not distinct from now.*)"
            for table in (*self._tables, *self._logged_in)
            if table in self._written
        )
        self._written = set()

    def changed(self) -> list[str]:
        """Name the tables that are not as they were."""
        return self._thread.submit(self._changed).result(PATIENCE)

    def close(self) -> None:
        """Leave nothing open."""
        self._thread.submit(connections.close_all).result(PATIENCE)
        self._thread.shutdown()

    def _remember(self, tables: list[str]) -> None:
        self._run(
            f"drop table if exists before_{table};"
            f"create temporary table before_{table} as table {table}"
            for table in tables
        )

    def _run(self, statements: Any) -> None:
        text = ";".join(statements)
        if not text:
            return

        def run() -> None:
            with _as_owner() as cursor:
                cursor.execute("set constraints all deferred")
                cursor.execute(text)

        self._thread.submit(run).result(PATIENCE)

    def _sees(self, execute: Any, sql: Any, params: Any, many: Any, ctx: Any) -> Any:
        self._written.update(_WRITES.findall(str(sql)))
        return execute(sql, params, many, ctx)

    def _committed(self, act: Act) -> bool:
        try:
            with (
                connection.execute_wrapper(self._sees),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"set local lock_timeout = '{HELD_OFF_AFTER}'")
                act()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            return False
        return True

    def _changed(self) -> list[str]:
        found = []
        with _as_owner() as cursor:
            for table in self._tables:
                cursor.execute(
                    f"(table {table} except all table before_{table}) union all"
                    f" (table before_{table} except all table {table}) limit 1"
                )
                found += [table] if cursor.fetchone() else []
        return found


@contextmanager
def _as_owner() -> Any:
    """A transaction of who may make the tables in which it is remembered."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role none")
        yield cursor


@contextmanager
def elsewhere() -> Any:
    """Another connection for the time of a test, which it leaves as it was."""
    other = Elsewhere()
    try:
        other.remember()
        yield other
        other.put_back()
        changed = other.changed()
        assert not changed, changed
    finally:
        other.close()
