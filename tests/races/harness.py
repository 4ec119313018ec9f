"""Two people at the same moment, on two connections, many rounds long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

from django.db import connections

from casework.people.errors import TransitionRefused

ROUNDS = 50
PATIENCE = 30

Act = Callable[[], object]
Race = Callable[..., list[BaseException | None]]


@contextmanager
def racers(number: int) -> Iterator[Race]:
    """
    Give a way to do so many acts at the same moment, each in a thread of its own.

    The threads and their connections stay until the last race. A race gives for each
    act what it was refused with, None for who won. Anything but a refusal is raised: a
    deadlock, a constraint, a fault.
    """
    start = threading.Barrier(number)
    threads = ThreadPoolExecutor(number)

    def run(act: Act) -> None:
        start.wait(PATIENCE)
        act()

    def race(*acts: Act) -> list[BaseException | None]:
        running = [threads.submit(run, act) for act in acts]
        _, waiting = wait(running, PATIENCE)
        assert not waiting, "somebody waits for ever"
        ended = [each.exception() for each in running]
        for error in ended:
            if error is not None and not isinstance(error, TransitionRefused):
                raise error
        return ended

    try:
        yield race
    finally:
        race(*[connections.close_all] * number)
        threads.shutdown(wait=False)


def race(*acts: Act) -> list[BaseException | None]:
    """Do it once, as `racers` says."""
    with racers(len(acts)) as once:
        return once(*acts)


def one_winner(ended: list[BaseException | None]) -> str:
    """Check that exactly one won; give the Dutch sentence that the other read."""
    losers = [error for error in ended if error is not None]
    assert len(losers) == len(ended) - 1, [type(error).__name__ for error in losers]
    (loser,) = losers
    assert isinstance(loser, TransitionRefused)
    return loser.user_message
