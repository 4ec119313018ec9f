"""The drill of the journeys, small; and that it sees what it is there to see."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.redis


def started(**told: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drills.journeys"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **told},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.long
def test_every_step_that_was_heard_of_stands_once():
    """Catches a step that is lost or done twice when the database crashes under it."""
    done = started(N="2", BOUND="60", SEED="5")
    assert done.stdout, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])

    kept = {name: found[name] for name in ("lost", "twice", "wrong")}
    assert kept == dict.fromkeys(kept, 0), done.stderr
    assert all(found[name] for name in ("verify_ok", "replay_ok", "log_ok")), found
    assert (done.returncode, found["restarts"] >= 2) == (0, True)


@pytest.mark.long
def test_sees_forms_that_nobody_knows_again():
    """A drill that stays green whatever is broken proves nothing."""
    done = started(N="2", BOUND="30", FAULT="once")
    found = json.loads(done.stdout.splitlines()[-1])

    assert (done.returncode, found["lost"] > 0) == (1, True), found


@pytest.mark.parametrize("told", [{"N": "many"}, {"N": "0"}, {"FAULT": "luck"}])
def test_refuses_what_it_does_not_know(told):
    """Catches a fault that nobody planted, and a green drill because of that."""
    done = started(**told)

    assert (done.returncode, done.stdout) == (1, "")
    assert "must be" in done.stderr
