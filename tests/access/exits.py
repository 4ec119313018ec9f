"""Everything that leaves the dossier without a page: mail, work, events, the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import models

from casework.audit.models import AuditEntry
from casework.cases.models import Event
from casework.people.models import Submission
from casework.work.mail import Outgoing
from casework.work.models import Delivery, Notice, WorkItem
from casework.work.outbox import deliver_due
from programme.models import PolicySignal
from tests.access.town import NOW, Town
from tests.standing import scene
from workers.jobs import plan_due


@dataclass
class Postbox:
    """A mail server that keeps what it gets."""

    got: list[Outgoing] = field(default_factory=list)

    def offer(self, mail: Outgoing) -> None:
        self.got.append(mail)

    def finish(self) -> str:
        return "250 ok"

    def drop(self) -> None:
        pass

    def close(self) -> None:
        pass


def exits_of(town: Town) -> list[tuple[str, str]]:
    """Give every text that goes out, now and as weeks go by with nobody acting."""
    found: list[tuple[str, str]] = []
    with scene():
        for days in (0, 1, 3, 7, 14, 21, 35):
            at = NOW + timedelta(days=days)
            plan_due(at=at, stop=lambda: False)
            found += _mails(at)
        for model in (WorkItem, Delivery, Notice, Event, AuditEntry, Submission):
            found += _rows(model)
        found += _rows(PolicySignal)
    assert any(name == "mail" for name, _ in found)
    return found


def _mails(at) -> list[tuple[str, str]]:
    box = Postbox()
    while deliver_due(at=at, connect=lambda: box):
        pass
    return [
        ("mail", f"{mail.subject}\n{mail.text}\n{mail.html}\n{mail.unsubscribe}")
        for mail in box.got
    ]


def _rows(model: type[models.Model]) -> list[tuple[str, str]]:
    """But for what somebody wrote for himself: its title is what he wrote."""
    return [
        (model.__name__, repr(list(row.values())))
        for row in model._base_manager.values()
        if model is not WorkItem or row["kind"] != "own"
    ]
