"""The watch over the log sees what it should, and lets a run fail."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.access.canaries import DOSSIER, KIND_OF
from tests.leaks import SECRET, Watch

pytestmark = pytest.mark.access

HOME = Path(__file__).parents[2]
NAME = DOSSIER["name"]

PLUGINS = 'pytest_plugins = ("tests.leaks", "tests.proofs")'
SLOW_TO_LOAD = ("-p", "no:faker", "-p", "no:hypothesispytest")

LOGS_IN_A_TEST = """
import logging

def test_that_says_too_much():
    logging.getLogger("django.request").error("of %s", "{name}")

def test_that_says_nothing():
    logging.getLogger("django.request").error("of somebody")
"""

LOGS_BETWEEN_TESTS = """
import logging

logging.getLogger("casework.cases").error("of {name}")

def test_that_says_nothing():
    pass
"""


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("casework", logging.ERROR, "x.py", 1, message, args, None)
    made.__dict__.update(extra)
    return made


def failing() -> logging.LogRecord:
    inner, outer = ValueError(NAME), RuntimeError("It failed.")
    outer.__cause__ = inner
    return record("failed", exc_info=(RuntimeError, outer, None))


class TestWatch:
    @pytest.mark.parametrize("secret", sorted(KIND_OF))
    def test_knows_every_canary(self, secret):
        """Catches a canary that was added and may be logged."""
        assert SECRET.search(f"before {secret} after")

    @pytest.mark.parametrize(
        "made",
        [
            record(f"of {NAME}"),
            record("of %s", NAME),
            record("of somebody", who={"name": NAME}),
            failing(),
        ],
        ids=["message", "argument", "extra", "exception behind an exception"],
    )
    def test_looks_everywhere_in_a_record(self, made):
        watch = Watch()

        watch.see(made)

        assert (watch.seen, watch.leaks) == (1, 1)
        (found,) = watch.unsaid()
        assert found.startswith(f"{NAME!r} was logged by casework")
        assert not watch.unsaid()

    def test_lets_numbers_of_rows_pass(self):
        watch = Watch()

        watch.see(record("step failed", item=41, case=12))

        assert (watch.seen, watch.leaks) == (1, 0)


class TestRun:
    """Catches a watch that stands beside the loggers, and a worker that keeps silent."""

    def test_fails_in_the_test_that_logged_it(self, tmp_path):
        done = run(tmp_path, LOGS_IN_A_TEST, workers="0")

        assert done.returncode == pytest.ExitCode.TESTS_FAILED
        assert f"{NAME!r} was logged by django.request" in done.stdout
        assert "1 failed, 1 passed" in done.stdout
        assert "log records: 2, leaks: 1" in done.stdout

    @pytest.mark.parametrize("workers", ["0", "1"])
    def test_fails_for_what_no_test_logged(self, tmp_path, workers):
        done = run(tmp_path, LOGS_BETWEEN_TESTS, workers)

        assert done.returncode == pytest.ExitCode.TESTS_FAILED
        assert "log records: 1, leaks: 1" in done.stdout


def run(folder: Path, tests: str, workers: str) -> subprocess.CompletedProcess[str]:
    """Run other tests in a run of their own."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "conftest.py").write_text(PLUGINS)
    (folder / "test_it.py").write_text(tests.format(name=NAME))
    ours = {key: v for key, v in os.environ.items() if not key.startswith("PYTEST_")}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *SLOW_TO_LOAD,
            "-n",
            workers,
            str(folder),
        ],
        cwd=HOME,
        env=ours
        | {"PYTHONPATH": str(HOME), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
