"""The pages of the programme and of the beleidssignalen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page, roles
from casework.access.templatetags.face import day
from casework.people.absence import acting_for
from casework.people.errors import NotPermitted, NotVisible, Stale, TransitionRefused
from casework.people.models import Role
from programme import reading, transitions
from programme.forms import (
    OWNERLESS,
    PAST,
    AnswerForm,
    AssignForm,
    FilterForm,
    PageForm,
    PeriodForm,
    ProgressForm,
)
from programme.models import Activity, PolicySignal, Programme

signal_readers = roles(Role.PROCESREGISSEUR, Role.BELEIDSMEDEWERKER, Role.AOV)


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
        return reverse("programme:activity", args=[code])

    return _sent(request, form, act) or _activity_page(
        request, _activity(code), assign_form=form
    )


@page(access=everyone, methods=("POST",))
def progress(request: UserRequest, code: str) -> HttpResponse:
    """Tell how an activity goes."""
    activity = _activity(code)
    if not _may_report(request, activity):
        raise NotPermitted("Voortgang meldt de actiehouder, of de AOV voor hem.")
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
        return reverse("programme:activity", args=[code])

    return _sent(request, form, act) or _activity_page(
        request, _activity(code), progress_form=form
    )


@page(access=roles(Role.AOV), methods=("GET", "POST"))
def period(request: UserRequest) -> HttpResponse:
    """Close the period of the programme, or open it again."""
    programme = reading.current_programme()
    if programme is None:
        raise NotVisible
    form = _fresh(
        PeriodForm, programme, {"act": "reopen" if programme.is_closed else "close"}
    )
    if request.method == "POST":
        form = PeriodForm(request.POST)
        done = _sent(request, form, _change_period(request, programme, form))
        if done:
            return done
    return _form_page(
        request, "programme/period.html", {"programme": programme}, form=form
    )


@page(access=signal_readers)
def show_signals(request: UserRequest) -> HttpResponse:
    """The beleidssignalen that somebody received, and those that he sent."""
    form = PageForm(request.GET)
    if not form.is_valid():
        return render(request, "programme/signals.html", {"form": form}, status=422)
    context: dict[str, Any] = {"form": form}
    if request.role_set & {Role.BELEIDSMEDEWERKER, Role.AOV}:
        context["received"] = reading.page_of(
            reading.signals_for(
                request.user, request.role_set, on=timezone.localdate()
            ),
            form.number,
            asked=request.GET,
        )
    if request.role_set & {Role.PROCESREGISSEUR, Role.AOV}:
        context["sent"] = reading.page_of(
            reading.signals_sent(request.user, at=timezone.now()),
            form.number,
            asked=request.GET,
        )
    return render(request, "programme/signals.html", context)


@page(access=signal_readers, methods=("GET", "POST"))
def show_signal(request: UserRequest, pk: int) -> HttpResponse:
    """One beleidssignaal, with its answer or the form for it."""
    signal, is_mine = _signal(request, pk)
    received = PolicySignal.objects.received_by(request.user, on=timezone.localdate())
    is_for_me = received.filter(pk=pk).exists()
    form = AnswerForm()
    if request.method == "POST":
        if not is_for_me:
            raise NotPermitted(transitions.WHO_ANSWERS)
        form = AnswerForm(request.POST)

        def act() -> str:
            transitions.answer_signal(
                signal,
                answer=form.cleaned_data["answer"],
                by=request.user,
                at=timezone.now(),
            )
            return reverse("programme:signal", args=[pk])

        done = _sent(request, form, act)
        if done:
            return done
    return _form_page(
        request,
        "programme/signal.html",
        {
            "signal": signal,
            "is_mine": is_mine,
            "may_answer": is_for_me and (form.is_bound or not signal.is_answered),
            "facts": [
                ("Wie antwoordt", signal.desk.name),
                ("Gestuurd op", day(signal.sent_on)),
                ("Activiteit", signal.activity.title if signal.activity else "Geen"),
            ],
            "read_form": SentForm(),
        },
        form=form,
    )


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
    received = reading.signals_for(
        request.user, request.role_set, on=timezone.localdate(now)
    )
    signal = received.filter(pk=pk).first()
    if signal is None:
        raise NotVisible
    return signal, False


def _may_report(request: UserRequest, activity: Activity) -> bool:
    if Role.AOV in request.role_set or activity.owner_id == request.user.pk:
        return True
    return activity.owner_id in acting_for(request.user, at=timezone.now())


def _activity_page(
    request: UserRequest, activity: Activity, **sent: SentForm
) -> HttpResponse:
    """The page of an activity, with a form that was refused if there is one."""
    is_open = not activity.programme.is_closed
    forms: dict[str, Any] = dict(sent)
    if is_open and Role.AOV in request.role_set:
        forms.setdefault(
            "assign_form",
            _fresh(
                AssignForm,
                activity,
                {
                    "owner": activity.owner_id,
                    "executive": activity.responsible_executive_id,
                },
                today=timezone.localdate(),
            ),
        )
    if is_open and _may_report(request, activity):
        forms.setdefault("progress_form", _fresh(ProgressForm, activity, {}))
    refused = next(iter(sent.values()), None)
    return _form_page(
        request,
        "programme/activity.html",
        {
            "activity": activity,
            "is_past": activity.is_past(on=timezone.localdate()),
            "facts": reading.facts_of(activity),
            "timeline": reading.timeline_of(activity),
            **forms,
        },
        form=refused,
        seen=activity.version,
    )


def _change_period(
    request: UserRequest, programme: Programme, form: PeriodForm
) -> Callable[[], str]:
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

    return act


def _fresh(
    form: type[SentForm],
    row: Activity | Programme,
    initial: dict[str, Any],
    **kwargs: Any,
) -> Any:
    return form(initial={**initial, "seen": row.version}, **kwargs)


def _sent(
    request: UserRequest, form: SentForm, act: Callable[[], str]
) -> HttpResponse | None:
    """Do what a valid form asks; a refusal becomes an error of the form."""
    if not form.is_valid():
        return None
    try:
        return once(request, act)
    except (NotPermitted, NotVisible):
        raise
    except TransitionRefused as refusal:
        field = getattr(refusal, "field", "")
        form.add_error(field or None, refusal.user_message)
        form.refusal = refusal  # type: ignore[attr-defined]
    return None


def _form_page(
    request: UserRequest,
    template: str,
    context: dict[str, Any],
    *,
    form: SentForm | None,
    seen: int | None = None,
) -> HttpResponse:
    """A page with a form: 200 when fresh, else what its refusal says."""
    status = 200
    if form is not None and form.is_bound:
        refusal = getattr(form, "refusal", None)
        status = refusal.status if refusal else 422
        if isinstance(refusal, Stale) and seen is not None:
            form.data = {**dict(form.data.items()), "seen": str(seen)}
    return render(request, template, {"form": form, **context}, status=status)
