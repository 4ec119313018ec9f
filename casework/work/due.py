"""Until when something may take: a day, or a day with a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Due:
    """A day on which something must be done, with a time only when hours count."""

    on: date
    at: datetime | None = None

    @classmethod
    def day(cls, on: date) -> Due:
        """Due on a day: until it ends."""
        return cls(on=on)

    @classmethod
    def moment(cls, at: datetime) -> Due:
        """Due at a moment: hours count, also at night."""
        return cls(on=at.astimezone(ZONE).date(), at=at.astimezone(UTC))
