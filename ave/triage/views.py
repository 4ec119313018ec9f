"""The pages on which a referral comes in, is assessed, and is heard of."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ave.triage import reading
from ave.triage.flow import IntakeFlow
from ave.triage.forms import (
    ArrivedForm,
    AssessForm,
    ConsultationForm,
    PhoneForm,
    ReferForm,
)
from ave.triage.models import Triage
from ave.triage.transitions import confirm_arrival
from casework.access.fields import SentForm
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page, roles
from casework.cases import pages, staircase
from casework.cases.lifecycle import ARRIVED, answer_consultation, transfer_key
from casework.cases.models import Case, Consultation
from casework.people.errors import NotVisible
from casework.people.models import Role
from casework.work import inbox, items
from casework.work.calling import on_call
from casework.work.models import WorkItem
from casework.work.sending import send

referrers = roles(
    Role.PROCESREGISSEUR, Role.CASUSREGISSEUR, Role.KETENPARTNER, Role.AOV
)
advisers = roles(Role.PROCESREGISSEUR, Role.AOV)


@page(access=referrers, methods=("GET", "POST"))
def refer(request: UserRequest) -> HttpResponse:
    """Tell us that a household needs us, or write down who called."""
    at = timezone.now()
    by_phone = Role.PROCESREGISSEUR in request.role_set
    data = request.POST or None
    form = PhoneForm(data) if by_phone else ReferForm(data)

    def act() -> str:
        case = IntakeFlow.start.begin(
            None,
            by=request.user,
            at=at,
            referrer=None if by_phone else request.user,
            **form.referral(),
        )
        if by_phone:
            return pages.address(case, "beoordelen")
        until = staircase.until(reading.due_for(case, at=at))
        messages.success(request, f"Je hoort uiterlijk {until} wat we doen.")
        return "/gemeld/"

    def show(status: int) -> HttpResponse:
        context = {"form": form, "by_phone": by_phone, "to_call": on_call()}
        return render(request, "triage/refer.html", context, status=status)

    return (
        send(request, form, act, show=show) if request.method == "POST" else show(200)
    )


@page(access=everyone, methods=("GET", "POST"))
def assess(request: UserRequest, reference: str) -> HttpResponse:
    """Assess a referral by the four criteria, and choose what becomes of it."""
    at = timezone.now()
    case = pages.dossier_for(request.user, reference, at=at, about="referral")
    assessment = reading.assessment_of(case)
    if assessment is not None:
        if request.POST.get("action") == "arrived":
            return _arrived(request, case, assessment, at=at)
        late = request.method == "POST"
        return _assessed(request, case, assessment, status=409 if late else 200)
    require(request.user, Permission.TRIAGE_CASE, case, at=at)
    form = AssessForm(
        request.POST or None,
        today=timezone.localdate(at),
        initial={"seen": case.version, "kind": case.kind},
    )

    def act() -> str:
        IntakeFlow.assess.complete(case, by=request.user, at=at, **form.assessment())
        starts = case.status == Case.Status.OPEN
        return pages.address(case, "" if starts else "beoordelen")

    def show(status: int) -> HttpResponse:
        head = pages.head(case, request.user, "overzicht", at)
        context = {"form": form, "referral": case.referral}
        return render(request, "triage/assess.html", {**head, **context}, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show, about=case)


@page(access=everyone, methods=("POST",))
def tell(request: UserRequest, reference: str) -> HttpResponse:
    """Note that a melder without an account heard what we do."""
    at = timezone.now()
    case = pages.case_for(request.user, reference, at=at)
    require(request.user, _needed_to_tell(case), case, at=at)

    def act() -> str:
        IntakeFlow.tell.complete(case, by=request.user, at=at)
        return pages.address(case) if case.is_running else "/"

    return once(request, act)


@page(access=everyone)
def reported(request: UserRequest) -> HttpResponse:
    """What somebody referred, and what became of it."""
    at = timezone.now()
    context = {
        "reported": reading.reported_by(request.user, at=at),
        "may_refer": referrers.admits(request.role_set),
        "today": timezone.localdate(at),
    }
    return render(request, "triage/reported.html", context)


@page(access=everyone, methods=("POST",))
def read(request: UserRequest, reference: str) -> HttpResponse:
    """Say that one has read what becomes of one's referral."""
    at = timezone.now()
    item = _outcome_to_read(request, reference, at=at)

    def act() -> str:
        items.close_items(item.about, by=request.user, at=at, kind=reading.OUTCOME_READ)
        return "/gemeld/"

    return once(request, act)


