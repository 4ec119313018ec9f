"""How data keys get a new master key, without touching what they hide."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from casework.keys import masters
from casework.keys.models import DataKey


def waiting() -> QuerySet[DataKey]:
    """Give the data keys that still hang on an earlier master key."""
    return DataKey.objects.filter(wrapped__isnull=False).exclude(
        master=masters.current()
    )


@transaction.atomic
def rewrap(*, limit: int) -> int:
    """
    Wrap a number of data keys again with the first master key; 0 means that is done.

    Stopped half-way nothing is lost: what is done stays done, the rest still waits.

    :raises UnknownMaster: if a key waits whose master key is not configured
    """
    rows = list(waiting().select_for_update(skip_locked=True).order_by("pk")[:limit])
    for row in rows:
        assert row.wrapped is not None
        wrapped = bytes(row.wrapped)
        key = masters.unwrap(wrapped, master=row.master, subject=row.subject)
        row.wrapped = masters.wrap(key, subject=row.subject)
        row.master = masters.current()
    DataKey.objects.bulk_update(rows, ["wrapped", "master"])
    return len(rows)
