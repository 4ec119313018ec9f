"""A connection without Django above it: what the lower bounds use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

Facts = Mapping[str, Any]


class Raw:
    """
    A connection of its own, as the application's role, with plain cursors.

    As Django has it, psycopg prepares no statements here; `prepared` does.
    """

    def __init__(self, *, prepared: bool = False) -> None:
        self._django = connection.copy()
        self._django.ensure_connection()
        self.connection: psycopg.Connection[Any] = self._django.connection
        self._cursor = psycopg.Cursor if prepared else psycopg.ClientCursor
        self._prepare = True if prepared else None

    def rows(self, statement: str, facts: Facts) -> list[tuple[Any, ...]]:
        """Run a statement and give its rows."""
        with self._cursor(self.connection) as cursor:
            cursor.execute(statement, facts, prepare=self._prepare)
            return cursor.fetchall()

    def run(self, statement: str, facts: Facts) -> int:
        """Run a statement and give how many rows it touched."""
        with self._cursor(self.connection) as cursor:
            cursor.execute(statement, facts, prepare=self._prepare)
            return cursor.rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin, and commit at the end."""
        with self.connection.transaction():
            yield

    def close(self) -> None:
        """Give the connection back."""
        self._django.close()
