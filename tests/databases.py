"""Databases of the tests: migrated once, and copied after that.

A copy takes a tenth of a second, all migrations six. The one that is copied is kept
under a name that says which migrations it has had.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from casework.audit import triggers

ROOT = Path(__file__).resolve().parents[1]
MIGRATED = "procesregie_migrated_"


@contextmanager
def using(name: str, *, owner: bool = False) -> Iterator[Any]:
    """Let every connection be to one database: as the application, or as its owner."""
    connection = connections["default"]
    told = connection.settings_dict
    before, options = told["NAME"], dict(told["OPTIONS"])
    connections.close_all()
    told["NAME"] = name
    if owner:
        told["OPTIONS"].pop("assume_role", None)
    else:
        told["OPTIONS"]["assume_role"] = settings.APPLICATION_ROLE
    try:
        yield connection
    finally:
        connections.close_all()
        told["NAME"] = before
        told["OPTIONS"].clear()
        told["OPTIONS"].update(options)


@contextmanager
def copied(source: str, name: str) -> Iterator[None]:
    """Make a database like another one for a while, and let everything use it."""
    drop(name)
    as_owner(f"create database {name} template {source}")
    try:
        with using(name):
            yield
    finally:
        drop(name)


def drop(name: str) -> None:
    """Take a database away, if it is there."""
    as_owner(f"drop database if exists {name}")


def as_owner(statement: str) -> list[tuple[Any, ...]]:
    """Run a statement about databases, and give what it found."""
    with using("postgres", owner=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def make(name: str) -> None:
    """Make a database with all tables, from `TEST["TEMPLATE"]` if there is one."""
    connection = connections["default"]
    before, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    plain = test["NAME"]
    test["NAME"] = name
    try:
        with using(before, owner=True):
            connection.creation.create_test_db(0, autoclobber=True, serialize=False)
    finally:
        test["NAME"] = plain
        connection.settings_dict["NAME"] = before


def migrated() -> str:
    """Give the name of a database with all tables and no rows; make it if needed."""
    name = MIGRATED + _fingerprint()
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR / "tests.migrating").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        there = {
            found
            for (found,) in as_owner(
                f"select datname from pg_database where datname like '{MIGRATED}%'"
            )
        }
        if name not in there:
            # Under another name until it is whole: a run may be stopped halfway.
            make(f"{name}_half")
            as_owner(f"alter database {name}_half rename to {name}")
        for old in there - {name}:
            drop(old)
    return name


def _fingerprint() -> str:
    """Say in letters what the migrations are: ours, and the packages with theirs."""
    files = [ROOT / "requirements-dev.lock", Path(triggers.__file__)]
    files += sorted(ROOT.glob("*/migrations/*.py"))
    files += sorted(ROOT.glob("*/*/migrations/*.py"))
    files += sorted((ROOT / "config" / "postgresql").glob("*.py"))
    read = hashlib.sha256()
    for file in files:
        read.update(file.read_bytes())
    return read.hexdigest()[:12]
