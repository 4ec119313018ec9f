"""The page of one task, for the desk that was asked."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.audit.models import AuditEntry
from casework.cases.absence import start_absence
from casework.cases.models import Disclosure
from casework.cases.models import Warning as VisitWarning
from casework.cases.retraction import take_back
from casework.plan.answering import drop_vain_drafts, pick_up_task, report_task
from casework.plan.models import Draft, Report, TaskContent, TaskDesk
from casework.plan.transitions import withdraw_task
from tests.plan.conftest import QUESTION, SECRET, make_agent, page_of, send
from tests.world import AT, CANARIES, DAY

pytestmark = pytest.mark.usefixtures("_now")


def without_token(response) -> str:
    """The page without the token against forged forms: it differs every time."""
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+', "", response.content.decode())


class TestTask:
    def test_says_nothing_before_somebody_picks_it_up(
        self, world, case, as_user, offered
    ):
        task = offered(desk=world.police_desk)

        shown = page_of(as_user(world.officer), f"/taken/{task.pk}/")

        assert "Er wacht een taak op jullie" in shown
        assert "Geef advies over veilig wonen" in shown
        assert case.reference in shown
        assert "Ik pak dit op" in shown
        assert QUESTION not in shown
        assert "Kwikstaart" not in shown
        assert CANARIES["mnemonic"] not in shown

    def test_says_why_he_sees_it_and_what_ends_that(
        self, world, as_user, offered, case
    ):
        """Catches a ketenpartner who is told nowhere why he may read this."""
        task = offered(desk=world.police_desk)
        client, url = as_user(world.officer), f"/taken/{task.pk}/"
        desk = world.police_desk.name

        assert f"Bureau {desk} kreeg deze taak." in page_of(client, url)
        assert "Dit stopt negentig dagen nadat" in page_of(client, url)
        send(client, url, "pick_up")

        assert f"Je hebt deze taak opgepakt, voor bureau {desk}." in page_of(
            client, url
        )
        assert "Dit stopt als de taak klaar is" in page_of(client, url)

    def test_stands_with_its_desk_where_who_can_see_a_case_is_told(
        self, world, as_user, offered, case
    ):
        """Catches a desk that reads a task and what goes with it, and is in no list."""
        task = offered(desk=world.police_desk)
        regisseur = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/partijen/"

        assert f"Bureau {world.police_desk.name}" in page_of(regisseur, url)
        assert "leest de soort taak en de dag" in page_of(regisseur, url)
        send(as_user(world.officer), f"/taken/{task.pk}/", "pick_up")

        page = page_of(regisseur, url)
        assert f"Opgepakt: {world.officer.name}" in page
        assert "leest de vraag, wat is meegestuurd" in page
        withdraw_task(task, by=world.procesregisseur, at=AT)
        assert f"Bureau {world.police_desk.name}" not in page_of(regisseur, url)

    def test_is_answered_by_who_stands_in_from_another_desk(
        self, world, case, as_user, offered
    ):
        """Catches a page without the question for a deputy who picked it up, and a
        reading that the log does not put in the name of whom he stands in for."""
        away, deputy = world.officer, world.other_officer
        deputy.memberships.update(desk=world.housing_desk)
        away.deputy = deputy
        away.save(update_fields=["deputy"])
        task = offered(desk=world.police_desk)
        start_absence(away, by=away, at=AT, reason="Ziek")
        client, url = as_user(deputy), f"/taken/{task.pk}/"

        assert send(client, url, "pick_up").status_code == 303
        assert QUESTION in page_of(client, url)

        read = AuditEntry.objects.filter(verb="task.read", by=deputy).latest("pk")
        assert read.on_behalf_of == away
        opened = AuditEntry.objects.get(verb="disclosure.opened", by=deputy)
        place = TaskDesk.objects.system_scope("test").get(task=task)
        assert (opened.on_behalf_of, opened.access_basis) == (away, place.key)
        said = send(client, url, "report", choice="no", answer=SECRET)
        assert said.status_code == 303
        assert SECRET in page_of(client, url)

    def test_is_answered_in_four_steps(self, case, as_user, offered, agent):
        """Catches a kind of information to choose that nobody explains."""
        task = offered()
        client = as_user(agent)
        url = f"/taken/{task.pk}/"

        assert send(client, url, "pick_up").status_code == 303
        asked = page_of(client, url)
        assert QUESTION in asked
        for kind in ("Is het van politie", "van justitie", "medisch", "over een kind"):
            assert kind in asked
        assert (
            send(client, url, "report", choice="no", answer=SECRET).status_code == 303
        )

        shown = page_of(client, url)
        assert "Jullie antwoord is verstuurd." in shown
        assert SECRET in shown
        assert QUESTION not in shown

    def test_says_until_when_it_can_be_picked_up(self, world, as_user, offered, agent):
        """Catches a second day without what it is for: "Wacht uiterlijk tot"."""
        task = offered()
        url = f"/casussen/{task.case.reference}/taak/{task.pk}/"

        for shown in (
            page_of(as_user(agent), f"/taken/{task.pk}/"),
            page_of(as_user(world.procesregisseur), url),
        ):
            assert "Oppakken: uiterlijk do 26 november." in shown
        pick_up_task(task, by=agent, at=AT)
        shown = page_of(as_user(agent), f"/taken/{task.pk}/")
        assert "Waarom deze dag?" in shown
        assert "Oppakken" not in shown

    @pytest.mark.parametrize("first", [True, False])
    def test_shows_nothing_of_what_was_taken_back(
        self, world, case, as_user, offered, agent, first
    ):
        """Catches a mistake that the party reads on after it was taken back."""
        task = offered(joining=[world.police_desk])
        if first:
            pick_up_task(task, by=agent, at=AT)
        lent = Disclosure.objects.system_scope("test").get(desk=world.health_desk)
        take_back(lent, by=world.procesregisseur, at=AT, reason="not_allowed")
        if not first:
            pick_up_task(task, by=agent, at=AT)
        pick_up_task(task, by=world.officer, at=AT)

        shown = page_of(as_user(agent), f"/taken/{task.pk}/")
        assert QUESTION not in shown
        assert "Wat we vroegen, is teruggehaald." in shown
        assert "Geef taak terug" in shown
        assert not AuditEntry.objects.filter(verb="task.read", by=agent).exists()
        assert not TaskContent.objects.visible_to(agent, at=AT).exists()
        assert QUESTION in page_of(as_user(world.officer), f"/taken/{task.pk}/")
        url = f"/casussen/{case.reference}/taak/{task.pk}/"
        shown = page_of(as_user(world.procesregisseur), url)
        assert QUESTION in shown
        assert "Alleen de vraag</b> naar GGZ Zuid" in shown
        assert shown.count("Teruggehaald als vergissing") == 1

    def test_hides_it_from_the_other_agents(self, world, as_user, offered):
        task = offered(desk=world.police_desk)
        pick_up_task(task, by=world.officer, at=AT)

        shown = page_of(as_user(world.other_officer), f"/taken/{task.pk}/")

        assert "Een collega heeft deze taak opgepakt." in shown
        assert QUESTION not in shown

    def test_the_police_never_reads_what_the_ggz_answered(
        self, world, as_user, offered, agent
    ):
        task = offered(joining=[world.police_desk])
        pick_up_task(task, by=world.officer, at=AT)
        pick_up_task(task, by=agent, at=AT)
        report_task(task, by=agent, at=AT, answer=SECRET, choice="no")

        for user in (world.officer, world.other_officer, world.housing_worker):
            response = as_user(user).get(f"/taken/{task.pk}/")
            assert "DIAGNOSE-CANARY" not in response.content.decode()

    def test_shows_what_to_mind_at_a_visit_after_it_is_picked_up(
        self, world, case, as_user, offered
    ):
        VisitWarning.objects.create(
            case=case, text="Grote hond.", until_on=DAY, by=world.fg, at=AT
        )
        task = offered(kind="visit", desk=world.police_desk)
        client = as_user(world.officer)
        url = f"/taken/{task.pk}/"

        assert "Grote hond." not in page_of(client, url)
        send(client, url, "pick_up")

        assert "Grote hond." in page_of(client, url)

    def test_writes_down_that_it_was_read_once_a_page(self, as_user, offered, agent):
        task = offered()
        client = as_user(agent)
        page_of(client, f"/taken/{task.pk}/")
        assert not AuditEntry.objects.filter(verb="task.read").exists()
        pick_up_task(task, by=agent, at=AT)

        page_of(client, f"/taken/{task.pk}/")

        assert AuditEntry.objects.filter(verb="task.read", by=agent).count() == 1

    def test_picking_up_second_says_who_was_first(self, world, as_user, offered):
        task = offered(desk=world.police_desk)
        pick_up_task(task, by=world.officer, at=AT)

        response = send(as_user(world.other_officer), f"/taken/{task.pk}/", "pick_up")

        assert response.status_code == 409
        assert "Een collega heeft deze taak al opgepakt." in response.content.decode()

    def test_an_answer_to_a_withdrawn_task_is_shown_and_not_sent(
        self, world, as_user, offered, agent
    ):
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        withdraw_task(task, by=world.procesregisseur, at=AT)

        response = send(
            as_user(agent), f"/taken/{task.pk}/", "report", choice="no", answer=SECRET
        )

        assert response.status_code == 409
        assert "Je tekst is niet verstuurd." in response.content.decode()
        assert SECRET in response.content.decode()
        assert not Report.objects.system_scope("test").exists()

    def test_the_same_answer_sent_twice_is_one_answer(self, as_user, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        client = as_user(agent)
        data = {"choice": "no", "answer": "Nee.", "submit_id": str(uuid.uuid4())}

        for _ in range(2):
            response = send(client, f"/taken/{task.pk}/", "report", **data)
            assert response.status_code == 303

        assert Report.objects.system_scope("test").count() == 1

    @pytest.mark.parametrize(
        ("action", "data", "error"),
        [
            ("report", {"choice": "no", "answer": ""}, "Vul een uitleg in."),
            ("report", {"choice": "", "answer": "Nee."}, "Kies een antwoord."),
            ("report", {"choice": "\x00", "answer": "Nee."}, "Kies iets uit de lijst."),
            ("report", {"choice": "no", "answer": "a\x00"}, "Er staat een teken in"),
            ("report", {"choice": "no", "answer": "x" * 100_000}, "Dit is te lang."),
            ("report", {"choice": "no", "answer": "x", "tag": "z"}, "Kies iets uit"),
            (
                "decline",
                {"reason": ""},
                "Schrijf kort waarom deze taak niet bij jullie past.",
            ),
            (
                "hand_back",
                {"reason": " "},
                "Schrijf kort waarom deze taak niet bij jullie past.",
            ),
            ("niets", {}, ""),
        ],
    )
    def test_bad_input_gives_the_page_with_what_was_typed(
        self, as_user, offered, agent, action, data, error
    ):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        response = send(as_user(agent), f"/taken/{task.pk}/", action, **data)

        assert response.status_code == 422
        assert error in response.content.decode()

    @pytest.mark.parametrize("path", ["", "vast/"])
    def test_asks_for_no_reason_that_needs_a_tag(self, as_user, offered, agent, path):
        """Catches what a doctor or the police knows in a reason, which has no tag that
        keeps it from a casusregisseur of another organisation."""
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        said = page_of(as_user(agent), f"/taken/{task.pk}/{path}")

        assert "De procesregisseur en de casusregisseur lezen dit." in said
        assert "niets medisch en niets van politie of justitie" in said

    def test_keeps_what_was_typed_for_later(self, as_user, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        client = as_user(agent)
        url = f"/taken/{task.pk}/"

        response = send(client, url, "report", answer="Half een", save="1")
        assert response.status_code == 303
        assert "Half een" in page_of(client, url)
        assert Report.objects.system_scope("test").count() == 0

        send(client, url, "report", choice="no", answer="Heel verhaal.")
        assert not Draft.objects.exists()

    @pytest.mark.parametrize("why", ["withdrawn", "left"])
    def test_keeps_nothing_of_which_nobody_waits_for_the_answer(
        self, world, as_user, offered, agent, why
    ):
        """Catches half an answer, with all that it tells, that stays for ever."""
        task = offered()
        pick_up_task(task, by=agent, at=AT)
        url = f"/taken/{task.pk}/"
        send(as_user(agent), url, "report", answer="Half een", save="1")

        assert drop_vain_drafts() == 0
        if why == "withdrawn":
            withdraw_task(task, by=world.procesregisseur, at=AT)
        else:
            agent.is_active = False
            agent.save(update_fields=["is_active"])

        assert drop_vain_drafts() == 1
        assert not Draft.objects.exists()

    def test_keeps_no_text_that_cannot_be_kept(self, as_user, offered, agent):
        task = offered()
        pick_up_task(task, by=agent, at=AT)

        response = send(
            as_user(agent), f"/taken/{task.pk}/", "report", answer="a\x00", save="1"
        )

        assert response.status_code == 422
        assert not Draft.objects.exists()

    def test_declining_tells_what_happens_next(self, as_user, offered, agent):
        task = offered()
        client = as_user(agent)

        send(client, f"/taken/{task.pk}/", "decline", reason="Wij doen dit niet.")

        assert "De procesregisseur zoekt een ander." in page_of(
            client, f"/taken/{task.pk}/"
        )

    def test_who_joins_reads_what_happens_without_him(self, world, as_user, offered):
        """Catches the promise to who only joins that another is looked for."""
        task = offered(joining=(world.police_desk,))

        shown = page_of(as_user(world.officer), f"/taken/{task.pk}/")

        assert "Dan gaat de trekker zonder jullie verder." in shown
        assert "Dan zoekt de procesregisseur een ander" not in shown

    def test_who_joins_no_longer_leaves_it_to_who_leads(self, world, as_user, offered):
        """Catches a promise of another desk, which nobody looks for."""
        task = offered(joining=[world.police_desk])
        client = as_user(world.officer)

        send(client, f"/taken/{task.pk}/", "decline", reason="Wij doen dit niet.")

        shown = page_of(client, f"/taken/{task.pk}/")
        assert "De partij die de taak trekt, gaat zonder jullie verder." in shown
        assert "zoekt een ander" not in shown

    def test_leads_a_regisseur_to_his_own_page(self, world, case, as_user, offered):
        task = offered()

        response = as_user(world.procesregisseur).get(f"/taken/{task.pk}/")

        assert response.status_code == 302
        assert response.headers["Location"] == (
            f"/casussen/{case.reference}/taak/{task.pk}/"
        )

    def test_is_hidden_from_everybody_else(self, world, as_user, offered):
        """A hidden task and one that does not exist give the same page."""
        task = offered()
        client = as_user(world.officer)

        hidden = client.get(f"/taken/{task.pk}/")
        absent = client.get("/taken/99999999999999999999/")

        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert without_token(hidden) == without_token(absent)

    def test_has_a_fixed_number_of_queries(self, as_user, offered, agent, world):
        def queries(task) -> int:
            pick_up_task(task, by=agent, at=AT)
            client = as_user(agent)
            page_of(client, f"/taken/{task.pk}/")
            with CaptureQueriesContext(connection) as captured:
                page_of(client, f"/taken/{task.pk}/")
            return len(captured)

        few = queries(offered())
        for number in range(10):
            offered()
            make_agent(world, f"Hulp {number}")

        assert queries(offered(joining=[world.police_desk])) == few
