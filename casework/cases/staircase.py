"""On which of the four levels a case stands, and what waits there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from casework.cases.models import Bottleneck, Case
from casework.levels import Level
from casework.work.days import short
from casework.work.due import ZONE, Due

EXPLANATIONS = {
    Level.CASUS: "casusregisseur en partijen",
    Level.PROCES: "procesregisseur stuurt",
    Level.MANAGEMENT: "managers hakken knopen door",
    Level.BESTUURLIJK: "burgemeester of wethouder",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request about a bottleneck that waits at a level; `held` when picked up."""

    number: int
    level: Level
    due: Due
    held: bool = False

    @property
    def line(self) -> str:
        """What the step says about it."""
        if self.held:
            return f"knelpunt {self.number} opgepakt"
        return f"gevraagd, antwoord uiterlijk {until(self.due)}"

    @property
    def pill(self) -> str:
        """What stands behind the title of the case."""
        where = self.level.label.lower()
        if self.held:
            return f"Knelpunt {self.number} opgepakt door {where}"
        return f"Knelpunt {self.number} gevraagd aan {where}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the staircase: `state` is none, below, here or asked."""

    number: int
    name: str
    explanation: str
    state: str
    lines: list[str] = field(default_factory=list)


Finder = Callable[[Case], list[Asked]]
_finders: list[Finder] = []


def asks(finder: Finder) -> Finder:
    """Let the engine tell which requests run; `casework` knows none of its own."""
    _finders.append(finder)
    return finder


def asked_in(case: Case) -> list[Asked]:
    """Give the requests that wait in a case, by bottleneck."""
    found = [asked for finder in _finders for asked in finder(case)]
    return sorted(found, key=lambda asked: asked.number)


def steps_of(
    bottlenecks: Iterable[Bottleneck], asked: Sequence[Asked], *, level: int | None
) -> list[Step]:
    """
    Give the four steps with what stands on each.

    :param level: where it stands now; None when it stands nowhere (yet)
    """
    counts = dict.fromkeys(Level, 0)
    for bottleneck in bottlenecks:
        counts[Level(bottleneck.level)] += 1
    return [
        Step(
            number=each.value,
            name=each.label,
            explanation=EXPLANATIONS[each],
            state=_state(each, asked, level=level),
            lines=_lines(counts[each], each, asked),
        )
        for each in Level
    ]


def steps_about(bottleneck: Bottleneck, asked: Sequence[Asked]) -> list[Step]:
    """Give the steps with one bottleneck alone, for who reads no more of a case."""
    if not bottleneck.is_open:
        return steps_of([], [], level=None)
    return steps_of([bottleneck], asked, level=bottleneck.level)


def level_of(case: Case) -> int | None:
    """Give the level at which a case stands, or None: a referral has none yet."""
    if case.status == Case.Status.AFTERCARE:
        return Level.CASUS
    return case.level if case.status == Case.Status.OPEN else None


def until(due: Due) -> str:
    """Write until when: "vr 27 november", with the hour when hours count."""
    if due.at is None:
        return short(due.on)
    return f"{short(due.on)}, {_clock(due)} uur"


def _clock(due: Due) -> str:
    assert due.at is not None
    return f"{due.at.astimezone(ZONE):%H.%M}"


def _state(each: Level, asked: Sequence[Asked], *, level: int | None) -> str:
    if level is None:
        return "none"
    if each == level:
        return "here"
    if each < level:
        return "below"
    return "asked" if any(one.level is each for one in asked) else "none"


def _lines(count: int, level: Level, asked: Sequence[Asked]) -> list[str]:
    lines = []
    if count:
        lines.append("1 knelpunt hier" if count == 1 else f"{count} knelpunten hier")
    return lines + [one.line for one in asked if one.level is level]
