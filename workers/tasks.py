"""The one Celery task: it wakes up one thing of the list."""

from __future__ import annotations

import time

from workers import jobs
from workers.app import app

SLICE = 30.0
"""After so many seconds it ends between two things: well before the limits of Celery."""


@app.task(name="workers.run")
def run(*, name: str, **_: object) -> None:
    """Do one thing of the list now; what is left over is for the next tick."""
    ends = time.monotonic() + SLICE
    jobs.run(jobs.named(name), stop=lambda: time.monotonic() >= ends)
