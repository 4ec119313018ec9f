"""Who answers a request may see whom it is about, if he says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ave.escalation.models import Escalation, Showing
from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.audit import log
from casework.cases.journal import acts_for, record
from casework.cases.lock import lock_case
from casework.cases.models import Person
from casework.people.errors import InvalidInput, NotPermitted, NotVisible
from casework.people.models import User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day

LOOKED = "persons.shown"
SHORTEST_REASON = 20
GROWN_UP = 18


@dataclass(frozen=True, slots=True)
class Shown:
    """The least that says who somebody is; of a child the age alone."""

    name: str
    role: str
    age: int | None


@transaction.atomic
def show_persons(
    escalation: Escalation, *, by: User, at: datetime, reason: str
) -> list[Shown]:
    """
    Give the people whom a request is about, once it is written down why.

    The procesregisseur hears of it as work. Each look is a look of its own.

    :raises NotVisible: if he does not read this request
    :raises NotPermitted: if he reads the dossier anyway, is only asked for his word,
        or the request ended
    :raises InvalidInput: for a reason that is too short
    """
    case = lock_case(escalation)
    mine = Escalation.objects.visible_to(by, at=at).filter(pk=escalation.pk)
    if not mine.exists():
        raise NotVisible
    if Permission.READ_DOSSIER in scopes(by, case, at=at):
        raise NotPermitted("Je leest het dossier al. Daar staat om wie het gaat.")
    require_turn(escalation, by, at=at)
    if escalation.ended_at is not None:
        raise NotPermitted("Deze vraag is afgelopen. Namen zijn niet meer nodig.")
    if len(" ".join(reason.split())) < SHORTEST_REASON:
        raise InvalidInput(
            f"Schrijf in minstens {SHORTEST_REASON} tekens waarom je dit moet weten.",
            field="reason",
        )
    showing = Showing.objects.create(
        case=case, escalation=escalation, by=by, reason=reason, at=at
    )
    log.write(
        "persons.shown",
        by=by,
        at=at,
        case=case.pk,
        about=escalation.key,
        on_behalf_of=acts_for(case, by, at=at),
        access_basis=showing.key,
        words=reason,
    )
    record(case, "persons.asked_for", by=by, at=at, about=escalation)
    _tell(showing, at=at)
    people = (
        Person.objects.visible_to(by, at=at, permission=Permission.READ_MEMO)
        .standing()
        .filter(case__requests__in=mine, until_on__isnull=True)
        .order_by("pk")
    )
    return [_least(person, on=local_day(at)) for person in people]


def require_turn(escalation: Escalation, user: User, *, at: datetime) -> None:
    """
    Refuse who does not answer the request: who only says a word needs no names.

    :raises NotPermitted: if it is not his to answer
    """
    if not escalation.has_turn(user, at=at):
        raise NotPermitted("Namen ziet alleen wie de vraag beantwoordt.")


@transaction.atomic
def note_showings(escalation: Escalation, *, by: User, at: datetime) -> None:
    """
    Say that one read who looked and why.

    :raises NotPermitted: if `by` does not steer the case
    """
    case = lock_case(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    for showing in Showing.objects.visible_to(by, at=at).filter(escalation=escalation):
        items.close_items(showing.key, by=by, at=at, kind=LOOKED)


def showings_of(escalation: Escalation, user: User, *, at: datetime) -> list[Showing]:
    """Give who looked and why, for who reads the dossier; newest first."""
    rows = Showing.objects.visible_to(user, at=at).filter(escalation=escalation)
    return list(rows.select_related("by").order_by("-pk"))


def waits_to_be_read(showings: list[Showing]) -> bool:
    """Whether somebody was told of one of these, and did not say that he read it."""
    if not showings:
        return False
    asked = items.open_for_case(showings[0].case_id).filter(kind=LOOKED)
    return asked.filter(about__in=[showing.key for showing in showings]).exists()


def _least(person: Person, *, on: date) -> Shown:
    age = person.age(on=on)
    is_child = age is not None and age < GROWN_UP
    return Shown(
        name="Een kind" if is_child else person.name,
        role=person.get_role_display(),
        age=age,
    )


def _tell(showing: Showing, *, at: datetime) -> None:
    case = showing.case
    if case.procesregisseur is None:
        return
    rules = policy.at(local_day(at))
    items.open_item(
        LOOKED,
        title="Iemand keek om wie het gaat. Lees waarom",
        about=showing.key,
        link=f"/besluiten/{showing.escalation_id}/wie/",
        owner=case.procesregisseur,
        due=due_after(rules.term("confirmation"), at=at, rules=rules),
        by=showing.by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
    )
