"""A case in which nobody acts: who steers is asked to look at it, until somebody does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from casework.cases.models import Bottleneck, Case, Event
from casework.cases.models.case import CaseQuerySet
from casework.policy import policy
from casework.policy.policy import Policy
from casework.work import items
from casework.work.days import WorkingDays, end_of, local_day, working_days
from casework.work.due import Due
from casework.work.making import new_item
from casework.work.models import WorkItem

STILL = "case.still"
DAY = timedelta(days=1)


@transaction.atomic
def ask_about_stillness(*, at: datetime, **_: object) -> int:
    """
    Ask who steers to look at each case in which nobody acted for so long.

    Only where a bottleneck is open that nobody is asked about: what is asked has a
    clock of its own. From the term `inactivity_threatened` on, until the day on which
    it stands still (`inactivity_stagnation`). For the clock; once until somebody acts.
    A fixed number of statements; gives how many were asked.
    """
    rules = policy.at(local_day(at))
    days = working_days(rules)
    found = _unasked(at=at, rules=rules, days=days)
    # Who acts now holds the case, and then it does not stand still.
    held = found.select_for_update(no_key=True, skip_locked=True, of=("self",))
    keys = list(held.order_by("pk").values_list("pk", flat=True))
    still = list(found.filter(pk__in=keys).select_related("procesregisseur"))
    items.open_all(_work(case, at=at, rules=rules, days=days) for case in still)
    return len(still)


def stirred(cases: Collection[int], *, at: datetime) -> None:
    """
    Ask no longer about cases in which somebody acts. Part of a transition.

    It lapses: who acts may be of a desk that knows nothing of that question.
    """
    items.close_items(
        [f"{Case.KEY}:{case}" for case in cases],
        by=None,
        at=at,
        kind=STILL,
        outcome=WorkItem.Outcome.LAPSED,
    )


def _unasked(*, at: datetime, rules: Policy, days: WorkingDays) -> CaseQuerySet:
    """Cases that stood still for the term, and of which nobody is asked why."""
    term = rules.term("inactivity_threatened")
    quiet_since = end_of(days.add(local_day(at) + DAY, -term.number) - DAY)
    every = Event.objects.system_scope("when somebody last acted")
    acts = every.filter(case=OuterRef("pk"), by__isnull=False).order_by("-pk")
    stuck = Bottleneck.objects.system_scope("what nobody is asked about").filter(
        case=OuterRef("pk"), state=Bottleneck.State.OPEN, asked=False
    )
    work = WorkItem.objects.system_scope("what was asked about it").open()
    asked = work.filter(kind=STILL, case=OuterRef("pk"))
    return (
        Case.objects.system_scope("the clock looks for cases that stand still")
        .filter(status=Case.Status.OPEN, procesregisseur__is_active=True)
        .filter(Exists(stuck), ~Exists(asked))
        .annotate(acted_at=Coalesce(Subquery(acts.values("at")[:1]), F("opened_at")))
        .filter(acted_at__lt=quiet_since)
    )


def _work(case: Case, *, at: datetime, rules: Policy, days: WorkingDays) -> WorkItem:
    assert case.procesregisseur is not None
    return new_item(
        STILL,
        rules=rules,
        owner=case.procesregisseur,
        due=_due(case, at=at, rules=rules, days=days),
        at=at,
        title="Deze casus dreigt stil te staan. Kijk wat er nodig is",
        about=case.key,
        link=f"/casussen/{case.reference}/vast/",
        case=case.pk,
        reference=case.reference,
        level=case.level,
    )


def _due(case: Case, *, at: datetime, rules: Policy, days: WorkingDays) -> Due:
    acted_at: datetime = case.acted_at  # type: ignore[attr-defined]  # annotated above
    due = days.due_after(rules.term("inactivity_stagnation"), at=acted_at)
    if due.on > local_day(at):
        return due
    return days.due_after(rules.term("look_again"), at=at)
