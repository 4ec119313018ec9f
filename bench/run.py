"""One run: the town, every operation in turn, and what came of it."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bench import lists, page, peers, posting, rights, steps, table, town, trail
from bench.context import Bench
from bench.measure import Measured, measure
from workers.walkthrough.place import throw_away

SUBJECTS = (lists, rights, steps, posting, trail, page)
SMALLEST = 2_000
"""Below this no viewer has the fifty cases that a page shows."""


def perform(scale: int, rounds: int, written: Path) -> None:
    """Measure in a throw-away database; print the table and write the file."""
    at = timezone.now()
    with throw_away():
        # As the pool does in production: a request takes a connection that is there.
        connection.settings_dict["CONN_MAX_AGE"] = None
        started = time.monotonic()
        made = town.build(town.Size(max(scale, SMALLEST)), at=at)
        town.as_owner(
            peers.INDEX, peers.CHAIN, peers.GUARDIANS_ROWS, "vacuum (analyze)"
        )
        took = time.monotonic() - started
        print(f"{made.size.cases} casussen gemaakt in {took:.0f} s.", flush=True)
        bench = Bench.of(made)
        try:
            with peers.guardians_own_tables():
                found = _measure_all(bench, rounds)
            print("\n" + table.as_table(found))
            table.write(
                found, written, cases=made.size.cases, at=at.isoformat(), rounds=rounds
            )
        finally:
            bench.close()


def _measure_all(bench: Bench, rounds: int) -> list[Measured]:
    found = []
    for subject in SUBJECTS:
        for operation in subject.operations(bench):
            measured = measure(operation, rounds=rounds)
            print(
                f"  {measured.median():9.2f} ms {measured.ratio():6.1f}x  {measured.name}",
                flush=True,
            )
            found.append(measured)
    return found
