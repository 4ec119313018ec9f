"""What stands on the pages of the programme: rows and figures, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from casework.access.templatetags.face import day
from casework.people.models import Role, User
from casework.work.days import local_day
from programme.forms import OWNERLESS, PAST
from programme.models import (
    Achievement,
    Activity,
    ActivityParty,
    OverrideDecision,
    PolicySignal,
    Priority,
    Programme,
    ProgressUpdate,
    Theme,
)

PAGE = 50

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the addresses of the pages beside it."""

    rows: Sequence[Row]
    previous_url: str = ""
    next_url: str = ""


def page_of(rows: QuerySet[Row], number: int, *, asked: QueryDict) -> Page[Row]:
    """Read one page of rows. One query, however long the list is."""
    start = (number - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    return Page(
        rows=found[:PAGE],
        previous_url=_address(asked, number - 1) if number > 1 else "",
        next_url=_address(asked, number + 1) if len(found) > PAGE else "",
    )


def _address(asked: QueryDict, number: int) -> str:
    beside = asked.copy()
    beside["pagina"] = str(number)
    return f"?{beside.urlencode()}"


@dataclass(frozen=True)
class Figures:
    """How the activities of a programme stand."""

    total: int
    ownerless: int
    past: int
    achieved: int


def current_programme() -> Programme | None:
    """The programme of the latest period. One query."""
    return Programme.objects.newest_first().first()


def themes_of(programme: Programme, *, on: date) -> list[Any]:
    """The themes, with their priorities and how their activities stand. One query."""
    past = Q(activities__deadline__lt=on) & ~Q(activities__status__in=Activity.ENDED)
    priorities = Priority.objects.filter(theme=OuterRef("pk")).order_by("number")
    return list(
        Theme.objects.filter(programme=programme)
        .annotate(
            total=Count("activities"),
            ownerless=Count("activities", filter=Q(activities__owner__isnull=True)),
            past=Count("activities", filter=past),
            achieved=Count("activities", filter=Q(activities__status="achieved")),
            priority_names=ArraySubquery(priorities.values("name")),
        )
        .order_by("number")
    )


def figures_of(themes: Sequence[Any]) -> Figures:
    """The figures of all themes together."""
    return Figures(
        total=sum(theme.total for theme in themes),
        ownerless=sum(theme.ownerless for theme in themes),
        past=sum(theme.past for theme in themes),
        achieved=sum(theme.achieved for theme in themes),
    )


def activities_of(
    programme: Programme,
    *,
    on: date,
    theme: str = "",
    state: str = "",
    until: date | None = None,
) -> QuerySet[Activity]:
    """The activities that somebody asks for, theme by theme, with what a row shows."""
    rows = Activity.objects.of(programme)
    if theme:
        rows = rows.filter(theme__code=theme)
    if state == OWNERLESS:
        rows = rows.ownerless()
    elif state == PAST:
        rows = rows.past(on=on)
    elif state:
        rows = rows.filter(status=state)
    if until is not None:
        rows = rows.filter(deadline__lte=until)
    parties = ActivityParty.objects.filter(activity=OuterRef("pk")).order_by("number")
    return (
        rows.select_related("theme", "owner", "capacity_proposal")
        .annotate(party_names=ArraySubquery(parties.values("name")))
        .order_by("theme__number", "code", "pk")
    )


def by_theme(rows: Sequence[Activity]) -> list[tuple[Theme, list[Activity]]]:
    """Put the activities of a page under their themes."""
    return [
        (theme, list(under)) for theme, under in groupby(rows, lambda row: row.theme)
    ]


def activity_with(code: str) -> Activity | None:
    """The activity with this code in the latest programme that has it. One query."""
    parties = ActivityParty.objects.filter(activity=OuterRef("pk")).order_by("number")
    return (
        Activity.objects.select_related(
            "programme",
            "theme",
            "owner__organisation",
            "responsible_executive",
            "capacity_proposal",
        )
        .annotate(party_names=ArraySubquery(parties.values("name")))
        .filter(code=code)
        .order_by("-programme__from_on", "-programme__pk")
        .first()
    )


def facts_of(activity: Activity) -> list[tuple[str, str]]:
    """What an activity says in short; what nobody filled in, says so."""
    owner, executive = activity.owner, activity.responsible_executive
    until = activity.period_in_words or "De bron noemt geen dag"
    return [
        ("Actiehouder", owner.name if owner else "Nog niemand"),
        ("Verantwoordelijk bestuurder", executive.name if executive else "Nog niemand"),
        ("Uiterlijk", day(activity.deadline) or until),
        ("Herhaling", activity.repeat),
        ("Partijen", ", ".join(activity.party_names) or "De bron noemt er geen"),  # type: ignore[attr-defined]  # annotated
        ("Dekking", activity.get_funding_display()),
        ("Thema", activity.theme.name),
    ]


def update_of(activity: Activity, pk: int) -> ProgressUpdate | None:
    """One report of how an activity goes. One query."""
    rows = activity.updates.select_related("activity__programme", "by", "on_behalf_of")
    return rows.filter(pk=pk).first()


def timeline_of(
    activity: Activity, *, on: date, may_take_back: bool
) -> list[dict[str, Any]]:
    """How an activity went and what was decided, the latest first. Two queries."""
    updates = activity.updates.select_related("by", "on_behalf_of").order_by("-pk")
    decisions = activity.overrides.select_related("by").order_by("-pk")
    events = [
        *(_decided(decision, on=on) for decision in decisions[:PAGE]),
        *(
            {
                "at": update.at,
                "title": update.told_by,
                "text": _told(update),
                "take_back_url": reverse(
                    "programme:take_back", args=[activity.code, update.pk]
                )
                if may_take_back and update.text
                else "",
            }
            for update in updates[:PAGE]
        ),
    ]
    events.sort(key=itemgetter("at"), reverse=True)
    return [event | {"main": event is events[0]} for event in events[:PAGE]]


def _decided(decision: OverrideDecision, *, on: date) -> dict[str, Any]:
    until = day(decision.until_on)
    return {
        "at": decision.at,
        "title": f"Doorzettingsbesluit van {decision.by.name} (AOV).",
        "text": "",
        "facts": [
            ("Besluit", decision.text),
            ("Mandaat", f"{decision.mandate}, van {day(decision.mandate_on)}"),
            ("Grond", decision.ground),
            ("Voor wie", decision.binding),
            ("Wie is gehoord", decision.heard),
            (
                "Geldt tot en met",
                f"{until} (geldt niet meer)" if decision.is_over(on=on) else until,
            ),
            ("Formeel besluit", decision.formal_reference),
        ],
        "note": "Een intern besluit, geen besluit in de zin van de Awb.",
    }


def _told(update: ProgressUpdate) -> str:
    reason = f"Reden: {update.get_reason_display().lower()}." if update.reason else ""
    text = update.text
    if update.taken_back_at is not None:
        gone_on = day(local_day(update.taken_back_at))
        text = f"De toelichting is weggehaald door de AOV, op {gone_on}."
    return f"{reason} {text}".strip()


def achievements_of(programme: Programme) -> list[Achievement]:
    """What the period before did and did not achieve. One query."""
    rows = Achievement.objects.filter(programme=programme)
    return list(rows.select_related("successor").order_by("pk"))


def signals_for(
    user: User, roles: frozenset[Role], *, at: datetime
) -> QuerySet[PolicySignal]:
    """
    The signals that somebody reads as receiver; what has no answer first.

    The AOV reads all of them, since they are about his programme.
    """
    rows = PolicySignal.objects.all()
    if Role.AOV not in roles:
        rows = PolicySignal.objects.received_by(user, at=at)
    return _shown(rows)


def signals_sent(user: User, *, at: datetime) -> QuerySet[PolicySignal]:
    """The signals that somebody sent; what has no answer first."""
    return _shown(PolicySignal.objects.sent_by(user, at=at))


def _shown(rows: QuerySet[PolicySignal]) -> QuerySet[PolicySignal]:
    return rows.select_related("desk", "activity", "answered_by").order_by(
        F("answered_at").desc(nulls_first=True), "answer_due", "pk"
    )


def facts_of_signal(signal: PolicySignal) -> list[tuple[str, str]]:
    """What a signal says in short; never who sent it."""
    return [
        ("Wie antwoordt", signal.desk.name),
        ("Gestuurd op", day(signal.sent_on)),
        ("Activiteit", signal.activity.title if signal.activity else "Geen"),
    ]
