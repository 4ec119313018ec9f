"""
Start Python programs one after the other, each in a process and environment of its own.

What no environment changes is imported once, before the processes part: a start takes a
tenth of the time. As a program it reads a line of JSON for each start, and writes one
with how it ended.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import IO

from tests.ground.places import ROOT, environment


class Starter:
    """Starts programs and gives how they ended, as `tests.ground.places.run` does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._tell, self._hear = process.stdin, process.stdout

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a file of Python, or `-c` and a text of it, to its end."""
        print(
            json.dumps([command, environment(**environ)]), file=self._tell, flush=True
        )
        return subprocess.CompletedProcess(command, *json.loads(self._hear.readline()))


@contextmanager
def starter() -> Iterator[Starter]:
    """Give somebody who starts programs, in the folder of the product."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Starter(process)
        process.communicate()


def _ended(command: list[str], environ: dict[str, str]) -> tuple[int, str, str]:
    """Give the exit code of a program, what it said and what it complained of."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as wrong:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(wrong.fileno(), 2)
            os.environ.clear()
            os.environ.update(environ)
            os._exit(_run(command))
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), _text(said), _text(wrong)


def _run(command: list[str]) -> int:
    """Run a program as Python does with the one that it is started for."""
    code: int | str | None = 1
    try:
        if command[0] == "-c":
            sys.argv = ["-c", *command[2:]]
            exec(command[1], {"__name__": "__main__"})  # noqa: S102  # our own text
        else:
            sys.argv = command
            runpy.run_path(command[0], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  # whatever it is, Python tells it
        sys.excepthook(*sys.exc_info())
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code or 0


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def _serve() -> None:
    for name in ("django.core.management", "django.forms", "psycopg"):
        import_module(name)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_ended(*json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
