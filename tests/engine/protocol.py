"""The protocol of two bottlenecks in plain Python, without database or framework."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

CASUS, PROCES, TOP = 1, 2, 4


@dataclass(frozen=True, order=True)
class Knot:
    """One bottleneck with the request about it, if any runs."""

    level: int = PROCES
    is_open: bool = True
    turn: str = ""
    to: int = 0
    asked_from: int = 0
    told: int = 0

    @property
    def asked(self) -> bool:
        return self.turn != ""


Case = tuple[Knot, Knot]
Action = tuple[int, str]


def level_of(case: Case) -> int:
    """The level of a case: that of its highest open bottleneck."""
    return max((knot.level for knot in case if knot.is_open), default=CASUS)


def moves(case: Case) -> Iterator[tuple[Action, Case]]:
    """Everything that somebody can do, with the case after it."""
    for place, knot in enumerate(case):
        for name, after in _acts(knot):
            rest = list(case)
            rest[place] = after
            yield (place, name), (rest[0], rest[1])


def silence(knot: Knot) -> Knot:
    """
    What the clock does when nobody acts: it is told one rung more.

    Of a request to who must answer it, and else to who steers the case, who is asked
    to look what it needs.
    """
    return replace(knot, told=min(knot.told + 1, 4)) if knot.is_open else knot


def _acts(knot: Knot) -> Iterator[tuple[str, Knot]]:
    if not knot.is_open:
        return
    if not knot.asked:
        if knot.level < TOP:
            yield (
                "ask",
                replace(
                    knot,
                    turn="review",
                    to=max(knot.level, PROCES) + 1,
                    asked_from=knot.level,
                    told=0,
                ),
            )
        if knot.level > PROCES:
            yield "take_back", replace(knot, level=PROCES, told=0)
        yield "end", replace(knot, is_open=False, told=0)
        return
    free = replace(knot, turn="", to=0, asked_from=0, told=0)
    yield "withdraw", replace(free, level=min(knot.level, knot.asked_from))
    if knot.turn == "supply":
        yield "supply", replace(knot, turn="review", told=0)
        return
    yield "ask_first", replace(knot, turn="supply", told=0)
    yield "decide", replace(free, level=knot.to)
    yield "lower", replace(free, level=min(knot.level, knot.to - 1))
    if knot.to < TOP:
        higher = knot.to + 1
        yield "higher", replace(knot, level=higher, turn="review", to=higher, told=0)
    if knot.turn == "review" and knot.level < knot.to:
        yield "pick_up", replace(knot, turn="carry", level=knot.to, told=0)
