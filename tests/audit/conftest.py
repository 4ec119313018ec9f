"""People who leave traces, and hands that reach where nobody may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connection

from casework.audit import triggers
from casework.audit.log import write
from casework.audit.models import AuditEntry
from casework.audit.sealer import seal
from casework.people.models import Organisation, User
from tests.standing import begins_with
from tests.world import begin

AT = datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=UTC)


_begun = begins_with(begin)


def make_reader() -> User:
    organisation = Organisation.objects.create(
        name="Gemeente Zuiderveen", short_name="Zuiderveen", kind="gemeente"
    )
    return User.objects.create_user(
        "marloes@zuiderveen.example", name="Marloes Dekker", organisation=organisation
    )


def make_deputy() -> User:
    return User.objects.create_user("joris@zuiderveen.example", name="Joris Blom")


@pytest.fixture
def reader(db: None) -> User:
    return make_reader()


@pytest.fixture
def deputy(db: None) -> User:
    return make_deputy()


@pytest.fixture
def sealed(reader: User) -> list[AuditEntry]:
    """Seven rows, sealed in three checkpoints: of three, two and two rows."""
    entries = []
    for rows in (3, 2, 2):
        entries += [write("case.read", by=reader, at=AT, case=7) for _ in range(rows)]
        seal(at=AT)
    return entries


@pytest.fixture
def tampering() -> Callable[[], AbstractContextManager[None]]:
    """The owner of the database, with the triggers off."""

    @contextmanager
    def hands() -> Iterator[None]:
        connection.check_constraints()
        with triggers.off(connection):
            yield
            connection.check_constraints()

    return hands


@pytest.fixture
def as_owner(db: None) -> Iterator[None]:
    """The owner of the database, with the triggers on."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        role = cursor.fetchone()[0]
        cursor.execute("reset role")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"set role {connection.ops.quote_name(role)}")


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
