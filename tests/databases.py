"""Databases of the tests: made once, and copied after that.

A copy takes a tenth of a second, all migrations six. The empty one is kept under a name
that says which migrations it has had; those with something in them last for one run.
"""

from __future__ import annotations

import fcntl
import hashlib
import pickle
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from pytest_django import DjangoDbBlocker

from casework.audit import triggers

ROOT = Path(__file__).resolve().parents[1]
MIGRATED = "procesregie_migrated_"

Made = TypeVar("Made")


@contextmanager
def using(name: str, *, owner: bool = False) -> Iterator[Any]:
    """Let every connection be to one database: as the application, or as its owner."""
    connection = connections["default"]
    told = connection.settings_dict
    before, options = told["NAME"], dict(told["OPTIONS"])
    _leave()
    told["NAME"] = name
    if owner:
        told["OPTIONS"].pop("assume_role", None)
    else:
        told["OPTIONS"]["assume_role"] = settings.APPLICATION_ROLE
    try:
        yield connection
    finally:
        _leave()
        told["NAME"] = before
        told["OPTIONS"].clear()
        told["OPTIONS"].update(options)


def _leave() -> None:
    connections.close_all()
    # Another database may have given them other numbers.
    ContentType.objects.clear_cache()


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


@dataclass
class Originals:
    """
    Databases with something in them, made once in a run and only copied.

    The first process that asks for one makes it, and the last one that used any drops
    them all: each holds a shared lock, and who gets that lock alone is the last.

    :param folder: what the processes of this run share.
    """

    folder: Path

    @contextmanager
    def held(self, blocker: DjangoDbBlocker) -> Iterator[None]:
        """Keep what is made, for as long as somebody may ask."""
        with (self.folder / "users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield
            with self._turn(), blocker.unblock():
                if _alone(users):
                    for told in self.folder.glob("*.made"):
                        drop(told.stem)
                        told.unlink()

    def of(self, make: Callable[[], Made]) -> tuple[str, Made]:
        """Give the name of the database in which this was made, and a copy of it."""
        what = f"{make.__module__}_{make.__qualname__}".replace(".", "_")
        name = f"{plain_name()}_{what}"
        told = self.folder / f"{name}.made"
        with self._turn():
            if not told.exists():
                drop(name)
                as_owner(f"create database {name} template {migrated()}")
                with using(name):
                    made = make()
                with using(name, owner=True) as owner, owner.cursor() as cursor:
                    # So that the database plans as it does in use.
                    cursor.execute("analyze")
                told.write_bytes(pickle.dumps(made))
        return name, pickle.loads(told.read_bytes())  # noqa: S301  # our own

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with (self.folder / "turn").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield


def plain_name() -> str:
    """Give the name of the database of the tests, the same for each process of a run."""
    name = str(connections["default"].settings_dict["TEST"]["NAME"])
    return re.sub(r"_gw[0-9]+$", "", name)


def _alone(users: TextIO) -> bool:
    """Take the lock alone, if nobody else has it."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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
