"""What the transitions of plans and tasks do, write down and refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.audit.models import AuditEntry
from casework.cases.confirmations import Given, confirm
from casework.cases.models import Disclosure, Note, Participation
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Stale,
)
from casework.plan.answering import (
    decline_task,
    hand_back_task,
    pick_up_task,
    report_task,
)
from casework.plan.may import NotPickedUp, TakenByColleague, TaskWithdrawn
from casework.plan.models import ActionPlan, Report, Task, TaskDesk
from casework.plan.silence import silence
from casework.plan.transitions import (
    add_goal,
    change_plan,
    make_plan,
    offer_task_again,
    record_report_for,
    verify_task,
    withdraw_task,
)
from casework.work import items
from casework.work.days import end_of, local_day
from tests.replay import replays
from tests.world import AT, DAY
from workers import jobs

LATER = AT + timedelta(days=1)
MEDICAL = "DIAGNOSE-CANARY: opname is nodig."


def open_kinds(case) -> dict[str, int]:
    """What is open for a case and came from a task, by kind."""
    found: dict[str, int] = {}
    for item in items.open_for_case(case.pk):
        if not item.kind.startswith(("case.", "triage.")):
            found[item.kind] = found.get(item.kind, 0) + 1
    return found


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


class TestOfferTask:
    def test_gives_the_lead_the_term_and_who_joins_no_term(self, world, case, offered):
        with replays(case):
            task = offered(joining=[world.police_desk])

        lead = items.open_about(task.key, kind="task").get()
        assert lead.owner_desk == world.health_desk
        assert lead.title == "Geef advies over veilig wonen"
        assert lead.link == f"/taken/{task.pk}/"
        assert lead.due_on == DAY + timedelta(days=3)
        joined = items.open_for_case(case.pk).get(kind="task_join")
        assert joined.owner_desk == world.police_desk
        assert joined.due_on == task.due_on
        assert len(joined.ladder) == 1
        assert task.lead.desk == world.health_desk

    def test_writes_down_what_goes_along_on_the_ground_of_the_case(self, case, offered):
        task = offered()

        lent = Disclosure.objects.system_scope("test").get(about=task.key)
        assert (lent.package, lent.ground, lent.text) == ("question", "avg-6-1-e", "")

    def test_lends_the_plan_in_outline(self, world, case, offered):
        plan = make_plan(case, by=world.casusregisseur, at=AT, discussed=True)
        add_goal(
            plan, by=world.casusregisseur, at=AT, text="Rust.", life_domain="housing"
        )

        task = offered(package="outline")

        lent = Disclosure.objects.system_scope("test").get(about=task.key)
        assert lent.text == "Wonen: Rust."

    def test_lets_the_organisation_take_part_once(self, world, case, offered):
        offered()
        offered()

        assert (
            Participation.objects.system_scope("test")
            .filter(case=case, organisation=world.health, role="party")
            .count()
            == 1
        )

    def test_lets_it_take_part_until_the_review_on_the_ground_of_the_case(
        self, case, offered
    ):
        """Catches a party without an end: nobody would ever ask if it still takes part."""
        offered()

        party = Participation.objects.system_scope("test").get(
            case=case, role=Participation.Role.PARTY
        )
        assert party.until_at == end_of(DAY + timedelta(days=42))
        assert party.ground == "avg-6-1-e"
        assert party.scope

    def test_lets_it_take_part_again_when_its_day_is_over(self, case, offered):
        """Catches a party that works on a task and stands as gone."""
        offered()
        much_later = AT + timedelta(days=60)

        with replays(case):
            offered(at=much_later, due_on=local_day(much_later) + timedelta(days=7))

        running = Participation.objects.system_scope("test").filter(
            case=case, role=Participation.Role.PARTY, ended_at__isnull=True
        )
        assert [row.from_at for row in running] == [much_later]

    def test_never_lends_a_note_of_the_police(self, case, offered):
        note = Note.objects.system_scope("test").get(case=case, tag="police")

        with pytest.raises(InvalidInput) as refused:
            offered(package="chosen", notes=[note])

        assert refused.value.field == "notes"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"kind": "Bel de Ooievaarsteeg"}, "kind"),
            ({"question": "  "}, "question"),
            ({"due_on": DAY - timedelta(days=1)}, "due_on"),
            ({"package": "chosen"}, "notes"),
        ],
    )
    def test_refuses_what_cannot_be_asked(self, case, offered, facts, field):
        with pytest.raises(InvalidInput) as refused:
            offered(**facts)

        assert refused.value.field == field
        assert not Task.objects.system_scope("test").exists()

    def test_refuses_a_desk_as_lead_and_joining(self, world, offered):
        with pytest.raises(InvalidInput):
            offered(joining=[world.health_desk])

    def test_refuses_who_does_not_work_on_the_case(self, world, offered):
        with pytest.raises(NotVisible):
            offered(by=world.manager)

    def test_moves_the_day_of_attention_of_the_case(self, case, offered):
        offered(due_on=DAY)

        case.refresh_from_db()
        assert case.attention_on == DAY


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
            report = report_task(task, by=agent, at=AT, answer=MEDICAL, choice="no")

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

        assert "Dan zoekt de procesregisseur een ander" in refused.value.user_message

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
                answer=MEDICAL,
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

    def test_can_be_confirmed_by_the_desk(self, world, case, offered, agent):
        report = record_report_for(
            offered(),
            given=self.GIVEN,
            answer=MEDICAL,
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


def test_no_title_can_name_a_person_or_a_street(case, offered):
    """Titles stand in mail and lists: they come from the code alone."""
    task = offered(question="Bezoek Jansje Kwikstaart, Ooievaarsteeg 7.")

    shown = [item.title + item.link for item in items.open_for_case(case.pk)]
    assert "Kwikstaart" not in " ".join([*shown, str(task), task.title])
