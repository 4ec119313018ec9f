"""What can be broken, so that the drill shows that it would see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from casework.work import ladder, outbox
from casework.work.models import Delivery, WorkItem

OVERLAP = 0.02
"""Seconds in which another process reads the same row, also on a busy machine."""


def plant(name: str) -> None:
    """Break what `name` says in this process; an empty name breaks nothing."""
    if name:
        FAULTS[name]()


def _late_fence() -> None:
    """Commit the fence after the last dot: who dies in between leaves no trace."""
    fence, mark_sent = outbox.fence, outbox._mark_sent

    def no_fence(row: Delivery, *, at: datetime) -> bool:
        return bool(row.pk and at)

    def fence_and_mark(row: Delivery, *, reply: str, at: datetime) -> int:
        return mark_sent(row, reply=reply, at=at) if fence(row, at=at) else 0

    vars(outbox).update(fence=no_fence, _mark_sent=fence_and_mark)


def _no_lock() -> None:
    """Plan without holding the row, and without looking whether another has done it."""

    def not_held(seen: WorkItem, **_: object) -> WorkItem | None:
        item = ladder._system().select_related(*ladder.WITH).get(pk=seen.pk)
        time.sleep(OVERLAP)
        return item if item.is_open else None

    vars(ladder).update(_held=not_held)


def _endless_lease() -> None:
    """Let nobody ever take back what a dead process had."""
    vars(outbox).update(LEASE=timedelta(days=1))


FAULTS: dict[str, Callable[[], None]] = {
    "fence": _late_fence,
    "key": _no_lock,
    "lock": _no_lock,
    "lease": _endless_lease,
}
"""`lock` alone breaks no promise: the unique keys, which `key` drops too, still hold."""
