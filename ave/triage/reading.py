"""What somebody reads about what he referred, and whom he calls when it cannot wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ObjectDoesNotExist

from ave.triage.models import Triage
from casework.cases import staircase
from casework.cases.models import Case, Referral
from casework.people.models import Desk, User
from casework.policy import policy
from casework.work import inbox
from casework.work.days import WorkingDays, local_day, working_days
from casework.work.due import Due

OUTCOME_READ = "referral.outcome"

_SAID = {
    Triage.Outcome.PROCESREGIE: "Procesregie gestart",
    Triage.Outcome.ADVICE: "Je kreeg advies",
    Triage.Outcome.BACK: "Terug naar de casusregisseur",
    Triage.Outcome.SAFETY_HOUSE: "Naar het Zorg- en Veiligheidshuis",
    Triage.Outcome.ELSEWHERE: "Naar een andere plek",
    Triage.Outcome.REFUSED: "We pakken dit niet op",
}


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody referred, and as much of the outcome as is his to know."""

    reference: str
    received_at: datetime
    urgent: bool
    outcome: str
    until: str
    is_late: bool
    who: str
    phone: str
    unread: bool


def reported_by(user: User, *, at: datetime) -> list[Reported]:
    """
    Give what somebody referred himself, newest first: outcome and telephone only.

    Not the cases of people whom he turned out to know.
    """
    rules = policy.at(local_day(at))
    days = working_days(rules)
    unread = set(
        inbox.mine(user, at=at)
        .filter(kind=OUTCOME_READ)
        .values_list("reference", flat=True)
    )
    rows = (
        Referral.objects.referred_by(user)
        .select_related("case__triage", "case__procesregisseur")
        .order_by("-received_at", "-pk")[:50]
    )
    desk = Desk.objects.filter(kind=Desk.Kind.PROCESREGIE, is_active=True).first()
    today = local_day(at)
    return [_reported(row, rules, days, desk, unread, today=today) for row in rows]


def due_for(case: Case, *, at: datetime) -> Due:
    """Until when whoever referred hears what we do."""
    rules = policy.at(local_day(at))
    return _due(case, rules, working_days(rules), at=at)


def assessment_of(case: Case) -> Triage | None:
    """Give the assessment of a referral that somebody reads, or None."""
    try:
        found: Triage = case.triage
    except ObjectDoesNotExist:
        return None
    return found


def _reported(
    row: Referral,
    rules: policy.Policy,
    days: WorkingDays,
    desk: Desk | None,
    unread: set[str],
    *,
    today: date,
) -> Reported:
    case = row.case
    due = _due(case, rules, days, at=row.received_at)
    triage = assessment_of(case) if row.told_at else None
    steers = case.procesregisseur if triage else None
    return Reported(
        reference=case.reference,
        received_at=row.received_at,
        urgent=case.urgent,
        outcome=_SAID[Triage.Outcome(triage.outcome)] if triage else "",
        until=staircase.until(due),
        is_late=due.on < today,
        who=steers.name if steers else "bureau procesregie",
        phone=steers.phone if steers else (desk.phone if desk else ""),
        unread=case.reference in unread,
    )


def _due(case: Case, rules: policy.Policy, days: WorkingDays, *, at: datetime) -> Due:
    term = rules.term("triage_urgent" if case.urgent else "triage_decision")
    return days.due_after(term, at=at)
