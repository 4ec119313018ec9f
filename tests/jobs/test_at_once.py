"""Workers that die, and workers and windows at the same moment: one file, whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from casework.audit.models import AuditEntry
from casework.jobs import making
from casework.jobs.models import Job, Piece
from casework.jobs.transitions import ask_for
from tests.jobs.conftest import (
    LOG,
    as_the_command_writes,
    file_of,
    fill_log,
    never,
)
from tests.races.harness import race
from tests.world import AT, make_world

pytestmark = pytest.mark.django_db(transaction=True)

KILLED = Path(__file__).parent / "killed_maker.py"


class TestKilled:
    @pytest.mark.parametrize("dies", ["before the piece", "before the commit"])
    def test_goes_on_in_another_process(self, dies, monkeypatch):
        """Catches a row twice or not at all after a real SIGKILL, wherever it fell."""
        monkeypatch.setattr(making, "ROWS", 2)
        world = make_world()
        fill_log(world.procesregisseur)
        job = ask_for(LOG, by=world.fg, at=AT)

        _make_and_die(dies, pieces=3)

        job.refresh_from_db()
        assert (job.state, job.done, job.pieces) == (Job.State.RUNNING, 4, 2)
        assert job.token is not None
        assert making.make_due(at=AT, stop=never) == 0
        Job.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert making.make_due(at=AT, stop=never) == 3
        job.refresh_from_db()
        assert (job.state, job.pieces) == (Job.State.DONE, 5)
        assert file_of(job) == as_the_command_writes()


def _make_and_die(dies: str, *, pieces: int) -> None:
    told = {
        "settings": os.environ["DJANGO_SETTINGS_MODULE"],
        "database": connection.settings_dict["NAME"],
        "options": {
            "assume_role": connection.settings_dict["OPTIONS"]["assume_role"],
        },
        "dies": dies,
        "pieces": pieces,
        "rows": making.ROWS,
    }
    done = subprocess.run(
        [sys.executable, str(KILLED), json.dumps(told)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.race
class TestAtOnce:
    def test_two_workers_make_one_file(self, monkeypatch):
        """Catches two workers with the same job: pieces double, or one overwritten."""
        monkeypatch.setattr(making, "ROWS", 3)
        monkeypatch.setattr(making, "SLICE", 0.01)
        world = make_world()
        fill_log(world.procesregisseur, rows=(40, 50, 60))
        job = ask_for(LOG, by=world.fg, at=AT)
        ends = threading.Event()

        def work() -> None:
            for _ in range(200):
                making.make_due(at=AT, stop=ends.is_set)
                if Job.objects.filter(state=Job.State.DONE).exists():
                    ends.set()
                    break

        race(work, work, work)

        job.refresh_from_db()
        assert (job.state, job.failures) == (Job.State.DONE, 0)
        assert job.pieces == Piece.objects.count() == 50
        assert file_of(job) == as_the_command_writes()

    def test_two_windows_ask_for_one(self):
        """Catches two clicks at the same moment that make two exports."""
        world = make_world()
        fill_log(world.procesregisseur)

        for _ in range(5):
            race(*[lambda: ask_for(LOG, by=world.fg, at=AT)] * 3)

        assert Job.objects.count() == 1
        assert AuditEntry.objects.filter(verb="export.made").count() == 1
