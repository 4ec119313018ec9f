"""What a task that nobody answers asks of the procesregisseur."""

from __future__ import annotations

from datetime import timedelta

from casework.plan.answering import pick_up_task
from casework.plan.silence import silence
from casework.plan.transitions import withdraw_task
from casework.work import items
from tests.plan.conftest import LATER, open_kinds
from tests.replay import replays
from tests.world import AT, DAY
from workers import jobs


class TestSilence:
    def test_reaches_the_procesregisseur_once(self, case, offered):
        task = offered()
        item = items.open_about(task.key, kind="task").get()

        with replays(case):
            silence(item, at=LATER)
            silence(item, at=LATER)

        assert open_kinds(case) == {"task": 1, "task_stuck": 1}

    def test_is_over_with_the_task(self, world, case, offered):
        """Catches work that the ladder opened and that nobody can end."""
        task = offered(due_on=DAY + timedelta(days=2))
        jobs.plan_due(at=AT + timedelta(days=14), stop=lambda: False)
        assert open_kinds(case) == {"task": 1, "task_stuck": 1}

        withdraw_task(task, by=world.procesregisseur, at=AT + timedelta(days=14))

        assert open_kinds(case) == {}

    def test_is_over_when_somebody_picks_it_up(self, case, offered, agent):
        task = offered()
        silence(items.open_about(task.key, kind="task").get(), at=LATER)

        pick_up_task(task, by=agent, at=LATER)

        assert open_kinds(case) == {"task": 1}