@page(access=advisers, methods=("GET", "POST"))
def consult(request: UserRequest) -> HttpResponse:
    """Write down advice without a case."""
    form = ConsultationForm(request.POST or None)

    def act() -> str:
        answer_consultation(by=request.user, at=timezone.now(), **form.facts())
        messages.success(request, "Je advies staat erbij.")
        return "/vraag/"

    def show(status: int) -> HttpResponse:
        mine = Consultation.objects.visible_to(
            request.user, at=timezone.now()
        ).select_related("organisation")
        context = {
            "form": form,
            "earlier": list(mine.order_by("-pk")[:10]),
            "today": timezone.localdate(),
        }
        return render(request, "triage/consult.html", context, status=status)

    return (
        send(request, form, act, show=show) if request.method == "POST" else show(200)
    )


def _arrived(
    request: UserRequest, case: Case, assessment: Triage, *, at: datetime
) -> HttpResponse:
    """Note that another goes on with it."""
    form = ArrivedForm(request.POST, today=timezone.localdate(at))

    def act() -> str:
        confirm_arrival(case, by=request.user, at=at, **form.facts())
        return pages.address(case, "beoordelen")

    def show(status: int) -> HttpResponse:
        return _assessed(request, case, assessment, status=status, arrived=form)

    return send(request, form, act, show=show)


def _assessed(
    request: UserRequest,
    case: Case,
    assessment: Triage,
    *,
    status: int,
    arrived: ArrivedForm | None = None,
) -> HttpResponse:
    head = pages.head(case, request.user, "overzicht", timezone.now())
    context = {
        "assessment": assessment,
        "criteria": [
            (question, Triage.Answer(getattr(assessment, name)).label)
            for name, question in Triage.CRITERIA.items()
        ],
        "referral": case.referral,
        "must_tell": case.referral.told_at is None
        and _needed_to_tell(case).value in head["allowed"],
        "tell_form": SentForm(),
        "late": status == 409 and arrived is None,
        "typed": _typed(AssessForm(request.POST)),
        "asks_arrival": items.open_about(transfer_key(case), kind=ARRIVED).exists()
        and not _keeps(case).isdisjoint(head["allowed"]),
        "form": arrived or ArrivedForm(),
        "today": timezone.localdate(),
    }
    return render(request, "triage/assessed.html", {**head, **context}, status=status)


def _typed(form: AssessForm) -> list[tuple[str, str]]:
    """Give the words of an assessment that came too late, with what was asked."""
    texts = (forms.Textarea, forms.TextInput)
    return [
        (str(field.label), str(field.data))
        for field in form.visible_fields()
        if isinstance(field.field.widget, texts) and field.data
    ]


def _keeps(case: Case) -> set[str]:
    closed = case.closed_at is not None
    return {(Permission.REOPEN_CASE if closed else Permission.TRIAGE_CASE).value}


def _needed_to_tell(case: Case) -> Permission:
    in_triage = case.status == Case.Status.IN_TRIAGE
    return Permission.TRIAGE_CASE if in_triage else Permission.STEER_CASE


def _outcome_to_read(request: UserRequest, reference: str, *, at: datetime) -> WorkItem:
    found = (
        inbox.mine(request.user, at=at)
        .filter(kind=reading.OUTCOME_READ, reference=reference.replace("\x00", ""))
        .first()
    )
    if found is None:
        raise NotVisible
    return found
