"""A log with something in it, somebody who may have it, and the clock in small steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.audit.export import export_log
from casework.audit.log import write
from casework.audit.sealer import seal
from casework.jobs import making
from casework.jobs.models import Job
from casework.jobs.transitions import ask_for, open_file
from casework.people.models import User
from tests.pages.conftest import _monday, browser
from tests.world import AT

__all__ = ["_monday", "browser"]

LOG = Job.Kind.LOG_EXPORT


def never() -> bool:
    return False


def fill_log(by: User, *, rows: tuple[int, ...] = (3, 2, 5)) -> None:
    """Rows of the log, each group under a checkpoint of its own."""
    for number in rows:
        for _ in range(number):
            write("case.read", by=by, at=AT, case=7)
        seal(at=AT)


def file_of(job: Job) -> bytes:
    _, pieces = open_file(job.pk, by=job.by, at=AT)
    return b"".join(pieces)


def as_the_command_writes() -> bytes:
    return "".join(f"{line}\n" for line in export_log()).encode()


@pytest.fixture
def _small_steps(monkeypatch) -> None:
    """Two rows in a piece, and one piece at each tick."""
    monkeypatch.setattr(making, "ROWS", 2)
    monkeypatch.setattr(making, "SLICE", 0.0)


@pytest.fixture
def asked(world) -> Job:
    """An export of ten rows that the FG asked for."""
    fill_log(world.procesregisseur)
    return ask_for(LOG, by=world.fg, at=AT)


@pytest.fixture
def tick() -> Callable[..., int]:
    return lambda at=AT, stop=never: making.make_due(at=at, stop=stop)
