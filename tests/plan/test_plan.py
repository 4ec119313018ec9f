"""What the transitions of a plan and its goals do, write down and refuse."""

from __future__ import annotations

import pytest

from casework.people.errors import AlreadyDone, InvalidInput, NotVisible, Stale
from casework.plan.models import ActionPlan
from casework.plan.transitions import add_goal, change_plan, make_plan
from tests.plan.conftest import LATER
from tests.replay import replays
from tests.world import AT


class TestMakePlan:
    def test_starts_the_plan_and_records_it(self, world, case):
        with replays(case):
            plan = make_plan(case, by=world.casusregisseur, at=AT, discussed=True)

        assert plan.case == case
        assert case.events.filter(kind="plan.agreed").count() == 1

    def test_refuses_a_second_one_while_it_runs(self, world, case):
        make_plan(case, by=world.casusregisseur, at=AT, discussed=True)

        with pytest.raises(AlreadyDone):
            make_plan(case, by=world.casusregisseur, at=AT, discussed=True)

    def test_asks_why_it_was_not_discussed(self, world, case):
        with pytest.raises(InvalidInput) as refused:
            make_plan(case, by=world.casusregisseur, at=AT, discussed=False)

        assert refused.value.field == "why_not"

    def test_refuses_a_desk_that_has_a_task(self, world, case, offered, agent):
        offered()

        with pytest.raises(NotVisible):
            make_plan(case, by=agent, at=AT, discussed=True)


class TestChangePlan:
    def test_says_that_it_was_discussed_after_all(self, world, case):
        plan = make_plan(
            case, by=world.casusregisseur, at=AT, discussed=False, why_not="Ziek."
        )

        with replays(case):
            change_plan(plan, by=world.casusregisseur, at=LATER, discussed=True, seen=1)

        assert ActionPlan.objects.visible_to(world.casusregisseur, at=AT).get(
            discussed_with_inhabitant=True
        )

    def test_refuses_what_changed_meanwhile(self, world, case):
        plan = make_plan(case, by=world.casusregisseur, at=AT, discussed=True)
        change_plan(plan, by=world.casusregisseur, at=AT, discussed=True, seen=1)

        with pytest.raises(Stale):
            change_plan(plan, by=world.casusregisseur, at=AT, discussed=True, seen=1)


class TestAddGoal:
    def test_adds_it_to_the_plan(self, world, case):
        plan = make_plan(case, by=world.casusregisseur, at=AT, discussed=True)

        with replays(case):
            add_goal(
                plan,
                by=world.casusregisseur,
                at=AT,
                text="De buren slapen weer.",
                life_domain="housing",
            )

        assert plan.goals.count() == 1

    @pytest.mark.parametrize(
        ("text", "domain", "field"),
        [(" ", "housing", "text"), ("Rust", "niets", "life_domain")],
    )
    def test_refuses_what_says_nothing(self, world, case, text, domain, field):
        plan = make_plan(case, by=world.casusregisseur, at=AT, discussed=True)

        with pytest.raises(InvalidInput) as refused:
            add_goal(
                plan, by=world.casusregisseur, at=AT, text=text, life_domain=domain
            )

        assert refused.value.field == field
