"""The pages on which a mistake is taken back, destroyed, and a leak is judged."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page, roles
from casework.audit import log
from casework.cases import breaches, retraction
from casework.cases.dossier_forms import BreachForm, DecideForm, TakeBackForm
from casework.cases.dossier_pages import ACTS, HOUSEHOLD, PARTIES, ask, work_case
from casework.cases.models import Breach, Disclosure, Note, Person, Retraction
from casework.cases.readings import log_reading
from casework.cases.retraction import KIND_OF_SLUG, Kind
from casework.people.errors import NotVisible
from casework.people.models import Role
from casework.work.sending import send

_privacy = roles(Role.PRIVACY_OFFICER)


@page(access=everyone, methods=ACTS)
def take_back(request: UserRequest, reference: str, slug: str, pk: int) -> HttpResponse:
    """Take back a person, a note or a disclosure."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    kind = _kind(slug)
    subject = (
        kind.model._default_manager.visible_to(request.user, at=at)  # type: ignore[attr-defined]  # a scoped manager
        .standing()
        .filter(case=case.pk, pk=pk)
        .first()
    )
    if not isinstance(subject, Person | Note | Disclosure):
        raise NotVisible
    form = TakeBackForm(request.POST or None)
    shared = retraction.shared_with(subject)
    lead = "Niemand ziet het meer zodra je dit verstuurt. "
    if isinstance(subject, Note) and shared:
        lead += "Deze notitie ging mee met een taak. Ook dat haal je terug. "
    lead += (
        "De partij moet vernietigen wat zij kreeg, en de privacy officer beoordeelt "
        "binnen 72 uur of dit een datalek is."
        if shared
        else "De privacy officer besluit of de tekst vernietigd mag worden."
    )
    return ask(
        request,
        case,
        form,
        lambda: retraction.take_back(subject, by=request.user, at=at, **form.facts()),
        tab=PARTIES if isinstance(subject, Disclosure) else HOUSEHOLD,
        heading=_HEADINGS[slug],
        button="Haal terug",
        danger=True,
        lead=lead,
        openers=retraction.opened_by(*shared) if shared else None,
    )


@page(access=_privacy, methods=ACTS)
def decide(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Decide whether the text of a mistake may be destroyed, without reading it."""
    at = timezone.now()
    kind = _kind(slug)
    found = (
        Retraction.objects.system_scope("the privacy officer decides about it")
        .excluding(request.user)
        .select_related("case", "by", "decided_by")
        .filter(about=f"{kind.noun}:{pk}")
        .first()
    )
    if found is None:
        raise NotVisible
    log.write(
        "retraction.read",
        by=request.user,
        at=at,
        case=found.case_id,
        about=found.key,
        role=Role.PRIVACY_OFFICER,
    )
    form = DecideForm(request.POST or None)
    show = partial(
        _show,
        request,
        "retraction/decide.html",
        {
            "row": found,
            "line": kind.line,
            "openers": _openers(found),
            "may_decide": found.by_id != request.user.pk and not found.decision,
            "form": form,
        },
    )
    if request.method != "POST":
        return show(200)

    def act() -> str:
        if form.cleaned_data["decision"] == "agree":
            retraction.agree_destruction(found, by=request.user, at=at)
        else:
            retraction.refuse_destruction(
                found, by=request.user, at=at, reason=form.cleaned_data["reason"]
            )
        return "/"

    return send(request, form, act, show=show)


@page(access=everyone, methods=ACTS)
def confirm_destruction(request: UserRequest, pk: int) -> HttpResponse:
    """Say for a desk that what it got by mistake is destroyed."""
    at = timezone.now()
    disclosure = (
        Disclosure.objects.system_scope("the desk that got it confirms")
        .filter(pk=pk, taken_back_at__isnull=False)
        .select_related("case", "desk__organisation")
        .defer("text")
        .first()
    )
    if disclosure is None or not breaches.may_confirm(disclosure, request.user, at=at):
        raise NotVisible
    log_reading(
        "retraction.read", disclosure.case, request.user, at=at, about=disclosure.key
    )
    form = SentForm(request.POST or None)
    show = partial(
        _show,
        request,
        "retraction/confirm_destruction.html",
        {"row": disclosure, "form": form},
    )
    if request.method != "POST":
        return show(200)

    def act() -> str:
        breaches.confirm_destruction(disclosure, by=request.user, at=at)
        return "/"

    return send(request, form, act, show=show)


@page(access=_privacy, methods=ACTS)
def breach(request: UserRequest, pk: int) -> HttpResponse:
    """Judge a possible leak within 72 hours."""
    at = timezone.now()
    found = (
        Breach.objects.system_scope("the privacy officer judges it")
        .excluding(request.user)
        .select_related("case", "by", "closed_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotVisible
    log.write(
        "breach.read",
        by=request.user,
        at=at,
        case=found.case_id,
        about=found.key,
        role=Role.PRIVACY_OFFICER,
    )
    form = BreachForm(request.POST or None)
    disclosure = _disclosure(found.about)
    show = partial(
        _show,
        request,
        "retraction/breach.html",
        {
            "row": found,
            "disclosure": disclosure,
            "openers": retraction.opened_by(disclosure) if disclosure else [],
            "not_yours": breaches.OWN if breaches.is_own(found, request.user) else "",
            "form": form,
        },
    )
    if request.method != "POST":
        return show(200)

    def act() -> str:
        breaches.close_breach(found, by=request.user, at=at, **form.facts())
        return "/"

    return send(request, form, act, show=show)


_HEADINGS = {
    "persoon": "Hoort deze persoon hier niet?",
    "notitie": "Hoort deze notitie hier niet?",
    "verstrekking": "Had je dit niet moeten delen?",
}


def _kind(slug: str) -> Kind:
    kind = KIND_OF_SLUG.get(slug)
    if kind is None:
        raise NotVisible
    return kind


def _openers(found: Retraction) -> list[Any]:
    disclosure = _disclosure(found.about)
    return list(retraction.opened_by(disclosure)) if disclosure is not None else []


def _disclosure(about: str) -> Disclosure | None:
    noun, _, pk = about.partition(":")
    if noun != Disclosure.KEY:
        return None
    return (
        Disclosure.objects.system_scope("who opened what was shared by mistake")
        .select_related("desk__organisation")
        .defer("text")
        .get(pk=pk)
    )


def _show(
    request: UserRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    return render(request, template, context, status=status)
