"""The pages of the plan, of one task, and of the desk that was asked."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework.audit.models import AuditEntry
from casework.cases.models import Note
from casework.cases.models import Warning as VisitWarning
from casework.plan.answering import pick_up_task, report_task
from casework.plan.models import ActionPlan, Draft, Goal, Report, Task
from casework.plan.transitions import make_plan, withdraw_task
from tests.plan.conftest import make_agent
from tests.world import AT, CANARIES, DAY

pytestmark = pytest.mark.urls("tests.plan.urls")
SECRET = "DIAGNOSE-CANARY: opname is nodig."
QUESTION = "Kan mevrouw Kwikstaart thuis blijven wonen?"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def as_user():
    def log_in(user) -> Client:
        client = Client()
        client.force_login(
            user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return log_in


def page_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(client: Client, url: str, action: str, **data):
    return client.post(url, {"action": action, "submit_id": str(uuid.uuid4()), **data})


def without_token(response) -> str:
    """The page without the token against forged forms: it differs every time."""
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+', "", response.content.decode())


def task_data(world, **data) -> dict:
    return {
        "kind": "advice_housing",
        "question": QUESTION,
        "desk": world.health_desk.pk,
        "due_on": (DAY + timedelta(days=10)).isoformat(),
        "package": "question",
        **data,
    }


class TestPlan:
    def test_a_plan_a_goal_and_a_task_are_made_here(self, world, case, as_user):
        client = as_user(world.casusregisseur)
        url = f"/casussen/{case.reference}/plan/"

        assert send(client, url, "plan", discussed="yes").status_code == 303
        goal = send(client, url, "goal", life_domain="housing", text="Rust in huis.")
        assert goal.status_code == 303
        kept = Goal.objects.system_scope("test").get()
        task = send(client, url, "task", **task_data(world, goal=kept.pk))

        assert task.status_code == 303
        assert task.headers["Location"] == url
        shown = page_of(client, url)
        assert "Rust in huis." in shown
        assert "Geef advies over veilig wonen" in shown
        assert "GGZ Zuid" in shown

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            ({"kind": ""}, "Kies wat je vraagt."),
            ({"kind": "Bel Jansje"}, "Kies iets uit de lijst."),
            ({"question": ""}, "Schrijf wat je vraagt."),
            ({"question": "a\x00b"}, "Er staat een teken in"),
            ({"question": "x" * 100_000}, "Dit is te lang."),
            ({"desk": ""}, "Kies wie het doet."),
            ({"desk": "9" * 30}, "Kies iets uit de lijst."),
            ({"joining": ["\x00"]}, "Kies iets uit de lijst."),
            ({"joining": ["1" * 40]}, "Kies iets uit de lijst."),
            ({"due_on": "2026-11-31"}, "31 november bestaat niet."),
            ({"due_on": "2026-11-20"}, "Kies een dag die nog komt."),
            ({"due_on": "gisteren"}, "Deze dag bestaat niet."),
            ({"package": "alles"}, "Kies iets uit de lijst."),
            ({"package": "chosen"}, "Kies iets uit de lijst."),
            ({"goal": "99999"}, "Kies iets uit de lijst."),
            ({"seen": "x"}, ""),
        ],
    )
    def test_bad_input_gives_the_page_with_what_was_typed(
        self, world, case, as_user, data, error
    ):
        client = as_user(world.procesregisseur)

        response = send(
            client,
            f"/casussen/{case.reference}/plan/",
            "task",
            **task_data(world, **data),
        )

        assert response.status_code == 422
        assert error in response.content.decode()
        if "question" not in data:
            assert QUESTION in response.content.decode()
        assert not Task.objects.system_scope("test").exists()

    def test_a_package_of_chosen_notes_asks_which(self, world, case, as_user):
        Note.objects.create(
            case=case, text="De voordeur is kapot.", mark="fact", by=world.fg, at=AT
        )
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/plan/"
        assert "De voordeur is kapot." in page_of(client, url)

        response = send(client, url, "task", **task_data(world, package="chosen"))

        assert response.status_code == 422
        assert "Kies welke stukken meegaan." in response.content.decode()

    def test_an_unknown_action_does_nothing(self, world, case, as_user):
        client = as_user(world.procesregisseur)

        response = send(client, f"/casussen/{case.reference}/plan/", "vernietig")

        assert response.status_code == 422

    def test_a_stale_form_is_shown_again(self, world, case, as_user):
        make_plan(case, by=world.casusregisseur, at=AT, discussed=True)
        ActionPlan.objects.system_scope("test").update(version=7)
        client = as_user(world.casusregisseur)
        url = f"/casussen/{case.reference}/plan/"

        response = send(client, url, "plan", discussed="no", why_not="Ziek.", seen=1)

        assert response.status_code == 409
        assert "Ziek." in response.content.decode()
        assert 'value="7"' in response.content.decode()

    def test_the_same_form_sent_twice_makes_one_task(self, world, case, as_user):
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/plan/"
        data = task_data(world, submit_id=str(uuid.uuid4()))

        first = send(client, url, "task", **data)
        second = send(client, url, "task", **data)

        assert (first.status_code, second.status_code) == (303, 303)
        assert Task.objects.system_scope("test").count() == 1

    def test_a_note_with_a_tag_cannot_be_chosen(self, world, case, as_user):
        client = as_user(world.procesregisseur)
        police = Note.objects.system_scope("test").get(case=case, tag="police")
        url = f"/casussen/{case.reference}/plan/"

        response = send(
            client,
            url,
            "task",
            **task_data(world, package="chosen", notes=[police.pk]),
        )

        assert response.status_code == 422
        assert CANARIES["police"] not in response.content.decode()

    def test_is_hidden_from_who_does_not_read_the_dossier(
        self, world, case, as_user, offered, agent
    ):
        offered()
        for user in (agent, world.manager, world.aov, world.other_procesregisseur):
            response = as_user(user).get(f"/casussen/{case.reference}/plan/")
            assert response.status_code == 404

    def test_has_as_many_queries_for_forty_tasks_as_for_four(
        self, world, case, as_user, offered
    ):
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/plan/"

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                page_of(client, url)
            return len(captured)

        for _ in range(4):
            offered(joining=[world.police_desk])
        page_of(client, url)
        few = queries()
        for _ in range(36):
            offered(joining=[world.police_desk])

        assert queries() == few


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

    def test_another_desk_is_asked_here(self, world, case, as_user, offered):
        task = offered()
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/taak/{task.pk}/"

        response = send(
            client,
            url,
            "offer_again",
            desk=world.housing_desk.pk,
            due_on=DAY.isoformat(),
            seen=task.version,
        )

        assert response.status_code == 303
        assert "Woonstichting Veenland" in page_of(client, url)

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

    def test_is_answered_in_four_steps(self, case, as_user, offered, agent):
        task = offered()
        client = as_user(agent)
        url = f"/taken/{task.pk}/"

        assert send(client, url, "pick_up").status_code == 303
        assert QUESTION in page_of(client, url)
        assert (
            send(client, url, "report", choice="no", answer=SECRET).status_code == 303
        )

        shown = page_of(client, url)
        assert "Jullie antwoord is verstuurd." in shown
        assert SECRET in shown
        assert QUESTION not in shown

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
            ("decline", {"reason": ""}, "Dan zoekt de procesregisseur een ander."),
            ("hand_back", {"reason": " "}, "Dan zoekt de procesregisseur een ander."),
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
