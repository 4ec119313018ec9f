"""
A mail server in a process of its own that writes a line for every mail it took over.

`python -m drills.sink PORT FILE SEED`. The line is written before the answer is given:
who dies in between has delivered, and does not know it. One in so many connections is
cut there on purpose, so that also a drill of seconds has one, on a machine of any speed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

TAKES = 0.004
CUTS_ONE_IN = 100
REFERENCE = "DRL-"


class Sink:
    """Takes over what it is given; `begun` is when the sender named himself."""

    def __init__(self, file: Path, *, seed: int) -> None:
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.chance = random.Random(seed)
        self.taken = self.cut_at = 0
        self.begun: dict[int, float] = {}

    async def handle_MAIL(  # noqa: N802  the name that aiosmtpd calls
        self,
        _server: Any,
        session: Any,
        envelope: Any,
        address: str,
        options: list[str],
    ) -> str:
        """Note when a mail begins."""
        self.begun[id(session)] = time.time()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        """Write the line, and then answer or hang up."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        words = str(mail["Subject"]).replace(",", " ").split()
        line = {
            "message_id": str(mail["Message-ID"]),
            "reader": sha256(",".join(envelope.rcpt_tos).encode()).hexdigest()[:16],
            "matter": next((word for word in words if word.startswith(REFERENCE)), ""),
            "begun": self.begun.pop(id(session)),
        }
        os.write(self.file, f"{json.dumps(line)}\n".encode())
        await asyncio.sleep(TAKES)
        if self._is_cut():
            server.transport.abort()
        return "250 taken over"

    def _is_cut(self) -> bool:
        """Count a mail, and say whether it is the one of its hundred."""
        place = self.taken % CUTS_ONE_IN
        if place == 0:
            self.cut_at = self.chance.randrange(CUTS_ONE_IN)
        self.taken += 1
        return place == self.cut_at


def main(port: str, file: str, seed: str) -> None:
    """Listen until somebody ends the process."""
    sink = Sink(Path(file), seed=int(seed))
    Controller(sink, hostname="127.0.0.1", port=int(port)).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
