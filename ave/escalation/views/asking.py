"""The page on which a bottleneck goes up, and what is asked is followed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from ave.escalation import reading
from ave.escalation.drafts import draft_of, drop_draft, keep_draft
from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.forms.answering import RecordForm
from ave.escalation.forms.asking import (
    NewQuestionForm,
    QuestionForm,
    TakeBackForm,
    WithdrawForm,
    to_take_back,
)
from ave.escalation.going_on import came_back, go_on
from ave.escalation.models import Draft, Escalation
from ave.escalation.rules import AnsweredBefore, open_answers, what_happened
from ave.escalation.sides import asks_it
from ave.escalation.transitions import take_back, withdraw_escalation
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.cases import pages
from casework.cases.bottlenecks import NotRunning, StillAsked, raise_bottleneck
from casework.cases.closed import require_in
from casework.cases.confirmations import Given
from casework.cases.models import Bottleneck, Case
from casework.cases.readings import log_reading
from casework.cases.views import bottleneck_of
from casework.levels import Level
from casework.people.absence import present_deputy
from casework.people.errors import NotVisible, TransitionRefused
from casework.work.sending import refuse, send

NEW = "nieuw"
DRAFT = "concept"

FIRST_SUPPLY = (
    "Er kan nu geen antwoord komen: er is eerst iets aan jou gevraagd. Vul dat aan."
)


@page(access=everyone, methods=("GET", "POST"))
def request_level(request: UserRequest, reference: str) -> HttpResponse:
    """Ask the next level one question about one bottleneck."""
    at = timezone.now()
    need = Permission.STEER_CASE if request.method == "POST" else None
    case = pages.dossier_for(
        request.user, reference, at=at, about="requests", need=need
    )
    if request.POST.get("action") == "go_on":
        return _go_on(request, case, at=at)
    draft = draft_of(case, request.user, at=at)
    form = question_form(request, case, at=at, draft=draft)

    def show(status: int, preview: Draft | None = None) -> HttpResponse:
        return _request_page(
            request, case, form, at=at, status=status, preview=preview, draft=draft
        )

    if request.method != "POST":
        looks = form is not None and form.is_bound and form.is_valid()
        return show(200, preview=draft if looks else None)
    if form is None:
        raise NotRunning(case)
    if form.chosen is not None and not _may_go_up(form.chosen):
        refuse(form, StillAsked() if form.chosen.asked else TransitionRefused())
        return show(409)
    is_clean = form.is_valid() and form.refuse_names(case, by=request.user, at=at)
    if is_clean and "preview" in request.POST:
        return show(200, preview=_keep(request, case, form, at=at))
    if "preview" in request.POST:
        return show(422)
    act = _ask(request, case, form, at=at)
    return send(request, form, act, show=show, about=form.chosen)


@page(access=everyone, methods=("POST",))
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Take a question back."""
    at = timezone.now()
    escalation = _steered(request, pk, at=at)
    form = WithdrawForm(request.POST)

    def act() -> str:
        EscalationFlow.interrupt(
            withdraw_escalation,
            escalation,
            by=request.user,
            at=at,
            reason=form.cleaned_data["reason"],
        )
        return pages.address(escalation.case, "opschalen")

    def show(status: int) -> HttpResponse:
        return _alone(request, "withdraw", form, escalation, status=status)

    return send(request, form, act, show=show, about=escalation)


@page(access=everyone, methods=("GET", "POST"))
def record(request: UserRequest, pk: int) -> HttpResponse:
    """Write down what the answerer said by telephone or in a meeting."""
    at = timezone.now()
    escalation = _steered(request, pk, at=at)
    if request.method == "GET" and escalation.ended_at is not None:
        raise AnsweredBefore(what_happened(escalation, request.user))
    if escalation.ended_at is None and not open_answers(escalation):
        raise TransitionRefused(FIRST_SUPPLY)
    deputy = present_deputy(escalation.answerer, at=at)
    people = {each.pk: each for each in (escalation.answerer, deputy)}.values()
    givers = [each for each in people if not asks_it(each, escalation, at=at)]
    form = RecordForm(
        request.POST or None,
        escalation=escalation,
        givers=givers,
        now=at,
        today=timezone.localdate(at),
        initial={
            "seen": escalation.version,
            "said_on": timezone.localdate(at),
            "said_at": timezone.localtime(at).time(),
        },
    )

    def act() -> str:
        given = Given(
            channel=form.cleaned_data["channel"], at=form.moment(), by=form.said_by()
        )
        answer(escalation, by=request.user, at=at, given=given, **form.given())
        return f"/besluiten/{escalation.pk}/"

    def show(status: int) -> HttpResponse:
        return _alone(request, "record", form, escalation, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show, about=escalation)


