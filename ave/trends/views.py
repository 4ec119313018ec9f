"""The page on which a bottleneck becomes a beleidssignaal."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ave.trends import transitions
from ave.trends.forms import SignalForm
from ave.trends.recurring import trend_of
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import pages
from casework.cases.closed import require_in
from casework.cases.models import Bottleneck
from casework.cases.readings import log_reading
from casework.people.errors import NotVisible
from casework.people.models import Desk
from casework.policy import policy
from casework.work.sending import send as send_form


@page(access=everyone, methods=("GET", "POST"))
def send(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """Send a beleidssignaal about a kind of bottleneck, without the case."""
    at = timezone.now()
    bottleneck = _bottleneck(request, reference, number, at=at)
    form = SignalForm(request.POST or None, initial=_initial(bottleneck))

    def act() -> str:
        transitions.send_signal(
            bottleneck,
            theme=form.cleaned_data["theme"],
            text=form.cleaned_data["text"],
            activity=form.cleaned_data["activity"],
            desk=form.cleaned_data["desk"],
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=at,
        )
        messages.success(request, "Je signaal is verstuurd, zonder de casus.")
        # The list and not the signal: the address is kept with the form that was sent.
        return reverse("programme:signals")

    def show(status: int) -> HttpResponse:
        return _page(request, bottleneck, form, status, at=at)

    if request.method != "POST":
        if transitions.was_sent(bottleneck, at=at):
            raise transitions.SignalSent
        return show(200)
    return send_form(request, form, act, show=show, about=bottleneck)


def _page(
    request: UserRequest,
    bottleneck: Bottleneck,
    form: SignalForm,
    status: int,
    *,
    at: datetime,
) -> HttpResponse:
    case = bottleneck.case
    log_reading(
        "memo.read",
        case,
        request.user,
        at=at,
        scope=Permission.READ_MEMO,
        about=bottleneck.key,
    )
    rules = policy.at(timezone.localdate(at))
    context = {
        "form": form,
        "case": case,
        "case_url": pages.address(case),
        "bottleneck": bottleneck,
        "trend": trend_of(bottleneck.theme, at=at, rules=rules),
        "answer_days": rules.term("signal_policy_reply").number,
    }
    return render(request, "trends/send.html", context, status=status)


def _bottleneck(
    request: UserRequest, reference: str, number: int, *, at: datetime
) -> Bottleneck:
    case = pages.case_for(request.user, reference, at=at)
    require_in(case, request.user, Permission.STEER_CASE, at=at)
    bottleneck = case.bottlenecks.filter(number=number).first()
    if bottleneck is None:
        raise NotVisible
    bottleneck.case = case
    return bottleneck


def _initial(bottleneck: Bottleneck) -> dict[str, object]:
    desks = Desk.objects.filter(kind=Desk.Kind.POLICY, is_active=True)
    only = list(desks.values_list("pk", flat=True)[:2])
    return {
        "seen": bottleneck.version,
        "theme": bottleneck.theme,
        "desk": only[0] if len(only) == 1 else None,
    }
