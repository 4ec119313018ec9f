"""The plan of a case, steering one task, and the page of the desk that was asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import pages
from casework.cases.models import Case
from casework.cases.readings import log_reading
from casework.people.models import Desk
from casework.plan import answering, reading, reviewing, transitions, waiting
from casework.plan.forms import (
    AgainForm,
    AnswerForm,
    DraftForm,
    GoalForm,
    PlanForm,
    ReasonForm,
    RecordForm,
    ReviewForm,
    TaskForm,
)
from casework.plan.may import Who, actions_in, actions_on
from casework.plan.models import Task, TaskDesk
from casework.plan.models.task import place_of
from casework.policy import policy
from casework.work import inbox
from casework.work.days import local_day, working_days
from casework.work.sending import send

ACTS = ("GET", "POST")
PICK_UP = "Oppakken"
Forms = dict[str, SentForm]
Acts = dict[str, Callable[[], object]]


@page(access=everyone, methods=ACTS)
def plan(request: UserRequest, reference: str) -> HttpResponse:
    """Show the goals of a case with their tasks; add a goal or a task."""
    at = timezone.now()
    need = Permission.WORK_CASE if request.method == "POST" else None
    case = pages.dossier_for(
        request.user, reference, at=at, verb="plan.read", need=need
    )
    running = reading.plan_of(case, request.user, at=at)
    shown = _plan_forms(request, case, running, at=at)
    form = shown.get(request.POST.get("action", ""))
    acts = _plan_acts(request, case, running, form, at=at)
    show = partial(_show_plan, request, case, running, shown, form, at)
    return _act(request, case, form, acts, show=show, to="plan", about=running)


@page(access=everyone, methods=ACTS)
def steer(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Show one task to a regisseur: verify, withdraw, ask another, record for a desk."""
    at = timezone.now()
    case = pages.case_for(request.user, reference, at=at)
    task = reading.task_in(case, pk, request.user, at=at)
    if request.method == "POST":
        require(request.user, Permission.WORK_CASE, case, at=at)
    log_reading(
        "task.read",
        case,
        request.user,
        at=at,
        scope=Permission.READ_DOSSIER,
        about=task.key,
    )
    shown = _steer_forms(request, task, at=at)
    form = shown.get(request.POST.get("action", ""))
    acts = _steer_acts(request, task, form, at=at)
    show = partial(_show_steer, request, case, task, shown, form, at)
    return _act(request, case, form, acts, show=show, to=f"taak/{pk}", about=task)


@page(access=everyone, methods=ACTS)
def task(request: UserRequest, pk: int) -> HttpResponse:
    """Show a task to the desk that was asked; its content after it is picked up."""
    at = timezone.now()
    asked = reading.task_for(request.user, pk, at=at)
    place = place_of(asked, request.user, at=at)
    if place is None:
        return redirect(f"/casussen/{asked.case.reference}/taak/{pk}/")
    shown = _task_forms(request, asked, leads=place.is_lead)
    form = shown.get(request.POST.get("action", ""))
    show = partial(_show_task, request, asked, shown, form, at)
    if request.method != "POST":
        return show(200)
    if form is None:
        return show(422)
    if "save" in request.POST:
        return _keep(request, asked, at=at) or show(422)
    acts = _task_acts(request, asked, form, at=at)

    def act() -> str:
        acts[request.POST["action"]]()
        return f"/taken/{pk}/"

    return send(request, form, act, show=show)


def _act(
    request: UserRequest,
    case: Case,
    form: SentForm | None,
    acts: Acts,
    *,
    show: Callable[[int], HttpResponse],
    to: str,
    about: Any,
) -> HttpResponse:
    if request.method != "POST":
        return show(200)
    require(request.user, Permission.WORK_CASE, case, at=timezone.now())
    if form is None:
        return show(422)

    def act() -> str:
        acts[request.POST["action"]]()
        return pages.address(case, to)

    return send(request, form, act, show=show, about=about)


