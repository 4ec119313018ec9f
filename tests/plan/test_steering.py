"""What a regisseur does with a task that a desk has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.cases.appointing import appoint_casusregisseur
from casework.cases.confirmations import Given, confirm
from casework.cases.models import Disclosure
from casework.cases.retraction import take_back
from casework.people.errors import AlreadyDone, InvalidInput, NotVisible, Stale
from casework.people.models import Role, User
from casework.people.transitions import join_desk
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.may import NotPickedUp, TaskWithdrawn
from casework.plan.models import Task, TaskDesk
from casework.plan.offering import TakenBack
from casework.plan.transitions import (
    add_goal,
    make_plan,
    offer_task_again,
    record_report_for,
    verify_task,
    withdraw_task,
)
from casework.work import items
from casework.work.models import Notice
from tests.plan.conftest import LATER, SECRET, open_kinds
from tests.replay import replays
from tests.world import AT, DAY, FIRST_DAY


class TestOfferTaskAgain:
    def test_asks_another_desk_and_takes_the_first_one_out(
        self, world, case, offered, agent
    ):
        task = offered()
        decline_task(task, by=agent, at=AT, reason="Nee.")

        with replays(case):
            offer_task_again(
                task,
                desk=world.housing_desk,
                due_on=DAY + timedelta(days=7),
                by=world.procesregisseur,
                at=AT,
            )

        assert task.state == Task.State.OFFERED
        item = items.open_about(task.key).get()
        assert (item.kind, item.owner_desk) == ("task", world.housing_desk)
        leads = TaskDesk.objects.system_scope("test").filter(task=task, is_lead=True)
        assert [place.desk for place in leads] == [world.housing_desk]

    def test_takes_the_content_from_who_had_it(self, world, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        offer_task_again(
            task, desk=world.health_desk, due_on=DAY, by=world.procesregisseur, at=AT
        )

        with pytest.raises(NotPickedUp):
            report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

    def test_lends_the_next_desk_the_same(self, world, case, offered, agent):
        """Catches a second desk that gets the bare question, without what goes along."""
        plan = make_plan(case, by=world.casusregisseur, at=AT, discussed=True)
        add_goal(
            plan, by=world.casusregisseur, at=AT, text="Rust.", life_domain="housing"
        )
        task = offered(package="outline")
        decline_task(task, by=agent, at=AT, reason="Nee.")

        offer_task_again(
            task, desk=world.housing_desk, due_on=DAY, by=world.procesregisseur, at=AT
        )

        lent = Disclosure.objects.system_scope("test").filter(about=task.key)
        assert lent.latest("pk").desk == world.housing_desk
        assert lent.latest("pk").text == "Wonen: Rust."

    def test_refuses_when_what_went_along_was_taken_back(
        self, world, case, offered, agent
    ):
        """Catches a mistake that goes to the next desk because the first declined: the
        question is as much of it as the pieces."""
        plan = make_plan(case, by=world.casusregisseur, at=AT, discussed=True)
        add_goal(
            plan, by=world.casusregisseur, at=AT, text="Rust.", life_domain="housing"
        )
        task = offered(package="outline")
        lent = Disclosure.objects.system_scope("test").filter(about=task.key)
        take_back(lent.get(), by=world.procesregisseur, at=AT, reason="not_allowed")
        decline_task(task, by=agent, at=AT, reason="Nee.")

        again = {"desk": world.housing_desk, "due_on": DAY}
        with pytest.raises(TakenBack):
            offer_task_again(task, by=world.procesregisseur, at=AT, **again)

        assert lent.get().desk == world.health_desk

    def test_refuses_a_task_that_was_withdrawn(self, world, offered):
        task = offered()
        withdraw_task(task, by=world.procesregisseur, at=AT)

        with pytest.raises(TaskWithdrawn):
            offer_task_again(
                task,
                desk=world.housing_desk,
                due_on=DAY,
                by=world.procesregisseur,
                at=AT,
            )


class TestVerifyTask:
    def test_closes_the_work_to_look_at_it(self, world, case, offered, agent):
        task = offered(verify_wanted=True)
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

        with replays(case):
            verify_task(task, by=world.casusregisseur, at=AT, seen=task.version)

        assert open_kinds(case) == {}

    def test_refuses_twice(self, world, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer="Nee.", choice="no")
        verify_task(task, by=world.casusregisseur, at=AT)

        with pytest.raises(AlreadyDone):
            verify_task(task, by=world.casusregisseur, at=AT)

    def test_refuses_what_changed_meanwhile(self, world, offered, agent):
        task = offered()
        seen = task.version
        pick_up_task(task, by=agent, at=AT)

        with pytest.raises(Stale):
            withdraw_task(task, by=world.casusregisseur, at=AT, seen=seen)


class TestWithdrawTask:
    def test_leaves_nobody_with_anything_to_do(self, world, case, offered, agent):
        task = offered(joining=[world.police_desk])
        pick_up_task(task, by=world.officer, at=AT)

        with replays(case):
            withdraw_task(task, by=world.procesregisseur, at=AT)

        assert open_kinds(case) == {}
        assert not task.is_open


class TestRecordReportFor:
    GIVEN = Given(channel="telephone", at=AT, by_name="mw. Smit")

    def test_works_at_once_and_asks_the_desk_whether_it_is_right(
        self, world, case, offered
    ):
        task = offered()

        with replays(case):
            report = record_report_for(
                task,
                given=self.GIVEN,
                answer=SECRET,
                choice="no",
                by=world.procesregisseur,
                at=AT,
            )

        assert task.state == Task.State.DONE
        assert not report.is_confirmed
        assert (report.by_name, report.recorded_by) == (
            "mw. Smit",
            world.procesregisseur,
        )
        asked = items.open_about(f"report:{report.pk}", kind="confirm").get()
        assert (asked.title, asked.owner_desk) == ("Klopt dit?", world.health_desk)

    def test_asks_nobody_to_read_what_she_wrote_herself(self, world, offered):
        """Catches "Kijk het antwoord na" of who has just typed that answer."""
        said = {"given": self.GIVEN, "answer": SECRET, "choice": "no", "at": AT}
        steers, runs = world.procesregisseur, world.casusregisseur
        for by, readers in ((steers, []), (runs, [steers])):
            task = offered(verify_wanted=True)

            record_report_for(task, by=by, **said)

            asked = items.open_about(task.key, kind="task_verify")
            assert [each.owner for each in asked] == readers

    def test_can_be_confirmed_by_the_desk(self, world, case, offered, agent):
        report = record_report_for(
            offered(),
            given=self.GIVEN,
            answer=SECRET,
            choice="no",
            by=world.procesregisseur,
            at=AT,
        )

        with replays(case):
            confirm(report, by=agent, at=AT)

        assert report.is_confirmed
        assert open_kinds(case) == {}

    def test_asks_who_said_it(self, world, offered):
        with pytest.raises(InvalidInput) as refused:
            record_report_for(
                offered(),
                given=Given(channel="telephone", at=AT),
                answer="Nee.",
                choice="no",
                by=world.procesregisseur,
                at=AT,
            )

        assert refused.value.field == "by_name"

    def test_refuses_a_moment_that_must_still_come(self, world, offered):
        with pytest.raises(InvalidInput):
            record_report_for(
                offered(),
                given=Given(channel="telephone", at=LATER, by_name="mw. Smit"),
                answer="Nee.",
                choice="no",
                by=world.procesregisseur,
                at=AT,
            )

    def test_refuses_a_desk(self, offered, agent):
        with pytest.raises(NotVisible):
            record_report_for(
                offered(),
                given=self.GIVEN,
                answer="Nee.",
                choice="no",
                by=agent,
                at=AT,
            )


class TestAppointCasusregisseur:
    def test_gives_the_next_one_what_waits_for_the_first(
        self, world, case, offered, agent
    ):
        """Catches work that stays with who may no longer read the case."""
        answered(offered(by=world.casusregisseur, verify_wanted=True), agent)
        case.refresh_from_db()
        successor = User.objects.create_user(
            "teun@example.org", name="Teun Twee", organisation=world.municipality
        )
        desk = world.casusregisseur.memberships.get().desk
        join_desk(successor, desk, role=Role.CASUSREGISSEUR, on=FIRST_DAY)

        with replays(case):
            appoint_casusregisseur(
                case, by=world.procesregisseur, at=LATER, user=successor
            )

        item = items.open_for_case(case.pk).get(kind="task_verify")
        assert item.owner_user == successor
        left = items.open_for_case(case.pk).filter(owner_user=world.casusregisseur)
        assert not left.exists()
        said = Notice.objects.filter(item=item, user=successor)
        assert said.latest("pk").step.startswith("handed:")
        task = Task.objects.system_scope("test").get()
        verify_task(task, by=successor, at=LATER, seen=task.version)

    def test_leaves_what_waits_for_who_also_steers(self, world, case, offered, agent):
        """Catches a procesregisseur who loses her work with a part of the plan."""
        steers, desk = (
            world.procesregisseur,
            world.casusregisseur.memberships.get().desk,
        )
        join_desk(steers, desk, role=Role.CASUSREGISSEUR, on=FIRST_DAY)
        case.refresh_from_db()
        appoint_casusregisseur(case, by=steers, at=AT, user=steers)
        waits = set(items.open_for_case(case.pk).filter(owner_user=steers))

        appoint_casusregisseur(case, by=steers, at=LATER, user=world.casusregisseur)

        left = set(items.open_for_case(case.pk).filter(owner_user=steers))
        assert {item.kind for item in waits - left} == {"case.read_in"}


def answered(task, by) -> None:
    pick_up_task(task, by=by, at=AT)
    report_task(task, by=by, at=AT, answer="Nee.", choice="no")
