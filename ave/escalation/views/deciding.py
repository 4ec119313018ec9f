"""The page on which a request is answered, for whoever it is asked of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ave.escalation import reading
from ave.escalation.asks import SKIPPED
from ave.escalation.dissenting import TAKES_PART, has_said, may_write_dissent
from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.forms.answering import (
    AgendaForm,
    AnswerForm,
    SilenceForm,
    SkippedForm,
    SupplyForm,
    UntoldForm,
)
from ave.escalation.hearing import heard_in, open_in, voice_of
from ave.escalation.models import Answer, Escalation
from ave.escalation.rules import open_answers, what_happened
from ave.escalation.sides import asks_it
from ave.escalation.silence import TELL, settle_silence, settle_skipped, why_untold
from ave.escalation.telling import skipped_level
from ave.escalation.voices import asked_by
from casework.access.fields import SentForm
from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import pages, staircase
from casework.cases.closed import require_in
from casework.cases.readings import log_reading
from casework.cases.seers import grounds_in
from casework.levels import Level
from casework.people.absence import present_deputy
from casework.people.errors import NotVisible
from casework.work import inbox, items
from casework.work.models.waiting import people_of
from casework.work.sending import send

KINDS = ("escalation.review", "escalation.carry", "escalation.notice")


@page(access=everyone)
def show_list(request: UserRequest) -> HttpResponse:
    """What waits for an answer of this person."""
    at = timezone.now()
    people = people_of(request.user, at=at)
    waiting = inbox.mine(request.user, at=at, people=people).filter(kind__in=KINDS)
    # Whose silence is told to a deputy, can answer it himself as long as he is there.
    mine = waiting.filter(owner_user__in=people)[:50]
    context = {"items": list(mine), "today": timezone.localdate(at)}
    return render(request, "escalation/list.html", context)


@page(access=everyone, methods=("GET", "POST"))
def decide(request: UserRequest, pk: int) -> HttpResponse:
    """Answer a request, or follow how it goes."""
    at = timezone.now()
    try:
        escalation = reading.request_for(request.user, pk, at=at)
    except NotVisible:
        return _gone(request, pk, at=at)
    if request.method == "POST":
        require(request.user, Permission.REVIEW_ESCALATION, escalation.case, at=at)
    elif _is_only_heard(request, escalation, at=at):
        return redirect("escalation:give_voice", pk)
    form = _answer_form(request, escalation, at=at)

    def act() -> str:
        given = form.given() if isinstance(form, AnswerForm) else _read(form)
        answer(escalation, by=request.user, at=at, **given)
        messages.success(request, _sent(escalation, given["answer"], at=at))
        return "/besluiten/"

    def show(status: int) -> HttpResponse:
        if form.is_bound and not open_answers(escalation):
            may_dissent = may_write_dissent(escalation, request.user, at=at)
            return _too_late(request, escalation, may_dissent=may_dissent)
        return _decide_page(request, escalation, at=at, status=status, form=form)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show, about=escalation)


@page(access=everyone, methods=("POST",))
def supply(request: UserRequest, pk: int) -> HttpResponse:
    """Add what the answerer wanted to know first."""
    at = timezone.now()
    escalation = reading.request_for(request.user, pk, at=at)
    require_in(escalation.case, request.user, Permission.STEER_CASE, at=at)
    form = SupplyForm(request.POST)

    def act() -> str:
        EscalationFlow.supply.complete(
            escalation,
            by=request.user,
            at=at,
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"],
        )
        return pages.address(escalation.case)

    def show(status: int) -> HttpResponse:
        return _decide_page(request, escalation, at=at, status=status, supply_form=form)

    return send(request, form, act, show=show, about=escalation)


@page(access=everyone, methods=("GET", "POST"))
def silent(request: UserRequest, pk: int) -> HttpResponse:
    """Say whether the next level must know that an answer stays out."""
    at = timezone.now()
    escalation = reading.request_for(request.user, pk, at=at)
    require_in(escalation.case, request.user, Permission.STEER_CASE, at=at)
    above = Level(escalation.to_level).above
    untold = why_untold(escalation, above, by=request.user, at=at)
    sort = UntoldForm if untold else SilenceForm if above is not None else AgendaForm
    form = sort(request.POST or None)

    def act() -> str:
        told = form.cleaned_data.get("tell", "yes") == "yes"
        if told and above is not None:
            EscalationFlow.known.begin(escalation, by=request.user, at=at)
        settle_silence(
            escalation,
            by=request.user,
            at=at,
            told=told,
            reason=form.cleaned_data.get("reason", ""),
            agenda_on=form.cleaned_data.get("agenda_on"),
        )
        return pages.address(escalation.case)

    def show(status: int) -> HttpResponse:
        context = _memo(request, escalation, at=at) | {
            "form": form,
            "above": above,
            "untold": untold,
        }
        return render(request, "escalation/silent.html", context, status=status)

    if request.method != "POST":
        waits = items.open_about(escalation.key, kind=TELL).exists()
        return show(200) if waits else _nothing_to_do(request, escalation, at=at)
    return send(request, form, act, show=show, about=escalation)


@page(access=everyone, methods=("GET", "POST"))
def skipped(request: UserRequest, pk: int) -> HttpResponse:
    """Say what is done where the level that spoed skipped can't look back."""
    at = timezone.now()
    escalation = reading.request_for(request.user, pk, at=at)
    require_in(escalation.case, request.user, Permission.STEER_CASE, at=at)
    form = SkippedForm(request.POST or None)

    def act() -> str:
        settle_skipped(
            escalation, by=request.user, at=at, reason=form.cleaned_data["reason"]
        )
        return pages.address(escalation.case)

    def show(status: int) -> HttpResponse:
        level = Level(escalation.from_level).above
        context = _memo(request, escalation, at=at) | {
            "form": form,
            "skipped": level,
            "why": why_untold(escalation, level, by=request.user, at=at),
        }
        return render(request, "escalation/skipped.html", context, status=status)

    if request.method != "POST":
        asked = items.open_about(escalation.bottleneck.key, kind=SKIPPED)
        waits = skipped_level(escalation) is not None and asked.exists()
        return show(200) if waits else _nothing_to_do(request, escalation, at=at)
    return send(request, form, act, show=show, about=escalation)


