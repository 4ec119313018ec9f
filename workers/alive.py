"""A file that says that a worker, or the beat, still goes round.

Both touch the file that `ALIVE_FILE` names. It is done from the loop that takes up the
work, so that it gets old when that loop hangs, also while the process lives.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings

EVERY = 10
"""Seconds between two touches; docker-compose.yml looks for one in the last minute."""


def touch() -> None:
    """Say that the loop came by, if anybody wants to know."""
    if settings.ALIVE_FILE:
        Path(settings.ALIVE_FILE).touch()


class Alive(bootsteps.StartStopStep):
    """A step of the worker: touch the file from the timer of its loop."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **options: Any) -> None:
        _require_broker()
        super().__init__(worker, **options)
        self._again: Any = None

    def start(self, worker: Any) -> None:
        """Begin with the loop."""
        touch()
        self._again = worker.timer.call_repeatedly(EVERY, touch)

    def stop(self, worker: Any) -> None:
        """End with it."""
        if self._again is not None:
            self._again.cancel()
            self._again = None


class Beat(PersistentScheduler):
    """Celery's scheduler, that touches the file at each turn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _require_broker()
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; give for how many seconds it may sleep."""
        touch()
        return float(super().tick(*args, **kwargs))


def _require_broker() -> None:
    """Stop where Celery would look for ever for a broker that nobody named."""
    if settings.EMBEDDED:
        sys.exit("REDIS_URL is missing: a worker and the beat get their work there.")
