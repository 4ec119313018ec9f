"""How the clock works on what was asked for: a slice at each tick."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from casework.audit.export import export_part
from casework.jobs import transitions
from casework.jobs.models import Job
from casework.jobs.transitions import LeaseLost

logger = logging.getLogger(__name__)

SLICE = 2.0
ROWS = 1000
"""Of the log in one piece: some 400 kB."""

Make = Callable[[int, int], tuple[str, int]]


def make_due(*, at: datetime, stop: Callable[[], bool]) -> int:
    """
    Work on jobs for two seconds at most, and remove what is over; give how much.

    Each piece is kept at once, so that a process may die at any moment. Any number of
    processes may do this at the same time: each has a job of its own in hand.
    """
    ends = time.monotonic() + SLICE
    did = transitions.remove_over(at=at)
    while not stop():
        job = transitions.claim(at=at)
        if job is None:
            break
        did += _work_on(job, at=at, over=lambda: stop() or time.monotonic() >= ends)
        if time.monotonic() >= ends:
            break
    return did


def _work_on(job: Job, *, at: datetime, over: Callable[[], bool]) -> int:
    made = 0
    try:
        while not made or not _is_whole(job):
            text, reached = MAKERS[job.kind](job.done, job.total)
            transitions.add_piece(job, text, reached=reached, at=at)
            made += 1
            if over():
                break
        if _is_whole(job):
            transitions.finish(job, at=at)
        else:
            transitions.give_back(job)
    except LeaseLost:
        logger.warning("job %s taken over", job.pk)
    except Exception:  # one broken job must not stop the rest
        logger.exception("job %s broke", job.pk)
        _try_later(job, at=at)
    return made


def _try_later(job: Job, *, at: datetime) -> None:
    try:
        transitions.try_later(job, at=at)
    except LeaseLost:
        logger.warning("job %s taken over", job.pk)


def _is_whole(job: Job) -> bool:
    """Whether all is in the file; also of nothing there is one piece."""
    return job.pieces > 0 and job.done == job.total


def _part_of_log(start: int, total: int) -> tuple[str, int]:
    reached = min(start + ROWS, total)
    lines = export_part(start, reached, of=total)
    return "".join(f"{line}\n" for line in lines), reached


MAKERS: dict[str, Make] = {Job.Kind.LOG_EXPORT: _part_of_log}
"""What makes the next piece of each kind, as `(done, total)` -> the text, and how far."""
