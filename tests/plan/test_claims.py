"""Nothing stays with somebody of a desk who can't do it any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.cases.absence import end_absence, start_absence
from casework.cases.excluding import exclude_colleague
from casework.people.transitions import leave_desk
from casework.plan.answering import pick_up_task, report_task
from casework.plan.claims import free_claims
from casework.plan.models import Task, TaskDesk
from casework.work import inbox, items
from casework.work.models import Delivery, Notice
from tests.plan.conftest import QUESTION
from tests.replay import replays
from tests.world import AT, DAY, referred
from workers.jobs import settle_leavings as tick
from workers.verify import count_of

LATER = AT + timedelta(hours=1)
CAN_DO_IT = "who picked work up can still do it"


def leaves(user) -> None:
    leave_desk(user.memberships.get(), on=DAY)


def picked_up(task, by) -> Task:
    task = Task.objects.system_scope("test").get(pk=task.pk)
    return pick_up_task(task, by=by, at=AT)


class TestFreeClaims:
    def test_gives_a_task_of_who_left_back_to_his_desk(self, world, case, offered):
        """Catches a task that no colleague can do once its taker has left."""
        task = picked_up(offered(desk=world.police_desk), world.officer)
        leaves(world.officer)
        assert count_of(CAN_DO_IT, at=LATER) == 1

        with replays(case):
            assert tick(at=LATER) == 1

        task.refresh_from_db()
        item = items.open_about(task.key, kind="task").get()
        assert (task.state, item.claimed_by) == (Task.State.OFFERED, None)
        assert list(inbox.mine(world.other_officer, at=LATER)) == [item]
        assert count_of(CAN_DO_IT, at=LATER) == 0
        pick_up_task(task, by=world.other_officer, at=LATER)
        report_task(
            task, by=world.other_officer, at=LATER, answer=QUESTION, choice="yes"
        )
        assert task.state == Task.State.DONE
        assert tick(at=LATER) == 0

    def test_lets_the_desk_hear_it_with_the_time_to_pick_it_up(self, world, offered):
        """Catches work of nobody that the desk hears of on its last day."""
        task = offered(desk=world.police_desk)
        first = items.open_about(task.key, kind="task").get().due_on
        picked_up(task, world.officer)
        leaves(world.officer)

        free_claims(at=LATER)

        item = items.open_about(task.key, kind="task").get()
        assert item.due_on == first < task.due_on
        said = Notice.objects.filter(item=item, user=world.other_officer)
        assert said.latest("pk").step.startswith("handed:")
        mail = Delivery.objects.get(item=item, to_user=world.other_officer)
        assert mail.subject.startswith("Nu bij jou")

    def test_leaves_a_day_that_is_over(self, world, offered):
        """Catches a clock that fails each minute on a task that is too late."""
        task = picked_up(offered(desk=world.police_desk), world.officer)
        leaves(world.officer)
        late = AT + timedelta(days=30)

        assert free_claims(at=late) == 1

        item = items.open_about(task.key, kind="task").get()
        assert (item.due_on, item.claimed_by) == (task.due_on, None)

    def test_frees_the_place_of_who_joins_and_not_the_task(self, world, case, offered):
        task = offered(joining=[world.police_desk])
        picked_up(task, world.officer)
        leaves(world.officer)

        with replays(case):
            free_claims(at=LATER)

        task.refresh_from_db()
        [place] = TaskDesk.objects.system_scope("test").filter(desk=world.police_desk)
        assert (place.state, place.taker) == (TaskDesk.State.OFFERED, None)
        assert task.state == Task.State.OFFERED
        pick_up_task(task, by=world.other_officer, at=LATER)

    @pytest.mark.parametrize("how", ["account", "desk"])
    def test_gives_back_what_is_no_task(self, world, how):
        """Catches a referral that only who has left may assess."""
        referral = referred(world)
        item = items.open_about(referral.key, kind="triage").get()
        items.claim(item, by=world.other_procesregisseur, at=AT)
        if how == "account":
            world.other_procesregisseur.is_active = False
            world.other_procesregisseur.save(update_fields=["is_active"])
        else:
            leaves(world.other_procesregisseur)

        with replays(referral):
            tick(at=LATER)

        assert item in inbox.mine(world.procesregisseur, at=LATER)
        items.claim(item, by=world.procesregisseur, at=LATER)

    def test_gives_back_what_was_of_who_knows_these_people(self, world, case, offered):
        """Catches a task that its taker may not see and his colleagues may not do."""
        task = picked_up(offered(desk=world.police_desk), world.officer)
        exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.officer)

        assert free_claims(at=LATER) == 1

        task.refresh_from_db()
        pick_up_task(task, by=world.other_officer, at=LATER)

    def test_leaves_it_to_who_stands_in_until_the_other_is_back(self, world, offered):
        """Catches a deputy who loses his work, and who keeps it for ever."""
        world.officer.deputy = world.other_officer
        world.officer.save(update_fields=["deputy"])
        leaves(world.other_officer)
        desk = world.housing_desk
        world.other_officer.memberships.update(desk=desk, until_on=None)
        absence = start_absence(world.officer, by=world.officer, at=AT, reason="Ziek")
        task = picked_up(offered(desk=world.police_desk), world.other_officer)
        assert free_claims(at=LATER) == 0

        end_absence(absence, by=world.officer, at=LATER)

        assert free_claims(at=LATER) == 1
        task.refresh_from_db()
        pick_up_task(task, by=world.officer, at=LATER)
