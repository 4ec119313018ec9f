"""A page is read from one moment: nothing that came after it is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure


@contextmanager
def snapshot() -> Iterator[None]:
    """
    Read everything as the database was at the first statement.

    Whoever loses a grant while his page is made may get the page of just before that,
    and never a word that was written after it. What is written here is kept, also
    when the page says no. Inside another transaction it adds nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    before = raw.isolation_level
    raw.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic():
            yield
    finally:
        if not raw.closed:
            raw.isolation_level = before


def was_overtaken(error: OperationalError) -> bool:
    """Whether somebody else changed the same row since the snapshot: do it again."""
    return isinstance(error.__cause__, SerializationFailure)
