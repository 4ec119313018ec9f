"""A clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine


@pytest.fixture
def time_machine_at() -> Iterator[object]:
    """Let it be a moment until the end of the test."""
    started: list[time_machine.travel] = []

    def travel(at: datetime) -> None:
        journey = time_machine.travel(at, tick=False)
        journey.start()
        started.append(journey)

    yield travel
    for journey in started:
        journey.stop()