@page(access=everyone, methods=("POST",))
def take_bottleneck_back(
    request: UserRequest, reference: str, number: int
) -> HttpResponse:
    """Bring a bottleneck down after a decision."""
    at = timezone.now()
    case = pages.case_for(request.user, reference, at=at)
    require_in(case, request.user, Permission.STEER_CASE, at=at)
    bottleneck = bottleneck_of(case, number)
    form = TakeBackForm(request.POST, bottleneck=bottleneck)
    if not form.is_valid():
        return _moved_before(request, case, bottleneck)

    def act() -> str:
        take_back(
            bottleneck,
            by=request.user,
            at=at,
            to_level=form.cleaned_data["to_level"],
            seen=form.cleaned_data["seen"],
        )
        return pages.address(case)

    return once(request, act)


def _moved_before(
    request: UserRequest, case: Case, bottleneck: Bottleneck
) -> HttpResponse:
    """Say where a bottleneck is now that can't come back to where somebody chose."""
    number, where = bottleneck.number, Level(bottleneck.level).word
    message = (
        f"Knelpunt {number} staat nu op {where}."
        if bottleneck.is_open
        else f"Knelpunt {number} is al afgerond."
    )
    context = {
        "message": message,
        "back_url": pages.address(case),
        "back_link": "Ga naar de casus",
    }
    return render(request, "errors/409.html", context, status=409)


def question_form(
    request: UserRequest, case: Case, *, at: datetime, draft: Draft | None = None
) -> QuestionForm | None:
    """
    Give the form to ask with, or None when nothing may be asked.

    `?knelpunt=2` chooses one; without any open bottleneck, or with `?knelpunt=nieuw`,
    the form makes the bottleneck too. `?concept=1` is filled in with what was kept.
    What is sent stays about its bottleneck, also when that can't go up any more.
    """
    if case.status != Case.Status.OPEN:
        return None
    sent, asked_for = request.POST.get("bottleneck"), request.GET.get("knelpunt", "")
    askable = [
        each for each in _all(case) if _may_go_up(each) or str(each.number) == sent
    ]
    chosen = [each for each in askable if str(each.number) == asked_for]
    data: QueryDict | None = request.POST or None
    if draft is not None and request.method == "GET" and DRAFT in request.GET:
        data = draft.data()
        asked_for = asked_for or ("" if "bottleneck" in draft.sent else NEW)
    today = timezone.localdate(at)
    if asked_for == NEW or not askable:
        return NewQuestionForm(data, today=today)
    one = (chosen or askable)[0] if chosen or len(askable) == 1 else None
    return QuestionForm(
        data,
        today=today,
        bottlenecks=chosen or askable,
        initial={"seen": one.version} if one else None,
    )


def _all(case: Case) -> list[Bottleneck]:
    found = case.bottlenecks.order_by("number")
    for each in found:
        each.case = case
    return list(found)


def _may_go_up(bottleneck: Bottleneck) -> bool:
    steps = (Level.PROCES, Level.MANAGEMENT)
    can_move = bottleneck.is_open and not bottleneck.asked
    return can_move and Level(bottleneck.level) in steps


def _why_no_higher(request: UserRequest, case: Case) -> str:
    """Say why the bottleneck of an old link can't go up; nothing if it can."""
    asked_for = request.GET.get("knelpunt", "")
    found = [each for each in _all(case) if str(each.number) == asked_for]
    if request.method == "POST" or not found or _may_go_up(found[0]):
        return ""
    number, where = found[0].number, Level(found[0].level).word
    if not found[0].is_open:
        return f"Knelpunt {number} is al afgerond."
    if found[0].asked:
        return f"Over knelpunt {number} loopt al een vraag."
    return f"Knelpunt {number} staat op {where} en kan niet hoger."


