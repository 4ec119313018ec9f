"""What fails: the mail server by chance, and a process that is killed anywhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone

from casework.work import mail
from casework.work.mail import Outgoing
from casework.work.models import Delivery, WorkItem

LATER, NEVER = 451, 550
DIGEST = Delivery.Kind.DIGEST


class Killed(BaseException):
    """The process ended here: what was not committed is gone."""


@contextmanager
def breaks_at(statement: int, error: type[BaseException]) -> Iterator[list[str]]:
    """
    Raise an error at the given statement of the block, counted from 1; 0 is never.

    Gives the statement that it struck, once it did.
    """
    seen = 0
    struck: list[str] = []

    def counted(execute: Any, sql: str, *args: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == statement:
            struck.append(sql)
            raise error
        return execute(sql, *args)

    with connection.execute_wrapper(counted):
        yield struck


KILLED, GONE = Killed, OperationalError


@dataclass(frozen=True)
class Taken:
    """One mail that the server took over, and when."""

    message_id: str
    at: datetime
    waits: bool
    """Whether what it is about, or one of its lines, was open."""


@dataclass
class MailServer:
    """
    Takes mail, refuses it or breaks, by chance; what it took is kept.

    `meanwhile` is what somebody does while a mail is on its way, before the fence.
    """

    chance: random.Random
    meanwhile: Callable[[], None]
    is_away: bool = False
    works: bool = False
    """Nothing fails any more."""
    taken: list[Taken] = field(default_factory=list)

    def line(self) -> Line:
        """Give a new connection."""
        return Line(self)

    def take(self, offered: Outgoing, *, waited: bool) -> None:
        """Keep what was taken over."""
        waits = waited if row_of(offered).kind == DIGEST else still_waits(offered)
        self.taken.append(Taken(offered.message_id, timezone.now(), waits))

    def happens(self, share: float) -> bool:
        """Whether something with this chance goes wrong now."""
        return not self.works and self.chance.random() < share


class Line:
    """One connection with the server, as the outbox knows it."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._offered: Outgoing | None = None
        self._waited = True

    def offer(self, offered: Outgoing) -> None:
        """Take everything but the last dot, or refuse it."""
        server = self._server
        if server.is_away:
            raise mail.ServerGone
        # The lines of a digest were written just before this; a mail about one thing
        # is stopped up to the last dot.
        self._waited = still_waits(offered)
        if server.happens(0.02):
            raise mail.Refused(LATER)
        if server.happens(0.003):
            raise mail.Refused(NEVER)
        if server.happens(0.01):
            raise Killed
        if server.happens(0.03):
            server.meanwhile()
        self._offered = offered

    def finish(self) -> str:
        """Take it over; the answer may stay out, or nobody may be left to hear it."""
        server = self._server
        assert self._offered is not None
        if server.happens(0.01):
            raise mail.Refused(LATER)
        if server.happens(0.01):
            raise mail.InDoubt
        server.take(self._offered, waited=self._waited)
        self._offered = None
        if server.happens(0.01):
            raise mail.InDoubt
        if server.happens(0.01):
            raise Killed
        return "250 taken"

    def drop(self) -> None:
        """Forget what was offered."""
        self._offered = None

    def close(self) -> None:
        """Nothing stays open."""


def row_of(offered: Outgoing) -> Delivery:
    """The row of the outbox that a mail came from."""
    rows = Delivery.objects.select_related("item")
    return rows.get(message_id=offered.message_id)


def still_waits(offered: Outgoing) -> bool:
    """Whether what a mail is about, or one of its lines, is open."""
    row = row_of(offered)
    if row.kind == DIGEST:
        return row.lines.filter(item__state=WorkItem.State.OPEN).exists()
    return row.item is None or row.item.is_open
