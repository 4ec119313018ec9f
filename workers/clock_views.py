"""The page on which the beheerder sees whether the clock runs, and helps."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.requests import UserRequest
from casework.access.rules import once, page, roles
from casework.access.widgets import Cards
from casework.people.errors import NotVisible
from casework.people.models import Role
from casework.work import caretaking
from casework.work.caretaking import GiveUpReason
from casework.work.models import Delivery, WorkItem
from casework.work.sending import send
from workers import clock_words, ticker
from workers.figures import figures
from workers.health import broker_state

CARETAKER = roles(Role.BEHEERDER)
SHOWN = 25


class GiveUpForm(SentForm):
    """Why a mail need not arrive any more."""

    reason = forms.ChoiceField(
        label="Waarom hoeft deze mail niet meer weg?",
        choices=GiveUpReason.choices,
        widget=Cards,
        error_messages={"required": "Kies waarom de mail niet meer weg hoeft."},
    )


@page(access=CARETAKER)
def show(request: UserRequest) -> HttpResponse:
    """Say in words how the clock runs, with what got stuck and the buttons that help."""
    at = timezone.now()
    found = figures(at=at)
    mail = list(
        caretaking.stuck_mail().select_related("to_user__organisation")[: SHOWN + 1]
    )
    steps = list(
        caretaking.stuck_steps(at=at).select_related(
            "owner_user__organisation", "owner_desk__organisation"
        )[: SHOWN + 1]
    )
    context = {
        "down": found.clock == "down",
        "running": clock_words.running(found),
        "wrong": clock_words.wrong(found, broker=broker_state()),
        "mail": [clock_words.StuckMail.of(row) for row in mail[:SHOWN]],
        "steps": [clock_words.StuckStep.of(item) for item in steps[:SHOWN]],
        "more": len(mail) > SHOWN or len(steps) > SHOWN,
        "submit_id": uuid4,
    }
    return render(request, "clock/show.html", context)


@page(access=CARETAKER, methods=("POST",))
def retry_mail(request: UserRequest, pk: int) -> HttpResponse:
    """Let a mail go out now."""
    row = _mail(pk)

    def act() -> str:
        caretaking.retry_mail(row, by=request.user, at=timezone.now())
        ticker.wake()
        messages.success(request, "De mail gaat binnen een minuut weg.")
        return reverse("clock:show")

    return once(request, act)


@page(access=CARETAKER, methods=("GET", "POST"))
def give_up(request: UserRequest, pk: int) -> HttpResponse:
    """Let a mail be tried no more, with why."""
    row = _mail(pk)
    form = GiveUpForm(request.POST or None)
    display = partial(_show_give_up, request, form, row)
    if request.method != "POST":
        caretaking.require_stuck(row)
        return display(200)

    def act() -> str:
        caretaking.give_up_mail(row, by=request.user, at=timezone.now(), **form.facts())
        messages.success(request, "We proberen deze mail niet meer te versturen.")
        return reverse("clock:show")

    return send(request, form, act, show=display)


@page(access=CARETAKER, methods=("POST",))
def retry_step(request: UserRequest, pk: int) -> HttpResponse:
    """Let the planner try a step at once."""
    rows = WorkItem.objects.system_scope("the beheerder helps work without reading it")
    item = rows.filter(pk=pk).first()
    if item is None:
        raise NotVisible
    found = item

    def act() -> str:
        caretaking.retry_step(found, by=request.user, at=timezone.now())
        ticker.wake()
        messages.success(
            request,
            "De klok probeert het nu opnieuw. Vernieuw de pagina over een minuut.",
        )
        return reverse("clock:show")

    return once(request, act)


def _mail(pk: int) -> Delivery:
    rows = Delivery.objects.select_related("to_user__organisation")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotVisible
    return row


def _show_give_up(
    request: UserRequest, form: GiveUpForm, row: Delivery, status: int
) -> HttpResponse:
    context = {"form": form, "mail": clock_words.StuckMail.of(row)}
    return render(request, "clock/give_up.html", context, status=status)
