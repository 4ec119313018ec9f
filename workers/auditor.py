"""Whether time still moves: independent of the planner and of the sender."""

from __future__ import annotations

import logging
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.error import URLError

from django.conf import settings
from django.db.models import QuerySet

from casework.work.models import Delivery, Heartbeat, WorkItem

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=5)
HEARTBEAT = "auditor"
SHOWN = 20
PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """Something open that does not move: what, how much, and some of their keys."""

    code: str
    count: int
    keys: tuple[int, ...]


def audit_next_steps(*, at: datetime) -> list[Finding]:
    """
    Find what should have moved five minutes ago; without findings the heart beats.

    The heartbeat, and the ping to an address outside, come only when all is well: that
    they stay away is the alarm.
    """
    late = at - LATE
    steps = WorkItem.objects.system_scope("the auditor looks at all open work").open()
    checks: dict[str, QuerySet[WorkItem] | QuerySet[Delivery]] = {
        "step_late": steps.filter(next_step_at__lt=late),
        "mail_late": Delivery.objects.filter(
            state=Delivery.State.PENDING, not_before__lt=late
        ),
        "lease_over": Delivery.objects.filter(
            state__in=(Delivery.State.CLAIMED, Delivery.State.HANDING),
            lease_until__lt=late,
        ),
    }
    findings = [
        finding
        for code, rows in checks.items()
        if (finding := _finding(code, rows)) is not None
    ]
    if not findings:
        Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": at})
        _ping()
    return findings


def _finding(
    code: str, rows: QuerySet[WorkItem] | QuerySet[Delivery]
) -> Finding | None:
    count = rows.count()
    if not count:
        return None
    keys = tuple(rows.order_by("pk").values_list("pk", flat=True)[:SHOWN])
    logger.error("does not move", extra={"code": code, "count": count, "keys": keys})
    return Finding(code=code, count=count, keys=keys)


def _ping() -> None:
    address = getattr(settings, "PING_URL", "")
    if not address:
        return
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE):  # noqa: S310  from settings
            pass
    except (URLError, OSError):
        logger.warning("ping failed")
