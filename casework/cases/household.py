"""Who belongs to a household, whether they know of us, and what a visitor must know."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.bsn import sealed_bsn
from casework.cases.closed import require_in
from casework.cases.journal import record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Case, Person
from casework.cases.models import Warning as VisitWarning
from casework.cases.numbers import called, place_of
from casework.people.errors import AlreadyDone, InvalidInput, TransitionRefused
from casework.people.models import User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem

INFORM, INFORM_FIRST, BIRTHDAY = "person.inform", "case.inform", "person.birthday"
NO_BSN = "0"
LONGEST_WARNING = timedelta(days=183)
INFORMED = "Dit is al vastgelegd."


class NoGround(TransitionRefused):
    """Nobody said on which ground data of this case are kept."""

    status = 422
    user_message = (
        "Leg eerst de grondslag en het doel vast. "
        "Zonder mag je geen personen in het dossier zetten."
    )


class Gone(AlreadyDone):
    """This person left the household or was taken back."""

    user_message = "Deze persoon hoort niet meer bij dit huishouden."


@transaction.atomic
def add_person(
    case: Case,
    *,
    by: User,
    at: datetime,
    name: str,
    role: str,
    birth_on: date | None = None,
    address: str = "",
    phone: str = "",
    bsn: str = "",
    from_on: date | None = None,
    informed_on: date | None = None,
    not_informed_reason: str = "",
) -> Person:
    """
    Put somebody in the household, with the day he was informed or why not yet.

    Who is not informed yet is work with the legal term (AVG, article 14).

    :raises NoGround: if no ground was stated
    :raises InvalidInput: if a name, a role or the reason is missing, or a day is ahead
    """
    lock_case(case)
    require_work(case, by, at=at)
    if not case.grounds.exists():
        raise NoGround
    today = local_day(at)
    _check(name=name, role=role, birth_on=birth_on, on=today)
    if informed_on is None and not not_informed_reason.strip():
        raise InvalidInput(
            "Kies de dag waarop de inwoner het hoorde, of schrijf waarom nog niet.",
            field="not_informed_reason",
        )
    _refuse_ahead(informed_on, on=today, field="informed_on")
    person = Person.objects.create(
        case=case,
        role=role,
        name=name.strip(),
        birth_on=birth_on,
        address=address,
        phone=phone,
        bsn=sealed_bsn(case, bsn, at=at) if bsn else None,
        from_on=from_on or today,
        informed_on=informed_on,
        not_informed_reason="" if informed_on else not_informed_reason,
    )
    if informed_on is None:
        _ask_to_inform(person, case=case, by=by, at=at)
    record(case, "person.added", by=by, at=at, changed=[person])
    settle_told(case, by=by, at=at)
    return person


@transaction.atomic
def correct_person(
    person: Person,
    *,
    by: User,
    at: datetime,
    name: str,
    role: str,
    birth_on: date | None = None,
    address: str = "",
    phone: str = "",
    bsn: str = "",
    seen: int | None = None,
) -> Person:
    """
    Correct what we know of somebody; what stood there is not kept.

    Without a BSN the one that stands there stays; "0" takes it away.

    :raises Stale: if somebody corrected it since `seen`
    :raises Gone: if he is no longer there
    """
    case = _take(person, by=by, at=at)
    require_version(person, seen)
    _check(name=name, role=role, birth_on=birth_on, on=local_day(at))
    person.name, person.role, person.birth_on = name.strip(), role, birth_on
    person.address, person.phone = address, phone
    if bsn:
        person.bsn = None if bsn == NO_BSN else sealed_bsn(case, bsn, at=at)
    _save(person, "name", "role", "birth_on", "address", "phone", "bsn")
    record(case, "person.changed", by=by, at=at, changed=[person])
    return person


@transaction.atomic
def inform_person(
    person: Person, *, by: User, at: datetime, informed_on: date
) -> Person:
    """
    Write down on which day somebody heard that we work on this, also who left since.

    :raises AlreadyDone: if that was written down before
    """
    case = _take(person, by=by, at=at, also_who_left=True)
    if person.informed_on is not None:
        raise AlreadyDone(INFORMED)
    _refuse_ahead(informed_on, on=local_day(at), field="informed_on")
    person.informed_on, person.not_informed_reason = informed_on, ""
    _save(person, "informed_on", "not_informed_reason")
    items.close_items(person.key, by=by, at=at, kind=INFORM)
    record(case, "person.informed", by=by, at=at, changed=[person])
    settle_told(case, by=by, at=at)
    return person


@transaction.atomic
def leave_household(
    person: Person, *, by: User, at: datetime, on: date, destination: str
) -> Person:
    """
    Let somebody leave the household, with where he goes.

    :raises InvalidInput: if the day is ahead or before he came, or without where to
    """
    case = _take(person, by=by, at=at)
    _refuse_ahead(on, on=local_day(at), field="on")
    if on < person.from_on:
        raise InvalidInput("De laatste dag ligt voor de eerste.", field="on")
    if not destination.strip():
        raise InvalidInput(
            'Schrijf waarheen. Weet je het niet, schrijf dan "onbekend".',
            field="destination",
        )
    person.until_on, person.destination = on, destination.strip()
    _save(person, "until_on", "destination")
    items.close_items(
        person.key, by=by, at=at, kind=BIRTHDAY, outcome=WorkItem.Outcome.LAPSED
    )
    record(case, "person.left", by=by, at=at, changed=[person])
    settle_told(case, by=by, at=at)
    return person


@transaction.atomic
def review_person(person: Person, *, by: User, at: datetime) -> Person:
    """
    Say that ground and informing were looked at again after a birthday.

    :raises AlreadyDone: if nobody is asked to
    """
    case = _take(person, by=by, at=at)
    if not items.close_items(person.key, by=by, at=at, kind=BIRTHDAY):
        raise AlreadyDone
    record(case, "person.reviewed", by=by, at=at, about=person)
    return person


@transaction.atomic
def set_warning(
    case: Case, *, by: User, at: datetime, text: str, until_on: date
) -> VisitWarning:
    """
    Set "Let op bij bezoek", with its last day; it goes with every task with a visit.

    :raises InvalidInput: if the day is over or more than half a year ahead
    """
    lock_case(case)
    require_work(case, by, at=at)
    if not text.strip():
        raise InvalidInput("Schrijf waar iemand op moet letten.", field="text")
    today = local_day(at)
    if not today <= until_on <= today + LONGEST_WARNING:
        raise InvalidInput(
            "Kies een dag die nog komt, hoogstens een half jaar vooruit.",
            field="until_on",
        )
    warning = VisitWarning.objects.create(
        case=case, text=text.strip(), until_on=until_on, by=by, at=at
    )
    record(case, "warning.set", by=by, at=at, changed=[warning])
    return warning


@transaction.atomic
def end_warning(warning: VisitWarning, *, by: User, at: datetime) -> VisitWarning:
    """
    End a warning from today on.

    :raises AlreadyDone: if it ended before
    """
    case = lock_case(warning)
    require_work(case, by, at=at)
    today = local_day(at)
    if warning.until_on < today:
        raise AlreadyDone("Deze waarschuwing is al voorbij.")
    warning.until_on = today - timedelta(days=1)
    warning.save(update_fields=["until_on"])
    record(case, "warning.ended", by=by, at=at, changed=[warning])
    return warning


def require_work(case: Case, by: User, *, at: datetime) -> None:
    """
    Refuse who may not write in the dossier; in triage who assesses may.

    :raises NotVisible: if he may not know of the case
    :raises NotPermitted: if he only reads it
    """
    in_triage = case.status == Case.Status.IN_TRIAGE
    if in_triage and Permission.TRIAGE_CASE in scopes(by, case, at=at):
        return
    require_in(case, by, Permission.WORK_CASE, at=at)


def owner_of(case: Case, *, by: User) -> User:
    """Who gets work about the dossier: the procesregisseur, in triage who wrote it."""
    return case.procesregisseur or by


def settle_told(case: Case, *, by: User, at: datetime) -> None:
    """
    End the work of the first day if everybody here knows. Part of a transition.

    Who left is somebody too: whether he knows is work of its own.
    """
    people = (
        Person.objects.system_scope("is everybody informed")
        .standing()
        .filter(case=case)
    )
    untold = people.filter(until_on__isnull=True, informed_on__isnull=True)
    if people.exists() and not untold.exists():
        items.close_items(case.key, by=by, at=at, kind=INFORM_FIRST)


def _take(
    person: Person, *, by: User, at: datetime, also_who_left: bool = False
) -> Case:
    case = lock_case(person)
    require_work(case, by, at=at)
    left = person.until_on is not None and not also_who_left
    if person.taken_back_at is not None or left:
        raise Gone
    return case


def _check(*, name: str, role: str, birth_on: date | None, on: date) -> None:
    if not name.strip():
        raise InvalidInput("Schrijf hoe deze persoon heet.", field="name")
    if role not in Person.Role.values:
        raise InvalidInput("Kies een rol uit de lijst.", field="role")
    _refuse_ahead(birth_on, on=on, field="birth_on")


def _refuse_ahead(day: date | None, *, on: date, field: str) -> None:
    if day is not None and day > on:
        raise InvalidInput("Kies een dag die al geweest is.", field=field)


def _save(person: Person, *fields: str) -> None:
    person.version += 1
    person.save(update_fields=[*fields, "version"])


def _ask_to_inform(person: Person, *, case: Case, by: User, at: datetime) -> None:
    rules = policy.at(local_day(at))
    items.open_item(
        INFORM,
        title=f"Informeer de inwoner ({called(person, case)})",
        about=person.key,
        link=place_of(person, case),
        owner=owner_of(case, by=by),
        due=due_after(rules.term("inform_subject"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        legal=True,
    )
