"""The drill of the reminders, small; and that it sees what it is there to see."""

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
        [sys.executable, "-m", "drills.reminders"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **told},
        check=False,
        capture_output=True,
        text=True,
    )


def drill(**told: str) -> tuple[int, dict[str, int]]:
    done = started(**told)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_loses_nothing_and_counts_every_double():
    """Catches a plain retry behind the fence, a mail without a lease, a second plan."""
    code, found = drill(N="1000", SEED="4")

    kept = {name: found[name] for name in ("lost", "planned_twice", "closed_mailed")}
    assert kept == dict.fromkeys(kept, 0), found
    assert found["doubles"] == found["doubles_in_doubt"]
    assert (code, found["due"]) == (0, 1000)
    assert found["delivered"] >= 900
    assert found["kills"] >= 2


@pytest.mark.long
@pytest.mark.parametrize(
    ("fault", "sign"),
    [("fence", "doubles"), ("key", "planned_twice"), ("lease", "lost")],
)
def test_sees_what_is_broken(fault, sign):
    """A drill that stays green whatever is broken proves nothing."""
    code, found = drill(FAULT=fault, N="300", BOUND="200")

    unseen = found["doubles_in_doubt"] if sign == "doubles" else 0
    assert found[sign] > unseen, found
    assert code == 1


@pytest.mark.long
def test_holds_by_the_key_alone():
    """Catches a plan that only the lock of the row keeps from being made twice."""
    code, found = drill(FAULT="lock", N="300")

    assert (code, found["planned_twice"]) == (0, 0), found


@pytest.mark.parametrize("told", [{"N": "many"}, {"N": "0"}, {"FAULT": "luck"}])
def test_refuses_what_it_does_not_know(told):
    """Catches a fault that nobody planted, and a green drill because of that."""
    done = started(**told)

    assert (done.returncode, done.stdout) == (1, "")
    assert "must be" in done.stderr
