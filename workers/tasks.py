"""The one Celery task: it wakes up one thing of the list."""

from __future__ import annotations

from casework.work.ladder import never
from workers import jobs
from workers.app import app


@app.task(name="workers.run")
def run(*, name: str, **_: object) -> None:
    """Do one thing of the list now."""
    jobs.run(jobs.named(name), stop=never)
