"""The page on which a regisseur follows one task."""

from __future__ import annotations

import pytest

from casework.cases.absence import start_absence
from casework.cases.break_glass import open_break_glass
from casework.cases.confirmations import Given, dispute
from casework.plan.answering import pick_up_task, report_task
from casework.plan.models import Task
from casework.plan.transitions import record_report_for
from tests.plan.conftest import SECRET, page_of, send
from tests.world import AT, DAY

pytestmark = pytest.mark.usefixtures("_now")


class TestSteer:
    def test_shows_the_answer_and_lets_it_be_verified(
        self, world, case, as_user, offered, agent
    ):
        task = offered(verify_wanted=True)
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer=SECRET, choice="no", tag="medical")
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/taak/{task.pk}/"

        shown = page_of(client, url)
        assert SECRET in shown
        assert "Medisch" in shown
        response = send(client, url, "verify", seen=task.version)

        assert response.status_code == 303
        task.refresh_from_db()
        assert task.state == Task.State.VERIFIED

    def test_says_that_there_is_an_answer_to_who_may_not_read_it(
        self, world, case, as_user, offered
    ):
        """Catches the words of the police before who reads the dossier by his place,
        or by an emergency; and a task that seems unanswered to them."""
        task = offered(kind="visit", desk=world.police_desk, verify_wanted=True)
        pick_up_task(task, by=world.officer, at=AT)
        report_task(task, by=world.officer, at=AT, answer=SECRET, tag="police")
        reason = "De melder belde net: het is nu onveilig."
        open_break_glass(case.reference, by=world.aov, at=AT, reason=reason)
        url = f"/casussen/{case.reference}/taak/{task.pk}/"

        for user in (world.casusregisseur, world.aov):
            shown = page_of(as_user(user), url)
            assert SECRET not in shown
            assert "Antwoord van Politie" in shown
            assert "Dit antwoord is van de politie. Vraag het aan" in shown
            assert "Is dit antwoord genoeg?" not in shown
        shown = page_of(as_user(world.procesregisseur), url)
        assert SECRET in shown
        assert "Vraag het aan de procesregisseur" not in shown

    def test_an_answer_by_telephone_reads_not_confirmed(
        self, world, case, as_user, offered
    ):
        task = offered()
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/taak/{task.pk}/"

        response = send(
            client,
            url,
            "record",
            place=task.lead.pk,
            by_name="mw. Smit",
            channel="telephone",
            given_on=DAY.isoformat(),
            choice="no",
            answer=SECRET,
            seen=task.version,
        )

        assert response.status_code == 303
        shown = page_of(client, url)
        assert "mw. Smit" in shown
        assert "opgeschreven door Fatima El Amrani" in shown
        assert "Nog niet bevestigd" in shown

    def test_a_deputy_settles_what_was_disputed_without_the_words_of_the_police(
        self, world, case, as_user, offered
    ):
        """Catches "Klopt dit?" as a way around the rule of where an answer came from."""
        away, by = world.casusregisseur, {"by": world.casusregisseur, "at": AT}
        task = offered(kind="visit", desk=world.police_desk)
        told = Given(channel="telephone", at=AT, by_name="De wijkagent")
        report = record_report_for(task, given=told, answer=SECRET, tag="police", **by)
        dispute(report, by=world.officer, at=AT, reason=f"Niet {SECRET}")
        url = f"/klopt-dit/report:{report.pk}/"
        away.deputy = world.aov
        away.save(update_fields=["deputy"])
        start_absence(away, **by, reason="Vakantie")

        assert SECRET in page_of(as_user(away), url)
        shown = page_of(as_user(world.aov), url)
        assert SECRET not in shown
        assert "Dit antwoord is van de politie" in shown
        assert "We hebben het besproken" in shown

    def test_another_desk_is_asked_here(self, world, case, as_user, offered):
        task = offered()
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/taak/{task.pk}/"

        response = send(
            client,
            url,
            "offer_again",
            desk=world.housing_desk.pk,
            due_on="2026-12-25",
            seen=task.version,
        )

        assert response.status_code == 303
        shown = page_of(client, url)
        assert "Woonstichting Veenland" in shown
        assert "geen werkdag: Eerste kerstdag. Spreek met Wonen af" in shown

    def test_a_desk_can_not_steer(self, case, as_user, offered, agent):
        task = offered()

        url = f"/casussen/{case.reference}/taak/{task.pk}/"
        assert as_user(agent).get(url).status_code == 404
        assert send(as_user(agent), url, "withdraw").status_code == 404

    def test_a_task_of_another_case_is_not_found_here(
        self, world, case, as_user, offered
    ):
        task = offered()

        response = as_user(world.procesregisseur).get(
            f"/casussen/{case.reference}/taak/{task.pk + 99}/"
        )

        assert response.status_code == 404

    def test_what_changed_meanwhile_is_not_withdrawn(
        self, world, case, as_user, offered, agent
    ):
        task = offered()
        seen = task.version
        pick_up_task(task, by=agent, at=AT)

        response = send(
            as_user(world.procesregisseur),
            f"/casussen/{case.reference}/taak/{task.pk}/",
            "withdraw",
            seen=seen,
        )

        assert response.status_code == 409
        task.refresh_from_db()
        assert task.state == Task.State.PICKED_UP
