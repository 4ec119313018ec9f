"""The stage with a web server: the product as its visitors reach it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
from pathlib import Path

import psycopg

from config import database
from drills.stage import Stage, free_port, listens


class WebStage(Stage):
    """
    A stage on which the web runs too, with the command of production.

    In demo mode, since nobody can take a second step in a drill, and without TLS.
    """

    def begin(self) -> None:
        """Start the servers, make the tables, and collect what pages need."""
        self.ports["web"] = free_port()
        super().begin()
        self._run("manage.py", "collectstatic", "--no-input", "-v0")
        if self.fault == "commit":
            self._forget_commits()

    def start_web(self) -> None:
        """Start the web server and its workers."""
        port = self.ports["web"]
        self._python(
            "web",
            *("-m", "gunicorn", "drills.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--threads", "8", "--no-control-socket"),
        )
        self._wait_for("web", lambda: listens(port) and bool(self._web_workers()))

    def kill_a_web_worker(self, chance: random.Random) -> int:
        """End a worker of the web server without a warning; give how many."""
        workers = self._web_workers()
        if not workers:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(workers), signal.SIGKILL)
        return 1

    def _web_workers(self) -> list[int]:
        master = self.running["web"].pid
        if sys.platform != "linux":
            return []
        children = Path(f"/proc/{master}/task/{master}/children")
        with contextlib.suppress(OSError):
            return sorted(map(int, children.read_text("ascii").split()))
        return []

    def _forget_commits(self) -> None:
        """Let the database say "done" before it stands on the disk."""
        with psycopg.connect(self.address(database.OWNER), autocommit=True) as line:
            line.execute(f"alter database {database.NAME} set synchronous_commit = off")

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {
            "DEMO": "1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "BASE_URL": f"http://127.0.0.1:{self.ports['web']}",
            "PROXIES": "1",
        }
