"""The page on which a bottleneck becomes a beleidssignaal."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ave.trends import transitions
from ave.trends.forms import SignalForm
from ave.trends.recurring import trend_of
from casework.access import grants
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.cases.models import Bottleneck
from casework.people.errors import (
    NotPermitted,
    NotVisible,
    Stale,
    TransitionRefused,
)
from casework.people.models import Desk
from casework.policy import policy


@page(access=everyone, methods=("GET", "POST"))
def send(request: UserRequest, reference: str, number: int) -> HttpResponse:
    """Send a beleidssignaal about a kind of bottleneck, without the case."""
    now = timezone.now()
    bottleneck = _bottleneck(request, reference, number)
    grants.require(request.user, Permission.STEER_CASE, bottleneck.case, at=now)
    form, status = SignalForm(initial=_initial(bottleneck)), 200
    if request.method == "POST":
        form, status = SignalForm(request.POST), 422
        if form.is_valid():
            try:
                return once(request, lambda: _send(request, bottleneck, form))
            except (NotPermitted, NotVisible):
                raise
            except TransitionRefused as refusal:
                form.add_error(
                    getattr(refusal, "field", "") or None, refusal.user_message
                )
                status = refusal.status
                if isinstance(refusal, Stale):
                    form.data = {
                        **dict(form.data.items()),
                        "seen": str(bottleneck.version),
                    }
    rules = policy.at(timezone.localdate(now))
    context = {
        "form": form,
        "case": bottleneck.case,
        "bottleneck": bottleneck,
        "case_url": f"/casussen/{bottleneck.case.reference}/",
        "trend": trend_of(bottleneck.theme, at=now, rules=rules),
        "answer_days": rules.term("signal_policy_reply").number,
    }
    return render(request, "trends/send.html", context, status=status)


def _send(request: UserRequest, bottleneck: Bottleneck, form: SignalForm) -> str:
    transitions.send_signal(
        bottleneck,
        theme=form.cleaned_data["theme"],
        text=form.cleaned_data["text"],
        activity=form.cleaned_data["activity"],
        desk=form.cleaned_data["desk"],
        seen=form.cleaned_data["seen"],
        by=request.user,
        at=timezone.now(),
    )
    # The list and not the signal: the address is kept with the form that was sent.
    return reverse("programme:signals")


def _bottleneck(request: UserRequest, reference: str, number: int) -> Bottleneck:
    bottleneck = (
        Bottleneck.objects.visible_to(request.user, at=timezone.now())
        .select_related("case")
        .filter(case__reference=reference, number=number)
        .first()
    )
    if bottleneck is None:
        raise NotVisible
    return bottleneck


def _initial(bottleneck: Bottleneck) -> dict[str, object]:
    desks = Desk.objects.filter(kind=Desk.Kind.POLICY, is_active=True)
    only = list(desks.values_list("pk", flat=True)[:2])
    return {
        "seen": bottleneck.version,
        "theme": bottleneck.theme,
        "desk": only[0] if len(only) == 1 else None,
    }
