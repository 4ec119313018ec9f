"""The pages of an emergency: asking for it, what was opened by it, ending, reviewing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.fields import Line, Pick, SentForm, Text
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.audit.models import AuditEntry
from casework.audit.wording import sentence
from casework.cases import break_glass as emergency
from casework.cases import pages
from casework.cases.models import BreakGlass
from casework.cases.readings import log_reading
from casework.people.errors import NotVisible
from casework.people.models import Role
from casework.work.days import local_day
from casework.work.sending import send

SHOWN = 100


class AskForm(SentForm):
    """Which case must be read now, and why."""

    reference = Line(
        label="Kenmerk van de casus",
        help_text="Bijvoorbeeld AVE-2026-0412.",
        max_length=20,
        missing="Schrijf het kenmerk op.",
    )
    reason = Text(
        label="Waarom moet je deze casus nu lezen?",
        help_text="Minstens 20 tekens. Noem geen namen. De privacy officer leest dit.",
        max_length=1000,
        missing="Schrijf waarom dit nu moet.",
    )


class ReviewForm(SentForm):
    """Whether it was right."""

    outcome = Pick(
        label="Was deze noodtoegang terecht?",
        choices=[each for each in BreakGlass.Outcome.choices if each[0]],
        missing="Kies of de noodtoegang terecht was.",
    )
    note = Text(
        label="Toelichting",
        help_text="Nodig als hij niet terecht was. Noem geen namen van inwoners.",
        max_length=2000,
        required=False,
    )


@page(access=everyone, methods=("GET", "POST"))
def ask(request: UserRequest) -> HttpResponse:
    """Ask to read one case in an emergency."""
    at = timezone.now()
    if not emergency.may_break_glass(request.user, at=at):
        raise NotVisible
    form = AskForm(request.POST or None)

    def act() -> str:
        opened = emergency.open_break_glass(
            form.cleaned_data["reference"],
            by=request.user,
            at=at,
            reason=form.cleaned_data["reason"],
        )
        return pages.address(opened.case)

    def show(status: int) -> HttpResponse:
        return render(request, "break_glass/ask.html", {"form": form}, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


@page(access=everyone, methods=("GET", "POST"))
def show_one(request: UserRequest, pk: int) -> HttpResponse:
    """Show an emergency to who reviews it, who is told of it, and who opened it."""
    at = timezone.now()
    opened = _found(request, pk, at=at)
    reviews = Role.PRIVACY_OFFICER in request.role_set
    if request.method == "POST" and not reviews:
        raise NotVisible
    log_reading(
        "break_glass.read",
        opened.case,
        request.user,
        at=at,
        about=opened.key,
        break_glass=True,
    )
    form = ReviewForm(request.POST or None)

    def act() -> str:
        emergency.review_break_glass(
            opened, by=request.user, at=at, **_review_facts(form)
        )
        return "/"

    def show(status: int) -> HttpResponse:
        mine = opened.by_id == request.user.pk
        context = {
            "row": opened,
            "form": form,
            **_read_by(opened),
            "may_review": reviews and not mine and opened.reviewed_at is None,
            "ends_at": (ends_at := emergency.ends_at(opened)),
            "stopped": ends_at < opened.until,
            "may_end": mine and emergency.is_running(opened, at=at),
            "may_tick": bool(emergency.told_to(opened, request.user, at=at)),
            "runs": emergency.is_running(opened, at=at),
            "today": local_day(at),
        }
        return render(request, "break_glass/one.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)


@page(access=everyone, methods=("POST",))
def end(request: UserRequest, pk: int) -> HttpResponse:
    """End one's own emergency."""
    at = timezone.now()
    opened = _found(request, pk, at=at)

    def act() -> str:
        emergency.end_break_glass(opened, by=request.user, at=at)
        return "/"

    return once(request, act)


@page(access=everyone, methods=("POST",))
def seen(request: UserRequest, pk: int) -> HttpResponse:
    """Say that one read that there was an emergency."""
    at = timezone.now()
    opened = _found(request, pk, at=at)

    def act() -> str:
        emergency.say_seen(opened, by=request.user, at=at)
        return "/"

    return once(request, act)


def _found(request: UserRequest, pk: int, *, at: datetime) -> BreakGlass:
    opened = (
        BreakGlass.objects.system_scope("who opened, reviews or is told of it")
        .excluding(request.user)
        .select_related("case", "by__organisation", "participation", "reviewed_by")
        .filter(pk=pk)
        .first()
    )
    if opened is None:
        raise NotVisible
    known = (
        opened.by_id == request.user.pk
        or Role.PRIVACY_OFFICER in request.role_set
        or emergency.told_to(opened, request.user, at=at)
    )
    if not known:
        raise NotVisible
    return opened


def _review_facts(form: ReviewForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("outcome", "note")}


def _read_by(opened: BreakGlass) -> dict[str, Any]:
    """What he did in the case in those hours, as the log says it, and how much more."""
    rows = AuditEntry.objects.filter(
        case=opened.case_id,
        by=opened.by_id,
        at__gte=opened.at,
        at__lte=emergency.ends_at(opened),
    ).order_by("at", "pk")
    read = [(row.at, sentence(row.verb)) for row in rows[:SHOWN]]
    more = rows.count() - SHOWN if len(read) == SHOWN else 0
    return {"read": read, "more": more}
