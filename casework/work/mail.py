"""How one mail leaves: everything but the last dot, and then the last dot."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from email import policy as formats
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from django.conf import settings

PERMANENT = 500
GO_AHEAD = 354
ACCEPTED = 250
REFUSALS = range(400, 600)
MAILS_PER_CONNECTION = 100


class ServerGone(Exception):
    """The mail server does not answer, or takes mail from nobody here."""


class InDoubt(Exception):
    """The connection broke after the last dot: nobody knows whether it arrived."""


class Refused(Exception):
    """The mail server said no to this mail."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"refused with {code}")

    @property
    def is_final(self) -> bool:
        """Whether trying again is of no use."""
        return self.code >= PERMANENT


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail as it goes out; the same bytes at every attempt."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    planned_at: datetime
    unsubscribe: str = ""

    def as_bytes(self) -> bytes:
        """Write it as it goes over the line."""
        message = EmailMessage(policy=formats.SMTP)
        message["From"] = settings.MAIL_FROM
        message["To"] = self.to
        message["Subject"] = self.subject
        message["Message-ID"] = self.message_id
        message["Date"] = format_datetime(self.planned_at)
        message["Content-Language"] = "nl"
        message["Auto-Submitted"] = "auto-generated"
        if self.unsubscribe:
            message["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        message.set_boundary(f"=={self.message_id.strip('<>').partition('@')[0]}==")
        return message.as_bytes()


class Transport(Protocol):
    """Where mail goes."""

    def offer(self, mail: Outgoing) -> None:
        """Hand over everything but the last dot: nothing has been taken over yet."""

    def finish(self) -> str:
        """Give the last dot: from here on the mail may have gone out."""

    def drop(self) -> None:
        """Break off before the last dot: the mail has certainly not gone out."""

    def close(self) -> None:
        """Say goodbye."""


class SmtpTransport:
    """A mail server; one connection is kept for many mails."""

    def __init__(self) -> None:
        self._line: smtplib.SMTP | None = None
        self._sent = 0

    def offer(self, mail: Outgoing) -> None:
        """
        Hand over everything but the last dot.

        :raises ServerGone: if it does not answer, or says no to every mail of ours
        :raises Refused: if it says no to this one
        """
        try:
            try:
                self._offer(mail)
            except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
                if not self._sent:
                    raise
                # A kept connection that the server has ended: once more on a new one.
                self.drop()
                self._offer(mail)
        except Refused:
            self.drop()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise ServerGone from error

    def finish(self) -> str:
        """
        Give the last dot and wait for the answer.

        :raises InDoubt: if the answer does not come, or is neither yes nor no
        :raises Refused: if it says no
        """
        assert self._line is not None
        try:
            self._line.send(b".\r\n")
            code, reply = self._line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise InDoubt from error
        if code != ACCEPTED:
            self.drop()
            raise Refused(code) if code in REFUSALS else InDoubt
        self._sent += 1
        return f"{code} {reply.decode('ascii', 'replace')}"[:200]

    def drop(self) -> None:
        """Break the connection without a last dot."""
        line, self._line, self._sent = self._line, None, 0
        if line is not None:
            line.close()

    def close(self) -> None:
        """Say goodbye and hang up."""
        line, self._line = self._line, None
        if line is None:
            return
        try:
            line.quit()
        except (OSError, smtplib.SMTPException):
            line.close()

    def _offer(self, mail: Outgoing) -> None:
        line = self._connected()
        self._expect(line.mail(settings.MAIL_FROM))
        # A no until here is about the server or the settings: every mail would get it.
        try:
            self._expect(line.rcpt(mail.to))
            self._expect(line.docmd("DATA"), wanted=GO_AHEAD)
        except smtplib.SMTPResponseException as error:
            raise Refused(error.smtp_code) from error
        # A line of one dot would be the end.
        line.send(re.sub(rb"(?m)^\.", b"..", mail.as_bytes()))

    def _connected(self) -> smtplib.SMTP:
        if self._line is not None and self._sent < MAILS_PER_CONNECTION:
            return self._line
        self.close()
        place = (settings.EMAIL_HOST, settings.EMAIL_PORT)
        patience = settings.EMAIL_TIMEOUT
        line: smtplib.SMTP
        if settings.EMAIL_USE_SSL:
            line = smtplib.SMTP_SSL(
                *place, timeout=patience, context=ssl.create_default_context()
            )
        else:
            line = smtplib.SMTP(*place, timeout=patience)
        self._line, self._sent = line, 0
        # Body and dot go in two writes: without this the dot waits for an ACK.
        assert line.sock is not None
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            line.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            line.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        return line

    def _expect(self, answer: tuple[int, bytes], *, wanted: int = ACCEPTED) -> None:
        code, reply = answer
        if code != wanted and not (wanted == ACCEPTED and code == 251):
            if code <= 0:
                raise smtplib.SMTPServerDisconnected("no answer")
            raise smtplib.SMTPResponseException(code, reply)


class StoreTransport:
    """No mail server: the outbox itself keeps what was sent (the demo reads it)."""

    def offer(self, mail: Outgoing) -> None:
        """Write it out, so that what can't be written fails here too."""
        mail.as_bytes()

    def finish(self) -> str:
        """Keep it."""
        return "stored"

    def drop(self) -> None:
        """Nothing was taken over."""

    def close(self) -> None:
        """Nothing is open."""


def transport() -> Transport:
    """Give the way out that the settings name."""
    return SmtpTransport() if settings.EMAIL_URL else StoreTransport()
