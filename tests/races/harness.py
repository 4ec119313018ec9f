"""Two people at the same moment, on two connections, many rounds long."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections

from casework.people.errors import TransitionRefused

ROUNDS = 50
PATIENCE = 30

Act = Callable[[], object]


def race(*acts: Act) -> list[BaseException | None]:
    """
    Do all acts at the same moment, each in a thread of its own.

    Gives for each act what it was refused with, None for who won. Anything but a
    refusal is raised: a deadlock, a constraint, a fault.
    """
    start = threading.Barrier(len(acts))
    ended: list[BaseException | None] = [None] * len(acts)

    def run(place: int, act: Act) -> None:
        try:
            start.wait(PATIENCE)
            act()
        except BaseException as error:  # noqa: BLE001  handed to the test
            ended[place] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(place, act))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "somebody waits for ever"
    for error in ended:
        if error is not None and not isinstance(error, TransitionRefused):
            raise error
    return ended


def one_winner(ended: list[BaseException | None]) -> str:
    """Check that exactly one won; give the Dutch sentence that the other read."""
    losers = [error for error in ended if error is not None]
    assert len(losers) == len(ended) - 1, [type(error).__name__ for error in losers]
    (loser,) = losers
    assert isinstance(loser, TransitionRefused)
    return loser.user_message
