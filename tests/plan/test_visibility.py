"""What a desk never reads: what nobody picked up, and what others answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases import grants
from casework.cases.absence import end_absence, start_absence
from casework.cases.confirmations import Given
from casework.cases.models import Disclosure, Exclusion, Note, Participation
from casework.cases.models import Warning as VisitWarning
from casework.cases.participations import join_case
from casework.people.models import Absence
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.models import Report, Task, TaskContent
from casework.plan.models.task import lent_with, warnings_with
from casework.plan.transitions import record_report_for, withdraw_task
from tests.plan.conftest import SECRET, make_agent
from tests.world import AT, DAY

LATER = AT + timedelta(hours=1)
MONTHS_LATER = AT + timedelta(days=89)
LONG_AFTER = AT + timedelta(days=91)


def tasks(user, at=AT):
    return list(Task.objects.visible_to(user, at=at))


def questions(user, at=AT):
    return [row.question for row in TaskContent.objects.visible_to(user, at=at)]


def answers(user, at=AT):
    return [row.answer for row in Report.objects.visible_to(user, at=at)]


def lent_of(task):
    return Disclosure.objects.system_scope("test").get(about=task.key)


def test_a_desk_sees_that_there_is_a_task_and_not_what_it_is_about(
    world, offered, agent
):
    task = offered()

    assert tasks(agent) == [task]
    assert questions(agent) == []


def test_only_who_picked_it_up_reads_it_not_the_other_agents(world, offered):
    task = offered(desk=world.police_desk)

    pick_up_task(task, by=world.officer, at=AT)

    assert len(questions(world.officer)) == 1
    assert questions(world.other_officer) == []
    assert tasks(world.other_officer) == [task]


def test_content_that_is_not_opened_is_not_even_fetched(world, offered):
    """Catches a page that reads the question and hides it in the template."""
    offered(desk=world.police_desk)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        tasks(world.officer)

    assert not any("question" in query["sql"] for query in queries)


def test_others_see_no_task_at_all(world, offered):
    offered()

    for user in (world.officer, world.manager, world.other_procesregisseur, world.fg):
        assert tasks(user) == []
        assert questions(user) == []


def test_both_regisseurs_read_everything(world, offered, agent):
    task = offered()
    pick_up_task(task, by=agent, at=AT)
    report_task(task, by=agent, at=AT, answer=SECRET, choice="no", tag="minor")

    for user in (world.procesregisseur, world.casusregisseur):
        assert len(questions(user)) == 1
        assert answers(user) == [SECRET]


@pytest.mark.parametrize("tag", Note.RELEASED_BY_OTHERS)
def test_what_came_from_police_justice_or_a_doctor_is_for_who_steers(
    world, offered, agent, tag
):
    """Catches an answer with a tag that is open to everybody who reads the dossier."""
    task = offered(kind="visit", desk=world.police_desk)
    pick_up_task(task, by=world.officer, at=AT)
    report_task(task, by=world.officer, at=AT, answer=SECRET, tag=tag)

    assert answers(world.procesregisseur) == [SECRET]
    assert answers(world.officer) == [SECRET]
    assert answers(world.casusregisseur) == []


def test_who_wrote_it_down_and_a_colleague_of_its_source_read_it_too(
    world, case, offered
):
    """Catches a rule that hides from the casusregisseur what she wrote down herself."""
    task = offered(kind="visit", desk=world.police_desk)
    told = {"channel": "telephone", "at": AT, "by_name": "De wijkagent"}
    by = {"by": world.casusregisseur, "at": AT}
    record_report_for(task, given=Given(**told), answer=SECRET, tag="police", **by)

    assert answers(world.casusregisseur) == [SECRET]
    join_case(case, Participation.Role.RECEIVER, at=AT, user=world.other_officer)
    join_case(case, Participation.Role.RECEIVER, at=AT, user=world.manager)
    grants.follow([case.pk], at=AT)
    assert answers(world.other_officer) == [SECRET]
    assert answers(world.manager) == []


def test_another_party_in_the_same_task_never_reads_the_answer(world, offered, agent):
    task = offered(joining=[world.police_desk])
    pick_up_task(task, by=world.officer, at=AT)
    pick_up_task(task, by=agent, at=AT)
    report_task(task, by=agent, at=AT, answer=SECRET, choice="no")

    assert answers(agent) == [SECRET]
    assert answers(world.officer) == []
    assert answers(make_agent(world, "Tweede Hulp")) == []


def test_an_own_answer_stays_ninety_days_and_what_was_lent_does_not(world, with_note):
    task = with_note
    pick_up_task(task, by=world.officer, at=AT)
    assert [row.text for row in lent_with(task, world.officer, at=AT)] == [
        "De voordeur is kapot."
    ]

    report_task(task, by=world.officer, at=AT, answer="Gezien.")

    assert list(lent_with(task, world.officer, at=AT)) == []
    assert questions(world.officer) == []
    assert answers(world.officer, at=MONTHS_LATER) == ["Gezien."]
    assert answers(world.officer, at=LONG_AFTER) == []
    assert tasks(world.officer, at=LONG_AFTER) == []


def test_what_was_lent_is_closed_before_it_is_picked_up(world, with_note):
    assert list(lent_with(with_note, world.officer, at=AT)) == []


def test_what_was_taken_back_is_out_of_sight_at_once(world, with_note):
    pick_up_task(with_note, by=world.officer, at=AT)
    Disclosure.objects.system_scope("test").update(taken_back_at=AT)

    assert list(lent_with(with_note, world.officer, at=AT)) == []


@pytest.mark.parametrize("end", [decline_task, withdraw_task])
def test_access_ends_with_the_task(world, offered, agent, end):
    task = offered()
    pick_up_task(task, by=agent, at=AT)

    if end is decline_task:
        decline_task(task, by=agent, at=AT, reason="Nee.")
    else:
        withdraw_task(task, by=world.procesregisseur, at=AT)

    assert questions(agent) == []


def test_who_left_the_desk_reads_nothing_more(world, offered):
    task = offered(desk=world.police_desk)
    pick_up_task(task, by=world.officer, at=AT)

    world.officer.memberships.update(until_on=DAY)

    assert tasks(world.officer) == []
    assert questions(world.officer) == []


def test_who_knows_these_people_sees_nothing(world, case, offered):
    task = offered(desk=world.police_desk)
    pick_up_task(task, by=world.officer, at=AT)
    Exclusion.objects.create(
        case=case, user=world.officer, by=world.procesregisseur, at=AT
    )

    assert tasks(world.officer) == []
    assert questions(world.officer) == []
    assert list(lent_with(task, world.officer, at=AT)) == []


def test_an_inactive_user_sees_nothing(world, offered):
    offered(desk=world.police_desk)
    world.officer.is_active = False

    assert tasks(world.officer) == []


def test_a_deputy_reads_what_the_absent_one_picked_up(world, offered):
    task = offered(desk=world.police_desk)
    pick_up_task(task, by=world.officer, at=AT)
    Absence.objects.create(
        user=world.officer,
        deputy=world.other_officer,
        starts_at=AT,
        started_by=world.officer,
        reason="Ziek.",
    )

    assert len(questions(world.other_officer)) == 1


class TestWhoStandsInForSomebodyOfAnotherDesk:
    """Catches "Ik pak dit op" that gives a deputy of elsewhere an empty task."""

    @pytest.fixture
    def deputy(self, world):
        """A colleague of the housing desk, who stands in for one of the police desk."""
        world.officer.deputy = world.other_officer
        world.officer.save(update_fields=["deputy"])
        world.other_officer.memberships.update(desk=world.housing_desk)
        return world.other_officer

    @pytest.fixture
    def absence(self, world, deputy):
        return start_absence(world.officer, by=world.officer, at=AT, reason="Ziek")

    def test_reads_what_he_picked_up(self, world, case, with_note, deputy, absence):
        VisitWarning.objects.create(
            case=case, text="Grote hond.", until_on=DAY, by=world.fg, at=AT
        )
        assert (tasks(deputy), questions(deputy)) == ([with_note], [])

        pick_up_task(with_note, by=deputy, at=AT)

        assert len(questions(deputy)) == 1
        assert len(lent_with(with_note, deputy, at=AT)) == 1
        assert len(warnings_with(with_note, deputy, at=AT, on=DAY)) == 1
        assert questions(world.housing_worker) == tasks(world.housing_worker) == []

    def test_reads_it_no_longer_once_the_other_is_back(
        self, world, with_note, deputy, absence
    ):
        pick_up_task(with_note, by=deputy, at=AT)

        end_absence(absence, by=world.officer, at=LATER)

        assert tasks(deputy, at=LATER) == questions(deputy, at=LATER) == []
        assert list(lent_with(with_note, deputy, at=LATER)) == []

    def test_reads_his_own_answer_as_long_as_he_stands_in(
        self, world, with_note, deputy, absence
    ):
        pick_up_task(with_note, by=deputy, at=AT)
        report_task(with_note, by=deputy, at=AT, answer="Gezien.")
        assert (questions(deputy), answers(deputy)) == ([], ["Gezien."])

        end_absence(absence, by=world.officer, at=LATER)

        assert answers(deputy, at=LATER) == []

    def test_reads_nothing_of_people_whom_he_knows(
        self, world, case, with_note, deputy, absence
    ):
        pick_up_task(with_note, by=deputy, at=AT)
        Exclusion.objects.create(
            case=case, user=deputy, by=world.procesregisseur, at=AT
        )

        assert questions(deputy) == []

    def test_reads_nothing_that_a_colleague_of_that_desk_picked_up(
        self, world, with_note, deputy, absence
    ):
        """Catches a deputy who reads what the one he stands in for would not."""
        colleague = make_agent(world, "Derde Agent")
        colleague.memberships.update(desk=world.police_desk)
        pick_up_task(with_note, by=colleague, at=AT)

        assert (tasks(deputy), questions(deputy)) == ([with_note], [])


class TestWarningsWith:
    def test_go_with_a_visit_only_and_until_their_day(self, world, case, offered):
        VisitWarning.objects.create(
            case=case, text="Grote hond.", until_on=DAY, by=world.fg, at=AT
        )
        visit = offered(kind="visit", desk=world.police_desk)
        advice = offered(desk=world.police_desk)
        for task in (visit, advice):
            pick_up_task(task, by=world.officer, at=AT)

        def shown(task, on=DAY):
            return len(warnings_with(task, world.officer, at=AT, on=on))

        assert (shown(visit), shown(advice)) == (1, 0)
        assert shown(visit, on=DAY + timedelta(days=1)) == 0
        assert not warnings_with(visit, world.other_officer, at=AT, on=DAY)
