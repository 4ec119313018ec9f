"""A referral is assessed, and whoever made it hears what we do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ave.triage import answers
from ave.triage.models import Triage
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases import grants
from casework.cases.bottlenecks import add_bottleneck, settle_level
from casework.cases.journal import acts_for, record
from casework.cases.lifecycle import (
    ARRIVED,
    ask_for_casusregisseur,
    ask_whether_it_arrived,
    put_away,
    transfer_key,
)
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Case, Exclusion, LegalBasis, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.participations import end_participations, join_case
from casework.levels import Level
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.people.models import Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day

Outcome = Triage.Outcome


@transaction.atomic
def decide_triage(
    case: Case,
    *,
    by: User,
    at: datetime,
    criteria: Mapping[str, str],
    reasons: Mapping[str, str],
    outcome: str,
    note: str = "",
    receiver: str = "",
    kind: str = "",
    ground: str = "",
    purpose: str = "",
    bottleneck: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> Case:
    """
    Assess a referral by the four criteria and choose one of six outcomes.

    "Procesregie start" opens the case at CASUS and raises its first bottleneck to
    PROCES in the same transition; the others close it when the melder has heard. Who
    stands in for a procesregisseur starts it in his name.

    :raises NotPermitted: if `by` does not assess referrals
    :raises InvalidInput: if an answer, a reason, a ground or the bottleneck is missing
    """
    lock_case(case)
    require(by, Permission.TRIAGE_CASE, case, at=at)
    require_version(case, seen)
    for field, sentence in answers.missing(
        criteria, reasons, outcome=outcome, note=note, receiver=receiver
    ):
        raise InvalidInput(sentence, field=field)
    if kind:
        case.kind = kind
        case.save(update_fields=["kind"])
    Triage.objects.create(
        case=case,
        **criteria,
        reasons=dict(reasons),
        outcome=outcome,
        note=note,
        receiver=receiver if outcome in Triage.SENT_ON else "",
        decided_by=by,
        decided_at=at,
    )
    changed: list[Tracked] = [case]
    rules = policy.at(local_day(at))
    if outcome == Outcome.PROCESREGIE:
        changed += _start(
            case,
            by=by,
            at=at,
            ground=ground,
            purpose=purpose,
            bottleneck=bottleneck,
            rules=rules,
        )
    if hears_by_itself(case):
        case.referral.told_at = at
        case.referral.save(update_fields=["told_at"])
        if outcome != Outcome.PROCESREGIE:
            changed += _close(case, outcome, at=at)
        _let_read(case, by=by, at=at, rules=rules)
    record(case, "case.triaged", by=by, at=at, changed=_once(changed), outcome=outcome)
    if outcome == Outcome.PROCESREGIE:
        _ask_first_work(case, by=by, at=at, rules=rules)
    if outcome in Triage.SENT_ON:
        ask_whether_it_arrived(case, by=by, at=at)
    return case


@transaction.atomic
def tell_referrer(
    case: Case, *, by: User, at: datetime, seen: int | None = None
) -> Case:
    """Note that the melder was told; a case that we do not take up closes with it."""
    lock_case(case)
    permission = (
        Permission.TRIAGE_CASE
        if case.status == Case.Status.IN_TRIAGE
        else Permission.STEER_CASE
    )
    require(by, permission, case, at=at)
    require_version(case, seen)
    case.referral.told_at = at
    case.referral.save(update_fields=["told_at"])
    changed: list[Tracked] = []
    if case.triage.outcome != Outcome.PROCESREGIE:
        changed = _close(case, case.triage.outcome, at=at)
    record(case, "referrer.told", by=by, at=at, changed=changed, about=case)
    return case


@transaction.atomic
def confirm_arrival(
    case: Case,
    *,
    by: User,
    at: datetime,
    arrived_on: date,
    their_reference: str = "",
) -> Case:
    """
    Note that another goes on with what we sent on, and since when.

    :raises NotPermitted: if `by` neither assesses the case nor keeps it
    :raises AlreadyDone: if nobody is asked that any more
    """
    lock_case(case)
    closed = case.closed_at is not None
    need = Permission.REOPEN_CASE if closed else Permission.TRIAGE_CASE
    require(by, need, case, at=at)
    if arrived_on > local_day(at):
        raise InvalidInput("Kies een dag die al geweest is.", field="arrived_on")
    if not items.close_items(transfer_key(case), by=by, at=at, kind=ARRIVED):
        raise AlreadyDone
    case.triage.arrived_on = arrived_on
    case.triage.their_reference = their_reference
    case.triage.save(update_fields=["arrived_on", "their_reference"])
    record(case, ARRIVED, by=by, at=at, about=case)
    return case


def hears_by_itself(case: Case) -> bool:
    """
    Whether the melder has an account, and so reads the outcome himself.

    Not if it is advice: that somebody gives him, unless he assessed it himself.
    """
    referrer, triage = case.referral.referrer_id, case.triage
    if referrer is None:
        return False
    return triage.outcome != Outcome.ADVICE or referrer == triage.decided_by_id


def _start(
    case: Case,
    *,
    by: User,
    at: datetime,
    ground: str,
    purpose: str,
    bottleneck: Mapping[str, Any] | None,
    rules: policy.Policy,
) -> list[Tracked]:
    regisseur = acts_for(case, by, at=at) or by
    if Role.PROCESREGISSEUR not in regisseur.roles(on=local_day(at)):
        raise NotPermitted("Procesregie start de procesregisseur.")
    if not ground or not purpose.strip():
        raise InvalidInput(
            "Kies een grondslag en schrijf waarvoor. "
            "Zonder mag je geen gegevens vastleggen.",
            field="ground",
        )
    if bottleneck is None:
        raise InvalidInput("Schrijf op wat vastloopt.", field="description")
    basis = LegalBasis.objects.create(
        case=case,
        code=ground,
        purpose=purpose,
        by=by,
        at=at,
        review_on=due_after(rules.term("rights_review"), at=at, rules=rules).on,
    )
    case.status = Case.Status.OPEN
    case.opened_at = at
    case.procesregisseur = regisseur
    case.save(update_fields=["status", "opened_at", "procesregisseur"])
    first = add_bottleneck(case, at=at, level=Level.PROCES, **bottleneck)
    settle_level(case)
    left = end_participations(case, at=at, roles=[Participation.Role.TRIAGE])
    joined = join_case(case, Participation.Role.PROCESREGISSEUR, at=at, user=regisseur)
    grants.follow([case.pk], at=at)
    return [basis, first, *left, *joined]


def _close(case: Case, outcome: str, *, at: datetime) -> list[Tracked]:
    return put_away(case, outcome=outcome, term="retention_rejected", at=at)


def _ask_first_work(
    case: Case, *, by: User, at: datetime, rules: policy.Policy
) -> None:
    assert case.procesregisseur is not None
    ask_for_casusregisseur(case, by=by, at=at, rules=rules)
    term = rules.term("inform_subject")
    items.open_item(
        "case.inform",
        title="Informeer de inwoner",
        about=case.key,
        link=f"/casussen/{case.reference}/huishouden/",
        owner=case.procesregisseur,
        due=due_after(term, at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        legal=term.legal,
        rules=rules,
    )


def _let_read(case: Case, *, by: User, at: datetime, rules: policy.Policy) -> None:
    referral = case.referral
    assert referral.referrer is not None
    if referral.referrer_id == by.pk:
        return
    if Exclusion.objects.filter(user=referral.referrer, case=case).exists():
        return
    items.open_item(
        "referral.outcome",
        title="Lees wat we doen met je melding",
        about=f"referral:{case.pk}",
        link="/gemeld/",
        owner=referral.referrer,
        due=due_after(rules.term("tell_referrer"), at=at, rules=rules),
        by=by,
        at=at,
        reference=case.reference,
        rules=rules,
    )


def _once(rows: list[Tracked]) -> list[Tracked]:
    return list({row.key: row for row in rows}.values())
