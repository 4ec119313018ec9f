"""The page of agreements: seven rows at once, and what a party says about one."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.meetings.models import Agreement, Objection
from casework.meetings.transitions import record_agreements
from casework.plan.answering import hand_back_task, pick_up_task, report_task
from casework.plan.models import Task
from casework.plan.offering import Ask
from tests.world import AT, DAY

DUE = (DAY + timedelta(days=10)).isoformat()
ASKED = "Wil de wijkagent bij het gesprek zijn?"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


def row(number: int, lead, /, **facts) -> dict:
    filled = {
        "kind": "visit",
        "question": f"Vraag nummer {number}",
        "desk": lead.pk,
        "joining": "",
        "due_on": DUE,
        **facts,
    }
    return {f"rows-{number}-{name}": value for name, value in filled.items()}


def meeting(world, *rows: dict, **facts) -> dict:
    data = {
        "submit_id": str(uuid.uuid4()),
        "held_on": DAY.isoformat(),
        "present": [world.police.pk, world.housing.pk],
        "rows-TOTAL_FORMS": "7",
        "rows-INITIAL_FORMS": "0",
    }
    for each in rows:
        data |= each
    return {**data, **facts}


@pytest.fixture
def url(case) -> str:
    return f"/casussen/{case.reference}/afspraken/"


class TestAgreements:
    def test_seven_rows_on_one_page_are_seven_tasks(self, world, url, as_user):
        client = as_user(world.procesregisseur)
        assert client.get(url).content.decode().count("<legend>Afspraak") == 7
        rows = [row(number, world.housing_desk) for number in range(7)]
        rows[0]["rows-0-joining"] = world.police_desk.pk

        response = client.post(url, meeting(world, *rows))

        assert response.status_code == 303
        assert Task.objects.system_scope("test").count() == 7
        shown = client.get(url).content.decode()
        assert shown.count("Ga op huisbezoek</a>") == 7
        assert "Veenland, met Politie" in shown

    def test_an_answer_to_an_agreement_is_read_by_somebody(self, world, url, as_user):
        """Catches a desk that answers what was agreed, and a regisseur who never hears
        of it."""
        regisseur = as_user(world.procesregisseur)
        regisseur.post(url, meeting(world, row(0, world.housing_desk)))
        task = Task.objects.system_scope("test").get()
        pick_up_task(task, by=world.housing_worker, at=AT)

        report_task(task, by=world.housing_worker, at=AT, answer="Dat lukt ons niet.")

        assert "Kijk het antwoord na" in regisseur.get("/").content.decode()

    def test_empty_rows_count_for_nothing(self, world, url, as_user):
        client = as_user(world.procesregisseur)
        empty = {
            "rows-2-kind": "",
            "rows-2-question": "",
            "rows-2-desk": "",
            "rows-2-joining": "",
            "rows-2-due_on": "",
        }

        response = client.post(url, meeting(world, row(4, world.housing_desk), empty))

        assert response.status_code == 303
        assert Task.objects.system_scope("test").count() == 1

    def test_says_that_a_desk_does_not_work_on_that_day(self, world, url, as_user):
        """Catches an agreement for Christmas, made without a word."""
        client = as_user(world.procesregisseur)
        rows = [
            row(0, world.housing_desk, due_on="2026-12-25"),
            row(1, world.housing_desk, due_on="2026-12-25"),
            row(2, world.police_desk),
        ]

        assert client.post(url, meeting(world, *rows)).status_code == 303

        shown = client.get(url).content.decode()
        said = "geen werkdag: Eerste kerstdag. Spreek met Wonen af"
        assert shown.count(said) == shown.count("Spreek met") == 1

    @pytest.mark.parametrize(
        ("facts", "error"),
        [
            ({"kind": ""}, "Afspraak 4: Kies wat er gebeurt."),
            ({"kind": "Kwikstaart"}, "Afspraak 4: Kies iets uit de lijst."),
            ({"question": ""}, "Afspraak 4: Schrijf wat je vraagt."),
            ({"question": "a\x00b"}, "Afspraak 4: Er staat een teken in"),
            ({"question": "x" * 100_000}, "Afspraak 4: Dit is te lang."),
            ({"desk": ""}, "Afspraak 4: Kies wie het doet."),
            ({"desk": "\x00"}, "Afspraak 4: Kies iets uit de lijst."),
            ({"desk": "99999999999999999999"}, "Afspraak 4: Kies iets uit de lijst."),
            ({"due_on": ""}, "Afspraak 4: Kies uiterlijk wanneer."),
            ({"due_on": "2026-11-31"}, "31 november bestaat niet."),
            ({"due_on": "2026-11-01"}, "Afspraak 4: Kies een dag die nog komt."),
        ],
    )
    def test_one_wrong_row_keeps_all_rows_and_makes_no_task(
        self, world, url, as_user, facts, error
    ):
        client = as_user(world.procesregisseur)
        rows = [row(number, world.housing_desk) for number in range(6)]
        rows[3] = row(3, world.housing_desk, **facts)

        response = client.post(url, meeting(world, *rows))

        assert response.status_code == 422
        shown = response.content.decode()
        assert error in shown
        assert "Vraag nummer 5" in shown
        assert not Task.objects.system_scope("test").exists()

    @pytest.mark.parametrize(
        ("facts", "error"),
        [
            ({"held_on": "2026-11-24"}, "Kies een dag die al geweest is."),
            ({"present": []}, "Kies wie er bij het overleg was."),
            ({"present": ["\x00"]}, "Kies iets uit de lijst."),
            ({"rows-TOTAL_FORMS": ""}, "Het formulier kwam niet heel aan."),
            ({"rows-TOTAL_FORMS": "2000"}, "Leg hoogstens 40 afspraken"),
        ],
    )
    def test_a_meeting_that_is_not_complete_is_shown_again(
        self, world, url, as_user, facts, error
    ):
        response = as_user(world.procesregisseur).post(
            url, meeting(world, row(0, world.housing_desk), **facts)
        )

        assert response.status_code == 422
        assert error in response.content.decode()
        assert not Task.objects.system_scope("test").exists()

    def test_a_wrong_row_is_reached_from_what_is_said(self, world, url, as_user):
        """Catches a row by another name than the page gives it, without a way to it."""
        wrong = row(1, world.housing_desk, question="")

        response = as_user(world.procesregisseur).post(url, meeting(world, wrong))

        shown = response.content.decode()
        said = "Afspraak 2: Schrijf wat je vraagt."
        assert f'<a href="#id_rows-1-question">{said}</a>' in shown
        assert 'id="id_rows-1-question"' in shown

    def test_a_desk_as_lead_and_joining_is_told_at_its_row(self, world, url, as_user):
        """Catches a refusal that does not say which agreement it is about."""
        same = row(2, world.housing_desk, joining=world.housing_desk.pk)

        response = as_user(world.procesregisseur).post(url, meeting(world, same))

        assert response.status_code == 422
        said = "Afspraak 3: Een bureau is trekker of doet mee, niet allebei."
        assert said in response.content.decode()

    def test_no_row_at_all_is_refused(self, world, url, as_user):
        response = as_user(world.procesregisseur).post(url, meeting(world))

        assert response.status_code == 422
        assert "Vul ten minste één afspraak in." in response.content.decode()

    def test_sent_twice_is_one_meeting(self, world, url, as_user):
        client = as_user(world.procesregisseur)
        data = meeting(world, row(0, world.housing_desk))

        for _ in range(2):
            assert client.post(url, data).status_code == 303

        assert Task.objects.system_scope("test").count() == 1

    def test_is_hidden_from_parties_and_managers(self, world, url, as_user):
        for user in (world.officer, world.manager, world.aov):
            client = as_user(user)
            assert client.get(url).status_code == 404
            response = client.post(url, meeting(world, row(0, world.housing_desk)))
            assert response.status_code == 404

    def test_has_as_many_queries_for_forty_agreements_as_for_four(
        self, world, case, url, as_user
    ):
        client = as_user(world.procesregisseur)

        def agree(count: int) -> None:
            ask = Ask(kind="visit", question="Ga.", desk=world.housing_desk, due_on=DAY)
            record_agreements(
                case,
                held_on=DAY,
                present=[world.police],
                rows=[ask] * count,
                by=world.procesregisseur,
                at=AT,
            )

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            return len(captured)

        agree(4)
        queries()
        few = queries()
        agree(36)

        assert queries() == few


class TestObjectTo:
    @pytest.fixture
    def task(self, world, case) -> Task:
        ask = Ask(kind="visit", question="Ga.", desk=world.housing_desk, due_on=DAY)
        record_agreements(
            case,
            held_on=DAY,
            present=[world.housing],
            rows=[ask],
            by=world.procesregisseur,
            at=AT,
        )
        return Agreement.objects.system_scope("test").get().task

    def test_puts_the_words_of_a_party_beside_the_agreement(
        self, world, url, as_user, task
    ):
        client = as_user(world.housing_worker)
        page = f"/taken/{task.pk}/klopt-niet/"
        assert client.get(page).status_code == 200

        response = client.post(page, {"text": "Dit spraken we niet af."})

        assert response.status_code == 303
        regisseur = as_user(world.procesregisseur)
        shown = regisseur.get(url).content.decode()
        assert "Dit spraken we niet af." in shown
        said = Objection.objects.system_scope("test").get()
        noted = regisseur.post(url, {"action": "noted", "objection": said.pk})
        assert noted.status_code == 303

    def test_is_said_once_by_a_party(self, world, url, as_user, task):
        """Catches an empty form for words that stand there, and a day to come that was."""
        client, page = as_user(world.housing_worker), f"/taken/{task.pk}/klopt-niet/"
        client.post(page, {"text": "Dit spraken we niet af."})

        shown = client.get(page).content.decode()

        assert "Jullie hebben al gezegd wat er niet klopt." in shown
        assert "<textarea" not in shown
        regisseur = as_user(world.procesregisseur)
        assert "Partijen kunnen reageren tot en met" in regisseur.get(url).text
        with time_machine.travel(AT + timedelta(days=20), tick=False):
            later = as_user(world.procesregisseur).get(url).text
        assert "Partijen konden reageren tot en met" in later

    @pytest.mark.parametrize("text", ["", " ", "a\x00", "x" * 100_000])
    def test_refuses_what_says_nothing(self, world, as_user, task, text):
        response = as_user(world.housing_worker).post(
            f"/taken/{task.pk}/klopt-niet/", {"text": text}
        )

        assert response.status_code == 422

    def test_is_hidden_from_other_parties(self, world, as_user, task):
        page = f"/taken/{task.pk}/klopt-niet/"

        assert as_user(world.officer).get(page).status_code == 404

    def test_is_offered_until_its_last_day(self, world, as_user, task):
        """Catches a link and a form that can't be used any more."""
        page = f"/taken/{task.pk}/klopt-niet/"
        pick_up_task(task, by=world.housing_worker, at=AT)
        last = task.agreement.round.object_until
        over = "De dagen om te reageren zijn voorbij. Bel de procesregisseur"

        with time_machine.travel(AT + (last - DAY), tick=False):
            client = as_user(world.housing_worker)
            assert f'href="{page}"' in client.get(f"/taken/{task.pk}/").content.decode()
            assert "<textarea" in client.get(page).content.decode()
        with time_machine.travel(AT + (last - DAY) + timedelta(days=1), tick=False):
            client = as_user(world.housing_worker)
            asked = client.get(f"/taken/{task.pk}/").content.decode()
            assert page not in asked
            assert over in asked
            shown = client.get(page).content.decode()
            assert "<textarea" not in shown
            assert over in shown
            late = client.post(page, {"text": "Dit spraken we niet af."})
            assert late.status_code == 409
            assert "Dit spraken we niet af." in late.content.decode()

    def test_is_offered_to_the_whole_desk_without_what_was_asked(
        self, world, case, as_user
    ):
        """
        Catches a colleague, or a desk that declined, who may say so and finds no way,
        and a way on which he reads what is only for who picked it up.
        """
        task = _agreed_with(world, case, world.police_desk, world.police)
        page = f"/taken/{task.pk}/klopt-niet/"
        before = as_user(world.other_officer).get(f"/taken/{task.pk}/")
        assert f'href="{page}"' in before.text
        pick_up_task(task, by=world.officer, at=AT)
        colleague = as_user(world.other_officer)

        for shown in (colleague.get(f"/taken/{task.pk}/"), colleague.get(page)):
            assert shown.status_code == 200
            assert page in shown.text or "<textarea" in shown.text
            assert ASKED not in shown.text
            assert "Jansje" not in shown.text

        hand_back_task(task, by=world.officer, at=AT, reason="Niet van ons.")
        shown = colleague.get(f"/taken/{task.pk}/")
        assert "Jullie gaven deze taak terug." in shown.text
        assert f'href="{page}"' in shown.text
        assert colleague.post(page, {"text": "Zo niet."}).status_code == 303

    @pytest.mark.parametrize("key", ["", "x", "\x00", "9" * 30, "12"])
    def test_an_unknown_objection_is_not_found(self, world, url, as_user, key):
        response = as_user(world.procesregisseur).post(
            url, {"action": "noted", "objection": key}
        )

        assert response.status_code == 404


def _agreed_with(world, case, desk, organisation) -> Task:
    """One agreement, which a desk of an organisation keeps."""
    ask = Ask(kind="visit", question=ASKED, desk=desk, due_on=DAY + timedelta(days=9))
    by = {"by": world.procesregisseur, "at": AT}
    record_agreements(case, held_on=DAY, present=[organisation], rows=[ask], **by)
    return Agreement.objects.system_scope("test").get().task