def _ask(
    request: UserRequest, case: Case, form: QuestionForm, *, at: datetime
) -> Callable[[], str]:
    def act() -> str:
        bottleneck, seen = form.chosen, form.cleaned_data["seen"]
        if isinstance(form, NewQuestionForm):
            bottleneck = raise_bottleneck(
                case, by=request.user, at=at, level=Level.PROCES, **form.stuck()
            )
            seen = None
        assert bottleneck is not None
        EscalationFlow.start.begin(
            bottleneck, by=request.user, at=at, seen=seen, **form.request()
        )
        drop_draft(case, by=request.user)
        return pages.address(case)

    return act


def _keep(
    request: UserRequest, case: Case, form: QuestionForm, *, at: datetime
) -> Draft:
    """Keep what was filled in, for the clock to look for names in it."""
    sent = {
        name: [each for each in request.POST.getlist(name) if "\x00" not in each]
        for name in form.fields
        if name in request.POST
    }
    texts = form.words()
    if form.chosen is not None:
        names = ("description", "tried", "breaker")
        texts |= {name: getattr(form.chosen, name) for name in names}
    return keep_draft(case, by=request.user, at=at, sent=sent, texts=texts)


def _request_page(
    request: UserRequest,
    case: Case,
    form: QuestionForm | None,
    *,
    at: datetime,
    status: int,
    preview: Draft | None,
    draft: Draft | None,
) -> HttpResponse:
    shown = _preview(request, case, form, at=at) if preview and form else None
    if preview and shown is None:
        status = 422
    requests = reading.requests_of(case)
    waiting = reading.waiting_items(case)
    head = pages.head(case, request.user, "opschalen", at)
    running = [
        (each, waiting.get(each.key), each.due.is_over(at))
        for each in requests
        if each.ended_at is None
    ]
    back = to_take_back(head["open_bottlenecks"])
    is_asking = bool(preview) or request.method == "POST" or "knelpunt" in request.GET
    context: dict[str, Any] = {
        "form": form if Permission.STEER_CASE.value in head["allowed"] else None,
        "preview": shown,
        "draft": preview,
        "times_asked": reading.times_asked(requests, form.chosen)
        if shown and form and form.chosen
        else 0,
        "kept": None if is_asking else draft,
        "may_choose": any(map(_may_go_up, head["open_bottlenecks"])),
        "running": running,
        "ended": [each for each in requests if each.ended_at is not None],
        "to_take_back": back,
        "to_go_on_with": came_back(head["open_bottlenecks"], waiting),
        "withdraw_form": WithdrawForm(),
        "new": NEW,
        "no_higher": (no_higher := _why_no_higher(request, case)),
        "is_open": not no_higher and (is_asking or not (running or back or draft)),
    }
    return render(
        request, "escalation/request.html", {**head, **context}, status=status
    )


def _go_on(request: UserRequest, case: Case, *, at: datetime) -> HttpResponse:
    """Say that one goes on with a bottleneck that came back."""
    numbers = {str(each.number): each for each in case.bottlenecks.all()}
    bottleneck = numbers.get(request.POST.get("number", ""))
    if bottleneck is None:
        raise NotVisible

    def act() -> str:
        go_on(bottleneck, by=request.user, at=at)
        return pages.address(case)

    return once(request, act)


def _preview(
    request: UserRequest, case: Case, form: QuestionForm, *, at: datetime
) -> reading.Preview | None:
    chosen = form.chosen
    cause = chosen.cause if chosen else form.cleaned_data.get("cause")
    assert form.level is not None
    try:
        return reading.preview_of(
            case,
            form.level,
            cause=cause,
            asker=request.user,
            urgent=form.cleaned_data["urgent"],
            at=at,
        )
    except TransitionRefused as refusal:
        refuse(form, refusal)
        return None


def _steered(request: UserRequest, pk: int, *, at: datetime) -> Escalation:
    escalation = reading.request_for(request.user, pk, at=at)
    require_in(escalation.case, request.user, Permission.STEER_CASE, at=at)
    return escalation


def _alone(
    request: UserRequest,
    name: str,
    form: Any,
    escalation: Escalation,
    *,
    status: int,
) -> HttpResponse:
    log_reading(
        "memo.read",
        escalation.case,
        request.user,
        at=timezone.now(),
        scope=Permission.READ_MEMO,
        about=escalation.key,
    )
    context = {
        "form": form,
        "escalation": escalation,
        "case": escalation.case,
        "case_url": pages.address(escalation.case),
        "back_url": pages.address(escalation.case, "opschalen"),
        "staircase": reading.steps_of(escalation),
    }
    return render(request, f"escalation/{name}.html", context, status=status)
