"""The pages on which it stands who takes part in a case, and who may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import appointing, bases, excluding, pages, parties
from casework.cases.dossier_forms import (
    ColleagueForm,
    ExtendForm,
    PartyForm,
    people_with,
)
from casework.cases.dossier_pages import (
    ACTS,
    PARTIES,
    ask,
    do,
    read_case,
    steer_case,
    work_case,
)
from casework.cases.handover import hand_over_procesregie
from casework.cases.letting_go import ANSWER_FIRST, is_asked
from casework.cases.models import (
    Case,
    Disclosure,
    Exclusion,
    Participation,
    Retraction,
)
from casework.cases.reading_in import finish_reading_in, reader_key
from casework.cases.retraction import KIND_OF_NOUN
from casework.cases.seers import asked_desks, grounds_of, seers_of
from casework.people.errors import NotVisible
from casework.people.models import Role, User
from casework.work import items


@page(access=everyone)
def show_parties(request: UserRequest, reference: str) -> HttpResponse:
    """Which parties take part, who steers, and who can see this."""
    at = timezone.now()
    case = read_case(request, reference, at=at, verb="case.read")
    user = request.user
    context = pages.head(case, user, PARTIES, at)
    running = list(
        Participation.objects.visible_to(user, at=at)
        .running(at)
        .filter(case=case.pk)
        .select_related("organisation", "desk", "user__organisation", "on_behalf_of")
        .order_by("pk")
    )
    context |= {
        "parties": [
            {"party": row, "ground": bases.label_of(row.ground)}
            for row in running
            if row.role == Participation.Role.PARTY
        ],
        "seers": seers_of(case, at=at),
        "asked_desks": asked_desks(case),
        "why": grounds_of(running, user, at=at),
        "disclosures": _disclosures(case, user, at=at),
        "lines": _lines(case, user, at=at),
        "excluded": Exclusion.objects.filter(case=case.pk)
        .select_related("user")
        .order_by("pk"),
        "must_read_in": items.open_about(reader_key(case, user.pk)).exists(),
        "submit_id": uuid4,
        "may_write": "work_case" in context["allowed"],
        "may_steer": "steer_case" in context["allowed"],
    }
    return render(request, "dossier/parties.html", context)


@page(access=everyone, methods=ACTS)
def invite_party(request: UserRequest, reference: str) -> HttpResponse:
    """Let an organisation take part."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    form = PartyForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: parties.invite_party(case, by=request.user, at=at, **form.facts()),
        tab=PARTIES,
        heading="Welke partij doet mee?",
        button="Laat deze partij meedoen",
        lead="Een partij ziet het dossier niet. Zij krijgt alleen taken, en wat je "
        "daarbij deelt.",
    )


@page(access=everyone, methods=ACTS)
def extend_party(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Let a party take part longer."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    party = _party(request.user, case, pk, at=at)
    form = ExtendForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: parties.extend_party(party, by=request.user, at=at, **form.facts()),
        tab=PARTIES,
        over="" if party.ended_at is None else parties.ENDED,
        heading="Tot wanneer doet deze partij mee?",
        button="Laat langer meedoen",
        lead=str(party.organisation),
    )


