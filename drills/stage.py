"""The machines of a drill: servers and workers of its own, and ways to end them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import redis

from config import database
from config.server import Server

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
PR_SET_PDEATHSIG = 1
KEYS = {"SECRET_KEY_FILE": 40, "LOG_KEY_FILE": 32, "DATA_KEY_FILE": 32}
STARTS = "--- started\n"
WORKERS = ("first", "second")


class DidNotStart(Exception):
    """A process of the drill did not start in time; its log says why."""


class Stage:
    """
    A PostgreSQL, a Redis, a mail server, workers and a beat, each on a free port.

    Everything stands in `folder`: data, keys, the log of each process and what the
    mail server took over. `environment` is what production would be given.
    """

    def __init__(self, folder: Path, *, seed: int, fault: str) -> None:
        self.folder = folder
        self.seed = seed
        self.received = folder / "received"
        self.ports = {name: free_port() for name in ("redis", "smtp")}
        self.server = Server(folder)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.environment: dict[str, str] = {}
        self.fault = fault
        self._starts = 0

    def begin(self) -> None:
        """Start the servers, and make the tables as their owner."""
        self.folder.mkdir(parents=True)
        self.received.touch()
        self.environment = self._environment()
        self.start_redis()
        self.start_sink()
        self._run("manage.py", "migrate", "--no-input", "-v0")

    def end(self) -> None:
        """End all that runs, and take away the data."""
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        for name in list(self.running):
            self.kill(name)
        place = self.server.data()
        self.server.leave()
        shutil.rmtree(place, ignore_errors=True)
        if (self.folder / "where").exists():
            shutil.rmtree(place.parent, ignore_errors=True)

    def address(self, user: str) -> str:
        """Give the address of the database for a role."""
        place = self.server.connection(user)
        password = quote(place["password"], safe="")
        where = f"{place['host']}:{place['port']}"
        return f"postgres://{user}:{password}@{where}/{database.NAME}"

    # what runs

    def start_redis(self) -> None:
        """Start a Redis that keeps nothing."""
        program = shutil.which("redis-server")
        if program is None:
            raise DidNotStart("redis-server is not installed.")
        self._start(
            "redis",
            *(program, "--port", str(self.ports["redis"]), "--bind", "127.0.0.1"),
            *("--save", "", "--appendonly", "no", "--dir", str(self.folder)),
        )
        self._wait_for("redis", self._redis_answers)

    def start_sink(self) -> None:
        """Start the mail server; it goes on with the same file."""
        self._starts += 1
        seed = str(self.seed + self._starts)
        port = str(self.ports["smtp"])
        self._python("sink", "-m", "drills.sink", port, str(self.received), seed)
        self._wait_for("sink", lambda: listens(self.ports["smtp"]))

    def start_worker(self, name: str) -> None:
        """Start a worker with the command of production."""
        self._celery(name, "worker", "--loglevel", "INFO", "-n", f"{name}@drill")

    def start_beat(self) -> None:
        """Start the beat with the command of production."""
        schedule = str(self.folder / "beat")
        self._celery("beat", "beat", "--schedule", schedule, "--pidfile", "")

    def kill(self, name: str) -> None:
        """End a process and its children without a warning."""
        process = self.running.pop(name)
        _signal(process, signal.SIGKILL)
        process.wait(PATIENCE)

    def kill_a_worker(self, chance: random.Random) -> int:
        """
        End a random worker without a warning, and start it again; give how many.

        The last one that is up is left alone: a busy machine, on which it takes longer
        to start a worker than to kill it, would else never have any.
        """
        if not all(map(self._is_up, WORKERS)):
            return 0
        name = chance.choice(WORKERS)
        self.kill(name)
        self.start_worker(name)
        return 1

    def flush_redis(self) -> None:
        """Let Redis forget everything."""
        with contextlib.closing(redis.Redis(port=self.ports["redis"])) as line:
            line.flushall()

    def restart_redis(self) -> None:
        """Kill Redis and start it again, empty."""
        self.kill("redis")
        self.start_redis()

    def restart_postgres(self) -> None:
        """Stop PostgreSQL as a crash would, and start it again on the same port."""
        data = self.server.data()
        options = (data / "postmaster.opts").read_text(encoding="utf-8")
        done = self.server.account.run(
            *(Path(shlex.split(options)[0]).with_name("pg_ctl"), "restart", "-s", "-w"),
            *("-m", "immediate", "-D", data, "-l", data / "server.log"),
        )
        if done.returncode:
            raise DidNotStart(f"PostgreSQL did not come back: {done.stdout}")

    def _environment(self) -> dict[str, str]:
        told = {
            key: value
            for key, value in os.environ.items()
            if not key.endswith("_KEY") and key not in {"DEMO", "DEBUG"}
        }
        for name, size in KEYS.items():
            file = self.folder / name.lower()
            file.write_text(secrets.token_hex(size), encoding="ascii")
            told[name] = str(file)
        return told | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.address(database.APPLICATION),
            "DATABASE_OWNER_URL": self.address(database.OWNER),
            "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['smtp']}",
            "MAIL_FROM": "procesregie@zuiderveen.example",
            "MUNICIPALITY": "Zuiderveen",
            "SOURCE_URL": "https://broncode.zuiderveen.example",
            "BASE_URL": "https://procesregie.zuiderveen.example",
            "ALLOWED_HOSTS": "procesregie.zuiderveen.example",
            "ANCHOR_DIR": str(self.folder / "anchors"),
            "REMAP_SIGTERM": "SIGQUIT",
            "FAULT": self.fault,
        }

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
        )
        if done.returncode:
            raise DidNotStart(f"{' '.join(words)}: {done.stderr.decode()}")

    def _celery(self, name: str, *words: str) -> None:
        self._python(name, "-m", "celery", "-A", "drills.app", *words)

    def _python(self, name: str, *words: str) -> None:
        self._start(name, sys.executable, *words)

    def _start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            log.write(STARTS.encode())
            log.flush()
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_the_drill,
            )

    def _is_up(self, name: str) -> bool:
        said = (self.folder / f"{name}.log").read_text("utf-8", "replace")
        return f"{name}@drill ready." in said.rpartition(STARTS)[2]

    def _redis_answers(self) -> bool:
        with (
            contextlib.closing(redis.Redis(port=self.ports["redis"])) as line,
            contextlib.suppress(redis.RedisError),
        ):
            return bool(line.ping())
        return False

    def _wait_for(self, name: str, condition: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > ends or self.running[name].poll() is not None:
                raise DidNotStart(name)
            time.sleep(0.02)


def _die_with_the_drill() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def listens(port: int) -> bool:
    """Whether somebody answers on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def free_port() -> int:
    """Give a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
