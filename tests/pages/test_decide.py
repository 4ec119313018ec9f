"""The page of a request: one answer, and what the answerer may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.flow import answer
from ave.escalation.transitions import take_back
from casework.audit.models import AuditEntry
from casework.cases.absence import start_absence
from casework.cases.excluding import exclude_colleague
from tests.pages.conftest import MONSTROUS, path_of, queries_of, shows_nobody, text_of
from tests.world import AT, asked, bottleneck_of

QUERIES = 22


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.mark.usefixtures("running")
class TestDecide:
    def test_shows_the_memo_and_nothing_else(self, world, browser, escalation):
        """Catches a name, a secret or a way into the dossier on a manager's page."""
        page = browser(world.manager).get(path_of(escalation))
        said = text_of(page)

        assert page.status_code == 200
        assert shows_nobody(page)
        assert "/casussen/" not in page.content.decode()
        assert "Wat besluit je over dit knelpunt?" in said
        assert "Antwoord uiterlijk ma 30 november." in said
        assert "Wie regelt de plek?" in said
        assert "De ggz en de corporatie wachten op elkaar." in said
        assert "Dan vervalt de plek." in said

    def test_says_why_he_sees_it_and_what_ends_that(self, world, browser, escalation):
        """Catches an answerer who is told nowhere why he may read this."""
        said = text_of(browser(world.manager).get(path_of(escalation)))

        assert "Waarom zie je dit? Je beantwoordt een vraag over een knelpunt." in said
        assert "Dit stopt als de vraag of het knelpunt terug is." in said

    def test_offers_five_answers_and_chooses_none(self, world, browser, escalation):
        """Catches an answer that is chosen beforehand, or the wrong words under it."""
        page = browser(world.manager).get(path_of(escalation))
        said = text_of(page)

        for label, then in (
            ("Ik pak dit knelpunt op", "Jij bent aan zet."),
            ("Ik besluit nu", "Schrijf je besluit. Daarna gaat het knelpunt terug."),
            ("Ik wil eerst iets weten", "De procesregisseur vult aan."),
            (
                "Dit moet hogerop",
                "De bestuurder krijgt de vraag met jouw advies erbij.",
            ),
            ("Dit kan op procesniveau", "Het knelpunt blijft bij de procesregisseur."),
        ):
            assert f"{label} {then}" in said
        assert 'name="answer" value="decide" id="id_answer_1" checked' not in (
            page.content.decode()
        )

    def test_logs_who_reads_it(self, world, browser, escalation):
        """Catches a reading that stands nowhere."""
        browser(world.manager).get(path_of(escalation))

        entry = AuditEntry.objects.get(verb="memo.read", by=world.manager)
        assert entry.about == escalation.key

    def test_decides_with_one_choice_and_one_text(self, world, browser, escalation):
        """Catches a page that asks more of a bestuurder than an answer and a text."""
        sent = browser(world.manager).send(
            path_of(escalation), {"answer": "decide", "text": "De ggz begint vrijdag."}
        )

        assert (sent.status_code, sent.url) == (303, "/besluiten/")
        escalation.refresh_from_db()
        assert escalation.ending == "decided"

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("decide", "Je besluit is verstuurd. Bram Hoekstra ziet het meteen."),
            ("higher", "Je antwoord is verstuurd. Joke Klaassen krijgt de vraag."),
        ],
    )
    def test_says_who_goes_on(self, world, browser, escalation, kind, said):
        """Catches "ziet het meteen" about who is away, or has not to do it."""
        away = world.procesregisseur
        start_absence(away, by=away, at=AT, reason="Ziek")
        me = browser(world.manager)

        me.send(path_of(escalation), {"answer": kind, "text": "De ggz begint."})

        assert said in text_of(me.get("/besluiten/"))

    def test_shows_the_decision_to_who_asked(self, world, browser, case, escalation):
        """Catches a decision that does not come back to the procesregisseur."""
        browser(world.manager).send(
            path_of(escalation),
            {
                "answer": "decide",
                "text": "De ggz begint vrijdag.",
                "binding": "De ggz en de corporatie",
                "until_on": "2027-02-01",
                "formal_reference": "B&W-besluit 26/118",
            },
        )
        me = browser(world.procesregisseur)

        for page in (f"/casussen/{case.reference}/", path_of(escalation)):
            said = text_of(me.get(page))
            assert "De ggz begint vrijdag." in said
            assert "Geldt voor De ggz en de corporatie" in said
            assert "Formeel besluit B&W-besluit 26/118" in said

    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({"text": "Ja"}, "Kies eerst een antwoord."),
            ({"answer": "read", "text": "Ja"}, "Kies iets uit de lijst."),
            ({"answer": "decide"}, "Schrijf je besluit."),
            ({"answer": "ask_first"}, "Schrijf wat je eerst wilt weten."),
            (
                {"answer": "lower"},
                "Schrijf waarom dit op procesniveau kan. "
                "De procesregisseur kan er dan mee verder.",
            ),
            ({"answer": "decide", "text": "a\x00b"}, "Er staat een teken in"),
            ({"answer": "decide", "text": MONSTROUS}, "Dit is te lang."),
            (
                {"answer": "decide", "text": "Ja", "until_on": "2026-11-31"},
                "31 november bestaat niet.",
            ),
            (
                {"answer": "decide", "text": "Geef Jansje Kwikstaart een plek."},
                'In je tekst staat een naam of adres: "Jansje Kwikstaart"',
            ),
        ],
    )
    def test_refuses_what_is_wrong_and_keeps_the_text(
        self, world, browser, escalation, form, error
    ):
        """Catches an answer without its text, a name, or typed words that are lost."""
        page = browser(world.manager).send(path_of(escalation), form)

        assert page.status_code == 422
        assert error in text_of(page)
        assert page.context["form"]["text"].value() in (form.get("text"), None)
        escalation.refresh_from_db()
        assert escalation.turn == "review"

    @pytest.mark.parametrize(
        ("text", "rows"),
        [
            ("Woont Kwikstaart hier? Of Jansje?", 1),
            ("Is het in de Ooievaarsteeg?", 1),
            ("Mevrouw De Vries weet het.", 0),
        ],
    )
    def test_logs_who_tries_names(self, world, browser, escalation, text, rows):
        """Catches a manager who types a list of names and reads which of them it is."""
        form = {"answer": "decide", "text": text}

        assert browser(world.manager).send(path_of(escalation), form).status_code == 422

        tried = AuditEntry.objects.filter(verb="names.refused")
        assert tried.count() == rows
        for row in tried:
            assert (row.by, row.case) == (world.manager, escalation.case_id)
            assert not row.granted

    def test_sent_twice_answers_once(self, world, browser, escalation):
        """Catches a second answer, or an error, from a double click."""
        form = {
            "answer": "lower",
            "text": "Dit kan op proces.",
            "submit_id": "7b7f4f8e-6d5c-4f3c-9a58-31bd6ac9a002",
        }
        manager = browser(world.manager)

        first, second = (manager.send(path_of(escalation), form) for _ in range(2))

        assert (first.status_code, second.status_code) == (303, 303)
        assert escalation.answers.count() == 1

    def test_says_who_was_first_and_keeps_the_text(self, world, browser, escalation):
        """Catches a late answer that overwrites, or typed words that are lost."""
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")

        page = browser(world.manager).send(
            path_of(escalation), {"answer": "lower", "text": "Mijn lange uitleg."}
        )

        assert page.status_code == 409
        said = text_of(page)
        assert "Je hebt al geantwoord, om 10.00 uur." in said
        assert "Mijn lange uitleg." in said

    def test_says_what_became_of_it_to_who_sent_it_higher(
        self, world, browser, escalation
    ):
        """Catches somebody who is asked for a view that he can't write, or who is told
        that another was first when he answered himself."""
        answer(escalation, by=world.manager, at=AT, answer="higher", text="Doen.")
        next_one = escalation.answerer
        answer(escalation, by=next_one, at=AT, answer="decide", text="De ggz begint.")

        said = text_of(browser(world.manager).get(path_of(escalation)))

        assert f"Je hebt al geantwoord. Daarna antwoordde {next_one.name}, om" in said
        assert "Schrijf je mening erbij" not in said

    def test_leads_to_where_a_view_is_written(self, world, browser, escalation):
        """Catches an invitation without a link for who may write his view."""
        absent = world.manager
        absent.deputy = world.other_manager
        absent.save(update_fields=["deputy"])
        start_absence(absent, by=absent, at=AT, reason="")
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")

        deputy, writing = browser(world.other_manager), path_of(escalation, "mening/")
        page = deputy.send(path_of(escalation), {"answer": "lower", "text": "Nee."})

        assert page.status_code == 409
        assert "Marloes de Wit antwoordde net voor je" in text_of(page)
        assert f'href="{writing}"' in page.content.decode()
        assert deputy.get(writing).status_code == 200

    def test_says_that_it_was_withdrawn_to_who_was_asked(
        self, world, browser, escalation
    ):
        """Catches a mail that leads nowhere, and a withdrawn question that is readable."""
        browser(world.procesregisseur).send(path_of(escalation, "intrekken/"))
        manager = browser(world.manager)

        seen = manager.get(path_of(escalation))
        sent = manager.send(
            path_of(escalation), {"answer": "decide", "text": "Mijn ja."}
        )

        assert (seen.status_code, sent.status_code) == (409, 409)
        assert "Niemand hoeft meer te antwoorden." in text_of(seen)
        assert "Wie regelt de plek?" not in text_of(seen)
        assert "Mijn ja." in text_of(sent)
        assert browser(world.other_manager).get(path_of(escalation)).status_code == 404

    @pytest.mark.parametrize("why", ["the day after", "knows these people"])
    def test_what_ended_is_as_what_never_was(
        self, world, case, browser, escalation, why
    ):
        """Catches an answer that somebody learns by sending one, when it is not his to
        know any more."""
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")
        take_back(escalation.bottleneck, by=world.procesregisseur, at=AT)
        manager, form = browser(world.manager), {"answer": "lower", "text": "Nee."}
        assert manager.send(path_of(escalation), form).status_code == 409
        later = AT + timedelta(days=25 if why == "the day after" else 0)
        if why == "knows these people":
            by = {"by": world.procesregisseur, "at": AT}
            exclude_colleague(case, **by, user=world.manager)

        with time_machine.travel(later, tick=False):
            manager = browser(world.manager)
            never = manager.send("/besluiten/999999/", form)
            found = [
                manager.send(path_of(escalation), form),
                manager.get(path_of(escalation)),
            ]
            row = AuditEntry.objects.filter(by=world.manager, granted=False).last()

        assert [page.status_code for page in (never, *found)] == [404, 404, 404]
        assert text_of(found[0]) == text_of(never)
        assert (row.verb, row.about) == (
            "page.refused",
            f"escalation:decide/{escalation.pk}",
        )

    def test_a_stale_answer_can_be_sent_again(self, world, browser, escalation):
        """Catches an answer to a question that was just supplemented."""
        manager = browser(world.manager)
        form = {"answer": "decide", "text": "De ggz begint.", "seen": "1"}
        answer(
            escalation, by=world.manager, at=AT, answer="ask_first", text="Hoe lang?"
        )
        browser(world.procesregisseur).send(
            path_of(escalation, "aanvullen/"), {"text": "Een maand."}
        )

        page = manager.send(path_of(escalation), form)

        assert page.status_code == 409
        assert "Iemand anders heeft dit net veranderd." in text_of(page)
        assert "De ggz begint." in text_of(page)
        form["seen"] = page.context["form"]["seen"].value()
        assert manager.send(path_of(escalation), form).status_code == 303

    def test_is_only_for_who_was_asked(self, world, browser, escalation):
        """Catches a memo that a colleague, a party or a bestuurder opens by number."""
        for other in (
            world.other_manager,
            world.burgemeester,
            world.officer,
            world.aov,
            world.fg,
            world.beheerder,
        ):
            client = browser(other)
            form = {"answer": "decide", "text": "Ja"}
            assert client.get(path_of(escalation)).status_code == 404
            assert client.send(path_of(escalation), form).status_code == 404
        assert browser(world.manager).get(f"/besluiten/{10**20}/").status_code == 404

    def test_who_asked_cannot_answer(self, world, browser, escalation):
        """Catches a procesregisseur who decides on his own question."""
        me = browser(world.procesregisseur)

        page = me.get(path_of(escalation))
        sent = me.send(path_of(escalation), {"answer": "decide", "text": "Ja"})

        assert "Ik besluit nu" not in text_of(page)
        assert sent.status_code == 403
        escalation.refresh_from_db()
        assert escalation.turn == "review"

    def test_costs_the_same_whatever_was_said(self, world, browser, case, escalation):
        """Catches a query per answer or per earlier request."""
        manager = browser(world.manager)
        few = queries_of(manager, path_of(escalation))
        for _ in range(2):
            answer(escalation, by=world.manager, at=AT, answer="ask_first", text="Hoe?")
            browser(world.procesregisseur).send(
                path_of(escalation, "aanvullen/"), {"text": "Zo."}
            )

        assert queries_of(manager, path_of(escalation)) <= few + 1 <= QUERIES


class TestNotice:
    def test_is_read_with_one_button(self, world, browser, case):
        """Catches a notice that asks for a decision, or can't be put away; and that its
        reader is told that she answers, and reads it until the bottleneck is back."""
        notice = asked(world, case, kind="notice")
        manager = browser(world.manager)

        page = manager.get(path_of(notice))
        sent = manager.send(path_of(notice))

        said = text_of(page)
        assert "Goed om te weten" in said
        assert "Leest dit Marloes de Wit" in said
        assert "Je kreeg dit ter kennisname." in said
        assert 'Dit stopt als je kiest voor "Gelezen".' in said
        for false in ("Antwoordt", "voor dit besluit", "Je beantwoordt een vraag"):
            assert false not in said
        assert "Ik besluit nu" not in text_of(page)
        assert shows_nobody(page)
        assert sent.status_code == 303
        notice.refresh_from_db()
        assert notice.ending == "read"
        assert bottleneck_of(case).asked is False
