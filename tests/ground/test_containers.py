"""The commands of docker-compose.yml, run natively: migrate, web, worker and beat."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import yaml

from config.server import DISCREET, Server
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


def healthy(port: int, **environ: str) -> bool:
    """Do what docker does to see whether the web lives."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (declared,) = [line for line in lines if line.startswith("HEALTHCHECK")]
    program, _ = json.loads(declared.partition("CMD ")[2])
    return run(str(ROOT / program), str(port), **environ).returncode == 0


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
        assert healthy(port, ALLOWED_HOSTS="127.0.0.1,localhost")
        assert not healthy(port, ALLOWED_HOSTS="elders.example")
        assert not healthy(free_port())
        assert [process.poll() for process in running] == [None, None, None]
        assert all(looks_alive(name, file) for name, file in alive.items())
        os.utime(alive["worker"], (0, 0))
        assert not looks_alive("worker", alive["worker"])
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        ended = [process.wait(PATIENCE) for process in running]
    assert ended == [0, 0, 0]


def test_the_web_complains_of_nothing_where_its_home_can_not_be_written(tmp_path):
    """Catches a socket to steer it in a home that is read-only: an error at each start."""
    port = free_port()
    told = tmp_path / "told"
    words = [
        f"127.0.0.1:{port}" if word == "0.0.0.0:8000" else word
        for word in command("web")
    ]
    words[words.index("config.wsgi")] = "tests.ground.nothing"
    with told.open("w") as said:
        web = subprocess.Popen(
            words, cwd=ROOT, env=environment(HOME="/dev/null"), stderr=said
        )
        try:
            until = time.monotonic() + PATIENCE
            while "Booting worker" not in told.read_text():
                assert time.monotonic() < until, told.read_text()
                time.sleep(0.1)
        finally:
            web.terminate()
            assert web.wait(PATIENCE) == 0

    assert "[ERROR]" not in told.read_text()
    assert "Control" not in told.read_text()


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


def named() -> set[str]:
    """Give the names that docker-compose.yml reads from the environment."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return set(re.findall(r"\$\{(\w+)", text))


def test_nothing_is_a_demo_unless_that_is_said():
    """Catches a forgotten variable that opens a real database to anybody."""
    shared = COMPOSE["services"]["web"]["environment"]
    assert shared["DEMO"] == "${DEMO:-0}"
    defaults = {
        name: value
        for name, value in shared.items()
        if ":-" in value and not value.endswith((":-}", ":-0}"))
    }
    assert not defaults
    lines = (ROOT / "demo.env").read_text(encoding="utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    assert set(said) <= named() | {"COMPOSE_PROFILES"}


def test_every_variable_of_the_readme_reaches_the_containers():
    """Catches a setting that somebody makes and that nothing reads."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    of_its_own = {
        *("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORT", "DEBUG"),
        *("SECRET_KEY", "SECRET_KEY_FILE", "LOG_KEY_FILE", "DATA_KEY_FILE"),
        *("ANCHOR_DIR", "ALIVE_FILE", "METRICS_TOKEN_FILE"),
    }

    assert told - of_its_own - named() == set()


def test_the_keys_can_be_read_by_the_container_and_by_nobody_else_here(tmp_path):
    """Catches keys of the maker alone, which another user in the container can't read."""
    shutil.copy2(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    made = run("make", "-o", ".venv/ready", "secrets", cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    files = [tmp_path / each["file"] for each in COMPOSE["secrets"].values()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o644}
    assert {file.parent.stat().st_mode & 0o777 for file in files} == {0o700}
    assert {len(file.read_text().strip()) for file in files} == {64}


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


def test_the_log_of_its_database_names_nobody():
    """Catches a container that writes the row of each refused write, with its names."""
    assert " ".join(COMPOSE["services"]["db"]["command"]) == f"postgres{DISCREET}"
