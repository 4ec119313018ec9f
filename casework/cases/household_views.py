"""The pages of a household: people, notes, warnings and grounds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.cases import bases, dossier, household, informing, pages
from casework.cases.bsn import masked_bsns
from casework.cases.dossier_forms import (
    DayForm,
    GroundForm,
    LeaveForm,
    NewPersonForm,
    NoteForm,
    PageForm,
    PersonForm,
    ReviewGroundForm,
    UntoldForm,
    WarningForm,
)
from casework.cases.dossier_pages import (
    ACTS,
    HOUSEHOLD,
    ask,
    do,
    read_case,
    work_case,
)
from casework.cases.models import Case, LegalBasis, Note, Person, Retraction
from casework.cases.models import Warning as VisitWarning
from casework.cases.numbers import called, numbers_in
from casework.cases.retraction import KIND_OF_NOUN
from casework.people.errors import NotVisible
from casework.people.models import User
from casework.work.models import WorkItem

NOTES = 50
_AGE_OF_ASSENT, _AGE_OF_CONSENT, _ADULT = 12, 16, 18


@page(access=everyone)
def show_household(request: UserRequest, reference: str) -> HttpResponse:
    """Who belongs to the household, and what is written about it."""
    at = timezone.now()
    form = PageForm(request.GET)
    case = read_case(request, reference, at=at, verb="household.read")
    context = pages.head(case, request.user, HOUSEHOLD, at)
    if not form.is_valid():
        context["form"] = form
    context |= _people(case, request.user, at=at, on=timezone.localdate(at))
    context |= _notes(case, request.user, at=at, form=form)
    context["lines"] = _lines(case, request.user, at=at)
    context["submit_id"] = uuid4
    context["may_write"] = bool({"work_case", "triage_case"} & context["allowed"])
    is_empty = context["may_write"] and not (context["people"] or context["gone"])
    context["asks_in_vain"] = is_empty and informing.asks_in_vain(case)
    status = 200 if form.is_valid() else 422
    return render(request, "dossier/household.html", context, status=status)


@page(access=everyone, methods=ACTS)
def add_person(request: UserRequest, reference: str) -> HttpResponse:
    """Put somebody in the household."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    form = NewPersonForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: household.add_person(case, by=request.user, at=at, **form.facts()),
        tab=HOUSEHOLD,
        over="" if case.grounds.exists() else household.NoGround.user_message,
        over_url=pages.address(case, "huishouden/grondslag"),
        over_link="Leg een grondslag vast",
        heading="Wie hoort bij dit huishouden?",
        button="Zet in het huishouden",
    )


@page(access=everyone, methods=ACTS)
def correct_person(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Correct what we know of somebody."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    person = _person(request.user, case, pk, at=at)
    names = ("name", "role", "birth_on", "address", "phone")
    form = PersonForm(
        request.POST or None,
        today=timezone.localdate(at),
        initial={name: getattr(person, name) for name in names}
        | {"seen": person.version},
    )
    return ask(
        request,
        case,
        form,
        lambda: household.correct_person(
            person,
            by=request.user,
            at=at,
            seen=form.cleaned_data["seen"],
            **form.facts(),
        ),
        tab=HOUSEHOLD,
        over="" if person.until_on is None else household.Gone.user_message,
        heading="Wat klopt er niet?",
        button="Bewaar wat klopt",
        about=person,
    )


@page(access=everyone, methods=ACTS)
def inform_person(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Write down that somebody knows that we work on this."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    person = _person(request.user, case, pk, at=at)
    form = DayForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: household.inform_person(
            person, by=request.user, at=at, informed_on=form.cleaned_data["on"]
        ),
        tab=HOUSEHOLD,
        over="" if person.informed_on is None else household.INFORMED,
        heading="Wanneer hoorde deze persoon het?",
        button="Leg vast",
        lead=f"Het gaat om {person.name} ({called(person, case)}). Vertel wat we "
        "vastleggen, waarom, met wie we delen en welke rechten iemand heeft.",
    )


@page(access=everyone, methods=ACTS)
def settle_untold(request: UserRequest, reference: str) -> HttpResponse:
    """Write down why nobody can be informed."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    form = UntoldForm(request.POST or None)
    return ask(
        request,
        case,
        form,
        lambda: informing.settle_untold(
            case, by=request.user, at=at, reason=form.cleaned_data["reason"]
        ),
        tab=HOUSEHOLD,
        over=informing.why_not_untold(case),
        heading="Is er niemand te informeren?",
        button="Leg vast",
        lead="Zet je later toch iemand in het huishouden? Dan moet die het alsnog horen.",
    )


@page(access=everyone, methods=ACTS)
def leave_household(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Write down that somebody left the household."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    person = _person(request.user, case, pk, at=at)
    form = LeaveForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: household.leave_household(
            person, by=request.user, at=at, **form.facts()
        ),
        tab=HOUSEHOLD,
        over="" if person.until_on is None else household.Gone.user_message,
        heading="Wanneer ging deze persoon weg, en waarheen?",
        button="Leg vertrek vast",
    )


@page(access=everyone, methods=("POST",))
def review_person(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Say that ground and informing were looked at after a birthday."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    person = _person(request.user, case, pk, at=at)
    return do(
        request,
        case,
        lambda: household.review_person(person, by=request.user, at=at),
        tab=HOUSEHOLD,
    )


@page(access=everyone, methods=ACTS)
def add_note(request: UserRequest, reference: str) -> HttpResponse:
    """Write a note."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    form = NoteForm(request.POST or None)
    return ask(
        request,
        case,
        form,
        lambda: dossier.add_note(case, by=request.user, at=at, **form.facts()),
        tab=HOUSEHOLD,
        heading="Wat wil je vasthouden?",
        button="Bewaar notitie",
        lead="Wie het dossier leest, leest je notitie. De inwoner mag hem opvragen.",
    )


@page(access=everyone, methods=ACTS)
def set_warning(request: UserRequest, reference: str) -> HttpResponse:
    """Say what a visitor must look out for."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    form = WarningForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: household.set_warning(case, by=request.user, at=at, **form.facts()),
        tab=HOUSEHOLD,
        heading="Waar moet iemand op letten bij een bezoek?",
        button="Zet waarschuwing",
    )


@page(access=everyone, methods=("POST",))
def end_warning(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """End a warning before its day."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    warning = (
        VisitWarning.objects.visible_to(request.user, at=at)
        .filter(case=case.pk, pk=pk)
        .first()
    )
    if warning is None:
        raise NotVisible
    return do(
        request,
        case,
        lambda: household.end_warning(warning, by=request.user, at=at),
        tab=HOUSEHOLD,
    )


