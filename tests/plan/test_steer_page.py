"""The page on which a regisseur follows one task."""

from __future__ import annotations

import pytest

from casework.cases.absence import start_absence
from casework.cases.break_glass import open_break_glass
from casework.cases.confirmations import Given, dispute
from casework.cases.dossier import add_note
from casework.cases.models import Case, Disclosure, Retraction
from casework.cases.retraction import agree_destruction, take_back
from casework.plan.answering import (
    decline_task,
    hand_back_task,
    pick_up_task,
    report_task,
)
from casework.plan.models import Task, TaskDesk
from casework.plan.transitions import (
    offer_task_again,
    record_report_for,
    verify_task,
    withdraw_task,
)
from tests.plan.conftest import SECRET, page_of, send
from tests.world import AT, DAY

pytestmark = pytest.mark.usefixtures("_now")


PAST = {
    "offered": ("Nog niet opgepakt", []),
    "picked_up": ("Bezig", ["pick_up"]),
    "declined": ("Past niet", ["decline"]),
    "handed_back": ("Teruggegeven", ["pick_up", "hand_back"]),
    "done": ("Klaar", ["pick_up", "report"]),
    "verified": ("Nagekeken", ["pick_up", "report", "verify"]),
    "withdrawn": ("Ingetrokken", ["withdraw"]),
    "withdrawn_at_work": ("Ingetrokken", ["pick_up", "withdraw"]),
    "withdrawn_after_no": ("Ingetrokken", ["decline", "withdraw"]),
    "asked_another": ("Nog niet opgepakt", ["decline", "again"]),
    "withdrawn_from_another": ("Ingetrokken", ["decline", "again", "withdraw"]),
}
"""What happened to a task, and how it then stands in words."""

STAY = ("offered", "picked_up", "declined", "handed_back", "asked_another")
"""Then no desk is told that it has nothing to do any more."""

CLOSED = {"status": "closed", "closed_at": AT, "outcome": Case.Outcome.values[0]}


@pytest.fixture
def went(world, offered, agent):
    """Ask something of a desk with one that joins, and let things happen to it."""

    def go(steps) -> Task:
        task = offered(joining=[world.police_desk], verify_wanted=True)
        steers = {"by": world.procesregisseur, "at": AT}
        desk = world.housing_desk
        happen = {
            "pick_up": lambda: pick_up_task(task, by=agent, at=AT),
            "decline": lambda: decline_task(task, by=agent, at=AT, reason="Nee."),
            "hand_back": lambda: hand_back_task(task, by=agent, at=AT, reason="Nee."),
            "report": lambda: report_task(
                task, by=agent, at=AT, answer="Nee.", choice="no"
            ),
            "verify": lambda: verify_task(task, **steers),
            "withdraw": lambda: withdraw_task(task, **steers),
            "again": lambda: offer_task_again(task, desk=desk, due_on=DAY, **steers),
        }
        for step in steps:
            happen[step]()
        return task

    return go


class TestEveryState:
    def test_tries_every_state(self, went):
        assert {went(steps).state for _, steps in PAST.values()} == set(Task.State)

    @pytest.mark.parametrize("past", PAST)
    @pytest.mark.parametrize("closed", [False, True])
    def test_opens_on_both_pages(self, world, case, as_user, went, past, closed):
        """Catches a plan that never opens again after a task in it was withdrawn."""
        words, steps = PAST[past]
        task = went(steps)
        if closed:
            Case.objects.system_scope("test").update(**CLOSED)
        client = as_user(world.procesregisseur)

        assert words in page_of(client, f"/casussen/{case.reference}/plan/")
        shown = page_of(client, f"/casussen/{case.reference}/taak/{task.pk}/")
        assert words in shown
        assert shown.count("trekker</span>") == 1
        assert ("niet meer nodig" in shown) == (past not in STAY)

    def test_opens_without_a_lead(self, world, case, as_user, went):
        """Catches a page that breaks on a task withdrawn when its lead was lost."""
        task = went(["pick_up", "withdraw"])
        TaskDesk.objects.system_scope("test").filter(task=task).update(is_lead=False)
        client = as_user(world.procesregisseur)

        assert "GGZ Zuid, met" in page_of(client, f"/casussen/{case.reference}/plan/")
        shown = page_of(client, f"/casussen/{case.reference}/taak/{task.pk}/")
        assert "niet meer nodig" in shown


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

    def test_the_desk_confirms_the_answer_that_was_chosen(
        self, world, as_user, offered, agent
    ):
        """Catches a desk that confirms an explanation, and not "ja" or "nee"."""
        task = offered()
        told = Given(channel="telephone", at=AT, by_name="mw. Smit")
        report = record_report_for(
            task,
            given=told,
            answer="Zie het plan.",
            choice="no",
            by=world.procesregisseur,
            at=AT,
        )

        shown = page_of(as_user(agent), f"/klopt-dit/report:{report.pk}/")

        for said in (task.title, report.chosen, "Zie het plan."):
            assert said in shown

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

    def test_says_why_a_mistake_goes_to_nobody_else(
        self, world, case, as_user, offered, agent
    ):
        """Catches a form that is always refused, an empty question, and somebody who
        takes back a note without hearing that it was lent, or who opened it."""
        note = add_note(case, by=world.procesregisseur, at=AT, text="Ruit", mark="fact")
        task = offered(package="chosen", notes=[note])
        pick_up_task(task, by=agent, at=AT)
        client, home = as_user(world.procesregisseur), f"/casussen/{case.reference}/"
        url, lent = f"{home}taak/{task.pk}/", Disclosure._base_manager.get()
        assert "Vraag het aan een ander" in page_of(client, url)
        asked = page_of(client, f"{home}terughalen/notitie/{note.pk}/")
        assert "Deze notitie ging mee met een taak." in asked
        assert "binnen 72 uur" in asked
        assert agent.name in asked

        by = {"by": world.procesregisseur, "at": AT, "reason": "wrong_person"}
        take_back(note, **by)
        retraction = Retraction.objects.system_scope("t").get(about=lent.key)
        agree_destruction(retraction, by=world.privacy_officer, at=AT)

        shown = page_of(client, url)
        assert "Vraag het aan een ander" not in shown
        assert "Deze taak kan daarom niet naar een ander." in shown
        assert "De vraag is vernietigd." in shown
        sent = {"desk": world.police_desk.pk, "due_on": "2026-12-24", "seen": 2}
        refused = send(client, url, "offer_again", **sent)
        assert refused.status_code == 409
        assert "Geef een nieuwe taak." in refused.content.decode()

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
