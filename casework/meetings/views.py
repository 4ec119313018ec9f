"""Agreements from meetings: write them down together, and say what is not right."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.cases import pages
from casework.cases.models import Case
from casework.meetings import reading, transitions
from casework.meetings.forms import (
    BaseRows,
    ObjectionForm,
    RoundForm,
    Rows,
    desks_to_ask,
)
from casework.meetings.models import Agreement, Objection
from casework.meetings.transitions import RowRefused, TooLate
from casework.people.errors import NotVisible
from casework.people.models import Organisation
from casework.plan.models import Task
from casework.plan.models.task import place_of
from casework.plan.reading import task_for
from casework.plan.views import say_if_shut
from casework.work.days import local_day
from casework.work.sending import send

ACTS = ("GET", "POST")


@page(access=everyone, methods=ACTS)
def agreements(request: UserRequest, reference: str) -> HttpResponse:
    """Show what was agreed in meetings, and write down a new one with its rows."""
    at = timezone.now()
    need = Permission.WORK_CASE if request.method == "POST" else None
    case = pages.dossier_for(
        request.user, reference, at=at, verb="plan.read", need=need
    )
    if request.POST.get("action") == "noted":
        return _note(request, case, at=at)
    form = _round_form(request, at=at)
    show = partial(_show, request, case, form, at)
    if request.method != "POST":
        return show(200)
    return send(request, form, partial(_record, request, case, form, at), show=show)


@page(access=everyone, methods=ACTS)
def object_to(request: UserRequest, pk: int) -> HttpResponse:
    """Say for one's party that an agreement is not right."""
    at = timezone.now()
    task = task_for(request.user, pk, at=at)
    agreement, party = _agreement_of(request, task, at=at)
    form = ObjectionForm(request.POST or None)
    said = not form.is_bound and transitions.has_objected(agreement, party)

    def show(status: int) -> HttpResponse:
        context = {
            "task": task,
            "reference": task.case.reference,
            "held": agreement.round,
            "too_late": TooLate.user_message if agreement.round.is_over(at) else "",
            "said": transitions.SAID if said else "",
            "regisseur": task.case.procesregisseur,
            "form": form,
        }
        return render(request, "meetings/object_to.html", context, status=status)

    def act() -> str:
        transitions.object_to_agreement(task, **form.facts(), by=request.user, at=at)
        return f"/taken/{pk}/"

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


def _round_form(request: UserRequest, *, at: datetime) -> RoundForm:
    today = local_day(at)
    rows = Rows(
        request.POST or None,
        prefix="rows",
        form_kwargs={"desks": desks_to_ask(), "today": today},
    )
    assert isinstance(rows, BaseRows)
    return RoundForm(
        request.POST or None, rows=rows, today=today, initial={"held_on": today}
    )


def _record(request: UserRequest, case: Case, form: RoundForm, at: datetime) -> str:
    asks = [row.ask() for row in form.rows.filled]
    try:
        transitions.record_agreements(
            case,
            held_on=form.cleaned_data["held_on"],
            present=list(form.cleaned_data["present"]),
            rows=asks,
            by=request.user,
            at=at,
        )
    except RowRefused as refusal:
        raise form.rows.refuse(refusal) from refusal
    for desk, day in dict.fromkeys((ask.desk, ask.due_on) for ask in asks):
        say_if_shut(request, desk, day, at=at)
    return pages.address(case, "afspraken")


def _note(request: UserRequest, case: Case, *, at: datetime) -> HttpResponse:
    key = request.POST.get("objection", "")
    objection = None
    if key.isascii() and key.isdecimal():
        objection = (
            Objection.objects.visible_to(request.user, at=at)
            .filter(case=case, pk=int(key))
            .first()
        )
    if objection is None:
        raise NotVisible

    def act() -> str:
        transitions.note_objection(objection, by=request.user, at=at)
        return pages.address(case, "afspraken")

    return once(request, act)


def _agreement_of(
    request: UserRequest, task: Task, *, at: datetime
) -> tuple[Agreement, Organisation]:
    agreement = (
        Agreement.objects.system_scope("the agreement behind a task that he sees")
        .filter(task=task)
        .select_related("round")
        .first()
    )
    place = place_of(task, request.user, at=at)
    if agreement is None or place is None:
        raise NotVisible
    return agreement, place.desk.organisation


def _show(
    request: UserRequest, case: Case, form: RoundForm, at: datetime, status: int
) -> HttpResponse:
    head = pages.head(case, request.user, "afspraken", at)
    context = {
        "form": form,
        "rows": form.rows,
        "rounds": reading.rounds_of(case, request.user, at=at, today=head["today"]),
        "may_work": Permission.WORK_CASE.value in head["allowed"] and case.is_running,
    }
    return render(
        request, "meetings/agreements.html", {**head, **context}, status=status
    )
