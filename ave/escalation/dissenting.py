"""A party that does not agree with a decision has its view kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from ave.escalation.models import Decision, Dissent, Escalation
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.confirmations import ask_confirmation
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case, Participation
from casework.cases.models.spoken import Spoken
from casework.cases.naming import refuse_names
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
    TransitionRefused,
)
from casework.people.models import Desk, Organisation, User
from casework.plan.models import TaskDesk

TAKES_PART = frozenset({Permission.READ_MEMO, Permission.WORK_CASE})
"""Who has one of these was asked something, or works on the case."""


SAID = "De mening van deze partij staat er al bij."


class NotDecided(TransitionRefused):
    """Nothing was decided about this request."""

    user_message = "Er is nog geen besluit. Wacht tot het er is."


@transaction.atomic
def write_dissent(
    escalation: Escalation,
    *,
    by: User,
    at: datetime,
    text: str,
    organisation: Organisation | None = None,
) -> Dissent:
    """
    Keep the view of one's own organisation, or of a party that said it, beside a decision.

    The decision stays. What the procesregisseur writes for a party, the desk by which
    it takes part confirms; without one it stays unconfirmed.

    :raises NotVisible: if he does not read this request
    :raises NotDecided: while there is no decision
    :raises NotPermitted: if he only looks on, decided it, or writes for another and
        does not steer
    :raises AlreadyDone: if this party said it before
    :raises InvalidInput: without a text, or if it names somebody
    """
    case = lock_case(escalation)
    if not Escalation.objects.visible_to(by, at=at).filter(pk=escalation.pk).exists():
        raise NotVisible
    require_dissent(escalation, by, at=at)
    party = organisation or by.organisation
    for_another = organisation is not None and organisation.pk != by.organisation_id
    if for_another and Permission.STEER_CASE not in scopes(by, case, at=at):
        raise NotPermitted("Voor een andere partij schrijft de procesregisseur.")
    if party is None:
        raise NotPermitted("Je hoort niet bij een organisatie.")
    if escalation.dissents.filter(organisation=party).exists():
        raise AlreadyDone(SAID)
    if not text.strip():
        raise InvalidInput("Schrijf waarom je het er niet mee eens bent.", field="text")
    refuse_names(case, text=text)
    dissent = Dissent.objects.create(
        escalation=escalation,
        organisation=party,
        text=text.strip(),
        by=None if for_another else by,
        by_name=party.short_name if for_another else "",
        by_organisation=party if for_another else None,
        recorded_by=by,
        channel=Spoken.Channel.TELEPHONE if for_another else Spoken.Channel.HERE,
        at=at,
    )
    if for_another:
        ask_confirmation(dissent, case=case, at=at, desk=_desk_of(party, case, at=at))
    record(
        case,
        "dissent.written",
        by=by,
        at=at,
        about=escalation,
        bottleneck=escalation.bottleneck.number,
        organisation=party.pk,
        recorded_for_party=party.pk if for_another else None,
    )
    return dissent


def _desk_of(party: Organisation, case: Case, *, at: datetime) -> Desk | None:
    """
    Give the desk by which a party takes part: another one has no need to know.

    Of who picked a task up the last one that is at work; else by which it came in.
    """
    places = (
        TaskDesk.objects.system_scope("which desk of the party knows this case")
        .filter(case=case, picked_up_at__isnull=False)
        .filter(desk__organisation=party, desk__is_active=True)
        .select_related("desk")
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")
    )
    at_work = places.first()
    if at_work is not None:
        return at_work.desk
    parts = (
        Participation.objects.system_scope("by which desk the party takes part")
        .running(at)
        .filter(case=case, role=Participation.Role.PARTY, organisation=party)
        .filter(desk__is_active=True)
        .select_related("desk")
    )
    part = parts.first()
    return part.desk if part is not None else None


def require_dissent(escalation: Escalation, by: User, *, at: datetime) -> None:
    """
    Refuse a view beside nothing, beside one's own decision, or of who only looks on.

    :raises NotDecided: while there is no decision
    :raises NotPermitted: if he decided it, or reads the case without a part in it
    """
    if not TAKES_PART & scopes(by, escalation.case, at=at):
        raise NotPermitted("Je leest hier alleen mee.")
    of_any = Decision.objects.system_scope("beside which decision a view stands")
    made = of_any.filter(answer__escalation=escalation)
    decision = made.select_related("answer").first()
    if decision is None:
        raise NotDecided
    if by.pk in {decision.answer.by_id, escalation.answerer_id}:
        raise NotPermitted("Dit besluit is van jou. Een ander kan er iets bij zetten.")


def may_write_dissent(escalation: Escalation, user: User, *, at: datetime) -> bool:
    """Whether somebody who reads this request may write his view beside it."""
    try:
        require_dissent(escalation, user, at=at)
    except TransitionRefused:
        return False
    steers = Permission.STEER_CASE in scopes(user, escalation.case, at=at)
    return steers or not has_said(escalation, user)


def has_said(escalation: Escalation, user: User) -> bool:
    """Whether the view of his own party stands beside the decision."""
    written = escalation.dissents.all()
    return any(each.organisation_id == user.organisation_id for each in written)


def parties_of(escalation: Escalation, *, at: datetime) -> Sequence[Organisation]:
    """Give the parties for which the procesregisseur may write a view down."""
    places = (
        Participation.objects.system_scope("whose view may be written down")
        .running(at)
        .filter(case=escalation.case_id, organisation__isnull=False)
    )
    return list(
        Organisation.objects.filter(pk__in=places.values("organisation")).order_by(
            "name", "pk"
        )
    )
