"""The pages on which somebody says that it is stuck, and on which that is answered."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine

from ave.escalation.flow import answer
from ave.stagnation.models import StuckReport
from ave.stagnation.transitions import report_stuck, report_stuck_task, set_threat
from casework.access.deciding import decide_policy
from casework.plan.answering import hand_back_task, pick_up_task, report_task
from casework.plan.transitions import withdraw_task
from casework.plan.waiting import for_another
from tests.world import AT, DAY, asked

TEXT = "Er is geen plek en niemand beslist."


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def task(world, offered):
    task = offered(desk=world.police_desk)
    pick_up_task(task, by=world.officer, at=AT)
    return task


@pytest.fixture
def reported(world, task) -> StuckReport:
    return report_stuck_task(task, text=TEXT, by=world.officer, at=AT)


def sent(**data) -> dict:
    return {"submit_id": str(uuid.uuid4()), **data}


class TestReportTask:
    def test_leads_to_the_page_of_the_answer(self, world, as_user, task):
        client = as_user(world.officer)
        url = f"/taken/{task.pk}/vast/"
        assert client.get(url).status_code == 200

        response = client.post(url, sent(text=TEXT))

        assert response.status_code == 303
        shown = client.get(response.headers["Location"]).content.decode()
        assert TEXT in shown
        assert "De procesregisseur antwoordt uiterlijk wo 25 november." in shown
        with time_machine.travel(AT + timedelta(days=3), tick=False):
            after = as_user(world.officer)
            late = after.get(response.headers["Location"]).content.decode()
        assert "De procesregisseur zou uiterlijk wo 25 november antwoorden." in late

    def test_says_the_day_by_the_term_of_the_municipality(
        self, world, case, as_user, task
    ):
        """Catches "twee werkdagen" where the municipality decided on four."""
        decide_policy(
            "term:escalation_request_partner_reply:2",
            value={"number": 4, "unit": "wd"},
            valid_from=DAY + timedelta(days=1),
            source="Collegebesluit 12",
            by=world.beheerder,
            at=AT,
        )

        with time_machine.travel(AT + timedelta(days=1), tick=False):
            partner = as_user(world.officer).get(f"/taken/{task.pk}/vast/")
            url = f"/casussen/{case.reference}/vast/"
            regisseur = as_user(world.casusregisseur).get(url)

        said = "Je hoort uiterlijk ma 30 november wat de procesregisseur doet."
        assert said in partner.content.decode()
        said = "De procesregisseur antwoordt uiterlijk ma 30 november."
        assert said in regisseur.content.decode()

    @pytest.mark.parametrize(
        "why",
        ["answered", "answered by a colleague", "handed back", "withdrawn", "taken"],
    )
    def test_offers_nothing_where_it_can_only_be_refused(
        self, world, as_user, task, why
    ):
        """Catches a promise of an answer about a task that is done, or a colleague's."""
        said = "Jullie hoeven voor deze taak niets meer te doen."
        if why.startswith("answered"):
            report_task(task, by=world.officer, at=AT, answer="Nee.", choice="no")
        elif why == "handed back":
            hand_back_task(task, by=world.officer, at=AT, reason="Wij zijn te druk.")
        elif why == "withdrawn":
            withdraw_task(task, by=world.procesregisseur, at=AT)
        else:
            said = "Een collega heeft deze taak al opgepakt. Vraag het aan hem of haar."
        colleague = why in {"answered by a colleague", "taken"}
        who = world.other_officer if colleague else world.officer

        shown = as_user(who).get(f"/taken/{task.pk}/vast/").content.decode()

        assert said in shown
        assert "Meld dat het vastloopt" not in shown
        assert "hoor je wat de procesregisseur doet" not in shown

    def test_asks_nothing_twice(self, world, as_user, task, reported):
        """Catches an empty form beside what he reported and waits to be answered."""
        shown = as_user(world.officer).get(f"/taken/{task.pk}/vast/").content.decode()

        assert "Je hebt dit al gemeld." in shown
        assert "Meld dat het vastloopt" not in shown

    def test_says_that_it_was_another_task(
        self, world, as_user, task, reported, offered
    ):
        """Catches "je hebt dit al gemeld" at a task of which nothing was reported."""
        other = offered(desk=world.police_desk)
        pick_up_task(other, by=world.officer, at=AT)
        page = as_user(world.officer)
        url = f"/taken/{other.pk}/vast/"

        shown = page.get(url).content.decode()
        refused = page.post(url, sent(text=TEXT))

        said = "Je meldde al bij een andere taak in deze casus dat het vastloopt."
        assert said in shown
        assert "Je hebt dit al gemeld." not in shown
        assert refused.status_code == 409
        assert said in refused.content.decode()

    def test_says_the_partner_no_level(self, world, case, as_user, task):
        """Catches a ketenpartner who reads in his own list how high the case stands."""
        answer(asked(world, case), by=world.manager, at=AT, answer="pick_up")
        report_stuck_task(task, text=TEXT, by=world.officer, at=AT)

        mine = as_user(world.officer).get("/?toon=anderen").content.decode()
        hers = as_user(world.procesregisseur).get("/").content.decode()

        assert "Iemand zegt: het loopt vast" in mine
        assert "Management" not in mine
        assert "Iemand zegt: het loopt vast" in hers
        assert "Management" in hers

    def test_what_ends_by_the_partner_is_not_what_he_did(
        self, world, case, as_user, task
    ):
        """Catches work of the procesregisseur, with its level, that he reads as his."""
        answer(asked(world, case), by=world.manager, at=AT, answer="pick_up")
        for_another(task, by=None, at=AT)
        report_task(task, by=world.officer, at=AT, answer="Ja.", choice="yes")

        done = as_user(world.officer).get("/?toon=klaar").content.decode()

        assert task.title in done
        assert "Zoek een ander of schaal op" not in done
        assert "Management" not in done

    @pytest.mark.parametrize(
        "text", ["", "a\x00", "x" * 100_000, "Jansje Kwikstaart wil niet."]
    )
    def test_bad_input_is_shown_again(self, world, as_user, task, text):
        response = as_user(world.officer).post(
            f"/taken/{task.pk}/vast/", sent(text=text)
        )

        assert response.status_code == 422

    def test_is_hidden_before_the_task_is_picked_up(self, world, as_user, offered):
        task = offered(desk=world.housing_desk)

        response = as_user(world.housing_worker).get(f"/taken/{task.pk}/vast/")

        assert response.status_code == 404


