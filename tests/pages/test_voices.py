"""The pages beside a request: somebody is asked for his word, and gives it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.flow import answer
from ave.escalation.models import Voice
from ave.escalation.voices import ask_voice, give_voice
from casework.audit.models import AuditEntry
from casework.cases.absence import end_absence, set_deputy, start_absence
from casework.cases.excluding import exclude_colleague
from casework.levels import Level
from casework.people.models import User
from casework.work import items
from tests.pages.conftest import MONSTROUS, queries_of, shows_nobody, text_of
from tests.world import AT, CANARIES, asked

QUERIES = 26
"""Of the page of the answerer with voices; without any it is that of test_decide."""


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def voice(world, escalation) -> Voice:
    return ask_voice(
        escalation,
        by=world.procesregisseur,
        at=AT,
        kind="advice",
        user=world.other_manager,
    )


def erbij(escalation) -> str:
    return f"/besluiten/{escalation.pk}/erbij/"


def terug(escalation) -> str:
    return f"/besluiten/{escalation.pk}/erbij/terug/"


def advies(escalation) -> str:
    return f"/besluiten/{escalation.pk}/advies/"


def memo(escalation) -> str:
    return f"/besluiten/{escalation.pk}/"


@pytest.mark.usefixtures("running")
class TestAsking:
    @pytest.mark.parametrize("who", ["procesregisseur", "manager"])
    def test_by_who_steers_or_answers(self, world, browser, escalation, who):
        me = browser(getattr(world, who))
        assert "Vraag iemand erbij" in text_of(me.get(memo(escalation)))

        sent = me.send(
            erbij(escalation), {"whom": f"advice:{world.other_manager.pk}"}, follow=True
        )

        assert "Je hebt Jan de Boer erbij gevraagd." in text_of(sent)
        assert "Heeft nog niet gereageerd." in text_of(sent)
        assert Voice.objects.system_scope("test").get().asked_by == getattr(world, who)

    @pytest.mark.parametrize(
        "whom", ["", "advice:0", "second:1", "advice:", "x", "\x00", MONSTROUS]
    )
    def test_asks_to_choose_somebody(self, world, browser, escalation, whom):
        """Catches a choice that is not in the list and is taken all the same."""
        page = browser(world.procesregisseur).send(erbij(escalation), {"whom": whom})

        assert page.status_code == 422
        assert not Voice.objects.system_scope("test").exists()

    def test_offers_a_second_executive_at_the_top_only(
        self, world, browser, escalation
    ):
        me, path = browser(world.procesregisseur), erbij(escalation)
        assert "Als tweede bestuurder" not in me.get(path).content.decode()

        answer(escalation, by=world.manager, at=AT, answer="higher", text="Te groot.")

        assert "Als tweede bestuurder" in me.get(path).content.decode()

    def test_names_nobody_who_is_in_it_already(self, world, browser, voice):
        """Catches the asker, the answerer or a voice in the list of who may be asked."""
        page = browser(world.manager).get(erbij(voice.escalation)).content.decode()

        for user in (world.procesregisseur, world.manager, world.other_manager):
            assert f'value="advice:{user.pk}"' not in page
        assert f'value="advice:{world.aov.pk}"' in page

    def test_is_over_with_the_request(self, world, browser, escalation):
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Zo.")

        page = browser(world.procesregisseur).get(erbij(escalation))

        assert page.status_code == 409
        assert "Deze vraag is afgelopen." in text_of(page)


@pytest.mark.usefixtures("running")
class TestGiving:
    def test_reads_the_memo_alone_and_says_his_word(self, world, browser, voice):
        """Catches the dossier, another voice or the conversation for who advises."""
        escalation = voice.escalation
        other = ask_voice(
            escalation, by=world.manager, at=AT, kind="advice", user=world.wethouder
        )
        give_voice(other, by=world.wethouder, at=AT, text="Laat de ggz beginnen.")
        answer(escalation, by=world.manager, at=AT, answer="ask_first", text="Hoezo?")
        jan = browser(world.other_manager)

        page = jan.get(advies(escalation))

        assert page.status_code == 200
        assert "Wie regelt de plek?" in text_of(page)
        assert "Waarom zie je dit? Je adviseert bij een vraag" in text_of(page)
        assert shows_nobody(page)
        for hidden in ("Wim Zorgman", "Laat de ggz beginnen.", "Hoezo?"):
            assert hidden not in text_of(page)
        sent = jan.send(advies(escalation), {"text": "Begin klein."}, follow=True)
        assert "Je reactie is verstuurd." in text_of(sent)
        assert "Begin klein." in text_of(jan.get(advies(escalation)))
        for reader in (world.manager, world.procesregisseur):
            read = text_of(browser(reader).get(memo(escalation)))
            assert "Begin klein." in read
            assert "Laat de ggz beginnen." in read

    def test_his_work_leads_to_it(self, world, browser, voice):
        page = browser(world.other_manager).get("/").content.decode()

        assert "Geef advies over knelpunt 1" in page
        assert advies(voice.escalation) in page

    def test_has_one_page(self, world, browser, voice):
        """Catches a voice on the page of who decides, or who is shown the names."""
        jan = browser(world.other_manager)
        escalation = voice.escalation

        assert jan.get(memo(escalation)).headers["Location"] == advies(escalation)
        assert jan.send(memo(escalation), {"answer": "decide"}).status_code == 403
        shown = jan.get(f"{memo(escalation)}wie/")
        assert shown.status_code == 403
        asked_for = {"reason": "Ik moet dit echt weten voor mijn advies."}
        assert jan.send(f"{memo(escalation)}wie/", asked_for).status_code == 403
        assert jan.get(f"/casussen/{escalation.case.reference}/").status_code == 404

    def test_each_reading_is_logged(self, world, browser, voice):
        browser(world.other_manager).get(advies(voice.escalation))

        row = AuditEntry.objects.get(verb="memo.read", by=world.other_manager)
        assert row.about == voice.escalation.key
        assert row.access_basis.startswith("participation:")

    @pytest.mark.parametrize(
        "text", ["", "  ", f"Bel {CANARIES['name']}.", "a\x00b", MONSTROUS]
    )
    def test_needs_words_without_a_name(self, world, browser, voice, text):
        page = browser(world.other_manager).send(
            advies(voice.escalation), {"text": text}
        )

        assert page.status_code == 422
        voice.refresh_from_db()
        assert voice.is_open

    def test_too_late_gives_the_text_back(self, world, browser, voice):
        """Catches words that are lost when the request ends while somebody types."""
        escalation = voice.escalation
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Zo.")
        jan = browser(world.other_manager)

        sent = jan.send(advies(escalation), {"text": "Begin klein."})

        assert sent.status_code == 409
        assert "Je reactie is niet meer nodig." in text_of(sent)
        assert "Begin klein." in text_of(sent)
        stranger = browser(world.wethouder).send(advies(escalation), {"text": "Ja."})
        assert stranger.status_code == 404

    def test_the_link_in_his_mail_says_that_it_is_over(self, world, browser, voice):
        """Catches a page that is not there, for who opens his mail an hour late."""
        escalation = voice.escalation
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Zo.")

        page = browser(world.other_manager).get(advies(escalation))
        stranger = browser(world.wethouder).get(advies(escalation))

        assert page.status_code == 409
        assert "Je reactie is niet meer nodig." in text_of(page)
        assert "Wie regelt de plek?" not in text_of(page)
        assert stranger.status_code == 404

    @pytest.mark.parametrize("why", ["the day after", "knows these people"])
    def test_what_ended_is_as_what_never_was(self, world, case, browser, voice, why):
        """Catches a word that is refused by saying that there was a request."""
        escalation = voice.escalation
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Zo.")
        days = 1 if why == "the day after" else 0
        if why == "knows these people":
            by = {"by": world.procesregisseur, "at": AT}
            exclude_colleague(case, **by, user=world.other_manager)

        with time_machine.travel(AT + timedelta(days=days), tick=False):
            jan = browser(world.other_manager)
            sent = jan.send(advies(escalation), {"text": "Begin klein."})
            opened = jan.get(advies(escalation))
            never = jan.send("/besluiten/999999/advies/", {"text": "Begin klein."})

        assert {each.status_code for each in (sent, opened, never)} == {404}
        assert text_of(sent) == text_of(opened) == text_of(never)

    def test_a_second_time_says_that_it_is_there(self, world, browser, voice):
        jan = browser(world.other_manager)
        jan.send(advies(voice.escalation), {"text": "Begin klein."})

        again = jan.send(advies(voice.escalation), {"text": "Toch niet."})

        assert again.status_code == 409
        assert "Je reactie staat er al." in text_of(again)
        assert Voice.objects.system_scope("test").get().text == "Begin klein."

    def test_by_the_deputy(self, world, browser, voice):
        """Catches a deputy who has the work, but not the page."""
        away = world.other_manager
        set_deputy(away, by=away, at=AT, deputy=world.wethouder)
        start_absence(away, by=away, at=AT, reason="Vakantie")
        wim = browser(world.wethouder)

        said = text_of(wim.get(advies(voice.escalation)))
        assert "Je doet dit namens Jan de Boer" in said
        assert "Waarom zie je dit? Je neemt waar voor Jan de Boer. Je adviseert" in said
        assert "Dit stopt als Jan de Boer terug is." in said
        wim.send(advies(voice.escalation), {"text": "Begin klein."})

        row = AuditEntry.objects.filter(verb="memo.read", by=world.wethouder).first()
        assert row is not None
        assert row.on_behalf_of == away
        read = text_of(browser(world.manager).get(memo(voice.escalation)))
        assert "Wim Zorgman, namens Jan de Boer" in read

    def test_by_a_deputy_who_was_asked_himself(self, world, browser, voice):
        """Catches his own word, given before, in the place of what is asked now."""
        jan, away = browser(world.other_manager), world.aov
        asked_too = ask_voice(
            voice.escalation, by=world.procesregisseur, at=AT, kind="advice", user=away
        )
        set_deputy(away, by=away, at=AT, deputy=world.other_manager)
        start_absence(away, by=away, at=AT, reason="Vakantie")
        own = {"text": "Begin klein.", "voice": str(voice.pk)}

        assert "Je doet dit namens" not in text_of(jan.get(advies(voice.escalation)))
        jan.send(advies(voice.escalation), own)
        then = text_of(jan.get(advies(voice.escalation)))
        again = jan.send(advies(voice.escalation), own)
        jan.send(
            advies(voice.escalation), {"text": "Doe het.", "voice": str(asked_too.pk)}
        )

        assert f"Je doet dit namens {away.name}" in then
        assert "Je reactie staat er al." in text_of(again)
        asked_too.refresh_from_db()
        assert (asked_too.by, asked_too.text) == (world.other_manager, "Doe het.")
        assert "Wat je zei" in text_of(jan.get(advies(voice.escalation)))

    def test_of_who_is_back_is_not_given_as_his_own(self, world, browser, voice):
        """Catches a word for another that counts as that of who stood in for him."""
        jan, away = browser(world.other_manager), world.aov
        asked_too = ask_voice(
            voice.escalation, by=world.procesregisseur, at=AT, kind="advice", user=away
        )
        set_deputy(away, by=away, at=AT, deputy=world.other_manager)
        absence = start_absence(away, by=away, at=AT, reason="Vakantie")
        end_absence(absence, by=away, at=AT)

        sent = jan.send(
            advies(voice.escalation), {"text": "Doe het.", "voice": str(asked_too.pk)}
        )

        assert sent.status_code == 409
        assert "Je neemt niet meer waar" in text_of(sent)
        assert "Doe het." in text_of(sent)
        assert Voice.objects.system_scope("test").open().count() == 2

    @pytest.mark.parametrize(
        ("who", "status"),
        [("manager", 403), ("wethouder", 404), ("officer", 404), ("fg", 404)],
    )
    def test_is_not_for_another(self, world, browser, voice, who, status):
        me = browser(getattr(world, who))

        assert me.get(advies(voice.escalation)).status_code == status
        sent = me.send(advies(voice.escalation), {"text": "Ja."})
        assert sent.status_code == status


@pytest.mark.usefixtures("running")
class TestTakingBack:
    def test_asks_him_no_longer(self, world, browser, voice):
        """Catches a colleague who writes for nothing, and loses what he wrote."""
        escalation, wrong = voice.escalation, browser(world.other_manager)
        wrong.get(advies(escalation))
        me = browser(world.procesregisseur)
        assert terug(escalation) in me.get(memo(escalation)).content.decode()

        done = me.send(terug(escalation), {"voice": voice.pk}, follow=True)

        assert "Jan de Boer hoeft niet meer te reageren." in text_of(done)
        assert terug(escalation) not in done.content.decode()
        late = wrong.send(advies(escalation), {"text": "Begin klein."})
        assert late.status_code == 409
        assert "Begin klein." in text_of(late)
        opened = wrong.get(advies(escalation))
        assert opened.status_code == 409
        assert "Wie regelt de plek?" not in text_of(opened)

    @pytest.mark.parametrize("chosen", ["", "0", "x", "\x00", MONSTROUS])
    def test_asks_to_choose_whom(self, world, browser, voice, chosen):
        page = browser(world.procesregisseur).send(
            terug(voice.escalation), {"voice": chosen}
        )

        assert page.status_code == 422
        assert Voice.objects.system_scope("test").open().exists()

    def test_leaves_whom_another_asked(self, world, browser, voice):
        """Catches a list in which the answerer finds the voice of the regisseur."""
        ask_voice(
            voice.escalation, by=world.manager, at=AT, kind="advice", user=world.aov
        )

        page = browser(world.manager).get(terug(voice.escalation)).content.decode()

        assert world.aov.name in page
        assert f'value="{voice.pk}"' not in page

    @pytest.mark.parametrize(("who", "status"), [("manager", 403), ("aov", 404)])
    def test_is_not_for_another(self, world, browser, voice, who, status):
        page = browser(getattr(world, who)).get(terug(voice.escalation))

        assert page.status_code == status


@pytest.mark.usefixtures("running")
class TestSpoken:
    SAID = {"channel": "telephone", "said_on": "2026-11-23", "said_at": "09:30"}

    def test_is_written_down_and_confirmed(self, world, browser, voice):
        """Catches a word of another that nobody asks him about."""
        facts = {**self.SAID, "giver": voice.pk, "text": "Begin klein."}
        sent = browser(world.procesregisseur).send(
            advies(voice.escalation), facts, follow=True
        )

        assert "nog niet bevestigd" in text_of(sent)
        assert "Per telefoon, opgeschreven door Fatima El Amrani" in text_of(sent)
        jan = browser(world.other_manager)
        confirming = f"/klopt-dit/{voice.key}/"
        said = text_of(jan.get(confirming))
        assert "Vraag Wie regelt de plek? Gaat over knelpunt 1" in said
        assert "Begin klein." in said
        jan.send(confirming, {"right": "yes"})
        read = text_of(browser(world.manager).get(memo(voice.escalation)))
        assert "nog niet bevestigd" not in read

    def test_is_no_confirmation_of_what_was_not_said(self, world, browser, voice):
        """Catches "Klopt dit?" about an empty answer."""
        page = browser(world.other_manager).get(f"/klopt-dit/{voice.key}/")

        assert page.status_code == 404

    @pytest.mark.parametrize(
        ("said_on", "text"),
        [
            ("2026-11-24", "Kies een moment dat al geweest is."),
            ("2026-11-20", "Kies een dag vanaf ma 23 november: toen is dit gevraagd."),
        ],
    )
    def test_at_a_moment_that_can_be(self, world, browser, voice, said_on, text):
        facts = {**self.SAID, "giver": voice.pk, "text": "Ja.", "said_on": said_on}

        page = browser(world.procesregisseur).send(advies(voice.escalation), facts)

        assert page.status_code == 422
        assert text in text_of(page)

    def test_waits_for_somebody_who_was_asked(self, world, browser, escalation):
        page = browser(world.procesregisseur).get(advies(escalation))

        assert page.status_code == 409
        assert "Er is niemand op wiens reactie je nog wacht." in text_of(page)


@pytest.mark.usefixtures("running")
class TestAround:
    def test_the_timeline_tells_it(self, world, browser, voice):
        give_voice(voice, by=world.other_manager, at=AT, text="Begin klein.")

        page = browser(world.procesregisseur).get(
            f"/casussen/{voice.case.reference}/tijdlijn/"
        )

        assert (
            "Fatima El Amrani vroeg Jan de Boer om advies over knelpunt 1."
            in text_of(page)
        )
        assert "Jan de Boer gaf advies over knelpunt 1." in text_of(page)

    def test_costs_the_same_however_many_were_asked(self, world, browser, voice):
        """Catches a query for each voice."""
        marloes = browser(world.manager)
        few = queries_of(marloes, memo(voice.escalation))
        for user in _advisers(world, 5):
            another = ask_voice(
                voice.escalation, by=world.manager, at=AT, kind="advice", user=user
            )
            give_voice(another, by=user, at=AT, text="Begin klein.")

        assert queries_of(marloes, memo(voice.escalation)) == few <= QUERIES

    def test_reminds_and_then_asks_the_deputy(self, world, voice):
        """Catches a voice that goes up to the next level when it stays out."""
        item = items.open_about(voice.key, kind="escalation.voice").get()

        actions = [step["action"] for step in item.ladder]
        assert "deputy" in actions
        assert "call" not in actions


def test_a_second_executive_says_whether_he_agrees(world, browser, case):
    top = asked(
        world,
        case,
        urgent=True,
        to_level=Level.BESTUURLIJK,
        jump_reason="Het kan niet wachten.",
    )
    ask_voice(top, by=world.burgemeester, at=AT, kind="second", user=world.wethouder)
    wim = browser(world.wethouder)

    assert "Ik ben het niet eens" in text_of(wim.get(advies(top)))
    wordless = wim.send(advies(top), {"text": "Het past niet."})
    assert "Kies of je het ermee eens bent." in text_of(wordless)
    wim.send(advies(top), {"stance": "disagrees", "text": "Het past niet."})

    read = text_of(browser(world.burgemeester).get(memo(top)))
    assert "Ik ben het niet eens. Het past niet." in read


def _advisers(world, number: int) -> list[User]:
    desk = world.manager.memberships.get().desk
    found = []
    for each in range(number):
        user = User.objects.create_user(
            f"adviseur{each}@example.org",
            name=f"Adviseur {each}",
            organisation=world.municipality,
        )
        user.memberships.create(desk=desk, role="manager", from_on=AT.date())
        found.append(user)
    return found
