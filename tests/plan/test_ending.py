"""What becomes of the tasks of parties when procesregie stops."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import DeescalationFlow
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.models import Bottleneck
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.models import Task, TaskDesk
from casework.work import items
from tests.plan.conftest import LATER
from tests.replay import replays
from tests.world import AT, DAY, bottleneck_of


@pytest.fixture
def stop(world, case):
    """The casusregisseur is asked to take a case without a bottleneck over."""
    end_bottleneck(
        bottleneck_of(case),
        by=world.procesregisseur,
        at=AT,
        state=Bottleneck.State.SOLVED,
        reason="Opgelost.",
    )
    return DeescalationFlow.start.begin(
        case,
        by=world.procesregisseur,
        at=AT,
        receiver=world.casusregisseur,
        reason="Het loopt al weken.",
        aftercare_on=DAY + timedelta(days=42),
    )


def answered(stop, world, *, accepts: bool) -> None:
    DeescalationFlow.receive.complete(
        stop, by=world.casusregisseur, at=LATER, accepts=accepts, text="Te druk."
    )


def open_tasks(case):
    kinds = ("task", "task_join", "task_stuck")
    return items.open_for_case(case.pk).filter(kind__in=kinds)


class TestTakeBackAll:
    """Catches a party, or who steers, with work in a case that is taken over."""

    def test_ends_what_waits_is_at_work_or_came_back(
        self, world, case, offered, agent, stop
    ) -> None:
        waits = offered(joining=[world.police_desk])
        at_work, came_back = offered(), offered()
        pick_up_task(at_work, by=agent, at=AT)
        decline_task(came_back, by=agent, at=AT, reason="Past niet bij ons.")

        with replays(case):
            answered(stop, world, accepts=True)

        assert not open_tasks(case).exists()
        for task in (waits, at_work, came_back):
            task.refresh_from_db()
            assert task.state == Task.State.WITHDRAWN
        assert not TaskDesk.objects.system_scope("test").open().exists()

    def test_leaves_an_answer_to_be_read(self, world, offered, agent, stop) -> None:
        task = offered(verify_wanted=True)
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer="Het kan.", choice="yes")

        answered(stop, world, accepts=True)

        task.refresh_from_db()
        assert task.state == Task.State.DONE
        assert items.open_about(task.key, kind="task_verify").exists()

    def test_leaves_all_as_it_was_when_he_declines(
        self, world, case, offered, stop
    ) -> None:
        offered()

        answered(stop, world, accepts=False)

        assert open_tasks(case).exists()