class TestCase:
    def test_shows_the_reasons_to_the_regisseurs(self, world, case, as_user, reported):
        url = f"/casussen/{case.reference}/vast/"

        for user in (world.procesregisseur, world.casusregisseur):
            shown = as_user(user).get(url).content.decode()
            assert "Iemand meldde dat het vastloopt." in shown
            assert TEXT in shown

    def test_the_casusregisseur_says_that_it_is_stuck(self, world, case, as_user):
        url = f"/casussen/{case.reference}/vast/"

        response = as_user(world.casusregisseur).post(
            url, sent(action="report", text=TEXT)
        )

        assert response.status_code == 303
        assert StuckReport.objects.system_scope("test").count() == 1

    def test_a_flag_is_set_and_taken_away(self, world, case, as_user):
        client = as_user(world.casusregisseur)
        url = f"/casussen/{case.reference}/vast/"

        assert (
            client.post(url, sent(action="threaten", reason="Stil.")).status_code == 303
        )
        assert "Stil." in client.get(url).content.decode()
        assert client.post(url, sent(action="clear")).status_code == 303
        assert "Stil." not in client.get(url).content.decode()

    @pytest.mark.parametrize(
        "data",
        [
            {"action": "report", "text": ""},
            {"action": "threaten", "reason": "a\x00"},
            {"action": "niets"},
            {},
        ],
    )
    def test_bad_input_is_shown_again(self, world, case, as_user, data):
        response = as_user(world.casusregisseur).post(
            f"/casussen/{case.reference}/vast/", sent(**data)
        )

        assert response.status_code == 422

    def test_offers_who_works_on_it_only_what_he_can_do(self, world, case, as_user):
        """Catches a way up that is not his, and a report that waits already."""
        url = f"/casussen/{case.reference}/vast/"
        client = as_user(world.casusregisseur)
        assert 'value="report"' in client.get(url).text
        report_stuck(case, text=TEXT, by=world.casusregisseur, at=AT)

        shown = client.get(url).text

        assert 'value="report"' not in shown
        assert "Bekijk de melding" in shown
        assert "schaal een knelpunt op" not in shown
        assert "Beantwoord" in as_user(world.procesregisseur).get(url).text

    def test_a_flag_set_twice_is_told(self, world, case, as_user):
        set_threat(case, reason="Stil.", by=world.casusregisseur, at=AT)

        response = as_user(world.procesregisseur).post(
            f"/casussen/{case.reference}/vast/", sent(action="threaten", reason="Ja.")
        )

        assert response.status_code == 409

    def test_is_hidden_from_parties_and_managers(self, world, case, as_user):
        for user in (world.officer, world.manager, world.aov):
            response = as_user(user).get(f"/casussen/{case.reference}/vast/")
            assert response.status_code == 404


