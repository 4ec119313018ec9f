"""Procesregie disappears when it can: ask whether it may stop."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from ave.escalation.models import DeEscalation
from casework.cases.lifecycle import MAY_STOP
from casework.cases.models import Case
from casework.levels import Level
from casework.policy import policy
from casework.work import items
from casework.work.days import at_local, due_after, local_day
from casework.work.due import Due
from casework.work.models import WorkItem
from casework.work.steps import MORNING


def propose_stops(*, at: datetime, **_: object) -> int:
    """
    Ask for each case that was calm long enough: "Kan procesregie stoppen?".

    Calm: no open bottleneck at PROCES or above, and none ended since the term
    (policy `propose_deescalation`, 8 weeks). For the clock; asked once until answered,
    and after a no anew when the term has passed.
    Gives how many were asked.
    """
    rules = policy.at(local_day(at))
    term = rules.term("propose_deescalation", level=int(Level.PROCES))
    quiet_since = at_local(local_day(at) - timedelta(days=term.number), MORNING)
    cases = (
        Case.objects.system_scope("the clock looks for calm cases")
        .filter(status=Case.Status.OPEN, level=Level.CASUS, opened_at__lte=quiet_since)
        .exclude(bottlenecks__ended_at__gt=quiet_since)
        .exclude(pk__in=_asked_lately(since=quiet_since))
        .exclude(pk__in=_said_no_lately(since=quiet_since))
        .select_related("procesregisseur")
        .order_by("pk")
    )
    asked = 0
    for case in cases:
        asked += _ask(case, at=at)
    return asked


def _asked_lately(*, since: datetime) -> QuerySet[DeEscalation, int]:
    return (
        DeEscalation.objects.system_scope("who was asked to take over")
        .filter(Q(ended_at__isnull=True) | Q(answered_at__gt=since))
        .values_list("case_id", flat=True)
    )


def _said_no_lately(*, since: datetime) -> QuerySet[WorkItem, int | None]:
    return (
        WorkItem.objects.system_scope("where procesregie was to go on")
        .filter(kind=MAY_STOP, state=WorkItem.State.DONE, closed_at__gt=since)
        .values_list("case", flat=True)
    )


def _ask(case: Case, *, at: datetime) -> int:
    assert case.procesregisseur is not None
    if items.open_about(case.key, kind=MAY_STOP).exists():
        return 0
    rules = policy.at(local_day(at))
    due: Due = due_after(rules.term("decision_to_tasks"), at=at, rules=rules)
    try:
        items.open_item(
            MAY_STOP,
            title="Kan procesregie stoppen?",
            about=case.key,
            link=f"/casussen/{case.reference}/afschalen/",
            owner=case.procesregisseur,
            due=due,
            by=None,
            at=at,
            case=case.pk,
            reference=case.reference,
            level=case.level,
        )
    except items.AlreadyOpen:
        return 0
    return 1
