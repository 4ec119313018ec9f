"""Saying that it is stuck, and answering that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ave.stagnation import transitions
from ave.stagnation.forms import AnswerForm, StuckForm, ThreatForm
from ave.stagnation.models import StuckReport, Threat
from ave.stagnation.reasons import stagnation_of
from casework.access.fields import SentForm
from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.cases import pages, staircase
from casework.cases.models import Bottleneck, Case
from casework.cases.readings import log_reading
from casework.cases.stillness import STILL
from casework.people.errors import NotVisible
from casework.plan.models import TaskDesk
from casework.plan.models.task import people_of, place_of
from casework.plan.reading import task_for
from casework.work import items
from casework.work.days import local_day
from casework.work.sending import send

ACTS = ("GET", "POST")


@page(access=everyone, methods=ACTS)
def report_task(request: UserRequest, pk: int) -> HttpResponse:
    """Say, as who picked a task up, that one can't go on."""
    at = timezone.now()
    task = task_for(request.user, pk, at=at)
    place = place_of(task, request.user, at=at)
    if place is None or place.state == TaskDesk.State.OFFERED:
        raise NotVisible
    form = StuckForm(request.POST or None)
    mine = _mine(request, at=at).filter(task=task)

    def show(status: int) -> HttpResponse:
        context = {
            "task": task,
            "reference": task.case.reference,
            "form": form,
            "obstacle": None
            if form.is_bound
            else transitions.obstacle(task, place, request.user, at=at),
            "reports": list(mine),
            "until": staircase.until(transitions.due_of_answer(at=at)),
        }
        return render(request, "stagnation/report_task.html", context, status=status)

    def act() -> str:
        report = transitions.report_stuck_task(
            task, **form.facts(), by=request.user, at=at
        )
        return f"/vast/{report.pk}/"

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


@page(access=everyone, methods=ACTS)
def case(request: UserRequest, reference: str) -> HttpResponse:
    """Show why a case stands still; say that it is stuck, or threatens to be."""
    at = timezone.now()
    need = Permission.WORK_CASE if request.method == "POST" else None
    held = pages.dossier_for(request.user, reference, at=at, need=need)
    forms: dict[str, SentForm] = {
        name: kind(
            request.POST if request.POST.get("action") == name else None,
            auto_id=f"{name}_%s",
        )
        for name, kind in (
            ("report", StuckForm),
            ("threaten", ThreatForm),
            ("clear", SentForm),
            ("look", SentForm),
        )
    }
    form = forms.get(request.POST.get("action", ""))
    show = partial(_show_case, request, held, forms, form, at)
    if request.method != "POST":
        return show(200)
    if form is None:
        return show(422)
    acts = _case_acts(request, held, form, at=at)

    def act() -> str:
        acts[request.POST["action"]]()
        return pages.address(held, "vast")

    return send(request, form, act, show=show)


@page(access=everyone, methods=ACTS)
def answer(request: UserRequest, pk: int) -> HttpResponse:
    """Answer that it is stuck; whoever said so reads the answer here."""
    at = timezone.now()
    report = (
        StuckReport.objects.visible_to(request.user, at=at)
        .select_related("case", "task", "by__organisation", "answered_by", "bottleneck")
        .filter(pk=pk)
        .first()
    )
    if report is None:
        raise NotVisible
    ticks = request.method == "POST" and request.POST.get("action") == "read"
    if request.method == "POST" and not ticks:
        require(request.user, Permission.STEER_CASE, report.case, at=at)
    log_reading(
        "case.read",
        report.case,
        request.user,
        at=at,
        scope=Permission.READ_DOSSIER,
        about=report.key,
    )
    if ticks:
        return once(request, partial(_read, request, report, at))
    form = AnswerForm(
        request.POST or None,
        bottlenecks=_open_bottlenecks(request, report, at=at),
        today=local_day(at),
        initial={"seen": report.version, "description": report.text},
    )
    show = partial(_show_answer, request, report, form, at)
    if request.method != "POST":
        return show(200)
    return send(
        request,
        form,
        partial(_answer, request, report, form, at),
        show=show,
        about=report,
    )


