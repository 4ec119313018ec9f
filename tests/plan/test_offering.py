"""What it does to ask a desk for a task, and what may not be asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.cases.models import Disclosure, Note, Participation
from casework.people.errors import InvalidInput, NotVisible
from casework.plan.models import Task
from casework.plan.transitions import add_goal, make_plan
from casework.work import items
from casework.work.days import end_of, local_day
from tests.replay import replays
from tests.world import AT, DAY


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


def test_no_title_can_name_a_person_or_a_street(case, offered):
    """Titles stand in mail and lists: they come from the code alone."""
    task = offered(question="Bezoek Jansje Kwikstaart, Ooievaarsteeg 7.")

    shown = [item.title + item.link for item in items.open_for_case(case.pk)]
    assert "Kwikstaart" not in " ".join([*shown, str(task), task.title])
