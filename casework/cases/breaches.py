"""Something was shared that should not be: the receiver destroys it, the clock runs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Breach, Case, Disclosure, Exclusion
from casework.people.absence import acting_for
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
    TransitionRefused,
)
from casework.people.models import Desk, Membership, Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day

OWN = "Jij deelde dit, of haalde het terug. Een ander beoordeelt het."
DESTROY, ASSESS = "disclosure.destroy", "breach.assess"


class NoPrivacyDesk(TransitionRefused):
    """There is no desk that decides about privacy."""

    status = 422
    user_message = "Er is nog geen bureau privacy. Vraag de beheerder."


@transaction.atomic
def confirm_destruction(
    disclosure: Disclosure, *, by: User, at: datetime
) -> Disclosure:
    """
    Say for a desk that what it got by mistake is destroyed.

    :raises NotVisible: if he is not of that desk, or nothing was taken back
    :raises AlreadyDone: if it was said before
    """
    case = lock_case(disclosure)
    if disclosure.taken_back_at is None or not may_confirm(disclosure, by, at=at):
        raise NotVisible
    if disclosure.destruction_confirmed_at is not None:
        raise AlreadyDone
    disclosure.destruction_confirmed_at = at
    disclosure.save(update_fields=["destruction_confirmed_at"])
    items.close_items(disclosure.key, by=by, at=at, kind=DESTROY)
    record(case, "destruction.confirmed", by=by, at=at, changed=[disclosure])
    return disclosure


@transaction.atomic
def close_breach(
    breach: Breach, *, by: User, at: datetime, conclusion: str, text: str
) -> Breach:
    """
    Conclude what a possible leak was, and why.

    :raises NotVisible: if `by` is no privacy officer, or knows these people
    :raises NotPermitted: if he shared it himself, or took it back
    :raises AlreadyDone: if it was concluded before
    :raises InvalidInput: without a conclusion and a reason
    """
    case = lock_case(breach)
    knows = Exclusion.objects.filter(case=case, user=by).exists()
    if knows or Role.PRIVACY_OFFICER not in by.roles(on=local_day(at)):
        raise NotVisible
    if is_own(breach, by):
        raise NotPermitted(OWN)
    if breach.closed_at is not None:
        raise AlreadyDone("Dit is al beoordeeld.")
    if not conclusion or conclusion not in Breach.Conclusion.values:
        raise InvalidInput("Kies een conclusie.", field="conclusion")
    if not text.strip():
        raise InvalidInput("Schrijf waarom je dit vindt.", field="text")
    breach.conclusion, breach.text = conclusion, text.strip()
    breach.closed_by, breach.closed_at = by, at
    breach.save(update_fields=["conclusion", "text", "closed_by", "closed_at"])
    items.close_items(breach.key, by=by, at=at, kind=ASSESS)
    record(case, "breach.closed", by=by, at=at, changed=[breach], conclusion=conclusion)
    return breach


def is_own(breach: Breach, user: User) -> bool:
    """Whether somebody shared what may have leaked, or took it back. One query."""
    if breach.by_id == user.pk:
        return True
    noun, _, key = breach.about.partition(":")
    shared = Disclosure.objects.system_scope("who shared it does not judge it")
    return noun == Disclosure.KEY and shared.filter(pk=key, by=user).exists()


def raise_breach(case: Case, about: str, *, by: User, at: datetime) -> Breach:
    """
    Let the privacy officer judge within 72 clock hours whether data leaked.

    Part of a transition; returns the row, for its record (AVG, article 33).
    """
    rules = policy.at(local_day(at))
    due = due_after(rules.term("breach_notice"), at=at, rules=rules)
    assert due.at is not None
    breach = Breach.objects.create(
        case=case, about=about, noticed_at=at, report_by=due.at, by=by
    )
    items.open_item(
        ASSESS,
        title="Mogelijk datalek",
        about=breach.key,
        link=f"/datalek/{breach.pk}/",
        owner=privacy_desk(),
        due=due,
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        asked_by=by,
        urgent=True,
        legal=True,
    )
    return breach


def ask_receiver_to_destroy(disclosure: Disclosure, *, by: User, at: datetime) -> None:
    """Ask the desk that got it to destroy it. Part of a transition."""
    rules = policy.at(local_day(at))
    items.open_item(
        DESTROY,
        title="Vernietig wat je van ons kreeg",
        about=disclosure.key,
        link=f"/verstrekking/{disclosure.pk}/vernietigd/",
        owner=disclosure.desk,
        due=due_after(rules.term("confirmation"), at=at, rules=rules),
        by=by,
        at=at,
        case=disclosure.case_id,
        reference=disclosure.case.reference,
        asked_by=by,
    )


def may_confirm(disclosure: Disclosure, user: User, *, at: datetime) -> bool:
    """Whether he is of the desk that got it, or stands in for who is, and knows nobody."""
    if Exclusion.objects.filter(user=user, case=disclosure.case_id).exists():
        return False
    return (
        Membership.objects.on(local_day(at))
        .filter(desk=disclosure.desk_id, user__in={user.pk, *acting_for(user, at=at)})
        .exists()
    )


def privacy_desk() -> Desk:
    """
    Give the desk that decides about mistakes and leaks.

    :raises NoPrivacyDesk: if there is none
    """
    desk = Desk.objects.filter(kind=Desk.Kind.PRIVACY, is_active=True).order_by("pk")
    found = desk.first()
    if found is None:
        raise NoPrivacyDesk
    return found
