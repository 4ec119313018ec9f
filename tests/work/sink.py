"""A real SMTP server in a thread of its own, which counts what it took over."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings


class Sink:
    """Takes mail over, or misbehaves as a real server does."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.noes: dict[str, str] = {}
        self.hangs_up_after: int | None = None
        self.farewell = ""

    async def handle_MAIL(  # noqa: N802  the name that aiosmtpd calls
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Hang up once, where more is asked after so many mails on one line."""
        if self.hangs_up_after is not None and len(self.mails) >= self.hangs_up_after:
            self.hangs_up_after = None
            if self.farewell:
                return self.farewell
            server.transport.abort()
        if "MAIL" in self.noes:
            return self.noes["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 go on"

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Know every reader, or say no as told."""
        if "RCPT" in self.noes:
            return self.noes["RCPT"]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 known"

    async def handle_AUTH(  # noqa: N802  the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, _envelope: Envelope, _facts: list[str]
    ) -> str:
        """Let everybody in, or say no as told."""
        return self.noes.get("AUTH", "235 welcome")

    async def handle_DATA(  # noqa: N802  the name that aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Answer as told: "250", another code, or "cut" after it was taken over."""
        answer = self.answers.pop(0) if self.answers else "250 taken over"
        if answer.startswith(("250", "cut")):
            content: Any = envelope.content
            mail = message_from_bytes(content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            mail["X-Rcpt-To"] = ",".join(envelope.rcpt_tos)
            self.mails.append(mail)
        if answer == "cut":
            server.transport.abort()
        return answer

    @property
    def message_ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    @property
    def readers(self) -> list[str]:
        return [str(mail["X-Rcpt-To"]) for mail in self.mails]


class Greeter(SMTP):
    """Greets as its sink was told."""

    async def push(self, status: Any) -> None:
        """Give an answer; the greeting is the only one that begins with 220."""
        if str(status).startswith("220 "):
            status = self.event_handler.noes.get("GREETING", status)
        await super().push(status)


class Door(Controller):
    """Runs a sink behind its greeter."""

    def factory(self) -> SMTP:
        """Make what talks on one connection."""
        return Greeter(self.handler, **self.SMTP_kwargs)


@contextmanager
def sinking() -> Iterator[Sink]:
    """Run a sink and let the settings name it."""
    sink = Sink()
    controller = Door(
        sink, hostname="127.0.0.1", port=free_port(), auth_require_tls=False
    )
    controller.start()
    with smtp_at(controller.port):
        try:
            yield sink
        finally:
            controller.stop()


def smtp_at(port: int) -> override_settings:
    return override_settings(
        EMAIL_URL=f"smtp://127.0.0.1:{port}",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_TIMEOUT=5,
    )


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