@page(access=everyone, methods=("POST",))
def end_party(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Let a party take part no longer."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    party = _party(request.user, case, pk, at=at)
    return do(
        request,
        case,
        lambda: parties.end_party(party, by=request.user, at=at),
        tab=PARTIES,
    )


@page(access=everyone, methods=ACTS)
def appoint_casusregisseur(request: UserRequest, reference: str) -> HttpResponse:
    """Name the casusregisseur."""
    at = timezone.now()
    case = steer_case(request, reference, at=at)
    people = people_with(Role.CASUSREGISSEUR, on=timezone.localdate(at))
    form = ColleagueForm(request.POST or None, people=people)
    return ask(
        request,
        case,
        form,
        lambda: appointing.appoint_casusregisseur(
            case, by=request.user, at=at, **form.facts()
        ),
        tab=PARTIES,
        heading="Wie wordt casusregisseur?",
        button="Wijs casusregisseur aan",
        lead="De casusregisseur maakt en volgt het plan, op elk niveau. Hij leest het "
        "dossier vanaf nu.",
    )


@page(access=everyone, methods=ACTS)
def hand_over(request: UserRequest, reference: str) -> HttpResponse:
    """Give the procesregie to a colleague."""
    at = timezone.now()
    case = steer_case(request, reference, at=at)
    people = people_with(Role.PROCESREGISSEUR, on=timezone.localdate(at))
    form = ColleagueForm(
        request.POST or None, people=people.exclude(pk=case.procesregisseur_id or 0)
    )
    return ask(
        request,
        case,
        form,
        lambda: hand_over_procesregie([case], by=request.user, at=at, **form.facts()),
        tab=PARTIES,
        heading="Wie neemt de procesregie over?",
        button="Draag procesregie over",
        goes_to="/",
        lead="Je collega krijgt de casus met alles wat nog te doen is. Jij ziet de "
        "casus daarna niet meer.",
    )


@page(access=everyone, methods=("POST",))
def read_in(request: UserRequest, reference: str) -> HttpResponse:
    """Say that one has read the dossier."""
    at = timezone.now()
    case = read_case(request, reference, at=at, verb="case.read")
    return do(
        request,
        case,
        lambda: finish_reading_in(case, by=request.user, at=at),
        tab=PARTIES,
    )


@page(access=everyone, methods=ACTS)
def exclude_myself(request: UserRequest, reference: str) -> HttpResponse:
    """Not see the case any more: "Ik ken deze mensen"."""
    at = timezone.now()
    case = read_case(request, reference, at=at, verb="case.read")
    over, url, link = _in_the_way(case, request.user)
    return ask(
        request,
        case,
        SentForm(request.POST or None),
        lambda: excluding.exclude_myself(case, by=request.user, at=at),
        tab=PARTIES,
        over=over,
        over_url=url,
        over_link=link,
        heading="Ken je deze mensen?",
        button="Ja, ik wil dit niet zien",
        goes_to="/",
        danger=True,
        lead="Je ziet deze casus dan niet meer, ook niet als vervanger. Je kunt dat "
        "niet zelf terugdraaien.",
    )


@page(access=everyone, methods=ACTS)
def exclude_colleague(request: UserRequest, reference: str) -> HttpResponse:
    """Let a colleague who knows these people not see the case."""
    at = timezone.now()
    case = steer_case(request, reference, at=at)
    people = (
        User.objects.filter(is_active=True, organisation=request.user.organisation_id)
        .exclude(pk__in=[request.user.pk, case.procesregisseur_id or 0])
        .order_by("name", "pk")
    )
    form = ColleagueForm(request.POST or None, people=people)
    return ask(
        request,
        case,
        form,
        lambda: excluding.exclude_colleague(
            case, by=request.user, at=at, **form.facts()
        ),
        tab=PARTIES,
        heading="Welke collega kent deze mensen?",
        button="Laat deze collega dit niet zien",
        lead="Deze collega ziet de casus niet, ook niet als vervanger.",
    )


def _in_the_way(case: Case, user: User) -> tuple[str, str, str]:
    """Give why somebody can't leave a case yet, and where he ends that; or nothing."""
    if case.procesregisseur_id == user.pk:
        first = pages.address(case, "partijen/procesregie")
        return excluding.HandOverFirst.user_message, first, "Draag de procesregie over"
    if is_asked(case, user):
        return ANSWER_FIRST, "/", "Ga naar Mijn werk"
    return "", "", ""


def _party(user: User, case: Case, pk: int, *, at: datetime) -> Participation:
    party = (
        Participation.objects.visible_to(user, at=at)
        .filter(case=case.pk, pk=pk, role=Participation.Role.PARTY)
        .select_related("organisation")
        .first()
    )
    if party is None:
        raise NotVisible
    return party


def _disclosures(case: Case, user: User, *, at: datetime) -> list[dict[str, Any]]:
    rows = (
        Disclosure.objects.visible_to(user, at=at)
        .standing()
        .filter(case=case.pk)
        .select_related("desk__organisation", "by")
        .defer("text")
        .order_by("-pk")
    )
    return [{"row": row, "ground": bases.label_of(row.ground)} for row in rows]


def _lines(case: Case, user: User, *, at: datetime) -> list[dict[str, Any]]:
    rows = Retraction.objects.visible_to(user, at=at).filter(
        case=case.pk, about__startswith=f"{Disclosure.KEY}:"
    )
    return [
        {"line": KIND_OF_NOUN[row.noun].line, "row": row}
        for row in rows.order_by("-pk")
    ]
