"""
The programme for the council, as a table: public, and nothing that leads to a case.

Of the beleidssignalen it gives numbers for each half year that is over and never a
total: what is over does not change any more, so two files can't be laid beside each
other to find a small number, and neither can two sums.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, Max, Q

from casework.cases.models import Bottleneck
from casework.work.days import local_day
from programme.models import Activity, PolicySignal, Programme

SMALLEST = 5
"""The least that is told of what comes from cases (Woo, AVG; domain rule 62)."""

FEWER = f"minder dan {SMALLEST}"

ACTIVITIES = (
    "Thema",
    "Code",
    "Activiteit",
    "Stand",
    "Uiterlijk",
    "Actiehouder",
    "Dekking",
    "Wacht op voorstel",
    "Laatst gemeld op",
)

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def council_file(programme: Programme, *, on: date) -> str:
    """Write the table, as spreadsheets here read it: semicolons, and a mark for UTF-8."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    for line in council_lines(programme, on=on):
        table.writerow([_plain(cell) for cell in line])
    return f"\ufeff{out.getvalue()}"


def council_lines(programme: Programme, *, on: date) -> Iterator[list[str]]:
    """Give the lines: the activities, then the signals of each half year. Two queries."""
    yield [programme.name, programme.period, f"Gemaakt op {_written(on)}"]
    yield ["Hier staan geen personen of casussen."]
    yield []
    yield list(ACTIVITIES)
    for activity in _activities(programme):
        yield _line_of(activity)
    yield []
    yield ["Beleidssignalen: hoe vaak de praktijk schreef dat iets steeds vastloopt."]
    yield [
        f"Aantallen onder de {SMALLEST} en totalen staan er niet: "
        "daaruit is soms af te leiden om wie het gaat."
    ]
    halves = list(half_years(programme.from_on, on))
    if not halves:
        yield ["Er is nog geen half jaar voorbij."]
        return
    yield ["Soort knelpunt", *[in_words(first) for first, _ in halves]]
    yield from _signals(halves)


def half_years(first: date, on: date) -> Iterator[tuple[date, date]]:
    """Give the first and last day of each half year since a day that is over."""
    start = first.replace(month=1 if first.month < 7 else 7, day=1)
    while True:
        after = (start + timedelta(days=184)).replace(day=1)
        if after > on:
            return
        yield start, after - timedelta(days=1)
        start = after


def in_words(first: date) -> str:
    """Name the half year that begins on a day: "januari tot en met juni 2026"."""
    months = (
        "januari tot en met juni" if first.month == 1 else "juli tot en met december"
    )
    return f"{months} {first.year}"


def _activities(programme: Programme) -> Iterator[Activity]:
    return (
        Activity.objects.of(programme)
        .select_related("theme", "capacity_proposal")
        .annotate(told_at=Max("updates__at"))
        .order_by("theme__number", "code", "pk")
        .iterator()
    )


def _line_of(activity: Activity) -> list[str]:
    told_at = activity.told_at  # type: ignore[attr-defined]  # annotated
    proposal = activity.capacity_proposal if activity.waits_for_proposal else None
    return [
        activity.theme.name,
        activity.code,
        activity.title,
        activity.get_status_display(),
        _written(activity.deadline) or activity.period_in_words or "geen dag genoemd",
        "aangewezen" if activity.owner_id else "nog niemand",
        activity.get_funding_display(),
        proposal.title if proposal else "",
        _written(local_day(told_at)) if told_at else "nog niet",
    ]


def _signals(halves: list[tuple[date, date]]) -> Iterator[list[str]]:
    """Count the signals of each kind in each half year. One query."""
    within = {
        f"half_{number}": Count("pk", filter=Q(sent_on__range=half))
        for number, half in enumerate(halves)
    }
    kinds = PolicySignal.objects.order_by().values("theme").annotate(**within)
    counted: dict[str, list[int]] = {
        theme: numbers for theme, *numbers in kinds.values_list("theme", *within)
    }
    for theme, label in Bottleneck.Theme.choices:
        numbers = counted.get(theme, [0] * len(halves))
        yield [label, *[_told(number) for number in numbers]]


def _written(on: date | None) -> str:
    return f"{on:%d-%m-%Y}" if on else ""


def _told(number: int) -> str:
    return str(number) if number >= SMALLEST else FEWER


def _plain(cell: str) -> str:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
