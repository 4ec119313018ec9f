"""Why a day is the day: which term was counted, from when, and what did not count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from casework.policy import policy
from casework.policy.terms import Term, Unit
from casework.work.days import (
    DAY,
    WorkingDays,
    at_clock,
    days_or_months_later,
    local_day,
    short,
    spoken,
    working_days,
)
from casework.work.due import ZONE, Chosen, Counted, Due
from casework.work.models import CalendarDay, WorkItem

LEGAL = "Algemene termijnenwet, artikel 1"
WEEKEND = ("zaterdag", "zondag")

_NUMBER = {
    Unit.HOURS: ("uur", "uur"),
    Unit.WORKING_DAYS: ("werkdag", "werkdagen"),
    Unit.DAYS: ("dag", "dagen"),
    Unit.MONTHS: ("maand", "maanden"),
}
_CHOSEN = {
    Chosen.SELF: "Je hebt deze dag zelf gekozen, toen je dit opschreef.",
    Chosen.ASKER: "Deze dag is gekozen door wie de taak gaf.",
    Chosen.CASE: "Deze dag staat zo in de casus. Er is geen termijn voor geteld.",
    Chosen.QUARTER: "Dit komt elk kwartaal terug. Het is de laatste dag van het kwartaal.",
}
_UNKNOWN = "Bij dit werk is niet bewaard hoe de dag is gekozen."
_STANDS = "De dag die er staat, blijft gelden."


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Why something is due when it is: whole sentences and short lines in Dutch.

    `term` and `source` are empty when no term was counted; `skipped` are the days that
    did not count, `moved` says where the end went, `notes` what else matters.
    """

    says: str
    term: str = ""
    source: str = ""
    since: str = ""
    skipped: tuple[str, ...] = ()
    moved: str = ""
    notes: tuple[str, ...] = ()


def explanation_of(item: WorkItem) -> Explanation:
    """Explain the day of a work item by the policy with which it was made."""
    rules = policy.version(item.policy_version)
    due = item.due
    term = None
    if isinstance(due.basis, Counted):
        try:
            term = rules.term(due.basis.term)
        except policy.UnknownTerm:
            term = None
    return explain(
        due,
        term=term,
        days=working_days(rules, desk=item.owner_desk_id),
        opened_on=local_day(item.opened_at),
    )


def explain(
    due: Due, *, term: Term | None, days: WorkingDays, opened_on: date
) -> Explanation:
    """
    Explain a day: `term` is the one that its basis names, `days` count for its owner.

    What was counted is counted again; where that gives another day, it says so.
    """
    basis = due.basis
    if isinstance(basis, Counted) and term is not None:
        return _counted(due, term, since=basis.since, days=days)
    if basis is Chosen.SILENCE:
        count = days.between(opened_on, due.on)
        words = _number(count, Unit.WORKING_DAYS)
        says = f"Er kwam geen antwoord. Dit is gevraagd op {spoken(opened_on)}, met {words} de tijd."
        return Explanation(says, skipped=skipped(days, opened_on, due.on))
    says = _CHOSEN[basis] if isinstance(basis, Chosen) else _UNKNOWN
    is_off = not days.is_working_day(due.on)
    return Explanation(says, notes=(days.why(due.on),) if is_off else ())


def skipped(days: WorkingDays, start: date, end: date) -> tuple[str, ...]:
    """Name the days off after `start` up to `end`; a weekend is one line."""
    lines: list[str] = []
    day = start + DAY
    while day <= end:
        reason = days.reason_off(day)
        sunday = day + DAY
        if (reason, days.reason_off(sunday)) == WEEKEND and sunday <= end:
            lines.append(f"{short(day)} en {short(sunday)}: weekend")
            day = sunday
        elif reason:
            lines.append(f"{short(day)}: {reason}{_whose(days, day)}")
        day += DAY
    return tuple(lines)


def _counted(
    due: Due, term: Term, *, since: datetime, days: WorkingDays
) -> Explanation:
    again = days.due_after(term, at=since)
    start = local_day(since)
    hours = term.unit is Unit.HOURS
    began = at_clock(since) if hours else spoken(start)
    words = _number(term.number, term.unit)
    return Explanation(
        says=f"{words} na {began} is {_end(term, again, start)}.",
        term=f"{term.label}: {words}",
        source=term.source,
        since=began,
        skipped=skipped(days, start, again.on)
        if term.unit is Unit.WORKING_DAYS
        else (),
        moved=_moved(term, start, again.on, days),
        notes=tuple(_notes(due, again, term, since=since, days=days)),
    )


def _end(term: Term, again: Due, start: date) -> str:
    if again.at is not None:
        return at_clock(again.at)
    if term.unit is Unit.WORKING_DAYS:
        return spoken(again.on)
    return spoken(days_or_months_later(term, start))


def _moved(term: Term, start: date, end: date, days: WorkingDays) -> str:
    if term.unit not in (Unit.DAYS, Unit.MONTHS):
        return ""
    counted = days_or_months_later(term, start)
    if counted == end:
        return ""
    if term.legal:
        reason = days.reason_legally_off(counted)
        return (
            f"Dat is geen dag waarop een wettelijke termijn eindigt: {reason}. "
            f"De termijn loopt door tot en met {spoken(end)} ({LEGAL})."
        )
    which = "ervoor" if end < counted else "erna"
    return f"{days.why(counted)} Daarom is het de werkdag {which}: {spoken(end)}."


def _notes(
    due: Due, again: Due, term: Term, *, since: datetime, days: WorkingDays
) -> Iterable[str]:
    if term.unit is Unit.HOURS:
        yield "Uren tellen door, ook 's nachts, in het weekend en op feestdagen."
        yield from _clock_change(since, again)
    elif term.unit is Unit.WORKING_DAYS:
        yield "De eerste dag telt niet mee."
    else:
        yield "Alle dagen tellen mee, ook het weekend en feestdagen."
    opened = [
        f"{short(day)}: {row.reason}"
        for day, row in sorted(days.own.items())
        if row.kind == CalendarDay.Kind.OPEN and local_day(since) < day <= again.on
    ]
    if opened and term.unit is Unit.WORKING_DAYS:
        yield f"Deze dagen tellen wel mee: {', '.join(opened)}."
    if again != due:
        yield f"Met de kalender van nu zou het {spoken(again.on)} zijn. {_STANDS}"


def _clock_change(since: datetime, again: Due) -> Iterable[str]:
    assert again.at is not None
    before = since.astimezone(ZONE).utcoffset()
    after = again.at.astimezone(ZONE).utcoffset()
    assert before is not None
    assert after is not None
    if before == after:
        return
    way = "achteruit" if after < before else "vooruit"
    yield f"In die tijd gaat de klok een uur {way}. Daarom staat er een andere tijd op de klok."


def _whose(days: WorkingDays, day: date) -> str:
    row = days.own.get(day)
    if row is not None and row.calendar == CalendarDay.OFFICE:
        return " (dag van de gemeente)"
    is_weekly = days.closed_weekdays.get(day.weekday()) == days.reason_off(day)
    return " (dag van het bureau)" if row is not None or is_weekly else ""


def _number(count: int, unit: Unit) -> str:
    one, more = _NUMBER[unit]
    return f"{count} {one if count == 1 else more}"
