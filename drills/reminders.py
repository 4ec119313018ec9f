"""
`make drill-reminders`: everything fails on the way, and nothing is lost or said twice.

Much work is due at once. Real workers plan and mail it, with a PostgreSQL, a Redis and
a mail server of their own, while the drill kills a random worker every two to three
seconds, lets Redis forget everything and restart, lets PostgreSQL crash, leaves the
mail server dead for a while, and ends a tenth of the work. The last line says what came
of it (`counting.Verdict`); without success the exit code is 1.

`N=` how much work, `SEED=` other chances, `FAULT=` one of `faults.FAULTS`, `BOUND=`
after how many seconds whatever did not arrive is lost.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator

import django
import psycopg

from config import database
from drills.counting import Verdict, explain, judge, read_mails
from drills.running import drill, number, say
from drills.stage import WORKERS, Stage

DUE = 10_000
BETWEEN_KILLS = (2.0, 3.0)
DEAD = 4.0
LOOKS = 0.2
STILL = 60.0
FAULTS = ("", "fence", "key", "lock", "lease")


class Run:
    """One drill on a stage that stands: its disasters, its end, its count."""

    def __init__(self, stage: Stage, *, due: int, bound: float) -> None:
        # Only now: the town needs the models, and these the settings.
        from drills.town import Closer

        self.stage = stage
        self.due = due
        self.ends = time.monotonic() + bound
        self.chance = random.Random(stage.seed)
        self.closer = Closer(due, chance=self.chance)
        self.kills = 0
        self.next_kill = time.monotonic() + self.chance.uniform(*BETWEEN_KILLS)
        self.disasters = self._disasters()
        self.next_disaster = next(self.disasters, None)

    def until_settled(self) -> None:
        """Let workers and disasters do their work until nothing is left, or the bound."""
        from drills.town import is_settled

        arrived, moved = 0, time.monotonic()
        while time.monotonic() < min(self.ends, moved + STILL):
            time.sleep(LOOKS)
            now = self.stage.received.read_bytes().count(b"\n")
            if now != arrived:
                arrived, moved = now, time.monotonic()
            self._let_fail(arrived / self.due)
            self.closer.close_some(share=2 * arrived / self.due)
            if self.next_disaster is None and is_settled():
                return
        say("the bound was reached")

    def count(self) -> Verdict:
        """Say what came of it."""
        return judge(
            read_mails(self.stage.received),
            database=self.stage.address(database.OWNER),
            closed=self.closer.closed,
            kills=self.kills,
        )

    def _let_fail(self, share: float) -> None:
        if time.monotonic() > self.next_kill:
            self.kills += self.stage.kill_a_worker(self.chance)
            self.next_kill = time.monotonic() + self.chance.uniform(*BETWEEN_KILLS)
        if self.next_disaster is not None and share >= self.next_disaster[0]:
            self.next_disaster[1]()
            self.next_disaster = next(self.disasters, None)

    def _disasters(self) -> Iterator[tuple[float, Callable[[], None]]]:
        """Yield what happens once this share has arrived."""
        yield 0.1, self.stage.flush_redis
        yield 0.2, self.stage.restart_redis
        yield 0.35, self.stage.restart_postgres
        yield 0.5, lambda: self.stage.kill("sink")
        alive = time.monotonic() + DEAD
        while time.monotonic() < alive:
            yield 0.0, lambda: None
        yield 0.0, self.stage.start_sink


def perform(stage: Stage, *, due: int, bound: float) -> Verdict:
    """Fill a town, let it run, and count."""
    stage.begin()
    os.environ.clear()
    os.environ.update(stage.environment)
    django.setup()
    from django.utils import timezone

    from drills import town

    if stage.fault == "key":
        _drop_keys(stage.address(database.OWNER))
    town.fill(due, at=timezone.now())
    for name in WORKERS:
        stage.start_worker(name)
    stage.start_beat()
    run = Run(stage, due=due, bound=bound)
    run.until_settled()
    for name in ("beat", *WORKERS):
        stage.kill(name)
    verdict = run.count()
    if not verdict.is_well:
        for words in explain(stage.address(database.OWNER)):
            say(words)
    return verdict


def main() -> None:
    """Read what is wanted, drill, and say in one line what came of it."""
    due = number("N", DUE)
    bound = number("BOUND", 300 + due // 5)
    drill(Stage, lambda stage: perform(stage, due=due, bound=bound), faults=FAULTS)


def _drop_keys(address: str) -> None:
    """Let the plan take a row twice."""
    with psycopg.connect(address) as line:
        for statement in (
            "alter table work_notice drop constraint notice_said_once",
            "alter table work_delivery drop constraint work_delivery_key_key",
        ):
            line.execute(statement)


if __name__ == "__main__":
    main()
