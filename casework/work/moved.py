"""What is sent when work in cases begins, gets another day or ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.dispatch import Signal

work_moved = Signal()
"""`about`: what the work is about that is open now, gets another day, or is over."""

_gathered: ContextVar[set[str] | None] = ContextVar("gathered", default=None)


def tell(about: Iterable[str]) -> None:
    """Say that work about something moved: now, or at the end of `told_once`."""
    names = set(about)
    gathered = _gathered.get()
    if gathered is not None:
        gathered |= names
    elif names:
        work_moved.send(sender=tell, about=sorted(names))


@contextmanager
def told_once() -> Iterator[None]:
    """Say of all that moves in here at its end that it did, in one go."""
    if _gathered.get() is not None:
        yield
        return
    names: set[str] = set()
    token = _gathered.set(names)
    try:
        yield
    finally:
        _gathered.reset(token)
    tell(names)