def _case_acts(
    request: UserRequest, held: Case, form: Any, *, at: datetime
) -> dict[str, Callable[[], object]]:
    who: dict[str, Any] = {"by": request.user, "at": at}

    def clear() -> None:
        threat = _threat(request, held, at=at)
        if threat is None:
            raise NotVisible
        transitions.clear_threat(threat, **who)

    return {
        "report": lambda: transitions.report_stuck(held, **form.facts(), **who),
        "threaten": lambda: transitions.set_threat(held, **form.facts(), **who),
        "clear": clear,
        "look": lambda: transitions.look_into_stillness(held, **who),
    }


def _answer(
    request: UserRequest, report: StuckReport, form: AnswerForm, at: datetime
) -> str:
    who: dict[str, Any] = {"by": request.user, "at": at}
    seen = form.cleaned_data["seen"]
    if form.takes_up:
        transitions.pick_up_stuck(report, **form.bottleneck_facts(), **who, seen=seen)
    else:
        reason = form.cleaned_data["reason"]
        transitions.refuse_stuck(report, reason=reason, **who, seen=seen)
    return pages.address(report.case, "vast")


def _read(request: UserRequest, report: StuckReport, at: datetime) -> str:
    transitions.read_answer(report, by=request.user, at=at)
    return "/"


def _mine(request: UserRequest, *, at: datetime) -> Any:
    people = people_of(request.user, at=at)
    return (
        StuckReport.objects.visible_to(request.user, at=at)
        .filter(by__in=people)
        .order_by("-pk")
    )


def _threat(request: UserRequest, held: Case, *, at: datetime) -> Threat | None:
    return (
        Threat.objects.visible_to(request.user, at=at)
        .standing()
        .filter(case=held)
        .select_related("set_by")
        .first()
    )


def _waits(request: UserRequest, reports: Any) -> bool:
    """Whether what he reported himself still waits for an answer."""
    return any(each.is_waiting and each.by_id == request.user.pk for each in reports)


def _open_bottlenecks(
    request: UserRequest, report: StuckReport, *, at: datetime
) -> Any:
    return (
        Bottleneck.objects.visible_to(request.user, at=at)
        .filter(case=report.case_id, state=Bottleneck.State.OPEN)
        .order_by("number")
    )


def _show_case(
    request: UserRequest,
    held: Case,
    forms: dict[str, SentForm],
    form: SentForm | None,
    at: datetime,
    status: int,
) -> HttpResponse:
    head = pages.head(held, request.user, "plan", at)
    works = Permission.WORK_CASE.value in head["allowed"] and held.is_running
    steers = Permission.STEER_CASE.value in head["allowed"]
    reports = (
        StuckReport.objects.visible_to(request.user, at=at)
        .filter(case=held)
        .select_related("by", "organisation", "task", "bottleneck")
        .order_by("-pk")
    )
    context = {
        "reasons": stagnation_of(held, at=at),
        "reports": list(reports),
        "threat": _threat(request, held, at=at),
        "forms": forms,
        "form": form,
        "until": staircase.until(transitions.due_of_answer(at=at)),
        "may_work": works,
        "may_report": works and not steers and not _waits(request, reports),
        "may_look": steers and items.open_about(held.key, kind=STILL).exists(),
    }
    return render(request, "stagnation/case.html", {**head, **context}, status=status)


def _show_answer(
    request: UserRequest,
    report: StuckReport,
    form: AnswerForm,
    at: datetime,
    status: int,
) -> HttpResponse:
    report.refresh_from_db()
    held = scopes(request.user, report.case, at=at)
    said = report.by_id in people_of(request.user, at=at)
    unread = items.open_about(report.key, kind=transitions.ANSWERED)
    context = {
        "report": report,
        "case": report.case,
        "reads_dossier": Permission.READ_DOSSIER in held,
        "may_answer": Permission.STEER_CASE in held and report.is_waiting,
        "waits": items.open_about(report.key, kind=transitions.STUCK).first(),
        "today": local_day(at),
        "emergency": pages.emergency_of(report.case, request.user, at=at),
        "staircase": [],
        "may_tick": said and not report.is_waiting and unread.exists(),
        "form": form,
    }
    if context["may_answer"]:
        context["staircase"] = staircase.steps_of(
            _open_bottlenecks(request, report, at=at),
            staircase.asked_in(report.case),
            level=staircase.level_of(report.case),
        )
    return render(request, "stagnation/answer.html", context, status=status)