def _plan_acts(
    request: UserRequest, case: Case, running: Any, form: Any, *, at: datetime
) -> Acts:
    who: dict[str, Any] = {"by": request.user, "at": at}

    def discuss() -> None:
        if running is None:
            transitions.make_plan(case, **who, **form.plan())
        else:
            seen = form.cleaned_data["seen"]
            transitions.change_plan(running, **who, **form.plan(), seen=seen)

    def review() -> None:
        reviewing.review_plan(
            running, **who, **form.facts(), seen=form.cleaned_data["seen"]
        )

    def offer() -> None:
        transitions.offer_task(case, form.ask(), **who)
        data = form.cleaned_data
        say_if_shut(request, data["desk"], data["due_on"], at=at)

    return {
        "plan": discuss,
        "review": review,
        "goal": lambda: transitions.add_goal(running, **who, **form.facts()),
        "task": offer,
    }


def _steer_acts(request: UserRequest, task: Task, form: Any, *, at: datetime) -> Acts:
    who: dict[str, Any] = {"by": request.user, "at": at}

    def seen() -> dict[str, Any]:
        return {**who, "seen": form.cleaned_data["seen"]}

    def offer_again() -> None:
        transitions.offer_task_again(task, **seen(), **form.facts())
        data = form.cleaned_data
        say_if_shut(request, data["desk"], data["due_on"], at=at)

    return {
        "verify": lambda: transitions.verify_task(task, **seen()),
        "withdraw": lambda: transitions.withdraw_task(task, **seen()),
        "offer_again": offer_again,
        "record": lambda: transitions.record_report_for(
            task, **who, **form.report(at=at)
        ),
    }


def say_if_shut(request: UserRequest, desk: Desk, day: date, *, at: datetime) -> None:
    """Say that a desk does not work on the day that was chosen; it may stay."""
    days = working_days(policy.at(local_day(at)), desk=desk.pk)
    if not days.is_working_day(day):
        said = f"{days.why(day)} Spreek met {desk} af of het dan toch klaar kan zijn."
        messages.warning(request, said)


def _task_acts(request: UserRequest, asked: Task, form: Any, *, at: datetime) -> Acts:
    who: dict[str, Any] = {"by": request.user, "at": at}
    return {
        "pick_up": lambda: answering.pick_up_task(asked, **who),
        "report": lambda: answering.report_task(asked, **who, **form.facts()),
        "decline": lambda: answering.decline_task(asked, **who, **form.facts()),
        "hand_back": lambda: answering.hand_back_task(asked, **who, **form.facts()),
    }


def _bound(request: UserRequest, action: str) -> dict[str, Any]:
    """The data for the form that was sent; its own ids, so that no two are the same."""
    sent = request.method == "POST" and request.POST.get("action") == action
    return {"data": request.POST if sent else None, "auto_id": f"{action}_%s"}


def _plan_forms(
    request: UserRequest, case: Case, running: Any, *, at: datetime
) -> Forms:
    now: dict[str, Any] = {}
    if running is not None:
        now = {
            "discussed": "yes" if running.discussed_with_inhabitant else "no",
            "why_not": running.not_discussed_reason,
            "seen": running.version,
        }
    found: Forms = {
        "plan": PlanForm(**_bound(request, "plan"), initial=now),
        "task": TaskForm(
            **_bound(request, "task"),
            today=local_day(at),
            goals=reading.goals_of(case, request.user, at=at),
            notes=reading.notes_to_lend(case, request.user, at=at),
        ),
    }
    if running is not None:
        found["goal"] = GoalForm(**_bound(request, "goal"))
        found["review"] = ReviewForm(
            **_bound(request, "review"),
            initial={
                "review_on": reviewing.next_review(at=at),
                "seen": running.version,
            },
            today=local_day(at),
        )
    return found


def _show_plan(
    request: UserRequest,
    case: Case,
    running: Any,
    shown: Forms,
    form: SentForm | None,
    at: datetime,
    status: int,
) -> HttpResponse:
    head = pages.head(case, request.user, "plan", at)
    rows = reading.rows_of(case, request.user, at=at, today=head["today"])
    may = Permission.WORK_CASE.value in head["allowed"] and case.is_running
    context = {
        "plan": running,
        "goals": rows,
        "forms": shown if may else {},
        "form": form,
        "may_work": may,
        "review_due": reviewing.is_due(running, at=at),
    }
    return render(request, "plan/plan.html", {**head, **context}, status=status)


