"""The page on which somebody is away, is back, or stands in."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.cases import absence
from casework.cases.absence_forms import AwayForm, DeputyForm
from casework.cases.dossier_forms import ColleagueForm, people_with
from casework.cases.handover import VACANT
from casework.cases.leaving import appoint_successor, vacancies_for
from casework.cases.models import Case
from casework.cases.uncovered import (
    FOUND,
    asked_of,
    find_another,
    was_asked,
)
from casework.people.errors import AlreadyDone, NotVisible
from casework.people.models import Absence, Role, User
from casework.work.sending import send

ACTS = ("GET", "POST")
NOBODY_TO_CHOOSE = (
    "Een vervanger is een collega van dezelfde organisatie. Daar is nu niemand anders. "
    "Vraag de beheerder om een collega toe te voegen."
)


@page(access=everyone)
def mine(request: UserRequest) -> HttpResponse:
    """My deputy, whether I am away, and for whom I stand in."""
    at = timezone.now()
    me = request.user
    away = {row.user_id: row for row in _absences(me, at=at)}
    colleagues = (
        User.objects.filter(
            Q(pk__in=absence.reported_by(me, at=at).values("pk")) | Q(pk__in=away)
        )
        .filter(is_active=True)
        .exclude(pk=me.pk)
        .select_related("deputy")
        .distinct()
        .order_by("name", "pk")
    )
    context = {
        "me": User.objects.select_related("deputy", "team_lead").get(pk=me.pk),
        "absence": away.get(me.pk),
        "colleagues": [
            {
                "person": person,
                "absence": away.get(person.pk),
                "is_deputy": person.deputy_id == me.pk,
                "leads": person.team_lead_id == me.pk,
            }
            for person in colleagues
        ],
        "uncovered": asked_of(me, at=at).open().order_by("due_on", "pk"),
        "vacant": vacancies_for(me, at=at).order_by("due_on", "pk"),
        "submit_id": uuid4,
    }
    return render(request, "absence/mine.html", context)


@page(access=everyone, methods=ACTS)
def deputy(request: UserRequest, pk: int) -> HttpResponse:
    """Choose the deputy of oneself or of somebody of one's team."""
    at = timezone.now()
    person = _person(request, pk, at=at, leads=True)
    form = DeputyForm(
        request.POST or None,
        person=person,
        today=timezone.localdate(at),
        initial={"deputy": person.deputy_id},
    )
    return _ask(
        request,
        form,
        lambda: absence.set_deputy(person, by=request.user, at=at, **form.facts()),
        heading="Wie is jouw vervanger?"
        if person.pk == request.user.pk
        else f"Wie vervangt {person.name}?",
        button="Kies deze vervanger",
        **({"over": NOBODY_TO_CHOOSE} if form.offers_nobody else {}),
    )


@page(access=everyone, methods=ACTS)
def begin(request: UserRequest, pk: int) -> HttpResponse:
    """Let somebody be away from now on; his deputy works in his name."""
    at = timezone.now()
    person = _person(request, pk, at=at)
    is_me = person.pk == request.user.pk
    stands_in = person.deputy_id == request.user.pk
    form = AwayForm(
        request.POST or None, for_another=not is_me, today=timezone.localdate(at)
    )
    return _ask(
        request,
        form,
        lambda: absence.start_absence(person, by=request.user, at=at, **form.facts()),
        heading="Ben je er niet?"
        if is_me
        else f"Neem je waar voor {person.name}?"
        if stands_in
        else f"Is {person.name} er niet?",
        button="Ik ben er niet, vanaf nu"
        if is_me
        else "Ik neem waar vanaf nu"
        if stands_in
        else "Laat de vervanger beginnen",
        lead="De collega, de vervanger, de leidinggevende en de FG krijgen bericht. "
        "Bij alles wat de vervanger doet, staat namens wie.",
        **_why_not_away(person, request.user, at=at),
    )


@page(access=everyone, methods=("POST",))
def end(request: UserRequest, pk: int) -> HttpResponse:
    """Let an absence end: who was away is back."""
    at = timezone.now()
    row = next((each for each in _absences(request.user, at=at) if each.pk == pk), None)
    if row is None:
        raise NotVisible
    found = row

    def act() -> str:
        absence.end_absence(found, by=request.user, at=at)
        return reverse("absence:mine")

    return once(request, act)


@page(access=everyone, methods=ACTS)
def cover(request: UserRequest, pk: int) -> HttpResponse:
    """Find another procesregisseur: the deputy may not see it, or nobody steers it."""
    at = timezone.now()
    me = request.user
    asked = asked_of(me, at=at).open() | vacancies_for(me, at=at)
    item = asked.filter(pk=pk).first()
    if item is None or item.case is None:
        if was_asked(me, pk, at=at):
            raise AlreadyDone(FOUND)
        raise NotVisible
    case = Case.objects.system_scope("who is asked finds another").get(pk=item.case)
    people = people_with(Role.PROCESREGISSEUR, on=timezone.localdate(at))
    form = ColleagueForm(
        request.POST or None, people=people.exclude(pk=case.procesregisseur_id or 0)
    )

    def appoint() -> None:
        appoint_successor(case, by=request.user, at=at, **form.facts())

    def find() -> None:
        find_another(item, by=request.user, at=at, **form.facts())

    is_vacant = item.kind == VACANT
    return _ask(
        request,
        form,
        appoint if is_vacant else find,
        heading=f"Wie neemt {case.reference} over?",
        button="Draag procesregie over",
        lead="De procesregisseur werkt hier niet meer. Kies een collega die de "
        "procesregie overneemt."
        if is_vacant
        else "De vervanger kent deze mensen en ziet de casus niet. Kies een collega "
        "die de procesregie overneemt.",
    )


def _why_not_away(person: User, by: User, *, at: datetime) -> dict[str, str]:
    refusal = absence.obstacle(person, by, at=at)
    if refusal is None:
        return {}
    over = {"over": refusal.user_message}
    if isinstance(refusal, absence.NoDeputy) and by.pk == person.pk:
        over["over_url"] = reverse("absence:deputy", args=[person.pk])
        over["over_link"] = "Kies je vervanger"
    return over


def _absences(user: User, *, at: datetime) -> list[Absence]:
    """Who is away now of whom he may say that they are back."""
    return list(
        Absence.objects.active(at)
        .filter(Q(user=user) | Q(deputy=user) | Q(user__team_lead=user))
        .select_related("user", "deputy", "started_by")
        .order_by("pk")
    )


def _person(
    request: UserRequest, pk: int, *, at: datetime, leads: bool = False
) -> User:
    """Somebody of whom he may say this; a stranger is not there."""
    person = User.objects.filter(pk=pk, is_active=True).first()
    if person is None or not absence.may_report(person, request.user, at=at):
        raise NotVisible
    if leads and request.user.pk not in {person.pk, person.team_lead_id}:
        raise NotVisible
    return person


def _ask(
    request: UserRequest, form: forms.Form, act: Any, **context: Any
) -> HttpResponse:
    show = partial(_show, request, form, context)

    def done() -> str:
        act()
        return reverse("absence:mine")

    if request.method != "POST":
        return show(200)
    return send(request, form, done, show=show)


def _show(
    request: UserRequest, form: forms.Form, context: dict[str, Any], status: int
) -> HttpResponse:
    return render(
        request, "absence/form.html", {**context, "form": form}, status=status
    )
