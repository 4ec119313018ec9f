"""Whether time still moves: independent of the planner and of the sender."""

from __future__ import annotations

import logging
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.error import URLError

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from ave.engine import failed_steps, lost_steps
from casework.work.asking import open_for_caretaker
from casework.work.items import close_items
from casework.work.models import Delivery, Heartbeat, WorkItem
from workers.verify import count_of

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=5)
HEARTBEAT = "auditor"
FOUND = "auditor.found"
SHOWN = 20
PATIENCE = 5
OFTEN = 2
MANY_TRIES = 3

ASKED = {
    "step_failing": "Een herinnering mislukt steeds",
    "work_lost": "Er is een vraag waar niemand aan werkt",
    "procedure_failed": "Een stap van een procedure is mislukt",
    "mail_failing": "Een mail gaat niet weg",
    "mail_unseen": "Een mail kwam niet aan",
}
"""What the beheerder is asked to look at; the rest is for who runs the servers."""

LOST = (
    "a running request has one open work item",
    "a running request has one open turn",
    "a running request waits for somebody who is here",
    "who picked work up can still do it",
    "a stop that runs has one open work item",
    "a case in triage is being assessed",
)
"""Invariants of `verify` that say that nobody is asked any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something open that does not move: what, how much, and some of their keys."""

    code: str
    count: int
    keys: tuple[int, ...] = ()


def audit_next_steps(*, at: datetime) -> list[Finding]:
    """
    Find what does not move or fails again and again; else the heart beats.

    The heartbeat, and the ping to an address outside, come only when all is well: that
    they stay away is the alarm. What was found is kept for `/readyz`, and what the
    beheerder can help is work for him until it is over.
    """
    findings = [*_late(at), *_failing(), *_lost(at)]
    for finding in findings:
        logger.error("%s of %s: %s", finding.count, finding.code, finding.keys)
    counts = {finding.code: finding.count for finding in findings}
    Heartbeat.objects.update_or_create(
        name=FOUND, defaults={"at": at, "detail": counts}
    )
    _ask(counts, at=at)
    if not findings:
        Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": at})
        _ping()
    return findings


def _ask(counts: dict[str, int], *, at: datetime) -> None:
    over = [f"clock:{code}" for code in ASKED if code not in counts]
    close_items(over, by=None, at=at)
    for code, title in ASKED.items():
        if code in counts:
            open_for_caretaker(
                f"clock.{code}", title=title, about=f"clock:{code}", at=at
            )


def _late(at: datetime) -> list[Finding]:
    late = at - LATE
    held = (Delivery.State.CLAIMED, Delivery.State.HANDING)
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING)
    return [
        *_finding("step_late", _open().filter(next_step_at__lt=late)),
        *_finding("mail_late", waiting.filter(not_before__lt=late)),
        *_finding(
            "lease_over",
            Delivery.objects.filter(state__in=held, lease_until__lt=late),
        ),
        # The sender moves these on every minute, so that they never look late.
        *_finding(
            "server_gone", waiting.filter(last_error="gone", planned_at__lt=late)
        ),
    ]


def _failing() -> list[Finding]:
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING)
    tried = waiting.filter(attempts__gte=MANY_TRIES).exclude(last_error="gone")
    about = Concat(Value("delivery:"), Cast(OuterRef("pk"), CharField()))
    known = _open().filter(kind="mail.failed", about=about)
    unseen = Delivery.objects.filter(~Exists(known), state=Delivery.State.FAILED)
    return [
        *_finding("step_failing", _open().filter(failures__gte=OFTEN)),
        *_finding("mail_failing", tried),
        *_finding("mail_unseen", unseen),
    ]


def _lost(at: datetime) -> list[Finding]:
    counts = {
        "work_lost": sum(count_of(name, at=at) for name in LOST),
        "procedure_failed": failed_steps() + lost_steps(),
    }
    return [Finding(code, count) for code, count in counts.items() if count]


def _open() -> QuerySet[WorkItem]:
    return WorkItem.objects.system_scope("the auditor looks at all open work").open()


def _finding(code: str, rows: QuerySet[WorkItem] | QuerySet[Delivery]) -> list[Finding]:
    count = rows.count()
    if not count:
        return []
    keys = tuple(rows.order_by("pk").values_list("pk", flat=True)[:SHOWN])
    return [Finding(code, count, keys)]


def _ping() -> None:
    address = getattr(settings, "PING_URL", "")
    if not address:
        return
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE):  # noqa: S310  from settings
            pass
    except (URLError, OSError, HTTPException):
        logger.warning("ping failed")
