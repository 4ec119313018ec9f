"""A plan has a day on which it is looked at again: who asks that, and who says he did."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.lifecycle import REVIEW_PLAN
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Case
from casework.people.errors import InvalidInput, TransitionRefused
from casework.people.models import User
from casework.plan.models import ActionPlan
from casework.plan.models.plan import PlanQuerySet
from casework.policy import policy
from casework.policy.policy import Policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.due import Chosen, Due
from casework.work.making import new_item
from casework.work.models import WorkItem

AHEAD = timedelta(days=7)
LONGEST_REVIEW = timedelta(days=366)
RUNNING = (Case.Status.OPEN, Case.Status.AFTERCARE)


class PlanEnded(TransitionRefused):
    """This plan was replaced, or its case is closed."""

    user_message = "Dit plan loopt niet meer. Kijk naar het plan van nu."


@transaction.atomic
def review_plan(
    plan: ActionPlan,
    *,
    review_on: date,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> ActionPlan:
    """
    Say that a plan was looked at, and on which day it is again.

    :raises NotPermitted: if `by` does not work on the case
    :raises PlanEnded: if it does not run any more
    :raises InvalidInput: for a day that is over, or more than a year ahead
    :raises Stale: if it changed since `seen`
    """
    case = lock_case(plan)
    require(by, Permission.WORK_CASE, case, at=at)
    require_version(plan, seen)
    if plan.ended_at is not None or not case.is_running:
        raise PlanEnded
    today = local_day(at)
    if not today < review_on <= today + LONGEST_REVIEW:
        raise InvalidInput(
            "Kies een dag die nog komt, hoogstens een jaar vooruit.", field="review_on"
        )
    plan.review_on = review_on
    plan.version += 1
    plan.save(update_fields=["review_on", "version"])
    items.close_items(plan.key, by=by, at=at, kind=REVIEW_PLAN)
    record(case, "plan.reviewed", by=by, at=at, changed=[plan])
    return plan


@transaction.atomic
def ask_plan_reviews(*, at: datetime, **_: object) -> int:
    """
    Ask who steers to look again at each plan whose day comes within a week, or is over.

    For the clock; once until somebody sets a new day. A fixed number of statements;
    gives how many were asked.
    """
    today = local_day(at)
    asked = WorkItem.objects.system_scope("what was asked about plans").open()
    waiting = asked.filter(kind=REVIEW_PLAN, case=OuterRef("pk"))
    due = _due_plans(at=at)
    # Who looks at the plan now holds the case, and then it need not be asked.
    held = (
        Case.objects.system_scope("the clock looks at plans")
        .filter(status__in=RUNNING, procesregisseur__is_active=True)
        .filter(Exists(due.filter(case=OuterRef("pk"))), ~Exists(waiting))
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("procesregisseur")
    )
    cases = {case.pk: case for case in held.order_by("pk")}
    plans = list(due.filter(case__in=cases))
    rules = policy.at(today)
    late = due_after(rules.term("look_again"), at=at, rules=rules)
    items.open_all(
        _work(
            plan,
            cases[plan.case_id],
            due=Due.day(plan.review_on, Chosen.CASE)
            if plan.review_on >= today
            else late,
            at=at,
            rules=rules,
        )
        for plan in plans
    )
    return len(plans)


def next_review(*, at: datetime) -> date:
    """Give the day that is proposed to look at a plan again."""
    rules = policy.at(local_day(at))
    return due_after(rules.term("plan_review", level=2), at=at, rules=rules).on


def is_due(plan: ActionPlan | None, *, at: datetime) -> bool:
    """Whether the day on which a plan is looked at again comes soon, or is over."""
    return plan is not None and plan.review_on <= local_day(at) + AHEAD


def _due_plans(*, at: datetime) -> PlanQuerySet:
    plans = ActionPlan.objects.system_scope("the clock looks at plans").running()
    return plans.filter(review_on__lte=local_day(at) + AHEAD).order_by("pk")


def _work(
    plan: ActionPlan, case: Case, *, due: Due, at: datetime, rules: Policy
) -> WorkItem:
    assert case.procesregisseur is not None
    return new_item(
        REVIEW_PLAN,
        rules=rules,
        owner=case.procesregisseur,
        due=due,
        at=at,
        title="Bekijk het plan opnieuw",
        about=plan.key,
        link=f"/casussen/{case.reference}/plan/",
        case=case.pk,
        reference=case.reference,
        level=case.level,
    )