def _steer_forms(request: UserRequest, task: Task, *, at: datetime) -> Forms:
    today = local_day(at)
    seen = {"seen": task.version}
    return {
        "verify": SentForm(**_bound(request, "verify"), initial=seen),
        "withdraw": SentForm(**_bound(request, "withdraw"), initial=seen),
        "offer_again": AgainForm(
            **_bound(request, "offer_again"), initial=seen, today=today
        ),
        "record": RecordForm(
            **_bound(request, "record"),
            kind=task.about,
            places=task.places.all(),
            initial={**seen, "given_on": today},
            today=today,
        ),
    }


def _show_steer(
    request: UserRequest,
    case: Case,
    task: Task,
    shown: Forms,
    form: SentForm | None,
    at: datetime,
    status: int,
) -> HttpResponse:
    task = reading.task_in(case, task.pk, request.user, at=at)
    held = scopes(request.user, case, at=at)
    who = Who.STEERER if Permission.STEER_CASE in held else Who.WORKER
    may = actions_on(task, who) if Permission.WORK_CASE in held else frozenset()
    today = local_day(at)
    context = {
        "case": case,
        "case_url": pages.address(case),
        "task": task,
        "row": reading.row_of(case, task, today=today),
        "waiting": inbox.open_about(request.user, task.key, at=at),
        "to_do": PICK_UP if task.state == Task.State.OFFERED else "",
        **reading.told_of(task, request.user, at=at),
        "forms": {name: each for name, each in shown.items() if name in may},
        "form": form,
        "steers": Permission.STEER_CASE in held,
        "emergency": pages.emergency_of(case, request.user, at=at),
    }
    return render(request, "plan/steer.html", context, status=status)


def _task_forms(request: UserRequest, asked: Task, *, leads: bool) -> Forms:
    return {
        "pick_up": SentForm(**_bound(request, "pick_up")),
        "report": AnswerForm(**_bound(request, "report"), kind=asked.about),
        "decline": ReasonForm(**_bound(request, "decline"), leads=leads),
        "hand_back": ReasonForm(**_bound(request, "hand_back"), leads=leads),
    }


def _show_task(
    request: UserRequest,
    asked: Task,
    shown: Forms,
    form: SentForm | None,
    at: datetime,
    status: int,
) -> HttpResponse:
    asked = reading.task_for(request.user, asked.pk, at=at)
    today = local_day(at)
    opened = reading.opened_for(request.user, asked, at=at, today=today)
    assert opened is not None
    shown["report"].initial["answer"] = opened.draft
    may = actions_in(opened.place, Who.TAKER if opened.mine else Who.COLLEAGUE)
    context = {
        "task": asked,
        "reference": asked.case.reference,
        "regisseur": asked.case.procesregisseur,
        "opened": opened,
        "forms": {name: each for name, each in shown.items() if name in may},
        "form": form,
        "unsent": _unsent(form, may),
        "waiting": inbox.open_about(
            request.user, waiting.subject_of(opened.place), at=at
        ),
        "to_do": PICK_UP if opened.place.state == TaskDesk.State.OFFERED else "",
        "today": today,
    }
    return render(request, "plan/task.html", context, status=status)


def _unsent(form: forms.Form | None, may: frozenset[str]) -> str:
    """What was typed and can't be sent any more: shown, so that it is not lost."""
    if form is None or not form.is_bound or "report" in may:
        return ""
    return str(form.data.get("answer", "") or form.data.get("reason", ""))


def _keep(request: UserRequest, asked: Task, *, at: datetime) -> HttpResponse | None:
    form = DraftForm(request.POST)
    if not form.is_valid():
        return None
    answering.save_draft(request.user, asked.key, form.cleaned_data["answer"], at=at)
    messages.success(request, "Je tekst is bewaard. Niemand anders leest hem nog.")
    return HttpResponseRedirect(f"/taken/{asked.pk}/", status=303)
