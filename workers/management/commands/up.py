"""The whole product in one process: web, clock and, where none is given, a database."""

from __future__ import annotations

import fcntl
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from waitress.server import create_server

from workers import checks, ticker
from workers.seeding import seed_if_empty

HOST = "127.0.0.1"
PATIENCE = 10

Result = TypeVar("Result")


class Command(BaseCommand):
    """Start everything, and stop everything that was started."""

    help = "Start web and clock in one process."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the database and the static files, and serve until stopped."""
        checks.anchors_can_be_kept()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        with _alone(settings.VAR):
            try:
                self._prepare()
                self._serve()
            except KeyboardInterrupt:
                self.stdout.write("Gestopt.")
            finally:
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_IGN)
                connections.close_all()

    def _prepare(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _bound(lambda: probe.bind((HOST, settings.PORT)))
        if _is_behind():
            self.stdout.write("De database wordt klaargemaakt.")
            _migrate()
        if _static_is_old():
            call_command("collectstatic", interactive=False, verbosity=0)
        if seed_if_empty():
            self.stdout.write("De voorbeeldgemeente is gemaakt.")

    def _serve(self) -> None:
        application = get_internal_wsgi_application()
        server = _bound(
            lambda: create_server(
                application,
                host=HOST,
                port=settings.PORT,
                threads=8,
                ident=None,
                # PROXIES says which of them count; without them who asks through a
                # proxy would seem to be the machine itself.
                clear_untrusted_proxy_headers=False,
            )
        )
        stop = threading.Event()
        clock = threading.Thread(target=ticker.run, args=(stop,), name="clock")
        clock.start()
        try:
            self._welcome()
            server.run()
        finally:
            stop.set()
            clock.join(PATIENCE)
            server.close()
        self.stdout.write("Gestopt.")

    def _welcome(self) -> None:
        place = f"http://{HOST}:{settings.PORT}"
        if settings.DEMO:
            self.stdout.write(f"Kies een rol op {place}/demo/")
        self.stdout.write(f"Procesregie staat klaar op {place}/ (stoppen: Ctrl-C)")
        self.stdout.flush()


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Leave on the first signal, and finish leaving whatever comes after it."""
    for other in (signal.SIGINT, signal.SIGTERM):
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """Refuse a second one that would use the same data."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                "Procesregie draait hier al. Stop die eerst (Ctrl-C)."
            ) from error
        yield


def _bound(bind: Callable[[], Result]) -> Result:
    """Take the port, or say in one sentence that somebody else has it."""
    try:
        return bind()
    except OSError as error:
        raise CommandError(
            f"Poort {settings.PORT} is bezet. Kies een andere, met PORT=8001."
        ) from error


def _is_behind() -> bool:
    """Whether the database misses a migration."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate() -> None:
    """Migrate in a process of its own, which works as the owner of the tables."""
    done = subprocess.run(  # noqa: S603 (our own command, no shell)
        [sys.executable, settings.BASE_DIR / "manage.py", "migrate", "-v0"],
        check=False,
        cwd=settings.BASE_DIR,
    )
    if done.returncode:
        raise CommandError("De database kon niet worden klaargemaakt.")


def _static_is_old() -> bool:
    """Whether a file changed after the static files were collected."""
    if settings.DEBUG:
        return False
    collected = settings.STATIC_ROOT / "staticfiles.json"
    if not collected.exists():
        return True
    since = collected.stat().st_mtime
    lock = settings.BASE_DIR / "requirements.lock"
    sources = [lock, *(settings.BASE_DIR / "static").rglob("*")]
    return any(source.stat().st_mtime > since for source in sources)
