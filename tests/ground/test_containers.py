"""The commands of docker-compose.yml, run natively: migrate, web, worker and beat."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import yaml

from config.server import Server
from tests.ground.places import ROOT, environment, run
from tests.ground.test_up import free_port

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PATIENCE = 60


@pytest.fixture
def server(folder):
    server = Server(folder / "server")
    yield server
    server.leave()


@pytest.fixture
def redis_url():
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
    )
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture
def environ(server, redis_url, tmp_path):
    """Give what docker-compose.yml gives each service, on our own servers."""

    admin = server.connection("postgres")
    place = f"127.0.0.1:{admin['port']}"
    for name in ("secret_key", "log_key", "data_key"):
        (tmp_path / name).write_text(bytes(range(32)).hex())
    given = {
        "DEMO": "1",
        "ADMIN_URL": f"postgres://postgres:{admin['password']}@{place}/postgres",
        "DATABASE_URL": f"postgres://app:x@{place}/product",
        "DATABASE_OWNER_URL": f"postgres://owner:y@{place}/product",
        "REDIS_URL": redis_url,
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY_FILE": str(tmp_path / "secret_key"),
        "LOG_KEY_FILE": str(tmp_path / "log_key"),
        "DATA_KEY_FILE": str(tmp_path / "data_key"),
    }
    for service in ("migrate", "web", "worker", "beat"):
        declared = set(COMPOSE["services"][service]["environment"])
        assert set(given) - declared <= {"ADMIN_URL", "DATABASE_OWNER_URL"}
    return given


def command(service: str) -> list[str]:
    """Give the command of a service: its own, or that of the image."""
    own = COMPOSE["services"][service].get("command")
    if own:
        return own
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return json.loads(next(line for line in lines if line.startswith("CMD"))[4:])


def start(folder: Path, service: str, environ: dict[str, str], **swap: str):
    words = [
        swap.get("to", "") if word == swap.get("word") else word
        for word in command(service)
    ]
    return subprocess.Popen(words, cwd=folder, env=environment(**environ))


def answer(port: int, path: str) -> tuple[int, dict]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(line):
        line.request("GET", path)
        response = line.getresponse()
        return response.status, json.loads(response.read())


def ticking(port: int) -> dict:
    """Wait until the clock ticked, and give what the product says of itself.

    Beat does each thing for the first time after its own interval, the slowest after
    five minutes; so this waits for the quick ones.
    """
    until = time.monotonic() + PATIENCE
    said: dict = {}
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            _, said = answer(port, "/readyz")
            ticks = said.get("last_tick_seconds", {})
            if None not in (ticks.get("plan_due"), ticks.get("deliver_due")):
                return said
        time.sleep(0.5)
    pytest.fail(f"the clock stands still: {said}")


def environment_of(service: str) -> dict[str, str]:
    """Give what docker-compose.yml gives this service and not the web."""
    shared = COMPOSE["services"]["web"]["environment"]
    given = COMPOSE["services"][service]["environment"]
    return {name: given[name] for name in given.keys() - shared.keys()}


def looks_alive(service: str, file: Path) -> bool:
    """Do what docker does to see whether a service still goes round."""
    declared = COMPOSE["services"][service]
    kind, asked = declared["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    asked = asked.replace("$$", "$").replace(
        declared["environment"]["ALIVE_FILE"], str(file)
    )
    return subprocess.run(["sh", "-c", asked], check=False).returncode == 0


@pytest.mark.redis
def test_the_services_start_and_the_clock_runs(fresh, tmp_path, environ):
    migrated = run(*command("migrate"), cwd=fresh, **environ)
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
    environ = {
        key: environ[key]
        for key in environ
        if key not in ("ADMIN_URL", "DATABASE_OWNER_URL")
    }
    run("python", "manage.py", "collectstatic", "--no-input", cwd=fresh, **environ)
    port = free_port()
    alive = {name: tmp_path / f"{name}.alive" for name in ("worker", "beat")}
    own = {
        name: environ | environment_of(name) | {"ALIVE_FILE": str(file)}
        for name, file in alive.items()
    }
    running = [
        start(fresh, "web", environ, word="0.0.0.0:8000", to=f"127.0.0.1:{port}"),
        start(fresh, "worker", own["worker"]),
        start(fresh, "beat", own["beat"], word="/tmp/beat", to=str(tmp_path / "beat")),
    ]
    try:
        said = ticking(port)
        assert (said["broker"], said["database"]) == ("ok", "ok")
        assert answer(port, "/healthz") == (200, {"status": "ok"})
        assert [process.poll() for process in running] == [None, None, None]
        assert all(looks_alive(name, file) for name, file in alive.items())
        os.utime(alive["worker"], (0, 0))
        assert not looks_alive("worker", alive["worker"])
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        ended = [process.wait(PATIENCE) for process in running]
    assert ended == [0, 0, 0]


def test_the_application_in_a_container_is_not_root_and_can_not_become_it():
    for service in ("migrate", "web", "worker", "beat"):
        declared = COMPOSE["services"][service]
        assert declared["cap_drop"] == ["ALL"]
        assert declared["read_only"] is True
    last_user = [
        line
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("USER")
    ]
    assert last_user == ["USER procesregie"]


def test_only_the_demo_is_open_to_the_machine_itself():
    ports = [
        port
        for service in COMPOSE["services"].values()
        for port in service.get("ports", ())
    ]
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_lock_files_hold_hashes_and_no_addresses():
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("-")]
        pinned = [line for line in lines if line and line[0].isalnum()]
        assert all("==" in line for line in pinned)
        assert sum("--hash=sha256:" in line for line in lines) >= len(pinned)
