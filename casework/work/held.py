"""Open work, locked, and the line in the log of what is done with it."""

from __future__ import annotations

from datetime import datetime

from casework.audit import log
from casework.people.errors import AlreadyDone
from casework.people.models import User
from casework.work.days import short
from casework.work.due import ZONE
from casework.work.models import WorkItem


def hold(item: WorkItem) -> None:
    """
    Lock open work and read it again, in place.

    :raises AlreadyDone: if it is closed
    """
    lock(item)
    require_open(item)


def lock(item: WorkItem) -> None:
    """Lock work and read it again, in place; whose it is may be asked after it."""
    rows = WorkItem.objects.system_scope("transitions decide over all open work")
    held = rows.select_for_update(of=("self",), no_key=True)
    item.refresh_from_db(from_queryset=held)


def require_open(item: WorkItem) -> None:
    """
    Let only open work be done something with.

    :raises AlreadyDone: if it is closed
    """
    if not item.is_open:
        raise AlreadyDone(_who_did_it(item))


def log_work(
    verb: str, item: WorkItem, *, by: User | None, at: datetime, ground: str = ""
) -> None:
    """Write down what was done with work; `ground` is a code, never words."""
    log.write(
        verb, by=by, at=at, case=item.case, about=f"item:{item.pk}", ground=ground
    )


def _who_did_it(item: WorkItem) -> str:
    if item.closed_by is None or item.closed_at is None:
        return ""
    clock = item.closed_at.astimezone(ZONE)
    return (
        f"Dit is al gedaan door {item.closed_by.name} op {short(clock.date())} "
        f"om {clock:%H.%M} uur. Je hoeft niets meer te doen."
    )
