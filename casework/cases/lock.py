"""The case row is locked first, always; then anything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from casework.cases.models import Case
from casework.people.errors import Stale


class OfCase(Protocol):
    """A row that belongs to one case."""

    case: Case

    def refresh_from_db(self) -> None:
        """Read the row again."""


class Versioned(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int:
        """The number of its last change."""


def lock_case(subject: Case | OfCase) -> Case:
    """
    Lock the case of a row and refresh both in place; returns the case.

    In place, because a second copy of a row makes a flow read a stale level. Unsaved
    changes on the objects are lost. Must be called in a transaction.
    """
    case = subject if isinstance(subject, Case) else subject.case
    locked = Case._base_manager.select_for_update(no_key=True, of=("self",))
    locked = locked.select_related("procesregisseur")
    case.refresh_from_db(from_queryset=locked)
    if not isinstance(subject, Case):
        subject.refresh_from_db()
        subject.case = case
    return case


def lock_cases(keys: Iterable[int]) -> list[Case]:
    """Lock several cases in the order of their keys, against deadlock."""
    return list(
        Case._base_manager.select_for_update(no_key=True)
        .filter(pk__in=list(keys))
        .order_by("pk")
    )


def refresh_all(cases: Iterable[Case]) -> None:
    """Read rows again in place, with what they remember: one query for all of them."""
    held = {case.pk: case for case in cases}
    for row in Case._base_manager.filter(pk__in=list(held)):
        vars(held[row.pk]).update(vars(row))


def require_version(subject: Versioned, seen: int | None) -> None:
    """
    Refuse when a row changed since somebody looked at it.

    :raises Stale: if its version is not the one that was seen
    """
    if seen is not None and subject.version != seen:
        raise Stale
