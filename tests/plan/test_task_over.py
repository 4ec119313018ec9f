"""The page of a task for a desk that did what it had to do: an old link of a mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from casework.audit.models import AuditEntry
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.transitions import offer_task_again, withdraw_task
from tests.plan.conftest import page_of, send
from tests.world import AT, DAY

pytestmark = pytest.mark.usefixtures("_now")

SEARCHES = "De procesregisseur zoekt een ander."
GAVE_BACK = "Jullie gaven deze taak terug."


class TestGivenBack:
    def test_says_that_another_is_looked_for_only_while_that_is_so(
        self, world, as_user, offered, agent
    ):
        """Catches a search that goes on for ever on the page of who declined."""
        task = offered()
        decline_task(task, by=agent, at=AT, reason="Wij doen dit niet.")
        client, url = as_user(agent), f"/taken/{task.pk}/"
        assert SEARCHES in page_of(client, url)

        withdraw_task(task, by=world.procesregisseur, at=AT)

        shown = page_of(client, url)
        assert GAVE_BACK in shown
        assert "Daarna is de taak ingetrokken. Je hoeft niets te doen." in shown
        assert SEARCHES not in shown

    def test_says_that_another_has_it(self, world, as_user, offered, agent):
        """Catches a search that is over on the page of who led before."""
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        decline_task(task, by=agent, at=AT, reason="Wij doen dit niet.")
        offer_task_again(
            task,
            desk=world.police_desk,
            due_on=DAY + timedelta(days=7),
            by=world.procesregisseur,
            at=AT,
        )

        shown = page_of(as_user(agent), f"/taken/{task.pk}/")

        assert "Jullie doen niet meer mee." in shown
        assert "De partij die de taak trekt, gaat zonder jullie verder." in shown
        assert SEARCHES not in shown

    def test_says_of_who_joined_that_it_is_over(self, world, as_user, offered, agent):
        """Catches a party that goes on with a task that is withdrawn."""
        task = offered(joining=[world.police_desk])
        client, url = as_user(world.officer), f"/taken/{task.pk}/"
        send(client, url, "decline", reason="Wij doen dit niet.")

        withdraw_task(task, by=world.procesregisseur, at=AT)

        shown = page_of(client, url)
        assert "gaat zonder jullie verder" not in shown
        assert "Daarna is de taak ingetrokken. Je hoeft niets te doen." in shown


class TestAnswered:
    def test_names_the_day_until_which_it_can_be_read(self, as_user, offered, agent):
        """Catches ninety days that are said anew on the tenth."""
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

        with time_machine.travel(AT + timedelta(days=10), tick=False):
            shown = page_of(as_user(agent), f"/taken/{task.pk}/")

        assert "nog 90 dagen" not in shown
        assert "Je kunt dit teruglezen tot zo 21 februari 2027." in shown

    def test_is_read_by_the_task_once_the_part_in_the_case_is_over(
        self, as_user, offered, agent
    ):
        """Catches a reading in the log of which nobody can say why it was allowed."""
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer="Nee.", choice="no")

        with time_machine.travel(AT + timedelta(days=80), tick=False):
            page_of(as_user(agent), f"/taken/{task.pk}/")

        [entry] = AuditEntry.objects.filter(verb="task.read")
        assert entry.access_basis == task.places.get().key


class TestSteer:
    def test_sends_who_can_not_go_up_elsewhere(
        self, world, case, as_user, offered, agent
    ):
        """Catches a way up for the casusregisseur, which only the other one has."""
        task = offered()
        decline_task(task, by=agent, at=AT, reason="Wij doen dit niet.")
        url, up = (
            f"/casussen/{case.reference}/taak/{task.pk}/",
            "Schaal een knelpunt op",
        )

        assert up in page_of(as_user(world.procesregisseur), url)
        shown = page_of(as_user(world.casusregisseur), url)
        assert up not in shown
        assert f'href="/casussen/{case.reference}/vast/"' in shown