def _nothing_to_do(
    request: UserRequest, escalation: Escalation, *, at: datetime
) -> HttpResponse:
    """Say to who follows an old link that he is not asked this now."""
    context = _memo(request, escalation, at=at)
    return render(request, "escalation/nothing_to_do.html", context)


def _is_only_heard(
    request: UserRequest, escalation: Escalation, *, at: datetime
) -> bool:
    """Whether his word is asked, and he neither answers nor reads the dossier."""
    return (
        bool(escalation.voices.all())
        and voice_of(escalation, request.user, at=at) is not None
        and not escalation.has_turn(request.user, at=at)
        and Permission.READ_DOSSIER not in scopes(request.user, escalation.case, at=at)
    )


def _answer_form(
    request: UserRequest, escalation: Escalation, *, at: datetime
) -> SentForm:
    data = request.POST or None
    initial = {"seen": escalation.version}
    if escalation.kind == Escalation.Kind.NOTICE:
        return SentForm(data, initial=initial)
    return AnswerForm(
        data, escalation=escalation, initial=initial, today=timezone.localdate(at)
    )


def _sent(escalation: Escalation, kind: str, *, at: datetime) -> str:
    """Say that it went, and who goes on: who is there."""
    steers = escalation.case.procesregisseur
    who = present_deputy(steers, at=at).name if steers else "De procesregisseur"
    if kind == Answer.Kind.HIGHER:
        return f"Je antwoord is verstuurd. {escalation.answerer.name} krijgt de vraag."
    if kind == Answer.Kind.READ:
        return "Gelezen. Je hoeft niets te doen."
    if kind == Answer.Kind.PICK_UP:
        return f"Je pakt dit knelpunt op. {who} ziet het meteen."
    what = "besluit" if kind == Answer.Kind.DECIDE else "antwoord"
    return f"Je {what} is verstuurd. {who} ziet het meteen."


def _read(form: SentForm) -> dict[str, Any]:
    return {"answer": Answer.Kind.READ, "seen": form.cleaned_data["seen"]}