@page(access=everyone, methods=ACTS)
def state_ground(request: UserRequest, reference: str) -> HttpResponse:
    """State on which ground data are used."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    form = GroundForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: dossier.state_ground(case, by=request.user, at=at, **form.facts()),
        tab=HOUSEHOLD,
        heading="Op welke grondslag gebruik je deze gegevens?",
        button="Leg grondslag vast",
        lead="Twijfel je? Vraag het de privacy officer.",
    )


@page(access=everyone, methods=ACTS)
def review_ground(request: UserRequest, reference: str, pk: int) -> HttpResponse:
    """Look at a ground again."""
    at = timezone.now()
    case = work_case(request, reference, at=at)
    ground = (
        LegalBasis.objects.visible_to(request.user, at=at)
        .filter(case=case.pk, pk=pk)
        .first()
    )
    if ground is None:
        raise NotVisible
    form = ReviewGroundForm(request.POST or None, today=timezone.localdate(at))
    return ask(
        request,
        case,
        form,
        lambda: dossier.review_ground(ground, by=request.user, at=at, **form.facts()),
        tab=HOUSEHOLD,
        heading="Klopt deze grondslag nog?",
        button="Ja, hij klopt nog",
        lead=f"{bases.label_of(ground.code)}: {ground.purpose}",
    )


def consent_of(person: Person, *, on: date) -> str:
    """Say who consents to help for a child; nothing for who is of age."""
    age = person.age(on=on)
    if age is None or age >= _ADULT:
        return ""
    if age < _AGE_OF_ASSENT:
        return "Ouder geeft toestemming voor hulp."
    if age < _AGE_OF_CONSENT:
        return "Ouder geeft toestemming voor hulp, samen met het kind."
    return "Jongere beslist zelf. Ouder geeft toestemming waar de wet dat vraagt."


def _person(user: User, case: Case, pk: int, *, at: datetime) -> Person:
    person = (
        Person.objects.visible_to(user, at=at)
        .standing()
        .filter(case=case.pk, pk=pk)
        .first()
    )
    if person is None:
        raise NotVisible
    return person


def _people(case: Case, user: User, *, at: datetime, on: date) -> dict[str, Any]:
    people = list(
        Person.objects.visible_to(user, at=at)
        .standing()
        .filter(case=case.pk)
        .order_by("pk")
    )
    birthdays = set(
        WorkItem.objects.system_scope("who must be looked at again")
        .open()
        .filter(kind=household.BIRTHDAY, about__in=[person.key for person in people])
        .values_list("about", flat=True)
    )
    bsns, numbers = masked_bsns(case, people), numbers_in(case)
    rows: list[dict[str, Any]] = [
        {
            "person": person,
            "number": numbers[person.pk],
            "age": person.age(on=on),
            "consent": consent_of(person, on=on),
            "look_again": person.key in birthdays,
            "bsn": bsns.get(person.pk),
        }
        for person in people
    ]
    return {
        "people": [row for row in rows if row["person"].until_on is None],
        "gone": [row for row in rows if row["person"].until_on is not None],
        "warnings": VisitWarning.objects.visible_to(user, at=at)
        .filter(case=case.pk, until_on__gte=on)
        .order_by("until_on", "pk"),
        "grounds": [
            {"ground": ground, "label": bases.label_of(ground.code)}
            for ground in LegalBasis.objects.visible_to(user, at=at)
            .filter(case=case.pk)
            .order_by("pk")
        ],
    }


def _notes(case: Case, user: User, *, at: datetime, form: PageForm) -> dict[str, Any]:
    rows = dossier.notes_for(user, at=at).filter(case=case.pk)
    before = form.cleaned_data.get("voor") if form.is_valid() else None
    if before is not None:
        rows = rows.filter(pk__lt=before)
    notes: list[Note] = list(
        rows.select_related("by", "source").order_by("-pk")[: NOTES + 1]
    )
    more = len(notes) > NOTES
    return {
        "notes": dossier.with_writers(notes[:NOTES]),
        "next_notes": f"?voor={notes[NOTES - 1].pk}" if more else "",
        "from_start": before is None,
    }


def _lines(case: Case, user: User, *, at: datetime) -> list[dict[str, Any]]:
    """What stands where something was taken back: never a word of it."""
    rows = (
        Retraction.objects.visible_to(user, at=at).filter(case=case.pk).order_by("-pk")
    )
    return [
        {"line": KIND_OF_NOUN[row.noun].line, "row": row}
        for row in rows
        if row.noun in {"person", "note"}
    ]
