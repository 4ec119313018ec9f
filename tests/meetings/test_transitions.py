"""Agreements become tasks all at once; a party may say that one is not right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.meetings.models import Agreement, AgreementRound, Objection
from casework.meetings.transitions import (
    RowRefused,
    TooLate,
    note_objection,
    object_to_agreement,
    record_agreements,
)
from casework.people.errors import AlreadyDone, InvalidInput, NotVisible
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.work import items
from tests.replay import replays
from tests.world import AT, DAY


@pytest.fixture
def rows(world) -> list[Ask]:
    """Seven agreements; of the first Wonen leads and the police joins."""
    desks = (world.housing_desk, world.police_desk, world.health_desk)
    return [
        Ask(
            kind="visit" if number else "rent_file",
            question=f"Afspraak {number}",
            desk=desks[number % 3],
            joining=() if number else (world.police_desk,),
            due_on=DAY + timedelta(days=7 + number),
        )
        for number in range(7)
    ]


@pytest.fixture
def agreed(world, case, rows):
    return record_agreements(
        case,
        held_on=DAY,
        present=[world.police, world.housing, world.health],
        rows=rows,
        by=world.procesregisseur,
        at=AT,
    )


def task_of(round_: AgreementRound, number: int = 1) -> Task:
    return Agreement.objects.system_scope("test").get(round=round_, number=number).task


class TestRecordAgreements:
    def test_makes_seven_tasks_of_seven_rows(self, world, case, rows):
        with replays(case):
            record_agreements(
                case,
                held_on=DAY,
                present=[world.police, world.housing],
                rows=rows,
                by=world.procesregisseur,
                at=AT,
            )

        assert Task.objects.system_scope("test").filter(case=case).count() == 7
        assert items.open_for_case(case.pk).filter(kind="task").count() == 7

    def test_gives_only_the_lead_the_term_of_its_task(self, world, case, agreed):
        task = task_of(agreed)

        lead = items.open_about(task.key, kind="task").get()
        joining = items.open_for_case(case.pk).get(kind="task_join")
        assert (lead.owner_desk, joining.owner_desk) == (
            world.housing_desk,
            world.police_desk,
        )
        assert len(lead.ladder) > len(joining.ladder)

    @pytest.mark.parametrize("number", [0, 3, 6])
    def test_does_nothing_when_one_row_is_wrong(self, world, case, rows, number):
        """Catches half a meeting: three tasks sent and four lost."""
        rows[number] = Ask(
            kind="visit",
            question="Te laat",
            desk=world.housing_desk,
            due_on=DAY - timedelta(days=1),
        )

        with pytest.raises(RowRefused) as refused:
            record_agreements(
                case,
                held_on=DAY,
                present=[world.police],
                rows=rows,
                by=world.procesregisseur,
                at=AT,
            )

        assert (refused.value.row, refused.value.field) == (number, "due_on")
        assert not Task.objects.system_scope("test").exists()
        assert not AgreementRound.objects.system_scope("test").exists()
        assert not items.open_for_case(case.pk).filter(kind="task").exists()

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"held_on": DAY + timedelta(days=1)}, "held_on"),
            ({"present": []}, "present"),
            ({"rows": []}, ""),
        ],
    )
    def test_refuses_a_meeting_that_is_not_complete(
        self, world, case, rows, facts, field
    ):
        whole = {"held_on": DAY, "present": [world.police], "rows": rows, **facts}

        with pytest.raises(InvalidInput) as refused:
            record_agreements(case, **whole, by=world.procesregisseur, at=AT)

        assert refused.value.field == field

    def test_refuses_who_does_not_work_on_the_case(self, world, case, rows):
        with pytest.raises(NotVisible):
            record_agreements(
                case,
                held_on=DAY,
                present=[world.police],
                rows=rows,
                by=world.officer,
                at=AT,
            )


class TestObjectToAgreement:
    def test_stands_beside_the_agreement_which_stands(self, world, case, agreed):
        task = task_of(agreed)

        with replays(case):
            object_to_agreement(
                task, text="Dit spraken we niet af.", by=world.housing_worker, at=AT
            )

        task.refresh_from_db()
        assert task.state == Task.State.OFFERED
        said = Objection.objects.visible_to(world.procesregisseur, at=AT).get()
        assert said.organisation == world.housing
        work = items.open_about(said.key).get()
        assert work.owner_user == world.procesregisseur

    def test_may_be_said_by_who_joins(self, world, agreed):
        object_to_agreement(task_of(agreed), text="Niet waar.", by=world.officer, at=AT)

        assert Objection.objects.system_scope("test").count() == 1

    @pytest.mark.parametrize(("days", "in_time"), [(3, True), (4, False)])
    def test_has_three_working_days(self, world, agreed, days, in_time):
        at = AT + timedelta(days=days)
        task = task_of(agreed)

        if in_time:
            object_to_agreement(task, text="Niet waar.", by=world.officer, at=at)
        else:
            with pytest.raises(TooLate):
                object_to_agreement(task, text="Niet waar.", by=world.officer, at=at)

    def test_refuses_a_party_that_is_not_in_it(self, world, agreed, agent):
        with pytest.raises(NotVisible):
            object_to_agreement(task_of(agreed), text="Niet waar.", by=agent, at=AT)

    def test_refuses_a_task_that_came_from_no_meeting(self, offered, agent):
        with pytest.raises(NotVisible):
            object_to_agreement(offered(), text="Niet waar.", by=agent, at=AT)

    def test_refuses_twice_by_one_party(self, world, agreed):
        task = task_of(agreed)
        object_to_agreement(task, text="Niet waar.", by=world.officer, at=AT)

        with pytest.raises(AlreadyDone):
            object_to_agreement(task, text="Nee.", by=world.other_officer, at=AT)

    def test_refuses_no_words(self, world, agreed):
        with pytest.raises(InvalidInput) as refused:
            object_to_agreement(task_of(agreed), text=" ", by=world.officer, at=AT)

        assert refused.value.field == "text"

    def test_is_not_read_by_other_parties(self, world, agreed):
        object_to_agreement(
            task_of(agreed), text="Niet waar.", by=world.housing_worker, at=AT
        )

        assert not Objection.objects.visible_to(world.officer, at=AT).exists()
        assert not AgreementRound.objects.visible_to(world.officer, at=AT).exists()


class TestNoteObjection:
    def test_closes_the_work_and_keeps_the_words(self, world, case, agreed):
        said = object_to_agreement(
            task_of(agreed), text="Niet waar.", by=world.officer, at=AT
        )

        with replays(case):
            note_objection(said, by=world.procesregisseur, at=AT)

        assert not items.open_about(said.key).exists()
        assert said.text == "Niet waar."

    def test_refuses_twice(self, world, agreed):
        said = object_to_agreement(
            task_of(agreed), text="Niet waar.", by=world.officer, at=AT
        )
        note_objection(said, by=world.procesregisseur, at=AT)

        with pytest.raises(AlreadyDone):
            note_objection(said, by=world.procesregisseur, at=AT)

    def test_refuses_a_party(self, world, agreed):
        said = object_to_agreement(
            task_of(agreed), text="Niet waar.", by=world.officer, at=AT
        )

        with pytest.raises(NotVisible):
            note_objection(said, by=world.officer, at=AT)
