"""When something happens in a quarter: working days, and now and then a night."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from casework.work.days import at_local

WEEKS = 13
FIRST_DAYS = (date(2026, 9, 21), date(2026, 11, 23), date(2027, 3, 1))
"""Mondays: before the clock goes back, before Christmas, before Easter and May."""

PLANNING, DIGEST = time(7, 0), time(7, 30)


@dataclass(frozen=True)
class Moment:
    """When people and the clock act."""

    at: datetime
    at_work: bool
    ends_day: bool


def quarter(seed: int, chance: random.Random) -> Iterator[Moment]:
    """Give the moments of thirteen weeks, in order and minutes apart."""
    first = FIRST_DAYS[seed % len(FIRST_DAYS)]
    for number in range(7 * WEEKS):
        day = first + timedelta(days=number)
        times = sorted(_times(day, chance))
        for clock in times:
            yield Moment(
                at=at_local(day, clock),
                at_work=8 <= clock.hour < 18 and day.weekday() < 5,
                ends_day=clock == times[-1],
            )


def _times(day: date, chance: random.Random) -> set[time]:
    if day.weekday() >= 5:
        return {_between(0, 23, chance)} if chance.random() < 0.3 else set()
    times = {PLANNING, DIGEST, _between(8, 17, chance)}
    if chance.random() < 0.3:
        times.add(_between(8, 17, chance))
    if chance.random() < 0.1:
        times.add(_between(19, 23, chance))
    return times


def _between(first: int, last: int, chance: random.Random) -> time:
    return time(chance.randint(first, last), chance.randrange(5, 60, 5))
