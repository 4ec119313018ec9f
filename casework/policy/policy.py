"""Which terms, ladders and choices hold on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings

from casework.policy.ladders import LADDERS, Step, StepUnit, read_ladder
from casework.policy.models import PolicyOverride
from casework.policy.terms import CHOICES, NUMBERS, TERMS, Term, Unit

COUNTED_IN: dict[Unit, StepUnit] = {
    Unit.WORKING_DAYS: "wd",
    Unit.DAYS: "d",
    Unit.HOURS: "h",
}
"""In what a rung counts that takes its length from a term; months stay as they were."""


class UnknownTerm(KeyError):
    """No default carries this key."""


class UnknownVersion(ValueError):
    """This is not the name of a policy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds on one day. `version` names it, and gives it back years later."""

    day: date
    last: int
    decided: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The day and the last decision that counted: "2026-11-23.17"."""
        return f"{self.day.isoformat()}.{self.last}"

    def term(self, key: str, *, level: int | None = None) -> Term:
        """
        Give one term; without one for the level, the term for every level.

        :raises UnknownTerm: if there is no such term
        """
        default = TERMS.get(f"{key}:{level}") or TERMS.get(key)
        if default is None:
            raise UnknownTerm(key, level)
        decided = self.decided.get(f"term:{default.name}")
        if decided is None or default.legal:
            return default
        return replace(
            default,
            number=int(decided["number"]),
            unit=Unit(decided["unit"]),
            source=str(decided["source"]),
        )

    def terms(self) -> tuple[Term, ...]:
        """Give every term, in the order in which they are written down."""
        return tuple(self.term(each.key, level=each.level) for each in TERMS.values())

    def ladder(
        self, kind: str, *, level: int | None = None, urgent: bool = False
    ) -> tuple[Step, ...]:
        """
        Give the ladder for a kind of work.

        The closest name counts: "escalation.review:3", "escalation.review",
        "escalation", "default"; with spoed the same names with ":urgent" only.
        """
        suffix = ":urgent" if urgent else ""
        for name in (f"{kind}:{level}", kind, kind.partition(".")[0], "default"):
            decided = self.decided.get(f"ladder:{name}{suffix}")
            if decided is not None:
                return read_ladder(decided["steps"])
            if f"{name}{suffix}" in LADDERS:
                return tuple(map(self._counted, LADDERS[f"{name}{suffix}"]))
        raise UnknownTerm(kind)

    def _counted(self, step: Step) -> Step:
        """Give a rung at the length of its term, if it has one of days or hours."""
        key = step.facts.get("term")
        if key is None:
            return step
        term = self.term(key)
        unit = COUNTED_IN.get(term.unit)
        return step if unit is None else replace(step, when=term.number, unit=unit)

    def choice(self, key: str) -> str:
        """Give a choice that is no term."""
        decided = self.decided.get(f"choice:{key}")
        return CHOICES[key].options[0] if decided is None else str(decided["choice"])

    def number(self, key: str) -> int:
        """Give a number without a unit."""
        decided = self.decided.get(f"number:{key}")
        return NUMBERS[key].value if decided is None else int(decided["number"])


def at(day: date) -> Policy:
    """Give the policy of a day. One query."""
    return _read(day, last=None)


def version(name: str) -> Policy:
    """
    Give back the policy with this version, whatever was decided since.

    :raises UnknownVersion: if it is no version
    """
    day, _, last = name.partition(".")
    try:
        return _read(date.fromisoformat(day), last=int(last))
    except ValueError as error:
        raise UnknownVersion(name) from error


def _read(day: date, *, last: int | None) -> Policy:
    rows = PolicyOverride.objects.valid_on(day).filter(
        municipality=settings.MUNICIPALITY
    )
    if last is not None:
        rows = rows.filter(pk__lte=last)
    decided: dict[str, Any] = {}
    newest = 0
    for row in rows:
        newest = max(newest, row.pk)
        decided[row.key] = (
            None if row.value is None else {**row.value, "source": row.source}
        )
    return Policy(day=day, last=newest if last is None else last, decided=decided)
