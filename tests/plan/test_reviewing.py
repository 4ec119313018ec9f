"""A plan comes back on its day, until somebody looks at it and sets another."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases.bottlenecks import end_bottleneck
from casework.cases.lifecycle import REVIEW_PLAN, close_case, reopen_case
from casework.cases.models import Bottleneck, Case
from casework.people.errors import InvalidInput, NotVisible, Stale
from casework.people.models import User
from casework.plan.models import ActionPlan
from casework.plan.reviewing import PlanEnded, ask_plan_reviews, review_plan
from casework.plan.transitions import make_plan
from casework.work import items
from tests.access.many import many_cases
from tests.plan.conftest import page_of, send
from tests.replay import replays
from tests.world import AT, DAY, bottleneck_of
from workers import jobs
from workers.verify import count_of

RUNS = "who is asked to look at a plan again, is asked about one that runs"


def after(days: int):
    return AT + timedelta(days=days)


def asked_about(plan: ActionPlan):
    return list(items.open_about(plan.key, kind=REVIEW_PLAN))


@pytest.fixture
def plan(world, case) -> ActionPlan:
    """Made on the day of the tests: looked at again after six weeks, on 4 January."""
    return make_plan(case, by=world.casusregisseur, at=AT, discussed=True)


@pytest.fixture
def due(plan) -> ActionPlan:
    assert ask_plan_reviews(at=after(36)) == 1
    return plan


class TestAskPlanReviews:
    def test_asks_who_steers_a_week_before_the_day(self, world, plan) -> None:
        """Catches a day on the page of the plan that comes and goes without work."""
        assert plan.review_on == DAY + timedelta(days=42)
        tick = jobs.named("ask_plan_reviews")
        jobs.run(tick, stop=lambda: False, at=after(34))
        assert asked_about(plan) == []

        jobs.run(tick, stop=lambda: False, at=after(35))

        [item] = asked_about(plan)
        assert item.owner_user == world.procesregisseur
        assert item.due_on == plan.review_on
        assert not item.legal

    def test_asks_once(self, due) -> None:
        """Catches a question that comes back every hour."""
        assert ask_plan_reviews(at=after(36)) == 0
        assert ask_plan_reviews(at=after(90)) == 0

    def test_asks_nobody_who_has_left(self, world, plan) -> None:
        """Catches work for somebody who can't log in any more."""
        User.objects.filter(pk=world.procesregisseur.pk).update(is_active=False)

        assert ask_plan_reviews(at=after(36)) == 0

    def test_asks_after_reopening_with_time_to_do_it(self, world, plan) -> None:
        """Catches a plan whose day went by while the case was closed."""
        _close(world, plan.case)
        assert ask_plan_reviews(at=after(50)) == 0
        by = world.procesregisseur
        reopen_case(plan.case, by=by, at=after(50), reason="Het begint weer.")

        assert ask_plan_reviews(at=after(50)) == 1

        assert asked_about(plan)[0].due_on == DAY + timedelta(days=52)


@pytest.mark.parametrize("many", [400, pytest.param(4000, marks=pytest.mark.long)])
def test_asks_as_much_about_many_plans_as_about_40(world, case, many) -> None:
    """Catches a query for each plan, every hour."""
    found = []
    for number in (40, many - 40):
        _plan(world, many_cases(world, number))
        with CaptureQueriesContext(connection) as captured:
            assert ask_plan_reviews(at=after(40)) == number
        found.append(len(captured))

    assert found[0] == found[1] <= 10


class TestReviewPlan:
    def test_sets_a_new_day_and_ends_the_work(self, world, due) -> None:
        """Catches a question that nothing answers."""
        on = DAY + timedelta(days=80)
        with replays(due.case):
            review_plan(due, by=world.casusregisseur, at=after(37), review_on=on)

        assert due.review_on == on
        assert asked_about(due) == []
        assert ask_plan_reviews(at=after(72)) == 0
        assert ask_plan_reviews(at=after(73)) == 1

    @pytest.mark.parametrize("days", [-1, 0, 367])
    def test_refuses_a_day_that_is_over_or_too_far(self, world, due, days) -> None:
        on = (after(37) + timedelta(days=days)).date()
        with pytest.raises(InvalidInput) as refusal:
            review_plan(due, by=world.casusregisseur, at=after(37), review_on=on)

        assert refusal.value.field == "review_on"

    def test_refuses_who_does_not_work_on_the_case(self, world, due) -> None:
        on = DAY + timedelta(days=80)
        for user in (world.manager, world.officer):
            with pytest.raises(NotVisible):
                review_plan(due, by=user, at=after(37), review_on=on)

    def test_refuses_what_changed_since(self, world, due) -> None:
        on, by = DAY + timedelta(days=80), world.casusregisseur
        review_plan(due, by=by, at=after(37), review_on=on, seen=1)
        with pytest.raises(Stale):
            review_plan(due, by=by, at=after(37), review_on=on, seen=1)

    def test_refuses_a_plan_that_was_replaced(self, world, due) -> None:
        ActionPlan.objects.system_scope("test").update(ended_at=AT)
        on = DAY + timedelta(days=80)
        with pytest.raises(PlanEnded):
            review_plan(due, by=world.casusregisseur, at=after(37), review_on=on)


def test_does_not_keep_a_case_from_closing(world, due) -> None:
    """Catches a case that can't be closed for a plan that ends with it."""
    _close(world, due.case)

    assert asked_about(due) == []
    assert count_of(RUNS, at=after(38)) == 0


class TestPage:
    @pytest.fixture(autouse=True)
    def _now(self):
        with time_machine.travel(after(37), tick=False):
            yield

    def test_the_button_sets_the_day(self, world, due, as_user) -> None:
        client = as_user(world.procesregisseur)
        url = f"/casussen/{due.case.reference}/plan/"
        shown = page_of(client, url)
        assert "Plan bekeken" in shown
        assert '<details class="card disclosure" open id="review">' in shown

        on = (DAY + timedelta(days=80)).isoformat()
        response = send(client, url, "review", review_on=on, seen=due.version)

        assert response.status_code == 303
        assert "do 11 februari" in page_of(client, url)
        assert asked_about(due) == []

    @pytest.mark.parametrize("day", ["", "gisteren", "2026-11-24", "2029-01-01"])
    def test_bad_input_is_shown_again(self, world, due, as_user, day) -> None:
        client = as_user(world.procesregisseur)
        url = f"/casussen/{due.case.reference}/plan/"

        assert send(client, url, "review", review_on=day).status_code == 422


def _close(world, case: Case) -> None:
    by = {"by": world.procesregisseur, "at": after(37)}
    solved = Bottleneck.State.SOLVED
    end_bottleneck(bottleneck_of(case), **by, state=solved, reason="Opgelost.")
    for item in items.open_for_case(case.pk).exclude(kind=REVIEW_PLAN):
        items.close_items(item.about, **by, kind=item.kind)
    close_case(case, **by, outcome="solved")


def _plan(world, cases: list[Case]) -> None:
    ActionPlan.objects.bulk_create(
        ActionPlan(
            case=case,
            discussed_with_inhabitant=True,
            review_on=DAY + timedelta(days=42),
            made_at=AT,
            made_by=world.casusregisseur,
        )
        for case in cases
    )
