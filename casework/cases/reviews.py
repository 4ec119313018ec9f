"""What has to be looked at again before its day: grounds, and who takes part."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from casework.cases.birthdays import birthdays
from casework.cases.dossier import REVIEW_GROUND
from casework.cases.models import Case, LegalBasis, Participation
from casework.cases.parties import REVIEW_PARTY
from casework.work import items
from casework.work.days import end_of, local_day
from casework.work.due import Chosen, Due
from casework.work.models import WorkItem

GROUND_AHEAD, PARTY_AHEAD = timedelta(days=14), timedelta(days=7)
RUNNING = (Case.Status.OPEN, Case.Status.AFTERCARE)


@transaction.atomic
def ask_reviews(*, at: datetime) -> int:
    """
    Ask the procesregisseur to look again at what ends soon, and after birthdays.

    For the clock; each once for its day. Gives how many work items came.
    """
    return birthdays(at=at) + _grounds(at=at) + _parties(at=at)


def _grounds(*, at: datetime) -> int:
    soon = (
        LegalBasis.objects.system_scope("the clock looks at grounds")
        .filter(review_on__lte=local_day(at) + GROUND_AHEAD)
        .filter(case__status__in=RUNNING, case__procesregisseur__isnull=False)
        .select_related("case__procesregisseur")
        .order_by("pk")
    )
    return sum(
        _ask(
            ground.case,
            REVIEW_GROUND,
            "Klopt de grondslag nog?",
            about=ground.key,
            tab="huishouden",
            on=ground.review_on,
            at=at,
        )
        for ground in soon
    )


def _parties(*, at: datetime) -> int:
    soon = (
        Participation.objects.system_scope("the clock looks at parties")
        .filter(role=Participation.Role.PARTY, ended_at__isnull=True)
        .filter(until_at__lte=end_of(local_day(at) + PARTY_AHEAD))
        .filter(case__status__in=RUNNING, case__procesregisseur__isnull=False)
        .select_related("case__procesregisseur")
        .order_by("pk")
    )
    return sum(
        _ask(
            party.case,
            REVIEW_PARTY,
            "Doet deze partij nog mee?",
            about=party.key,
            tab="partijen",
            on=local_day(party.until_at) - timedelta(days=1),
            at=at,
        )
        for party in soon
        if party.until_at is not None
    )


def _ask(
    case: Case, kind: str, title: str, *, about: str, tab: str, on: date, at: datetime
) -> bool:
    """Ask once for this day: not when it is open, nor when it was answered."""
    asked = WorkItem.objects.system_scope("each day once").filter(
        kind=kind, about=about
    )
    if asked.open().exists() or asked.filter(due_on=on).exists():
        return False
    assert case.procesregisseur is not None
    items.open_item(
        kind,
        title=title,
        about=about,
        link=f"/casussen/{case.reference}/{tab}/",
        owner=case.procesregisseur,
        due=Due.day(on, Chosen.CASE),
        by=None,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
    )
    return True
