"""The page on which a bottleneck comes back and procesregie stops."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ave.escalation import reading
from ave.escalation.flow import DeescalationFlow
from ave.escalation.forms.asking import to_take_back
from ave.escalation.forms.stopping import (
    AftercareForm,
    ReceiveForm,
    RecordReceiveForm,
    StopForm,
    default_look_back,
)
from ave.escalation.models import DeEscalation
from ave.escalation.stopping import (
    may_receive,
    resume_procesregie,
    settle_refusal,
    withdraw_stop,
)
from casework.access.fields import SentForm
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.cases import pages
from casework.cases.confirmations import Given
from casework.cases.lifecycle import MAY_STOP
from casework.cases.models import Case
from casework.people.absence import acting_for
from casework.plan.reading import unanswered
from casework.work import items
from casework.work.sending import send

OVER = "Deze vraag is ingetrokken of al beantwoord. Wat je invulde, is niet vastgelegd."


@page(access=everyone, methods=("GET", "POST"))
def stop(request: UserRequest, reference: str) -> HttpResponse:
    """Ask somebody to take the case over, and follow what he says."""
    at = timezone.now()
    need = Permission.STEER_CASE if request.method == "POST" else None
    case = pages.dossier_for(request.user, reference, at=at, about="stop", need=need)
    form = _stop_form(request, case, at=at)

    def act() -> str:
        DeescalationFlow.start.begin(case, by=request.user, at=at, **form.facts())
        return pages.address(case, "afschalen")

    def show(status: int) -> HttpResponse:
        return _stop_page(request, case, at=at, status=status, form=form)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


@page(access=everyone, methods=("POST",))
def receive(request: UserRequest, reference: str) -> HttpResponse:
    """Take the case over, or say why not; or write down what the receiver said."""
    at = timezone.now()
    case, running = _running(request, reference, at=at)
    if running is None:
        return _over(request, case)
    form = (
        RecordReceiveForm(request.POST, receiver=running.receiver)
        if "spoken" in request.POST
        else ReceiveForm(request.POST)
    )

    def act() -> str:
        channel = form.cleaned_data.get("channel")
        given = Given(channel=channel, at=at, by=running.receiver) if channel else None
        DeescalationFlow.receive.complete(
            running,
            by=request.user,
            at=at,
            accepts="accept" in request.POST,
            text=form.cleaned_data["text"],
            given=given,
            seen=form.cleaned_data["seen"],
        )
        return pages.address(case, "afschalen")

    def show(status: int) -> HttpResponse:
        return _stop_page(request, case, at=at, status=status, receive_form=form)

    return send(request, form, act, show=show, about=running)


@page(access=everyone, methods=("POST",))
def withdraw(request: UserRequest, reference: str) -> HttpResponse:
    """
    Take the question to stop back, leave it at a no, or say no oneself.

    Also after the look back.
    """
    at = timezone.now()
    case = pages.dossier_for(
        request.user, reference, at=at, about="stop", need=Permission.STEER_CASE
    )
    running = reading.stop_in(case)

    def act() -> str:
        if running is None and case.status == Case.Status.AFTERCARE:
            resume_procesregie(case, by=request.user, at=at)
        elif running is None:
            settle_refusal(case, by=request.user, at=at)
        else:
            DeescalationFlow.interrupt(withdraw_stop, running, by=request.user, at=at)
        return pages.address(case, "afschalen")

    return once(request, act)


@page(access=everyone, methods=("POST",))
def aftercare(request: UserRequest, reference: str) -> HttpResponse:
    """Write down how it goes on the day to look back."""
    at = timezone.now()
    case, running = _running(request, reference, at=at, need=Permission.STEER_CASE)
    if running is None:
        return _over(request, case)
    form = AftercareForm(request.POST)

    def act() -> str:
        DeescalationFlow.aftercare.complete(
            running,
            by=request.user,
            at=at,
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"],
        )
        return pages.address(case)

    def show(status: int) -> HttpResponse:
        return _stop_page(request, case, at=at, status=status, aftercare_form=form)

    return send(request, form, act, show=show, about=running)


def _stop_form(request: UserRequest, case: Case, *, at: datetime) -> StopForm:
    today = timezone.localdate(at)
    return StopForm(
        request.POST or None,
        receivers=reading.receivers_in(case, but=request.user, at=at),
        today=today,
        initial={"aftercare_on": default_look_back(today)},
    )


def _running(
    request: UserRequest,
    reference: str,
    *,
    at: datetime,
    need: Permission | None = None,
) -> tuple[Case, DeEscalation | None]:
    case = pages.dossier_for(request.user, reference, at=at, about="stop", need=need)
    running = reading.stop_in(case)
    if running is not None:
        running.case = case
    return case, running


def _over(request: UserRequest, case: Case) -> HttpResponse:
    """Say that an answer comes too late, and give the text back."""
    text = request.POST.get("text", "").replace("\x00", "")[:4000]
    context = {
        "message": OVER,
        "typed": [("Jouw tekst", text)] if text else [],
        "back_url": pages.address(case, "afschalen"),
        "back_link": "Kijk hoe het nu staat",
    }
    return render(request, "errors/409.html", context, status=409)


def _stop_page(
    request: UserRequest,
    case: Case,
    *,
    at: datetime,
    status: int,
    form: StopForm | None = None,
    receive_form: ReceiveForm | None = None,
    aftercare_form: AftercareForm | None = None,
) -> HttpResponse:
    head = pages.head(case, request.user, "opschalen", at)
    running = reading.stop_in(case)
    seen = {"seen": running.version} if running else {}
    is_receiver = running is not None and may_receive(running, request.user, at=at)
    state = DeEscalation.State
    asked = running is not None and running.state == state.ASKED
    looking_back = running is not None and running.state == state.AFTERCARE
    steers = Permission.STEER_CASE.value in head["allowed"]
    offer = form or _stop_form(request, case, at=at)
    may_stop = steers and running is None and case.status == Case.Status.OPEN
    ends_too = may_stop or asked
    context = {
        "running": running,
        "ends_too": unanswered(case, request.user, at=at, today=head["today"])
        if ends_too
        else [],
        "asked_me": asked and is_receiver,
        "asker": running
        and reading.in_whose_name(case, running.asker, at=running.asked_at),
        "looking_back": looking_back,
        "refusal": reading.refusal_in(case) if steers else None,
        "steers": steers,
        "may_go_on": may_stop and items.open_about(case.key, kind=MAY_STOP).exists(),
        "may_close": steers and not running and case.status == Case.Status.AFTERCARE,
        "stop_form": offer if may_stop and not head["open_bottlenecks"] else None,
        "stuck": bool((may_stop or (steers and asked)) and head["open_bottlenecks"]),
        "receivers": offer.receivers if may_stop else [],
        "stands_in": may_stop
        and not offer.receivers
        and bool(acting_for(request.user, at=at)),
        "receive_form": receive_form or ReceiveForm(initial=seen),
        "record_form": receive_form
        if isinstance(receive_form, RecordReceiveForm)
        else running and RecordReceiveForm(initial=seen, receiver=running.receiver),
        "aftercare_form": aftercare_form or AftercareForm(initial=seen),
        "withdraw_form": SentForm(),
        "form": receive_form or aftercare_form or (form if may_stop else None),
        "take_back_forms": to_take_back(head["open_bottlenecks"]) if steers else [],
        "earlier": list(
            case.deescalations.filter(ended_at__isnull=False)
            .select_related("receiver", "asker")
            .order_by("-pk")
        ),
    }
    return render(request, "escalation/stop.html", {**head, **context}, status=status)
