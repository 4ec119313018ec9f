"""What the open step of a referral asks of whom: its work item."""

from __future__ import annotations

from datetime import datetime

from casework.cases.models import Case
from casework.cases.referrals import triage_desks
from casework.people.models import User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day


def ask_assess(case: Case, *, by: User | None, at: datetime) -> None:
    """Ask the desk procesregie to assess a referral; with spoed the piket desk."""
    rules = policy.at(local_day(at))
    term = rules.term("triage_urgent" if case.urgent else "triage_decision")
    items.open_item(
        "triage",
        title="Beoordeel de melding" + (" (spoed)" if case.urgent else ""),
        about=case.key,
        link=f"/casussen/{case.reference}/beoordelen/",
        owner=triage_desks(urgent=case.urgent)[-1],
        due=due_after(term, at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        asked_by=case.referral.referrer,
        urgent=case.urgent,
        rules=rules,
    )


def ask_to_tell(case: Case, *, by: User | None, at: datetime) -> None:
    """
    Ask to tell a melder what we do, who has no account or gets advice.

    Of a case that we do not take up the whole desk: a deputy has no place in it.
    """
    rules = policy.at(local_day(at))
    items.open_item(
        "triage.tell",
        title="Vertel de melder wat we doen",
        about=case.key,
        link=f"/casussen/{case.reference}/beoordelen/",
        owner=case.procesregisseur or triage_desks(urgent=False)[0],
        due=due_after(rules.term("tell_referrer"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        rules=rules,
    )
