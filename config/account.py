"""The user that our own PostgreSQL runs as."""

import contextlib
import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CannotStart(Exception):
    """PostgreSQL can't be started here."""


@dataclass(frozen=True)
class Account:
    """The user that the server runs as: never root."""

    uid: int
    gid: int
    drop: bool

    @classmethod
    def here(cls) -> "Account":
        """Return who may run PostgreSQL: ourselves, or somebody without rights."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), drop=False)
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                found = pwd.getpwnam(name)
                return cls(found.pw_uid, found.pw_gid, drop=True)
        raise CannotStart("PostgreSQL can't run as root and there is no other user.")

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a command as this user, in a folder that everybody may enter."""
        more: dict[str, Any] = {}
        if self.drop:
            more = {"user": self.uid, "group": self.gid, "extra_groups": []}
        environ = {
            key: value
            for key, value in os.environ.items()
            if key.startswith("LD_") or key in {"PATH", "TZ", "SYSTEMROOT"}
        }
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(  # noqa: S603 (our own binaries, no shell)
                [str(word) for word in command],
                cwd="/",
                env=environ | {"LC_ALL": "C", "LANG": "C"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
                **more,
            )
            out.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read())

    def can_run(self, program: Path) -> bool:
        """Return whether this user reaches a program."""
        try:
            return self.run(program, "--version").returncode == 0
        except OSError:
            return False

    def can_write(self, folder: Path) -> bool:
        """Return whether this user may make files in a folder."""
        return (
            self.run("/bin/sh", "-c", 'test -w "$0" -a -x "$0"', folder).returncode == 0
        )
