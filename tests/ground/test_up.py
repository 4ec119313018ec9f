"""The command behind `make demo` and `make run`: it starts all, and stops all it started."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import time

import pytest

from config.server import Server
from tests.ground.places import environment

PATIENCE = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(folder, port: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=folder,
        env=environment(DEBUG="1", PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until_ready(process: subprocess.Popen) -> None:
    said = []
    for line in process.stdout:
        said.append(line)
        if "staat klaar" in line:
            return
    pytest.fail("".join(said))


def status(port: int, path: str, **headers: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(line):
        line.request("GET", path, headers=headers)
        return line.getresponse().status


def clock(port: int) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(line):
        line.request("GET", "/readyz")
        return json.loads(line.getresponse().read())["clock"]


def becomes_ready(port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if clock(port) == "ok":
            return True
        time.sleep(0.2)
    return False


def port_of_postgres(folder) -> int:
    data = Server(folder / "var").data()
    return int((data / "postmaster.pid").read_text().splitlines()[3])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_starts_in_a_fresh_clone_stops_all_and_starts_as_it_was(fresh):
    """Catches a start that waits for something, leaves something, or begins anew."""
    port = free_port()
    process = start(fresh, port)
    try:
        wait_until_ready(process)
        assert status(port, "/healthz") == 200
        assert status(port, "/metrics") == 200
        # Who asks through a proxy on this machine is not the machine itself.
        assert status(port, "/metrics", **{"X-Forwarded-For": "203.0.113.7"}) == 404
        assert becomes_ready(port)
        postgres = port_of_postgres(fresh)
        second = start(fresh, free_port())
        said, _ = second.communicate(timeout=PATIENCE)
        assert second.returncode == 1
        assert said.strip().endswith(
            "Procesregie draait hier al. Stop die eerst (Ctrl-C)."
        )
        assert said.count("\n") == 1
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, rest
    assert rest.strip() == "Gestopt."
    assert not listens(postgres)
    assert not listens(port)

    secret = (fresh / "var" / "secret").read_text()
    again = start(fresh, free_port())
    wait_until_ready(again)
    again.send_signal(signal.SIGTERM)
    said, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    assert (fresh / "var" / "secret").read_text() == secret
    assert "klaargemaakt" not in said


def test_a_taken_port_is_said_in_one_sentence(fresh):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(fresh, port := taken.getsockname()[1])
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert f"Poort {port} is bezet." in said
    assert "Traceback" not in said
