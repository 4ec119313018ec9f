"""How long things take beside each other, and how much of the database they touch."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

WARM_UP = 3
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True)
class Contender:
    """
    One way to do something.

    What `prepare` gives is not timed and goes into `run`. `result` says afterwards,
    also not timed, what came of it: that must be the same for all.
    """

    name: str
    run: Callable[[Any], Any]
    prepare: Callable[[], Any] = lambda: None
    result: Callable[[Any, Any], Any] = lambda _, gave: gave


@dataclass(frozen=True)
class Target:
    """What must hold, in words and as a question about what was measured."""

    words: str
    holds: Callable[[Measured], bool]


@dataclass(frozen=True)
class Operation:
    """One line of the table."""

    name: str
    ours: Contender
    bound: Contender
    peers: tuple[Contender, ...] = ()
    targets: tuple[Target, ...] = ()
    rounds: int = 0
    """How many rounds; 0 takes what was asked for."""
    same: bool = True
    """Whether all must give the same result."""
    cpu: bool = False
    """Whether the time of this process counts instead of the clock on the wall."""
    reads: bool = True
    """Whether it may be done once more to explain its statements."""
    note: str = ""


@dataclass
class Measured:
    """What came out: milliseconds in each round, by contender."""

    name: str
    bound: str
    times: dict[str, list[float]]
    statements: int = 0
    control: int = 0
    buffers: int | None = None
    met: dict[str, bool] = field(default_factory=dict)
    note: str = ""

    def median(self, name: str = "ours") -> float:
        return statistics.median(self.times[name])

    def p95(self, name: str = "ours") -> float:
        return sorted(self.times[name])[int(len(self.times[name]) * 0.95)]

    def ratio(self, name: str = "ours", to: str = "") -> float:
        """Give the middle of how much longer it took than another in the same round."""
        pairs = zip(self.times[name], self.times[to or self.bound], strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)

    def as_json(self) -> dict[str, Any]:
        return {
            "operation": self.name,
            "rounds": len(self.times["ours"]),
            "contenders": {
                name: {
                    "median_ms": round(self.median(name), 3),
                    "p95_ms": round(self.p95(name), 3),
                    "ratio": round(self.ratio(name), 2),
                }
                for name in self.times
            },
            "statements": self.statements,
            "transaction_control": self.control,
            "buffers": self.buffers,
            "targets": self.met,
            "note": self.note,
        }


def measure(operation: Operation, *, rounds: int) -> Measured:
    """Do everything in turns, A B C A B C, after seeing that the results are equal."""
    contenders = (operation.ours, operation.bound, *operation.peers)
    if operation.same:
        _require_equal(operation.name, contenders)
    counted, buffers = _look_at(operation)
    clock = time.process_time if operation.cpu else time.perf_counter
    times: dict[str, list[float]] = {
        "ours" if each is operation.ours else each.name: [] for each in contenders
    }
    for number in range(WARM_UP + (operation.rounds or rounds)):
        for name, contender in zip(times, contenders, strict=True):
            given = contender.prepare()
            started = clock()
            contender.run(given)
            took = (clock() - started) * 1000
            if number >= WARM_UP:
                times[name].append(took)
    found = Measured(
        name=operation.name,
        bound=operation.bound.name,
        times=times,
        statements=counted.statements,
        control=counted.control,
        buffers=buffers,
        note=operation.note,
    )
    found.met = {each.words: each.holds(found) for each in operation.targets}
    return found


@dataclass(frozen=True)
class Counted:
    """How many statements went to the database, and how many only to begin and end."""

    statements: int
    control: int


def count(run: Callable[[], Any]) -> Counted:
    """Count the statements of something."""
    with CaptureQueriesContext(connection) as captured:
        run()
    control = sum(each["sql"].startswith(CONTROL) for each in captured.captured_queries)
    return Counted(len(captured) - control, control)


def buffers_of(run: Callable[[], Any]) -> int:
    """
    Give how many blocks of 8 kB the statements of something touch.

    It is done once, and then its statements once more to be explained: for reading.
    """
    with CaptureQueriesContext(connection) as captured:
        run()
    touched = 0
    for each in captured.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"explain (analyze, buffers, format json) {each['sql']}")
            found = cursor.fetchone()[0]
        explained = json.loads(found) if isinstance(found, str) else found
        plan = explained[0]["Plan"]
        touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return touched


def at_most(limit: float, *, to: str = "") -> Target:
    """Ask for a ratio to the lower bound, or to another contender."""
    words = f"<= {limit:g}x" + (f" {to}" if to else "")
    return Target(words, lambda found: found.ratio(to=to) <= limit)


def faster_than(name: str, times: float) -> Target:
    """Ask for so many times less than a peer."""
    return Target(
        f">= {times:g}x sneller dan {name}",
        lambda found: 1 / found.ratio(to=name) >= times,
    )


def within(milliseconds: float) -> Target:
    """Ask for a time; only ever reported."""
    return Target(
        f"<= {milliseconds:g} ms", lambda found: found.median() <= milliseconds
    )


def statements(limit: int) -> Target:
    """Ask for a number of statements, without those that begin and end."""
    words = "1 query" if limit == 1 else f"<= {limit} queries"
    return Target(words, lambda found: found.statements <= limit)


def buffers(limit: int) -> Target:
    """Ask for a number of blocks."""
    return Target(
        f"<= {limit} buffers",
        lambda found: found.buffers is not None and found.buffers <= limit,
    )


class NotTheSame(Exception):
    """Two ways to do one thing gave different results, so no time says anything."""


def _require_equal(name: str, contenders: Sequence[Contender]) -> None:
    wanted, *others = [_result_of(each) for each in contenders]
    for contender, got in zip(contenders[1:], others, strict=True):
        if got != wanted:
            raise NotTheSame(f"{name}: {contender.name} gave {got!r}, not {wanted!r}")


def _result_of(contender: Contender) -> Any:
    given = contender.prepare()
    return contender.result(given, contender.run(given))


def _look_at(operation: Operation) -> tuple[Counted, int | None]:
    given = operation.ours.prepare()
    counted = count(lambda: operation.ours.run(given))
    if not operation.reads:
        return counted, None
    return counted, buffers_of(lambda: operation.ours.run(operation.ours.prepare()))
