"""Every word of every mail about work, as somebody reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.work import letters, own
from casework.work.due import Due
from casework.work.letters import Opening
from tests.work.conftest import FRIDAY, moment

pytestmark = pytest.mark.django_db

HOME = "http://127.0.0.1:8000"
FOOT = """--
In deze mail staat met opzet weinig. Open de pagina om verder te lezen.

"""


@pytest.fixture(autouse=True)
def _home(settings):
    settings.BASE_URL = HOME


class TestAboutWork:
    def test_says_what_and_until_when_and_nothing_else(self, opened, manager):
        item = opened(manager, due=FRIDAY)

        letter = letters.about_work(item, opening=Opening.NEW)

        assert letter.subject == (
            "Nieuw te doen: Beantwoord de vraag over knelpunt 1, AVE-2026-0412, "
            "uiterlijk vr 27 november"
        )
        assert letter.text == (
            "Er staat nieuw werk voor je klaar.\n\n"
            "Wat:       Beantwoord de vraag over knelpunt 1\n"
            "Kenmerk:   AVE-2026-0412\n"
            "Uiterlijk: vr 27 november\n\n"
            f"Open de pagina: {HOME}/besluiten/1/\n\n{FOOT}"
        )

    def test_of_spoed_begins_with_it_and_says_the_hour(self, opened, manager):
        item = opened(manager, due=moment("2026-11-27 16:55"), urgent=True)

        letter = letters.about_work(item, opening=Opening.TODAY)

        assert letter.subject.endswith("uiterlijk vr 27 november om 16.55 uur")
        assert letter.text.startswith(
            "SPOED. Vandaag is de laatste dag hiervoor.\n\nWat: "
        )

    @pytest.mark.parametrize(
        ("opening", "first", "explained"),
        [
            ("NEW", "Nieuw te doen", "Er staat nieuw werk voor je klaar."),
            ("REMINDER", "Herinnering", "Dit staat nog op je lijst."),
            ("TODAY", "Uiterlijk vandaag", "Vandaag is de laatste dag hiervoor."),
            ("LATE", "Te laat", "De dag hiervoor is voorbij. Het staat nog open."),
            (
                "SILENT",
                "Nog geen antwoord",
                "Een collega heeft hier nog niet op gereageerd. Wil jij kijken?",
            ),
            (
                "ASKED",
                "Vraag om antwoord",
                "Een collega wacht hierop en vraagt of je wilt antwoorden.",
            ),
            ("HANDED", "Nu bij jou", "Dit werk is nu van jou."),
            ("MOVED", "Nieuwe dag", "De dag hiervoor is veranderd."),
        ],
    )
    def test_opens_with_why_it_comes_now(
        self, opened, manager, opening, first, explained
    ):
        item = opened(manager, due=FRIDAY)

        letter = letters.about_work(item, opening=Opening[opening])

        assert letter.subject.startswith(f"{first}: Beantwoord")
        assert letter.text.startswith(f"{explained}\n")
        assert explained in letter.html

    def test_leaves_out_a_reference_that_is_not_there(self, opened, manager):
        item = opened(manager, due=FRIDAY, reference="", title="Kijk even")

        letter = letters.about_work(item, opening=Opening.LATE)

        assert letter.subject == "Te laat: Kijk even, uiterlijk vr 27 november"
        assert "Kenmerk" not in letter.text

    def test_never_sends_the_words_that_one_wrote_for_oneself(self, regisseur, now):
        item = own.write_own("Bel Jansje", due=Due.day(FRIDAY), by=regisseur, at=now)

        letter = letters.about_work(item, opening=Opening.TODAY)

        assert "Iets dat je voor jezelf opschreef" in letter.subject
        assert "Jansje" not in letter.subject + letter.text + letter.html

    def test_keeps_a_subject_on_one_line_of_two_hundred(self, opened, manager):
        item = opened(manager, due=FRIDAY, title="Kijk  even\nnaar dit " + "x" * 150)

        letter = letters.about_work(item, opening=Opening.NEW)

        assert letter.subject.startswith("Nieuw te doen: Kijk even naar dit xxx")
        assert len(letter.subject) == 200

    @pytest.mark.parametrize(
        ("at", "opening"),
        [
            ("2026-11-26 23:59", Opening.REMINDER),
            ("2026-11-27 00:00", Opening.TODAY),
            ("2026-11-28 00:00", Opening.LATE),
        ],
    )
    def test_opening_fits_the_time_that_is_left(self, opened, manager, at, opening):
        item = opened(manager, due=FRIDAY)

        assert letters.opening_for(item, at=moment(at)) == opening


class TestOverview:
    def test_says_each_thing_on_two_lines(self, opened, manager, regisseur, now):
        late = opened(manager, due=moment("2026-11-23 09:00"), title="Geef antwoord")
        words = own.write_own("Bel Jansje", due=Due.day(FRIDAY), by=regisseur, at=now)

        letter = letters.overview([late, words], at=now, unsubscribe="/uit/")

        assert letter.subject == "2 dingen te doen, ma 23 november"
        assert letter.text == (
            "Goedemorgen. Dit vraagt vandaag je aandacht.\n\n"
            "- Geef antwoord, AVE-2026-0412, uiterlijk ma 23 november om 09.00 uur "
            f"(te laat)\n  {HOME}/besluiten/1/\n\n"
            "- Iets dat je voor jezelf opschreef, uiterlijk vr 27 november\n"
            f"  {HOME}/\n\n"
            f"Open Mijn werk: {HOME}/\n\n{FOOT[:-1]}"
            "Wil je dit overzicht niet meer? Zet het uit: /uit/\n"
            "Over besluiten, spoed en wettelijke termijnen krijg je wel mail.\n\n"
        )
        assert "(te laat)" in letter.html
        assert 'href="/uit/"' in letter.html

    def test_of_one_thing_says_one(self, opened, manager, now):
        letter = letters.overview(
            [opened(manager, due=FRIDAY)], at=now, unsubscribe="/uit/"
        )

        assert letter.subject == "1 ding te doen, ma 23 november"


class TestAbsence:
    @pytest.fixture
    def away(self, absent, manager, deputy, now):
        return absent(manager, deputy, since=now, until=moment("2026-12-01 00:00"))

    def test_tells_the_deputy_whose_work_he_does(self, away):
        """Catches the day of coming back as the last day away."""
        letter = letters.absence_begins(away, for_deputy=True)

        assert letter.subject == "Vervanging begint, ma 23 november"
        assert letter.text == (
            "Jij doet vanaf nu het werk van Marloes de Wit, tot en met ma 30 november. "
            "Het staat tussen je eigen werk.\n\n"
            f"Open Mijn werk: {HOME}/\n\n{FOOT}"
        )

    def test_tells_others_who_does_it(self, away):
        letter = letters.absence_begins(away, for_deputy=False)

        assert letter.text.startswith(
            "Marloes de Wit is er niet tot en met ma 30 november. "
            "Bram Hoekstra doet het werk.\n"
        )

    def test_without_an_end_names_none(self, away):
        away.ends_at = None

        text = letters.absence_begins(away, for_deputy=False).text

        assert text.startswith("Marloes de Wit is er niet. Bram")

    def test_tells_that_somebody_is_back(self, away, now):
        letter = letters.absence_ends(away, at=now, is_replaced=False)

        assert letter.subject == "Vervanging is klaar, di 1 december"
        assert letter.text == (
            "Marloes de Wit is er weer. Het werk is niet meer bij Bram Hoekstra.\n\n"
            f"Open Mijn werk: {HOME}/\n\n{FOOT}"
        )

    def test_that_is_still_open_ends_today(self, away, now):
        away.ends_at = None

        letter = letters.absence_ends(
            away, at=now + timedelta(days=1), is_replaced=False
        )

        assert letter.subject == "Vervanging is klaar, di 24 november"


def test_the_checkpoint_of_the_log_says_what_to_do_with_it(now):
    letter = letters.anchor_of_log("regel 12\n", day=FRIDAY)

    assert letter.subject == "IJkpunt van het logboek, vr 27 november"
    assert letter.text == (
        "Dit is het ijkpunt van het logboek van vandaag. Bewaar deze mail, en verander "
        "er niets aan.\n\n"
        "Wie later het logboek nakijkt, ziet hiermee of er iets uit weg is.\n\n"
        "regel 12\n\n"
        "--\nJe hoeft niets te doen. Er staat niets in over inwoners.\n\n"
    )