def _decide_page(
    request: UserRequest,
    escalation: Escalation,
    *,
    at: datetime,
    status: int,
    form: SentForm | None = None,
    supply_form: SupplyForm | None = None,
) -> HttpResponse:
    context = _memo(request, escalation, at=at)
    answers = context["may_answer"] and open_answers(escalation)
    may_supply = context["steers"] and escalation.turn == Escalation.Turn.SUPPLY
    initial = {"seen": escalation.version}
    context |= {
        "form": form if answers else supply_form,
        "answers": bool(answers),
        "supply_form": (supply_form or SupplyForm(initial=initial))
        if may_supply
        else None,
    }
    return render(request, "escalation/decide.html", context, status=status)


def _memo(
    request: UserRequest, escalation: Escalation, *, at: datetime
) -> dict[str, Any]:
    """Give the memo of a request, and write down who reads it."""
    has_turn = escalation.has_turn(request.user, at=at)
    for_another = has_turn and escalation.answerer_id != request.user.pk
    log_reading(
        "memo.read",
        escalation.case,
        request.user,
        at=at,
        scope=Permission.READ_MEMO,
        about=escalation.key,
        on_behalf_of=escalation.answerer if for_another else None,
    )
    held = scopes(request.user, escalation.case, at=at)
    bottleneck = escalation.bottleneck
    is_notice = escalation.kind == Escalation.Kind.NOTICE
    runs = escalation.ended_at is None
    today = timezone.localdate(at)
    return {
        "escalation": escalation,
        "asker": reading.asker_of(escalation),
        "case": escalation.case,
        "case_url": pages.address(escalation.case),
        "bottleneck": bottleneck,
        "due": escalation.due,
        "until": staircase.until(escalation.due),
        "level": Level(escalation.to_level),
        "staircase": reading.steps_of(escalation),
        "lines": reading.conversation(escalation),
        "heard": heard_in(escalation),
        "may_ask_beside": runs
        and not is_notice
        and (has_turn or Permission.STEER_CASE in held),
        "may_take_back": bool(asked_by(request.user, open_in(escalation), at=at)),
        "may_write_down": Permission.STEER_CASE in held and bool(open_in(escalation)),
        "earlier": reading.earlier_on(escalation),
        "skips": escalation.to_level > escalation.from_level + 1,
        "may_answer": has_turn and not asks_it(request.user, escalation, at=at),
        "for_another": escalation.answerer if for_another else None,
        "is_notice": is_notice,
        "reads_dossier": Permission.READ_DOSSIER in held,
        "why": []
        if Permission.READ_DOSSIER in held
        else grounds_in(escalation.case, request.user, at=at, about=escalation.key),
        "steers": Permission.STEER_CASE in held,
        "emergency": pages.emergency_of(escalation.case, request.user, at=at),
        "waiting": inbox.open_about(request.user, escalation.key, at=at)
        if runs
        else None,
        "may_dissent": escalation.ending == Escalation.Ending.DECIDED
        and not has_turn
        and bool(TAKES_PART & held)
        and (Permission.STEER_CASE in held or not has_said(escalation, request.user)),
        "days_stuck": (today - bottleneck.since).days,
        "today": today,
    }


def _gone(request: UserRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Say what became of a request to whoever was asked; to others it never was."""
    escalation = reading.was_asked(request.user, pk, at=at)
    if escalation is None:
        raise NotVisible
    return _too_late(request, escalation, may_dissent=False)


def _too_late(
    request: UserRequest, escalation: Escalation, *, may_dissent: bool
) -> HttpResponse:
    text = request.POST.get("text", "").replace("\x00", "")[:4000]
    context = {
        "message": what_happened(escalation, request.user),
        "typed": [("Jouw tekst", text)] if text else [],
        "back_url": "/besluiten/",
        "back_link": "Ga naar Besluiten",
    }
    if may_dissent:
        context |= {
            "back_url": f"/besluiten/{escalation.pk}/mening/",
            "back_link": "Ben je het er niet mee eens? Schrijf je mening erbij",
        }
    return render(request, "errors/409.html", context, status=409)
