"""The pages of the programme and of the beleidssignalen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page, roles
from casework.audit import log
from casework.people.absence import acting_for
from casework.people.errors import NotPermitted, NotVisible
from casework.people.models import Role
from casework.work.sending import send
from programme import overriding, reading, transitions
from programme.council import council_file
from programme.forms import (
    OWNERLESS,
    PAST,
    AnswerForm,
    AssignForm,
    FilterForm,
    OverrideForm,
    PageForm,
    PeriodForm,
    ProgressForm,
)
from programme.models import Activity, PolicySignal

council_tellers = roles(Role.AOV, Role.BELEIDSMEDEWERKER)
signal_readers = roles(
    Role.PROCESREGISSEUR, Role.BELEIDSMEDEWERKER, Role.AOV, lends=True
)


@page(access=everyone)
def show_list(request: UserRequest) -> HttpResponse:
    """The programme: figures, activities per theme, what was and was not achieved."""
    programme = reading.current_programme()
    if programme is None:
        return render(request, "programme/list.html", {"programme": None})
    today = timezone.localdate()
    themes = reading.themes_of(programme, on=today)
    form = FilterForm(
        request.GET, themes=[(theme.code, theme.name) for theme in themes]
    )
    figures = reading.figures_of(themes)
    achievements = reading.achievements_of(programme)
    context = {
        "programme": programme,
        "themes": themes,
        "figures": figures,
        "figure_list": _figure_list(figures),
        "form": form,
        "proposals": programme.proposals.order_by("code"),
        "achieved": [row for row in achievements if row.achieved],
        "not_achieved": [row for row in achievements if not row.achieved],
        "may_close": Role.AOV in request.role_set,
        "may_fetch": council_tellers.admits(request.role_set),
    }
    if form.is_valid():
        asked = form.cleaned_data
        rows = reading.activities_of(
            programme,
            on=today,
            theme=asked["thema"],
            state=asked["stand"],
            until=asked["uiterlijk"],
        )
        found = reading.page_of(rows, form.number, asked=request.GET)
        context |= {"page": found, "groups": reading.by_theme(found.rows)}
        context["is_filtered"] = any(
            asked[name] for name in ("thema", "stand", "uiterlijk")
        )
    return render(
        request, "programme/list.html", context, status=200 if form.is_valid() else 422
    )


@page(access=everyone)
def show_activity(request: UserRequest, code: str) -> HttpResponse:
    """One activity: what was agreed, who does it, how it goes."""
    return _activity_page(request, _activity(code))


@page(access=roles(Role.AOV), methods=("POST",))
def assign(request: UserRequest, code: str) -> HttpResponse:
    """Let somebody answer for an activity."""
    activity = _activity(code)
    form = AssignForm(request.POST, today=timezone.localdate())

    def act() -> str:
        transitions.assign_owner(
            activity,
            owner=form.cleaned_data["owner"],
            executive=form.cleaned_data["executive"],
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, "De actiehouder is aangewezen.")
        return reverse("programme:activity", args=[code])

    def show(status: int) -> HttpResponse:
        return _activity_page(request, _activity(code), status, assign_form=form)

    return send(request, form, act, show=show, about=activity)


@page(access=everyone, methods=("POST",))
def progress(request: UserRequest, code: str) -> HttpResponse:
    """Tell how an activity goes."""
    activity = _activity(code)
    if not _may_report(request, activity):
        raise NotPermitted(transitions.WHO_REPORTS)
    form = ProgressForm(request.POST)

    def act() -> str:
        transitions.post_progress(
            activity,
            status=form.cleaned_data["status"],
            reason=form.cleaned_data["reason"],
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, "De voortgang staat erbij.")
        return reverse("programme:activity", args=[code])

    def show(status: int) -> HttpResponse:
        return _activity_page(request, _activity(code), status, progress_form=form)

    return send(request, form, act, show=show, about=activity)


@page(access=roles(Role.AOV), methods=("GET", "POST"))
def override(request: UserRequest, code: str) -> HttpResponse:
    """Break through where an activity is stuck: a doorzettingsbesluit."""
    activity, today = _activity(code), timezone.localdate()
    form = OverrideForm(
        request.POST or None, today=today, initial={"seen": activity.version}
    )

    def act() -> str:
        overriding.override(
            activity,
            overriding.Override(**form.facts()),
            seen=form.cleaned_data["seen"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(
            request,
            "Je doorzettingsbesluit staat erbij. De actiehouder meldt hoe het verder gaat.",
        )
        return reverse("programme:activity", args=[code])

    def show(status: int) -> HttpResponse:
        context = {
            "activity": activity,
            "obstacle": overriding.obstacle(activity, on=today),
            "form": form,
        }
        return render(request, "programme/override.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show, about=activity)


@page(access=roles(Role.AOV), methods=("GET", "POST"))
def period(request: UserRequest) -> HttpResponse:
    """Close the period of the programme, or open it again."""
    programme = reading.current_programme()
    if programme is None:
        raise NotVisible
    form = PeriodForm(
        request.POST or None,
        initial={
            "act": "reopen" if programme.is_closed else "close",
            "seen": programme.version,
        },
    )

    def act() -> str:
        reopens = form.cleaned_data["act"] == "reopen"
        change = transitions.reopen_period if reopens else transitions.close_period
        change(
            programme,
            by=request.user,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
        )
        return reverse("programme:list")

    def show(status: int) -> HttpResponse:
        context = {"programme": programme, "form": form}
        return render(request, "programme/period.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show, about=programme)


@page(access=council_tellers)
def council(request: UserRequest) -> HttpResponse:
    """Give the programme as a table for the council; that it was fetched is logged."""
    programme = reading.current_programme()
    if programme is None:
        raise NotVisible
    now = timezone.now()
    text = council_file(programme, on=timezone.localdate(now))
    log.write(
        "programme.fetched", by=request.user, at=now, about=f"programme:{programme.pk}"
    )
    name = f"programma-{programme.period}.csv"
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page(access=signal_readers)
def show_signals(request: UserRequest) -> HttpResponse:
    """The beleidssignalen that somebody received, and those that he sent."""
    form = PageForm(request.GET)
    if not form.is_valid():
        return render(request, "programme/signals.html", {"form": form}, status=422)
    context: dict[str, Any] = {"form": form}
    held, at = request.role_set | request.lent_roles, timezone.now()
    if held & {Role.BELEIDSMEDEWERKER, Role.AOV}:
        context["received"] = reading.page_of(
            reading.signals_for(request.user, held, at=at),
            form.number,
            asked=request.GET,
        )
    if held & {Role.PROCESREGISSEUR, Role.AOV}:
        context["sent"] = reading.page_of(
            reading.signals_sent(request.user, at=at),
            form.number,
            asked=request.GET,
        )
    return render(request, "programme/signals.html", context)


@page(access=signal_readers, methods=("GET", "POST"))
def show_signal(request: UserRequest, pk: int) -> HttpResponse:
    """One beleidssignaal, with its answer or the form for it."""
    signal, is_mine = _signal(request, pk)
    received = PolicySignal.objects.received_by(request.user, at=timezone.now())
    is_for_me = received.filter(pk=pk).exists()
    form = AnswerForm(request.POST or None)

    def act() -> str:
        transitions.answer_signal(
            signal,
            answer=form.cleaned_data["answer"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, "Je antwoord is verstuurd.")
        return reverse("programme:signal", args=[pk])

    def show(status: int) -> HttpResponse:
        context = {
            "signal": signal,
            "is_mine": is_mine,
            "may_answer": is_for_me and (form.is_bound or not signal.is_answered),
            "facts": reading.facts_of_signal(signal),
            "read_form": SentForm(),
            "form": form,
        }
        return render(request, "programme/signal.html", context, status=status)

    if request.method != "POST":
        return show(200)
    if not is_for_me:
        raise NotPermitted(transitions.WHO_ANSWERS)
    return send(request, form, act, show=show)


@page(access=signal_readers, methods=("POST",))
def read_signal(request: UserRequest, pk: int) -> HttpResponse:
    """Say that one read the answer."""
    signal, _ = _signal(request, pk)

    def act() -> str:
        transitions.read_answer(signal, by=request.user, at=timezone.now())
        return reverse("programme:signals")

    return once(request, act)


def _figure_list(figures: reading.Figures) -> list[dict[str, object]]:
    """The figures as the component shows them, each with the list behind it."""
    return [
        {
            "number": f"{figures.achieved} van {figures.total}",
            "text": "gelukt",
            "value": figures.achieved,
            "max": figures.total,
        },
        {"number": figures.total, "text": "activiteiten", "url": "?"},
        {
            "number": figures.ownerless,
            "text": "zonder actiehouder",
            "url": f"?stand={OWNERLESS}",
        },
        {
            "number": figures.past,
            "text": "voorbij de dag en niet afgerond",
            "url": f"?stand={PAST}",
        },
    ]


def _activity(code: str) -> Activity:
    activity = reading.activity_with(code)
    if activity is None:
        raise NotVisible
    return activity


def _signal(request: UserRequest, pk: int) -> tuple[PolicySignal, bool]:
    """A signal that this person may read, and whether he sent it."""
    now = timezone.now()
    sent = reading.signals_sent(request.user, at=now).filter(pk=pk).first()
    if sent is not None:
        return sent, True
    held = request.role_set | request.lent_roles
    received = reading.signals_for(request.user, held, at=now)
    signal = received.filter(pk=pk).first()
    if signal is None:
        raise NotVisible
    return signal, False


def _may_report(request: UserRequest, activity: Activity) -> bool:
    if Role.AOV in request.role_set or activity.owner_id == request.user.pk:
        return True
    return activity.owner_id in acting_for(request.user, at=timezone.now())


def _activity_page(
    request: UserRequest, activity: Activity, status: int = 200, **sent: SentForm
) -> HttpResponse:
    """The page of an activity, with a form that was refused if there is one."""
    today = timezone.localdate()
    context: dict[str, Any] = {
        "activity": activity,
        "is_past": activity.is_past(on=today),
        "is_owner": activity.owner_id == request.user.pk,
        "may_override": Role.AOV in request.role_set
        and overriding.obstacle(activity, on=today) is None,
        "facts": reading.facts_of(activity),
        "timeline": reading.timeline_of(
            activity,
            on=today,
            may_take_back=Role.AOV in request.role_set
            and not activity.programme.is_closed,
        ),
        "form": next(iter(sent.values()), None),
        **_forms(request, activity),
        **sent,
    }
    return render(request, "programme/activity.html", context, status=status)


def _forms(request: UserRequest, activity: Activity) -> dict[str, SentForm]:
    """The forms that this person may fill in here."""
    if activity.programme.is_closed:
        return {}
    forms: dict[str, SentForm] = {}
    if Role.AOV in request.role_set:
        initial = {
            "seen": activity.version,
            "owner": activity.owner_id,
            "executive": activity.responsible_executive_id,
        }
        forms["assign_form"] = AssignForm(initial=initial, today=timezone.localdate())
    if _may_report(request, activity):
        forms["progress_form"] = ProgressForm(initial={"seen": activity.version})
    return forms
