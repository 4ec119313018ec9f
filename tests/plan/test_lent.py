"""What was lent with a task is taken back with its note, and destroyed."""

from __future__ import annotations

import pytest

from casework.cases.dossier import add_note
from casework.cases.models import Disclosure, Note, Retraction
from casework.cases.retraction import agree_destruction, take_back
from casework.people.errors import InvalidInput
from casework.plan.answering import pick_up_task, report_task
from casework.plan.models.task import lent_with
from casework.plan.transitions import offer_task_again
from casework.work import items
from tests.dossier.test_retraction import rows_with
from tests.plan.test_visibility import lent_of, questions
from tests.replay import replays
from tests.world import AT, DAY


class TestTakeBackOfANote:
    """Catches the words of a mistake that stay with everybody to whom they were lent."""

    def test_takes_back_what_was_lent_of_it(self, world, case, with_note):
        pick_up_task(with_note, by=world.officer, at=AT)
        lent, note = lent_of(with_note), Note.objects.system_scope("t").latest("pk")
        assert len(list(lent_with(with_note, world.officer, at=AT))) == 1

        with replays(case):
            take_back(note, by=world.procesregisseur, at=AT, reason="wrong_person")

        assert list(lent_with(with_note, world.officer, at=AT)) == []
        assert questions(world.officer) == []
        asked = items.open_about(lent.key, kind="disclosure.destroy").get()
        assert asked.owner_desk == world.police_desk
        assert [row.about for row in case.breaches.all()] == [lent.key]
        decides = Retraction.objects.system_scope("t").get(about=lent.key)
        assert items.open_about(decides.key).exists()

    def test_leaves_what_was_taken_back_before(self, world, case, with_note):
        """Catches a mistake that can't be taken back since its copy already was."""
        note = Note.objects.system_scope("t").latest("pk")
        by = {"by": world.procesregisseur, "at": AT}
        take_back(lent_of(with_note), **by, reason="not_allowed")

        take_back(note, **by, reason="wrong_person")

        assert case.breaches.count() == 1

    def test_leaves_what_other_notes_were_lent(self, world, case, offered, with_note):
        note = add_note(case, by=world.procesregisseur, at=AT, text="Ruit", mark="fact")
        other = offered(package="chosen", notes=[note])

        take_back(note, by=world.procesregisseur, at=AT, reason="wrong_person")

        assert lent_of(other).taken_back_at == AT
        assert lent_of(with_note).taken_back_at is None

    def test_destroys_each_copy_when_the_privacy_officer_agrees(
        self, world, case, offered, with_note
    ):
        by = {"by": world.procesregisseur, "at": AT}
        offer_task_again(with_note, desk=world.health_desk, due_on=DAY, **by)
        note = Note.objects.system_scope("t").latest("pk")
        retraction = take_back(note, **by, reason="wrong_person")
        assert rows_with("voordeur") == ["cases.Note", "cases.Disclosure"]

        with replays(case):
            agree_destruction(retraction, by=world.privacy_officer, at=AT)

        assert rows_with("voordeur") == []

    def test_refuses_a_note_that_was_taken_back_while_somebody_chose_it(
        self, world, case, offered
    ):
        """Catches a task that goes out with what was taken back a moment before."""
        note = add_note(case, by=world.procesregisseur, at=AT, text="Ruit", mark="fact")
        chosen = Note.objects.system_scope("t").get(pk=note.pk)
        take_back(note, by=world.procesregisseur, at=AT, reason="wrong_person")

        with pytest.raises(InvalidInput):
            offered(package="chosen", notes=[chosen])


class TestDestructionOfADisclosure:
    @pytest.mark.parametrize("ends", ["open", "answered"])
    def test_destroys_what_was_asked(self, world, case, offered, agent, ends):
        """Catches a destroyed "Alleen de vraag" of which the question is kept."""
        task = offered(question="Kan de kolibrie thuis blijven?")
        pick_up_task(task, by=agent, at=AT)
        if ends == "answered":
            report_task(task, by=agent, at=AT, answer="Nee.", choice="no")
        by = {"by": world.procesregisseur, "at": AT}
        retraction = take_back(lent_of(task), **by, reason="wrong_person")
        assert rows_with("kolibrie")

        with replays(case):
            agree_destruction(retraction, by=world.privacy_officer, at=AT)

        assert rows_with("kolibrie") == []
        assert questions(world.procesregisseur) == []

    def test_leaves_the_question_to_a_desk_that_works_with_it(
        self, world, offered, agent
    ):
        """Catches a desk without a question since another should not have had it."""
        task = offered(joining=[world.police_desk])
        for user in (agent, world.officer):
            pick_up_task(task, by=user, at=AT)
        lent = Disclosure.objects.system_scope("t").filter(about=task.key)
        wrong, right = (
            lent.get(desk=world.police_desk),
            lent.get(desk=world.health_desk),
        )

        for disclosure, left in ((wrong, 1), (right, 0)):
            retraction = take_back(
                disclosure, by=world.procesregisseur, at=AT, reason="not_allowed"
            )
            agree_destruction(retraction, by=world.privacy_officer, at=AT)
            assert len(questions(agent)) == left
            assert questions(world.officer) == []

        assert questions(world.procesregisseur) == []