class TestAnswer:
    def test_a_refusal_is_read_by_who_said_it(self, world, as_user, reported):
        url = f"/vast/{reported.pk}/"
        response = as_user(world.procesregisseur).post(
            url, sent(answer="refuse", reason="Woensdag is er plek.", seen=1)
        )
        assert response.status_code == 303

        client = as_user(world.officer)
        shown = client.get(url).content.decode()
        assert "Woensdag is er plek." in shown
        assert "pakt het niet op" in shown
        assert client.post(url, sent(action="read")).status_code == 303
        assert client.post(url, sent(action="read")).status_code == 409

    def test_picking_it_up_makes_a_bottleneck(self, world, case, as_user, reported):
        response = as_user(world.procesregisseur).post(
            f"/vast/{reported.pk}/",
            sent(
                answer="pick_up",
                kinds=["substance"],
                description=TEXT,
                tried="Gebeld.",
                since=DAY.isoformat(),
                seen=1,
            ),
        )

        assert response.status_code == 303
        assert case.bottlenecks.count() == 2

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({}, 422),
            ({"answer": "misschien"}, 422),
            ({"answer": "refuse"}, 422),
            ({"answer": "refuse", "reason": "Bij Ooievaarsteeg 7."}, 422),
            ({"answer": "pick_up"}, 422),
            ({"answer": "pick_up", "bottleneck": "9" * 30}, 422),
            ({"answer": "pick_up", "since": "2027-01-01"}, 422),
            ({"answer": "refuse", "reason": "Nee.", "seen": 9}, 409),
        ],
    )
    def test_bad_input_is_shown_again(self, world, as_user, reported, data, status):
        response = as_user(world.procesregisseur).post(
            f"/vast/{reported.pk}/", sent(**data)
        )

        assert response.status_code == status
        reported.refresh_from_db()
        assert reported.is_waiting

    def test_who_said_it_can_not_answer_himself(self, world, as_user, reported):
        response = as_user(world.officer).post(
            f"/vast/{reported.pk}/", sent(answer="refuse", reason="Nee.")
        )

        assert response.status_code == 404

    def test_is_hidden_from_everybody_else(self, world, as_user, reported):
        for user in (world.other_officer, world.housing_worker, world.manager):
            assert as_user(user).get(f"/vast/{reported.pk}/").status_code == 404
