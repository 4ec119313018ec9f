"""Until when something may take: a day, or a day with a time, and who says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import TextChoices

ZONE = ZoneInfo("Europe/Amsterdam")


class Chosen(StrEnum):
    """What gave a day that no term was counted for."""

    SELF = "self"
    ASKER = "asker"
    CASE = "case"
    QUARTER = "quarter"
    SILENCE = "silence"


class Pause(TextChoices):
    """Why nobody is reminded of something for a while: codes, so that no name stands."""

    AGREED = "agreed", "We hebben een andere dag afgesproken"
    FIRST = "first", "Eerst moet iets anders klaar zijn"
    AWAY = "away", "Wie het doet, is er even niet"
    OTHER = "other", "Iets anders"


@dataclass(frozen=True, slots=True)
class Counted:
    """How a day was found: the name of a term of the policy, and from when it ran."""

    term: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """
    A day on which something must be done, with a time only when hours count.

    `basis` says how the day was found, where that is known; it makes no other day.
    """

    on: date
    at: datetime | None = None
    basis: Counted | Chosen | None = field(default=None, compare=False)

    @classmethod
    def day(cls, on: date, basis: Counted | Chosen | None = None) -> Due:
        """Due on a day: until it ends."""
        return cls(on=on, basis=basis)

    @classmethod
    def moment(cls, at: datetime, basis: Counted | Chosen | None = None) -> Due:
        """Due at a moment: hours count, also at night."""
        return cls(on=_day_of(at), at=at.astimezone(UTC), basis=basis)

    def is_over(self, at: datetime) -> bool:
        """Whether a moment is after it."""
        return self.at < at if self.at is not None else self.on < _day_of(at)


def _day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()
