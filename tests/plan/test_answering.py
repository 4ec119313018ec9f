"""What a desk does with a task: pick it up, answer it, decline it, hand it back."""

from __future__ import annotations

import pytest

from casework.audit.models import AuditEntry
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted, NotVisible
from casework.plan.answering import (
    decline_task,
    hand_back_task,
    pick_up_task,
    report_task,
)
from casework.plan.may import NotPickedUp, TakenByColleague, TaskWithdrawn
from casework.plan.models import Report, Task
from casework.plan.transitions import verify_task, withdraw_task
from casework.work import items
from tests.plan.conftest import SECRET, open_kinds
from tests.replay import replays
from tests.world import AT


class TestPickUpTask:
    def test_gives_the_work_to_who_picked_it_up_until_the_day(
        self, case, offered, agent
    ):
        task = offered()

        with replays(case):
            pick_up_task(task, by=agent, at=AT)

        item = items.open_about(task.key, kind="task").get()
        assert (item.claimed_by, item.due_on) == (agent, task.due_on)
        assert AuditEntry.objects.filter(verb="disclosure.opened", by=agent).exists()

    def test_refuses_a_colleague_who_comes_second(self, world, offered):
        task = offered(desk=world.police_desk)
        pick_up_task(task, by=world.officer, at=AT)

        with pytest.raises(TakenByColleague):
            pick_up_task(task, by=world.other_officer, at=AT)

    def test_refuses_twice(self, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        with pytest.raises(AlreadyDone):
            pick_up_task(task, by=agent, at=AT)

    def test_refuses_another_desk(self, world, offered):
        with pytest.raises(NotVisible):
            pick_up_task(offered(), by=world.officer, at=AT)

    def test_refuses_the_regisseur(self, world, offered):
        with pytest.raises(NotPermitted):
            pick_up_task(offered(), by=world.procesregisseur, at=AT)

    def test_of_a_desk_that_joins_leaves_the_state_of_the_task(self, world, offered):
        task = offered(joining=[world.police_desk])

        pick_up_task(task, by=world.officer, at=AT)

        assert task.state == Task.State.OFFERED
        assert items.open_about(task.key, kind="task").get().claimed_by is None


class TestReportTask:
    def test_ends_the_task_and_its_work(self, case, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        with replays(case):
            report = report_task(task, by=agent, at=AT, answer=SECRET, choice="no")

        assert task.state == Task.State.DONE
        assert report.is_confirmed
        assert open_kinds(case) == {}

    def test_asks_to_verify_only_where_that_was_wanted(
        self, world, case, offered, agent
    ):
        task = offered(verify_wanted=True)
        pick_up_task(task, by=agent, at=AT)

        report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

        assert open_kinds(case) == {"task_verify": 1}

    @pytest.mark.parametrize(
        ("tag", "reader"),
        [
            ("", "casusregisseur"),
            ("minor", "casusregisseur"),
            ("medical", "procesregisseur"),
        ],
    )
    def test_asks_who_may_read_the_answer_to_verify_it(
        self, world, offered, agent, tag, reader
    ):
        """Catches work that its owner can't do: the answer is not for her to read."""
        task = offered(by=world.casusregisseur, verify_wanted=True)
        pick_up_task(task, by=agent, at=AT)

        report_task(task, by=agent, at=AT, answer="Nee.", choice="no", tag=tag)

        item = items.open_about(task.key, kind="task_verify").get()
        assert item.owner_user == getattr(world, reader)
        assert item.term == "task_verify"
        verify_task(task, by=item.owner_user, at=AT)

    def test_frees_who_joined(self, world, case, offered, agent):
        task = offered(joining=[world.police_desk])
        pick_up_task(task, by=agent, at=AT)

        with replays(case):
            report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

        assert open_kinds(case) == {}

    def test_of_who_joins_does_not_end_the_task(self, world, case, offered):
        task = offered(joining=[world.police_desk])
        pick_up_task(task, by=world.officer, at=AT)

        report_task(task, by=world.officer, at=AT, answer="Gezien.", choice="yes")

        assert task.state == Task.State.OFFERED
        assert open_kinds(case) == {"task": 1}

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"answer": " ", "choice": "no"}, "answer"),
            ({"answer": "Nee.", "choice": ""}, "choice"),
            ({"answer": "Nee.", "choice": "no", "tag": "geheim"}, "tag"),
        ],
    )
    def test_refuses_an_answer_that_says_nothing(self, offered, agent, facts, field):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        with pytest.raises(InvalidInput) as refused:
            report_task(task, by=agent, at=AT, **facts)

        assert refused.value.field == field
        assert not Report.objects.system_scope("test").exists()

    def test_refuses_before_it_was_picked_up(self, offered, agent):
        with pytest.raises(NotPickedUp):
            report_task(offered(), by=agent, at=AT, answer="Nee.", choice="no")

    def test_refuses_twice(self, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

        with pytest.raises(AlreadyDone):
            report_task(task, by=agent, at=AT, answer="Ja.", choice="yes")

    def test_refuses_when_it_was_withdrawn(self, world, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        withdraw_task(task, by=world.procesregisseur, at=AT)

        with pytest.raises(TaskWithdrawn) as refused:
            report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

        assert "Je tekst is niet verstuurd" in refused.value.user_message


class TestDeclineTask:
    def test_gives_the_procesregisseur_work(self, world, case, offered, agent):
        task = offered()

        with replays(case):
            decline_task(task, by=agent, at=AT, reason="Wij doen dit niet.")

        item = items.open_about(task.key).get()
        assert item.title == "Zoek een ander of schaal op"
        assert item.owner_user == world.procesregisseur

    def test_works_after_reading_too(self, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        decline_task(task, by=agent, at=AT, reason="Wij doen dit niet.")

        assert task.state == Task.State.DECLINED

    def test_asks_for_a_reason(self, offered, agent):
        with pytest.raises(InvalidInput) as refused:
            decline_task(offered(), by=agent, at=AT, reason=" ")

        assert "waarom deze taak niet bij jullie past" in refused.value.user_message

    def test_refuses_twice(self, offered, agent):
        task = offered()
        decline_task(task, by=agent, at=AT, reason="Nee.")

        with pytest.raises(AlreadyDone):
            decline_task(task, by=agent, at=AT, reason="Nee.")

    def test_of_who_joins_leaves_the_task_as_it_was(self, world, case, offered):
        task = offered(joining=[world.police_desk])

        with replays(case):
            decline_task(task, by=world.officer, at=AT, reason="Geen tijd.")

        assert task.state == Task.State.OFFERED
        assert open_kinds(case) == {"task": 1}


class TestHandBackTask:
    def test_gives_the_procesregisseur_work(self, case, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        with replays(case):
            hand_back_task(task, by=agent, at=AT, reason="Het lukt niet.")

        assert open_kinds(case) == {"task_stuck": 1}

    def test_refuses_who_did_not_pick_it_up(self, offered, agent):
        with pytest.raises(NotPickedUp):
            hand_back_task(offered(), by=agent, at=AT, reason="Het lukt niet.")
