"""`make bench` itself, from start to end, in the smallest town that it takes."""

import subprocess
import sys

import pytest

from tests.ground.places import ROOT, environment

PATIENCE = 900


@pytest.mark.long
def test_measures_everything_in_turn():
    """Catches a bound or a peer that the tables and pages of today left behind."""
    done = subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=ROOT,
        env=environment(SCALE="2000", ROUNDS="1"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Bladzijde Mijn werk door WSGI" in done.stdout
    assert "Klaar in" in done.stdout
