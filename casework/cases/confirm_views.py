"""Who said it looks at what another wrote down: "Klopt dit?"."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import staircase
from casework.cases.confirmations import (
    confirm,
    dispute,
    is_asked_instead,
    key_of,
    may_confirm,
    may_read_back,
    may_settle,
    may_talk_over,
    settle_dispute,
    spoken_types,
    still_reads,
    talk_over,
)
from casework.cases.dossier_forms import ConfirmForm, SettleForm
from casework.cases.models.spoken import Spoken
from casework.cases.readings import log_reading
from casework.cases.staircase import Step
from casework.people.errors import NotPermitted, NotVisible
from casework.people.models import User
from casework.work.sending import send


@page(access=everyone, methods=("GET", "POST"))
def confirm_spoken(request: UserRequest, about: str) -> HttpResponse:
    """Say whether it was said as it was written down, and if that was talked over."""
    at = timezone.now()
    row = _row(about)
    mine = may_confirm(row, request.user, at=at)
    settles = may_settle(row, request.user, at=at)
    may_say = may_talk_over(row, request.user, at=at)
    answered = may_read_back(row, request.user, at=at)
    if not (mine or settles or may_say or answered):
        raise NotVisible
    talks = may_say and row.disputed_at is not None
    if request.method == "POST" and not (mine or settles or talks or answered):
        raise NotPermitted("Dit doet degene die het zei.")
    log_reading("spoken.read", row.case, request.user, at=at, about=about)
    answers = mine or settles
    kind = ConfirmForm if mine else SettleForm if settles else SentForm
    form: SentForm = kind(request.POST or None)
    show = partial(
        _show,
        request,
        {
            "row": row,
            "withheld": (withheld := row.is_withheld_from(request.user, at=at)),
            "words": "" if withheld else row.words,
            "facts": [] if withheld else _facts(row, request.user, at=at),
            "staircase": _steps(row, request.user, at=at),
            "answers": answers,
            "instead": is_asked_instead(row),
            "talks": talks and not answers,
            "form": form,
        },
    )
    if request.method != "POST":
        return show(200)

    def act() -> str:
        if talks and not answers:
            talk_over(row, by=request.user, at=at)
        elif form.cleaned_data.get("right") == "no":
            reason = form.cleaned_data["reason"]
            dispute(row, by=request.user, at=at, reason=reason)
        elif settles:
            settle_dispute(row, by=request.user, at=at)
        else:
            confirm(row, by=request.user, at=at)
        return "/"

    return send(request, form, act, show=show)


def _facts(row: Spoken, user: User, *, at: datetime) -> list[tuple[str, str]]:
    """What was said; and what was asked, of who may still read that."""
    asked = row.question if still_reads(row, user, at=at) else []
    return [*asked, *row.facts]


def _steps(row: Spoken, user: User, *, at: datetime) -> list[Step]:
    """Where what was stuck is now, of who may still read that."""
    bottleneck = row.bottleneck
    if bottleneck is None or not still_reads(row, user, at=at):
        return []
    asked = staircase.asked_in(row.case)
    return staircase.steps_about(
        bottleneck, [each for each in asked if each.number == bottleneck.number]
    )


def _row(about: str) -> Spoken:
    kind, _, pk = about.partition(":")
    model = spoken_types().get(kind)
    if model is None or not (pk.isascii() and pk.isdecimal()) or len(pk) > 18:
        raise NotVisible
    row: Spoken | None = (
        model._base_manager.select_related("by", "recorded_by", "by_organisation")
        .filter(pk=pk)
        .first()
    )
    if row is None or key_of(row) != about:
        raise NotVisible
    return row


def _show(request: UserRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "dossier/confirm_spoken.html", context, status=status)
