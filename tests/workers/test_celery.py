"""Real workers and a real beat on a Redis of their own: the same functions."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from casework.work.models import Delivery, Heartbeat
from tests.work.sink import free_port, sinking

PR_SET_PDEATHSIG = 1

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]

FAR = date(2099, 1, 1)


@contextmanager
def running(*command: str, env: dict[str, str] | None = None, cwd: Path):
    """Start a process in a group of its own, and end that group."""
    log = (cwd / f"{Path(command[0]).name}-{len(list(cwd.iterdir()))}.log").open("wb")
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=env,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_die_with_the_tests,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
        log.close()


def _die_with_the_tests() -> None:
    """Let a clock not outlive tests that were killed: the next ones would meet it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def redis_server(tmp_path: Path, port: int):
    binary = shutil.which("redis-server")
    assert binary is not None
    with running(
        binary,
        *("--port", str(port), "--bind", "127.0.0.1", "--save", ""),
        *("--appendonly", "no", "--dir", str(tmp_path)),
        cwd=tmp_path,
    ):
        line = redis.Redis(port=port)
        wait_for(lambda: answers(line))
        yield line
        line.close()


def answers(line: redis.Redis) -> bool:
    with suppress(redis.RedisError):
        return bool(line.ping())
    return False


def clock_env(*, redis_port: int) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), *sys.path]),
        "DJANGO_SETTINGS_MODULE": "tests.workers.clock_settings",
        "CLOCK_SETTINGS": os.environ["DJANGO_SETTINGS_MODULE"],
        "CLOCK_DATABASE": str(connection.settings_dict["NAME"]),
        "CLOCK_REDIS": f"redis://127.0.0.1:{redis_port}/0",
        "CLOCK_SMTP": str(settings.EMAIL_PORT),
        "REMAP_SIGTERM": "SIGQUIT",
    }


def celery(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "workers.app", *words)


def test_worker_and_beat_deliver_a_mail_and_survive_an_empty_redis(
    tmp_path, opened, manager
):
    """Also when Redis loses everything on the way: it carries wake-ups only."""
    port = free_port()
    worker = celery("worker", "-c", "1", "--without-gossip", "--without-mingle")
    beat = celery("beat", "-s", str(tmp_path / "schedule"), "--pidfile=")
    with sinking() as sink, redis_server(tmp_path, port) as line:
        env = clock_env(redis_port=port)
        opened(manager, due=FAR, urgent=True, at=timezone.now())
        with (
            running(*worker, env=env, cwd=tmp_path),
            running(*beat, env=env, cwd=tmp_path),
        ):
            wait_for(lambda: len(sink.mails) == 1)
            line.flushall()
            opened(manager, due=FAR, urgent=True, at=timezone.now())
            wait_for(lambda: len(sink.mails) == 2)
            wait_for(lambda: Heartbeat.objects.filter(name="seal_log").exists())

    assert sink.readers == [manager.email] * 2
    assert len(set(sink.message_ids)) == 2
    assert {mail.state for mail in Delivery.objects.all()} == {"sent"}


def wait_for(condition, *, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.1)
