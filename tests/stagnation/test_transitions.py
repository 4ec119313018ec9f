"""Somebody says that it is stuck; the procesregisseur answers within two days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import DeescalationFlow
from ave.escalation.stopping import withdraw_stop
from ave.stagnation.models import StuckReport
from ave.stagnation.reasons import Cause, reasons_for, stagnation_of
from ave.stagnation.transitions import (
    clear_threat,
    pick_up_stuck,
    read_answer,
    refuse_stuck,
    report_stuck,
    report_stuck_task,
    set_threat,
)
from casework.cases.bottlenecks import NotRunning, end_bottleneck
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Stale,
)
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.may import NotPickedUp, TakenByColleague
from casework.work import items
from tests.replay import replays
from tests.world import AT, DAY, bottleneck_of
from workers.verify import count_of

TEXT = "Er is geen plek en niemand beslist."
LEVELS = "a level changes only by triage, an answer, a taking back or an end"
NEW = {"kinds": ["substance"], "description": TEXT, "tried": "Drie keer gebeld."}


@pytest.fixture
def reported(world, case, offered):
    """The police is stuck in a task."""
    task = offered(desk=world.police_desk)
    pick_up_task(task, by=world.officer, at=AT)
    return report_stuck_task(task, text=TEXT, by=world.officer, at=AT)


class TestReportStuckTask:
    def test_gives_the_procesregisseur_two_working_days(self, world, case, offered):
        task = offered(desk=world.police_desk)
        pick_up_task(task, by=world.officer, at=AT)

        with replays(case):
            report = report_stuck_task(task, text=TEXT, by=world.officer, at=AT)

        work = items.open_about(report.key).get()
        assert work.owner_user == world.procesregisseur
        assert work.due_on == DAY + timedelta(days=2)
        assert work.asked_by == world.officer

    def test_refuses_who_did_not_open_the_task(self, world, offered):
        task = offered(desk=world.police_desk)

        with pytest.raises(NotPickedUp):
            report_stuck_task(task, text=TEXT, by=world.officer, at=AT)

    def test_refuses_a_colleague_of_who_opened_it(self, world, offered):
        task = offered(desk=world.police_desk)
        pick_up_task(task, by=world.officer, at=AT)

        with pytest.raises(TakenByColleague):
            report_stuck_task(task, text=TEXT, by=world.other_officer, at=AT)

    def test_refuses_another_desk(self, world, offered):
        with pytest.raises(NotVisible):
            report_stuck_task(offered(), text=TEXT, by=world.officer, at=AT)

    @pytest.mark.parametrize("text", [" ", "Bij Ooievaarsteeg 7 doet niemand open."])
    def test_refuses_no_words_and_names(self, world, offered, text):
        task = offered(desk=world.police_desk)
        pick_up_task(task, by=world.officer, at=AT)

        with pytest.raises(InvalidInput) as refused:
            report_stuck_task(task, text=text, by=world.officer, at=AT)

        assert refused.value.field == "text"

    def test_refuses_twice_while_it_waits(self, world, reported):
        with pytest.raises(AlreadyDone):
            report_stuck_task(reported.task, text=TEXT, by=world.officer, at=AT)

    def test_refuses_when_the_task_is_done(self, world, offered):
        task = offered(desk=world.police_desk)
        pick_up_task(task, by=world.officer, at=AT)
        report_task(task, by=world.officer, at=AT, answer="Nee.", choice="no")

        with pytest.raises(AlreadyDone):
            report_stuck_task(task, text=TEXT, by=world.officer, at=AT)


class TestReportStuck:
    def test_is_for_the_casusregisseur(self, world, case):
        with replays(case):
            report = report_stuck(case, text=TEXT, by=world.casusregisseur, at=AT)

        assert report.is_waiting

    def test_is_heard_in_the_aftercare_too(self, world, case):
        """Catches who took a case over, and can tell nobody that it is stuck."""
        end_bottleneck(
            bottleneck_of(case),
            by=world.procesregisseur,
            at=AT,
            state="solved",
            reason="Klaar.",
        )
        stop = DeescalationFlow.start.begin(
            case,
            by=world.procesregisseur,
            at=AT,
            receiver=world.casusregisseur,
            reason="Het loopt.",
            aftercare_on=DAY + timedelta(days=30),
        )
        by = {"by": world.casusregisseur, "at": AT}
        DeescalationFlow.receive.complete(stop, **by, accepts=True)

        with replays(case):
            report = report_stuck(case, text=TEXT, **by)

        asked = items.open_about(report.key, kind="stuck").get()
        assert asked.owner == world.procesregisseur
        steers = {"by": world.procesregisseur, "at": AT}
        with pytest.raises(NotRunning) as refused:
            pick_up_stuck(report, **NEW, **steers)
        assert "Procesregie moet toch doorgaan" in refused.value.user_message
        DeescalationFlow.interrupt(withdraw_stop, stop, **steers)
        pick_up_stuck(report, **NEW, **steers)

    def test_refuses_who_would_answer_himself(self, world, case):
        with pytest.raises(NotPermitted):
            report_stuck(case, text=TEXT, by=world.procesregisseur, at=AT)

    def test_refuses_a_stranger(self, world, case):
        with pytest.raises(NotVisible):
            report_stuck(case, text=TEXT, by=world.manager, at=AT)


class TestPickUpStuck:
    def test_makes_a_bottleneck_at_proces(self, world, case, reported):
        with replays(case):
            pick_up_stuck(reported, by=world.procesregisseur, at=AT, **NEW)

        assert reported.bottleneck.level == Level.PROCES
        assert reported.bottleneck.number == 2
        assert reported.state == StuckReport.State.PICKED_UP

    def test_raises_one_that_is_there(self, world, case, reported):
        """Also catches a permitted act of which `verify` says that it is a breach."""
        steers = {"by": world.procesregisseur, "at": AT}
        there = bottleneck_of(case)

        with replays(case):
            pick_up_stuck(reported, bottleneck=there, **steers)

        case.refresh_from_db()
        assert case.level == Level.PROCES
        assert case.bottlenecks.count() == 1
        assert count_of(LEVELS, at=AT) == 0

    def test_lets_who_said_it_read_the_answer_without_keeping_the_case_open(
        self, world, case, reported
    ):
        pick_up_stuck(reported, by=world.procesregisseur, at=AT, **NEW)

        answer = items.open_about(reported.key).get()
        assert (answer.owner_user, answer.case) == (world.officer, None)
        read_answer(reported, by=world.officer, at=AT)
        assert not items.open_about(reported.key).exists()

    @pytest.mark.parametrize("missing", ["kinds", "description", "tried"])
    def test_refuses_a_bottleneck_that_is_not_complete(self, world, reported, missing):
        facts = {**NEW, missing: [] if missing == "kinds" else " "}

        with pytest.raises(InvalidInput) as refused:
            pick_up_stuck(reported, by=world.procesregisseur, at=AT, **facts)

        assert refused.value.field == missing
        reported.refresh_from_db()
        assert reported.is_waiting

    def test_refuses_who_does_not_steer(self, world, reported):
        with pytest.raises(NotPermitted):
            pick_up_stuck(reported, by=world.casusregisseur, at=AT, **NEW)
        with pytest.raises(NotVisible):
            pick_up_stuck(reported, by=world.officer, at=AT, **NEW)

    def test_refuses_twice_and_what_changed(self, world, reported):
        with pytest.raises(Stale):
            pick_up_stuck(reported, by=world.procesregisseur, at=AT, seen=9, **NEW)
        pick_up_stuck(reported, by=world.procesregisseur, at=AT, **NEW)

        with pytest.raises(AlreadyDone):
            pick_up_stuck(reported, by=world.procesregisseur, at=AT, **NEW)


class TestRefuseStuck:
    def test_gives_a_reason_that_who_asked_reads(self, world, case, reported):
        with replays(case):
            refuse_stuck(
                reported, reason="Woensdag is er plek.", by=world.procesregisseur, at=AT
            )

        read = StuckReport.objects.visible_to(world.officer, at=AT).get()
        assert read.answer == "Woensdag is er plek."
        assert items.open_about(reported.key).get().owner_user == world.officer

    @pytest.mark.parametrize("reason", [" ", "Jansje Kwikstaart wil niet."])
    def test_refuses_no_reason_and_names(self, world, reported, reason):
        with pytest.raises(InvalidInput):
            refuse_stuck(reported, reason=reason, by=world.procesregisseur, at=AT)


class TestReadAnswer:
    def test_is_for_who_said_it(self, world, reported):
        refuse_stuck(reported, reason="Nee.", by=world.procesregisseur, at=AT)

        with pytest.raises(NotVisible):
            read_answer(reported, by=world.other_officer, at=AT)

    def test_refuses_twice(self, world, reported):
        refuse_stuck(reported, reason="Nee.", by=world.procesregisseur, at=AT)
        read_answer(reported, by=world.officer, at=AT)

        with pytest.raises(AlreadyDone):
            read_answer(reported, by=world.officer, at=AT)


def test_other_desks_and_colleagues_do_not_read_what_is_stuck(world, reported):
    for user in (world.other_officer, world.housing_worker, world.manager):
        assert not StuckReport.objects.visible_to(user, at=AT).exists()


class TestThreat:
    def test_stands_until_it_is_taken_away(self, world, case):
        with replays(case):
            threat = set_threat(case, reason="Stil.", by=world.casusregisseur, at=AT)
        assert [reason.cause for reason in stagnation_of(case, at=AT)] == [Cause.FEARED]

        with replays(case):
            clear_threat(threat, by=world.procesregisseur, at=AT)
        assert stagnation_of(case, at=AT) == []

    def test_refuses_twice(self, world, case):
        threat = set_threat(case, reason="Stil.", by=world.casusregisseur, at=AT)
        with pytest.raises(AlreadyDone):
            set_threat(case, reason="Stil.", by=world.procesregisseur, at=AT)
        clear_threat(threat, by=world.procesregisseur, at=AT)
        with pytest.raises(AlreadyDone):
            clear_threat(threat, by=world.procesregisseur, at=AT)

    def test_refuses_no_reason_and_strangers(self, world, case):
        with pytest.raises(InvalidInput):
            set_threat(case, reason=" ", by=world.casusregisseur, at=AT)
        with pytest.raises(NotVisible):
            set_threat(case, reason="Stil.", by=world.officer, at=AT)


class TestStagnationOf:
    @pytest.mark.parametrize(("days", "stands_still"), [(4, False), (7, True)])
    def test_counts_a_task_that_is_five_working_days_late(
        self, case, offered, days, stands_still
    ):
        offered(due_on=DAY)

        found = stagnation_of(case, at=AT + timedelta(days=days))

        assert (Cause.OVERDUE in {each.cause for each in found}) is stands_still

    def test_counts_a_task_that_came_back_until_another_has_it(
        self, case, offered, agent
    ):
        task = offered()
        decline_task(task, by=agent, at=AT, reason="Nee.")

        found = stagnation_of(case, at=AT)

        assert [(each.cause, each.link) for each in found] == [
            (Cause.DECLINED, f"taak/{task.pk}/")
        ]
        assert "Geef advies over veilig wonen" in found[0].words

    @pytest.mark.parametrize(
        ("days", "expected"), [(11, []), (14, [True]), (30, [False])]
    )
    def test_counts_silence_in_working_days(self, case, days, expected):
        found = stagnation_of(case, at=AT + timedelta(days=days))

        assert [each.threatens for each in found] == expected

    def test_counts_what_somebody_said(self, case, reported):
        assert [each.cause for each in stagnation_of(case, at=AT)] == [Cause.REPORTED]

    def test_asks_as_much_for_many_cases_as_for_one(
        self, case, offered, django_assert_num_queries
    ):
        for _ in range(4):
            offered(due_on=DAY)
        late = AT + timedelta(days=30)

        with django_assert_num_queries(6):
            reasons_for([case.pk], at=late)
        with django_assert_num_queries(6):
            reasons_for([case.pk, *range(10_000, 10_040)], at=late)
