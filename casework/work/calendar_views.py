"""The pages on which the beheerder keeps the days off: of the town, a desk, the law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.fields import Day, Line, Pick, PickRow, SentForm
from casework.access.requests import UserRequest
from casework.access.rules import once, page, roles
from casework.people.errors import NotVisible
from casework.people.models import Desk, Role
from casework.work import calendars
from casework.work.models import CalendarDay, ClosedWeekday
from casework.work.sending import send

KEEPER = roles(Role.BEHEERDER)
STAYS = timedelta(days=31)
"""How long a day that is over stays on the page."""

LAW = "wet"
EVERYBODY = "iedereen bij de gemeente"


class PickDesk(PickRow):
    """One of the desks that work, with the organisation that it belongs to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Desk.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Name a desk as everywhere."""
        return f"{obj.name}, {obj.organisation.short_name}"


class DayForm(SentForm):
    """A day that is otherwise, for whom, and why."""

    day = Day(label="Welke dag?", missing="Kies de dag.")
    kind = Pick(
        label="Wat is er die dag?",
        choices=[
            (CalendarDay.Kind.CLOSED, "Dicht"),
            (CalendarDay.Kind.OPEN, "Gewoon open, ook al is het een vrije dag"),
            (CalendarDay.Kind.EQUATED, "Gelijkgesteld met een feestdag, bij besluit"),
        ],
        missing="Kies wat er die dag is.",
    )
    desk = PickDesk(
        label="Voor welk bureau?",
        help_text="Geldt het voor iedereen? Laat dit dan leeg.",
        empty_label="Iedereen bij de gemeente",
        required=False,
    )
    reason = Line(
        label="Waarom?",
        help_text="Dit leest wie vraagt waarom een termijn later eindigt.",
        missing="Schrijf waarom deze dag anders is.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_desks(self)

    def clean_day(self) -> date | None:
        """Refuse a day that is over: no term is counted from it any more."""
        return self.day_to_come("day")


class WeekdayForm(SentForm):
    """A day of the week on which a desk never works."""

    desk = PickDesk(label="Welk bureau?", missing="Kies het bureau.")
    weekday = Pick(
        label="Op welke dag is het dicht?",
        choices=ClosedWeekday.Weekday.choices,
        missing="Kies de dag.",
    )
    reason = Line(
        label="Waarom?",
        help_text="Dit leest wie vraagt waarom een termijn later eindigt.",
        missing="Schrijf waarom het bureau dan dicht is.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_desks(self)

    def clean_weekday(self) -> ClosedWeekday.Weekday:
        """Give the day as the calendar numbers it."""
        try:
            return ClosedWeekday.Weekday(int(self.cleaned_data["weekday"]))
        except ValueError:
            raise ValidationError("Kies iets uit de lijst.") from None


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A day as the page shows it."""

    row: CalendarDay
    whose: str


@page(access=KEEPER)
def show(request: UserRequest) -> HttpResponse:
    """Show the days that are otherwise, and the desks that are closed on a weekday."""
    since = timezone.localdate() - STAYS
    rows = CalendarDay.objects.filter(day__gte=since).order_by("day", "calendar")
    desks = {
        CalendarDay.desk(desk.pk): f"{desk.name}, {desk.organisation.short_name}"
        for desk in Desk.objects.select_related("organisation")
    }
    known = desks | {CalendarDay.OFFICE: EVERYBODY, CalendarDay.LEGAL: LAW}
    closed = ClosedWeekday.objects.select_related("desk__organisation")
    context = {
        "days": [KeptDay(row, known.get(row.calendar, "")) for row in rows],
        "weekdays": closed.order_by("desk__organisation__name", "desk", "weekday"),
        "today": timezone.localdate(),
        "submit_id": uuid4,
    }
    return render(request, "calendar/show.html", context)


@page(access=KEEPER, methods=("GET", "POST"))
def add_day(request: UserRequest) -> HttpResponse:
    """Add a day that is otherwise."""
    form = DayForm(request.POST or None, today=timezone.localdate())

    def act() -> str:
        facts = form.facts()
        facts["kind"] = CalendarDay.Kind(facts["kind"])
        calendars.keep_day(
            facts.pop("day"), by=request.user, at=timezone.now(), **facts
        )
        messages.success(request, "De dag staat erbij.")
        return reverse("calendar:show")

    return _form(request, form, act, title="Voeg een dag toe")


@page(access=KEEPER, methods=("GET", "POST"))
def add_weekday(request: UserRequest) -> HttpResponse:
    """Add a day of the week on which a desk is closed."""
    form = WeekdayForm(request.POST or None)

    def act() -> str:
        facts = form.facts()
        calendars.close_weekday(
            facts.pop("desk"),
            facts.pop("weekday"),
            by=request.user,
            at=timezone.now(),
            **facts,
        )
        messages.success(request, "De vaste vrije dag staat erbij.")
        return reverse("calendar:show")

    return _form(request, form, act, title="Voeg een vaste vrije dag toe")


@page(access=KEEPER, methods=("POST",))
def forget_day(request: UserRequest, pk: int) -> HttpResponse:
    """Take a day away that was added by mistake, or no longer holds."""
    row = _found(CalendarDay, pk)

    def act() -> str:
        calendars.forget_day(row, by=request.user, at=timezone.now())
        messages.success(request, "De dag is weg. Het is weer een gewone dag.")
        return reverse("calendar:show")

    return once(request, act)


@page(access=KEEPER, methods=("POST",))
def open_weekday(request: UserRequest, pk: int) -> HttpResponse:
    """Take a closed day of the week away."""
    row = _found(ClosedWeekday, pk)

    def act() -> str:
        calendars.open_weekday(row, by=request.user, at=timezone.now())
        messages.success(request, "De vaste vrije dag is weg.")
        return reverse("calendar:show")

    return once(request, act)


def _form(
    request: UserRequest, form: SentForm, act: Any, *, title: str
) -> HttpResponse:
    def show_form(status: int) -> HttpResponse:
        context = {"form": form, "title": title}
        return render(request, "calendar/form.html", context, status=status)

    if request.method != "POST":
        return show_form(200)
    return send(request, form, act, show=show_form)


def _found(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotVisible
    return row


def _offer_desks(form: forms.Form) -> None:
    field = form.fields["desk"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = (
        Desk.objects.filter(is_active=True)
        .select_related("organisation")
        .order_by("organisation__name", "name")
    )
