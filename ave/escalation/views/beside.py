"""The pages beside a request: whom it is about, and another view of the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ave.escalation import reading
from ave.escalation.dissenting import (
    SAID,
    has_said,
    parties_of,
    require_dissent,
    write_dissent,
)
from ave.escalation.forms.beside import DissentForm, ShowForm
from ave.escalation.showing import (
    note_showings,
    require_turn,
    show_persons,
    showings_of,
    waits_to_be_read,
)
from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.cases import pages
from casework.cases.readings import log_reading
from casework.people.errors import InvalidInput
from casework.work.sending import refuse, send


@page(access=everyone, methods=("GET", "POST"))
def show_who(request: UserRequest, pk: int) -> HttpResponse:
    """Show whom a request is about to who says why, on this one answer alone."""
    at = timezone.now()
    escalation = reading.request_for(request.user, pk, at=at)
    held = scopes(request.user, escalation.case, at=at)
    context: dict[str, Any] = {"escalation": escalation, "case": escalation.case}
    if Permission.READ_DOSSIER in held:
        if request.method == "POST":
            require(request.user, Permission.STEER_CASE, escalation.case, at=at)
            return once(request, lambda: _noted(request, escalation, at=at))
        log_reading(
            "memo.read",
            escalation.case,
            request.user,
            at=at,
            scope=Permission.READ_MEMO,
            about=escalation.key,
        )
        context["showings"] = showings_of(escalation, request.user, at=at)
        context["case_url"] = pages.address(escalation.case)
        context["may_note"] = Permission.STEER_CASE in held and waits_to_be_read(
            context["showings"]
        )
        return render(request, "escalation/who.html", context)
    require_turn(escalation, request.user, at=at)
    form = ShowForm(request.POST or None)
    context["form"] = form
    status = 200
    if request.method == "POST":
        status = 422
        try:
            reason = form.cleaned_data["reason"] if form.is_valid() else ""
            context["people"] = show_persons(
                escalation, by=request.user, at=at, reason=reason
            )
            status = 200
        except InvalidInput as refusal:
            if form.is_valid():
                refuse(form, refusal)
    return render(request, "escalation/who.html", context, status=status)


@page(access=everyone, methods=("GET", "POST"))
def dissent(request: UserRequest, pk: int) -> HttpResponse:
    """Write down that a party does not agree with a decision."""
    at = timezone.now()
    escalation = reading.request_for(request.user, pk, at=at)
    require_dissent(escalation, request.user, at=at)
    steers = Permission.STEER_CASE in scopes(request.user, escalation.case, at=at)
    parties = parties_of(escalation, at=at) if steers else ()
    form = DissentForm(
        request.POST or None,
        parties=parties,
        initial={"organisation": request.user.organisation_id},
    )
    address = f"/besluiten/{escalation.pk}/"

    def act() -> str:
        write_dissent(escalation, by=request.user, at=at, **form.facts())
        messages.success(request, "De mening staat naast het besluit.")
        return address

    def show(status: int) -> HttpResponse:
        log_reading(
            "memo.read", escalation.case, request.user, at=at, about=escalation.key
        )
        lines = [line for line in reading.conversation(escalation) if line.is_decision]
        context = {
            "form": form,
            "case": escalation.case,
            "escalation": escalation,
            "lines": lines,
            "back_url": address,
            "over": SAID if has_said(escalation, request.user) and not steers else "",
            "over_url": address,
            "over_link": "Ga naar de vraag",
        }
        return render(request, "escalation/dissent.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


def _noted(request: UserRequest, escalation: Any, *, at: Any) -> str:
    note_showings(escalation, by=request.user, at=at)
    return "/"
