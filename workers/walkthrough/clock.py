"""The time of the play: moved by hand, and with it everything that waits for time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone

from casework.work.ladder import never
from workers import jobs
from workers.app import PERIODIC

MOST_ROUNDS = 50


class StandsStill(Exception):
    """The periodic work found something that should have moved on."""


class Clock:
    """What `timezone.now` says during the play: it ticks, and jumps ahead when told."""

    def __init__(self, begins: datetime) -> None:
        self._real = timezone.now
        self._ahead = begins - self._real()

    @contextmanager
    def runs(self) -> Iterator[Clock]:
        """Be the clock of everything that asks Django for the time."""
        with patch.object(timezone, "now", self.now):
            yield self

    def now(self) -> datetime:
        """Give the moment of the play."""
        return self._real() + self._ahead

    def move_to(self, moment: datetime) -> None:
        """Jump ahead, and let the periodic work do what became due."""
        now = self.now()
        if moment < now:
            raise ValueError(f"the clock does not go back: {moment} < {now}")
        self._ahead += moment - now
        self.work()

    def work(self) -> None:
        """
        Do everything on the list of the clock until nothing is left.

        :raises StandsStill: if the auditor finds what should have moved before
        """
        for periodic in PERIODIC:
            done = jobs.run(periodic, stop=never)
            if periodic.name == "audit_next_steps" and done:
                raise StandsStill(f"{done} things do not move")
            rounds = 1
            while done and rounds < MOST_ROUNDS:
                done = jobs.run(periodic, stop=never)
                rounds += 1
