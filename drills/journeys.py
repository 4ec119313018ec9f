"""
`make drill-journeys`: people work while the database crashes and processes are killed.

Visitors play the scenes of the walkthrough over HTTP, each on cases of his own, against
a web server and workers with the commands of production. Meanwhile PostgreSQL crashes
every five to twenty seconds, and workers and web workers are killed. Who gets no answer
sends the very same form again. The last line says what came of it (`judging.Verdict`);
without success the exit code is 1.

`N=` how many visitors, `SEED=` other stories and chances, `FAULT=` one of `FAULTS`,
`BOUND=` for how many seconds something fails: stories that were begun then are played to
their end.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import django

from drills.browser import Diary
from drills.running import drill, number, say
from drills.stage import WORKERS
from drills.web import WebStage

if TYPE_CHECKING:
    from drills.judging import Verdict
    from drills.visitors import Journey

VISITORS = 4
BOUND = 180
BETWEEN_RESTARTS = (5.0, 20.0)
BETWEEN_KILLS = (4.0, 10.0)
BETWEEN_WEB_KILLS = (10.0, 30.0)
SETTLES = 15.0
FAULTS = ("", "once", "commit")


class Disasters:
    """What fails, each in its own rhythm, until it is told to stop."""

    def __init__(self, stage: WebStage) -> None:
        self.chance = random.Random(stage.seed)
        self.restarts = self.kills = 0
        self._stage = stage
        self._next = {
            self._restart: BETWEEN_RESTARTS,
            self._kill_worker: BETWEEN_KILLS,
            self._kill_web_worker: BETWEEN_WEB_KILLS,
        }

    def happen(self, *, bound: float) -> None:
        """Let things fail for so many seconds."""
        ends = time.monotonic() + bound
        due = {act: self._after(act) for act in self._next}
        while time.monotonic() < ends:
            for act, moment in due.items():
                if time.monotonic() > moment:
                    act()
                    due[act] = self._after(act)
            time.sleep(0.1)

    def _after(self, act: Callable[[], None]) -> float:
        return time.monotonic() + self.chance.uniform(*self._next[act])

    def _restart(self) -> None:
        self._stage.restart_postgres()
        self.restarts += 1

    def _kill_worker(self) -> None:
        self.kills += self._stage.kill_a_worker(self.chance)

    def _kill_web_worker(self) -> None:
        self.kills += self._stage.kill_a_web_worker(self.chance)


def perform(stage: WebStage, *, visitors: int, bound: float) -> Verdict:
    """Fill a town, let it be visited while everything fails, and judge."""
    stage.begin()
    os.environ.clear()
    os.environ.update(stage.environment)
    django.setup()
    # Only now: these need the models, and the models the settings.
    from drills.judging import judge
    from drills.visitors import Journey, Visitor
    from workers.walkthrough.cast import make_cast

    password = secrets.token_urlsafe(16)
    cast = make_cast(random.Random(stage.seed), password=password)
    stage.start_web()
    for name in WORKERS:
        stage.start_worker(name)
    stage.start_beat()
    diary = Diary()
    numbers = itertools.cycle(range(1, 255))

    def company() -> dict[str, Visitor]:
        return {
            role: Visitor(
                user,
                password=password,
                number=next(numbers),
                port=stage.ports["web"],
                diary=diary,
            )
            for role, user in cast.items()
        }

    journeys = [
        Journey(number, seed=stage.seed, make=company) for number in range(visitors)
    ]
    disasters = Disasters(stage)
    with visiting(journeys) as threads:
        disasters.happen(bound=bound)
    for thread in threads:
        thread.join()
    time.sleep(SETTLES)
    for name in ("web", "beat", *WORKERS):
        stage.kill(name)
    for journey in journeys:
        for words in journey.wrong:
            say(f"visitor {journey.number}: {words}")
    say(f"failures by status: {diary.failures}")
    return judge(
        journeys,
        diary,
        restarts=disasters.restarts,
        kills=disasters.kills,
        say=say,
    )


@contextlib.contextmanager
def visiting(journeys: Sequence[Journey]) -> Iterator[list[threading.Thread]]:
    """Let all visitors play while the block lasts; they finish what they began."""
    over = threading.Event()
    threads = [
        threading.Thread(target=journey.run, args=(lambda: not over.is_set(),))
        for journey in journeys
    ]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        over.set()


def main() -> None:
    """Read what is wanted, drill, and say in one line what came of it."""
    visitors, bound = number("N", VISITORS), number("BOUND", BOUND)
    drill(
        WebStage,
        lambda stage: perform(stage, visitors=visitors, bound=bound),
        faults=FAULTS,
    )


if __name__ == "__main__":
    main()
