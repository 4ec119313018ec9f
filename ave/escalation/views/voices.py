"""The pages on which others are asked for their word about a request, and give it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ave.escalation import reading
from ave.escalation.colleagues import kinds_of, whom
from ave.escalation.forms.voices import (
    EXPLANATIONS,
    AskVoiceForm,
    SpokenVoiceForm,
    TakeBackForm,
    VoiceForm,
)
from ave.escalation.hearing import (
    heard_in,
    heard_of,
    open_in,
    voice_of,
    was_needed,
)
from ave.escalation.models import Escalation
from ave.escalation.voices import (
    ask_voice,
    asked_by,
    give_voice,
    require_asking,
    take_back_voice,
)
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import pages, staircase
from casework.cases.readings import log_reading
from casework.cases.seers import grounds_in
from casework.people.errors import AlreadyDone, NotPermitted, NotVisible
from casework.work.sending import send

NOBODY_TO_ASK = "Er is niemand meer die je erbij kunt vragen."
NOBODY_LEFT = "Er is niemand op wiens reactie je nog wacht."
NOT_NEEDED = "Je reactie is niet meer nodig. Je hoeft niets te doen."
GIVEN = "Je reactie staat er al. Je hoeft niets meer te doen."
NOT_FOR_HIM = (
    "Je neemt niet meer waar voor wie om een reactie is gevraagd. "
    "Je tekst is niet verstuurd."
)


@page(access=everyone, methods=("GET", "POST"))
def ask(request: UserRequest, pk: int) -> HttpResponse:
    """Ask somebody for his word beside the answerer."""
    at = timezone.now()
    escalation = reading.request_for(request.user, pk, at=at)
    require_asking(escalation, request.user, at=at)
    people = {
        kind: list(whom(escalation, kind, at=at).exclude(pk=request.user.pk))
        for kind in kinds_of(escalation)
    }
    form = AskVoiceForm(request.POST or None, people=people)

    def act() -> str:
        facts = form.facts()
        ask_voice(escalation, by=request.user, at=at, **facts)
        messages.success(request, f"Je hebt {facts['user'].name} erbij gevraagd.")
        return f"/besluiten/{escalation.pk}/"

    def show(status: int) -> HttpResponse:
        context = _memo(request, escalation, at=at)
        context |= {"form": form, "heard": heard_in(escalation)}
        if not any(people.values()):
            context |= {"over": NOBODY_TO_ASK, **_back(escalation)}
        context["explanations"] = [
            (kind.label, EXPLANATIONS[kind]) for kind, found in people.items() if found
        ]
        return render(request, "escalation/ask_voice.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


@page(access=everyone, methods=("GET", "POST"))
def take_back(request: UserRequest, pk: int) -> HttpResponse:
    """Ask somebody no longer for his word."""
    at = timezone.now()
    escalation = reading.request_for(request.user, pk, at=at)
    mine = asked_by(request.user, list(escalation.voices.all()), at=at)
    if not mine:
        raise NotPermitted("Je hebt hier niemand om een reactie gevraagd.")
    waiting = [each for each in mine if each.is_open]
    if not waiting:
        raise AlreadyDone(NOBODY_LEFT)
    form = TakeBackForm(request.POST or None, voices=waiting)

    def act() -> str:
        voice = take_back_voice(form.chosen, by=request.user, at=at)
        messages.success(request, f"{voice.user.name} hoeft niet meer te reageren.")
        return f"/besluiten/{escalation.pk}/"

    def show(status: int) -> HttpResponse:
        context = _memo(request, escalation, at=at) | {"form": form}
        template = "escalation/take_back_voice.html"
        return render(request, template, context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


@page(access=everyone, methods=("GET", "POST"))
def give(request: UserRequest, pk: int) -> HttpResponse:
    """Give one's word about a request, or write down what another said."""
    at = timezone.now()
    try:
        escalation = reading.request_for(request.user, pk, at=at)
    except NotVisible:
        if was_needed(request.user, pk, at=at):
            return _too_late(request, NOT_NEEDED)
        raise
    name = request.POST.get("voice", "")
    voice = voice_of(escalation, request.user, at=at, name=name)
    if voice is None:
        return (
            _too_late(request, NOT_FOR_HIM)
            if name
            else _record(request, escalation, at=at)
        )
    form = VoiceForm(request.POST or None, kind=voice.kind)

    def act() -> str:
        given = {"stance": "", **form.facts()}
        give_voice(voice, by=request.user, at=at, **given)
        messages.success(request, "Je reactie is verstuurd.")
        return "/"

    def show(status: int) -> HttpResponse:
        if form.is_bound and not voice.is_open:
            return _too_late(request, NOT_NEEDED if voice.lapsed_at else GIVEN)
        for_another = voice.user if voice.user_id != request.user.pk else None
        context = _memo(request, escalation, at=at, on_behalf_of=for_another)
        context |= {
            "form": form,
            "voice": voice,
            "heard": heard_of(voice),
            "for_another": for_another,
            "why": grounds_in(
                escalation.case, request.user, at=at, about=escalation.key
            ),
        }
        return render(request, "escalation/give_voice.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


def _record(
    request: UserRequest, escalation: Escalation, *, at: datetime
) -> HttpResponse:
    """Let who steers write down what somebody said by telephone or in a meeting."""
    if Permission.STEER_CASE not in scopes(request.user, escalation.case, at=at):
        raise NotPermitted("Dit doet wie erbij is gevraagd.")
    waiting = open_in(escalation)
    if not waiting:
        raise AlreadyDone(NOBODY_LEFT)
    now = timezone.localtime(at)
    form = SpokenVoiceForm(
        request.POST or None,
        voices=waiting,
        now=at,
        initial={"said_on": now.date(), "said_at": now.time()},
    )

    def act() -> str:
        give_voice(form.voice, by=request.user, at=at, **form.facts())
        return f"/besluiten/{escalation.pk}/"

    def show(status: int) -> HttpResponse:
        context = _memo(request, escalation, at=at) | {"form": form}
        return render(request, "escalation/record_voice.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


def _too_late(request: UserRequest, message: str) -> HttpResponse:
    """Say that his word comes too late, and give the text back."""
    text = request.POST.get("text", "").replace("\x00", "")[:4000]
    context = {
        "message": message,
        "typed": [("Jouw tekst", text)] if text else [],
        "back_url": "/",
        "back_link": "Ga naar Mijn werk",
    }
    return render(request, "errors/409.html", context, status=409)


def _back(escalation: Escalation) -> dict[str, str]:
    return {
        "over_url": f"/besluiten/{escalation.pk}/",
        "over_link": "Ga naar de vraag",
    }


def _memo(
    request: UserRequest,
    escalation: Escalation,
    *,
    at: datetime,
    on_behalf_of: Any = None,
) -> dict[str, Any]:
    """Give the memo alone, and write down who reads it."""
    log_reading(
        "memo.read",
        escalation.case,
        request.user,
        at=at,
        scope=Permission.READ_MEMO,
        about=escalation.key,
        on_behalf_of=on_behalf_of,
    )
    due = escalation.due
    today = timezone.localdate(at)
    return {
        "escalation": escalation,
        "asker": reading.asker_of(escalation),
        "case": escalation.case,
        "case_url": pages.address(escalation.case),
        "bottleneck": escalation.bottleneck,
        "days_stuck": (today - escalation.bottleneck.since).days,
        "until": staircase.until(due),
        "staircase": reading.steps_of(escalation),
        "today": today,
        "back_url": f"/besluiten/{escalation.pk}/",
    }
