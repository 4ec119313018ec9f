"""The pages on which a bottleneck or a case begins and ends."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import bottlenecks, lifecycle, pages
from casework.cases.bottlenecks import NotRunning
from casework.cases.closing import still_open
from casework.cases.details import change_details
from casework.cases.forms import (
    BottleneckForm,
    CloseForm,
    DetailsForm,
    EndForm,
    ReopenForm,
    RewordForm,
)
from casework.cases.models import Bottleneck, Case
from casework.levels import Level
from casework.people.errors import NotVisible
from casework.work.sending import send

ACTS = ("GET", "POST")


@page(access=everyone, methods=ACTS)
def raise_bottleneck(request: UserRequest, reference: str) -> HttpResponse:
    """Add a bottleneck to a case."""
    at = timezone.now()
    case = _case(request, reference, Permission.STEER_CASE, at=at)
    form = BottleneckForm(request.POST or None, today=timezone.localdate(at))

    def act() -> str:
        bottlenecks.raise_bottleneck(
            case, by=request.user, at=at, level=Level.PROCES, **form.stuck()
        )
        return pages.address(case)

    over = "" if case.status == Case.Status.OPEN else NotRunning(case).user_message
    return _form_page(
        request, case, form, act, at=at, name="raise_bottleneck", over=over
    )


@page(access=everyone, methods=ACTS)
def reword_bottleneck(
    request: UserRequest, reference: str, number: int
) -> HttpResponse:
    """Write the text of a bottleneck anew."""
    at = timezone.now()
    case = _case(request, reference, Permission.STEER_CASE, at=at)
    bottleneck = bottleneck_of(case, number)
    initial = {name: getattr(bottleneck, name) for name in RewordForm.TEXTS}
    form = RewordForm(
        request.POST or None, initial={**initial, "seen": bottleneck.version}
    )

    def act() -> str:
        bottlenecks.reword_bottleneck(
            bottleneck,
            by=request.user,
            at=at,
            **form.facts(),
            seen=form.cleaned_data["seen"],
        )
        return pages.address(case)

    over = "" if bottleneck.is_open else bottlenecks.ENDED
    if not over and bottlenecks.was_shown(bottleneck):
        over = bottlenecks.ShownBefore.user_message
    return _form_page(
        request,
        case,
        form,
        act,
        at=at,
        name="reword_bottleneck",
        about=bottleneck,
        bottleneck=bottleneck,
        over=over,
    )


@page(access=everyone, methods=ACTS)
def end_bottleneck(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """Say how a bottleneck ended."""
    at = timezone.now()
    case = _case(request, reference, Permission.STEER_CASE, at=at)
    bottleneck = bottleneck_of(case, number)
    form = EndForm(request.POST or None, initial={"seen": bottleneck.version})

    def act() -> str:
        bottlenecks.end_bottleneck(
            bottleneck,
            by=request.user,
            at=at,
            state=Bottleneck.State(form.cleaned_data["state"]),
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
        )
        return pages.address(case)

    return _form_page(
        request,
        case,
        form,
        act,
        at=at,
        name="end_bottleneck",
        about=bottleneck,
        bottleneck=bottleneck,
        **_why_not_ended(bottleneck),
    )


@page(access=everyone, methods=ACTS)
def close(request: UserRequest, reference: str) -> HttpResponse:
    """Close a case with an outcome."""
    at = timezone.now()
    case = _case(request, reference, Permission.STEER_CASE, at=at)
    form = CloseForm(request.POST or None, initial={"seen": case.version})

    def act() -> str:
        lifecycle.close_case(
            case,
            by=request.user,
            at=at,
            outcome=form.cleaned_data["outcome"],
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
        )
        return "/casussen/"

    waiting = still_open(case, request.user)
    over, over_link = "", "Ga naar de casus"
    if _is_stuck(case):
        over, over_link = lifecycle.StillStuck.user_message, "Ga naar de knelpunten"
    elif waiting:
        over = "Je kunt nog niet afsluiten: eerst moet klaar zijn wat hierboven staat."
    return _form_page(
        request,
        case,
        form,
        act,
        at=at,
        name="close",
        about=case,
        still_open=waiting,
        over=over,
        over_link=over_link,
    )


@page(access=everyone, methods=ACTS)
def reopen(request: UserRequest, reference: str) -> HttpResponse:
    """Open a closed case again."""
    at = timezone.now()
    case = _case(request, reference, Permission.REOPEN_CASE, at=at)
    form = ReopenForm(request.POST or None, initial={"seen": case.version})

    def act() -> str:
        lifecycle.reopen_case(
            case,
            by=request.user,
            at=at,
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
        )
        return pages.address(case)

    return _form_page(request, case, form, act, at=at, name="reopen", about=case)


@page(access=everyone, methods=ACTS)
def details(request: UserRequest, reference: str) -> HttpResponse:
    """Change the mnemonic and the phase of a case."""
    at = timezone.now()
    case = _case(request, reference, Permission.STEER_CASE, at=at)
    initial = {
        "seen": case.version,
        "mnemonic": case.mnemonic,
        "ave_phase": case.ave_phase,
    }
    form = DetailsForm(request.POST or None, initial=initial)

    def act() -> str:
        change_details(
            case,
            by=request.user,
            at=at,
            mnemonic=form.cleaned_data["mnemonic"],
            ave_phase=form.cleaned_data["ave_phase"],
            seen=form.cleaned_data["seen"],
        )
        return pages.address(case)

    return _form_page(request, case, form, act, at=at, name="details", about=case)


def bottleneck_of(case: Case, number: int) -> Bottleneck:
    """
    Give one bottleneck of a case that somebody reads.

    :raises NotVisible: if the case has none with this number
    """
    found: Bottleneck | None = case.bottlenecks.filter(number=number).first()
    if found is None:
        raise NotVisible
    found.case = case
    return found


def _why_not_ended(bottleneck: Bottleneck) -> dict[str, str]:
    if not bottleneck.is_open:
        return {"over": bottlenecks.ENDED}
    if bottleneck.asked:
        return {
            "over": bottlenecks.StillAsked.user_message,
            "over_url": pages.address(bottleneck.case, "opschalen"),
            "over_link": "Ga naar de vraag",
        }
    return {}


def _is_stuck(case: Case) -> bool:
    return case.bottlenecks.filter(state=Bottleneck.State.OPEN).exists()


def _case(
    request: UserRequest, reference: str, permission: Permission, *, at: datetime
) -> Case:
    return pages.dossier_for(request.user, reference, at=at, need=permission)


def _form_page(
    request: UserRequest,
    case: Case,
    form: forms.Form,
    act: Any,
    *,
    at: datetime,
    name: str,
    about: Any = None,
    **context: Any,
) -> HttpResponse:
    show = partial(_show, request, case, form, at, name, context)
    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show, about=about)


def _show(
    request: UserRequest,
    case: Case,
    form: forms.Form,
    at: datetime,
    name: str,
    context: dict[str, Any],
    status: int,
) -> HttpResponse:
    head = pages.head(case, request.user, "overzicht", at)
    return render(
        request, f"cases/{name}.html", {**head, **context, "form": form}, status=status
    )
