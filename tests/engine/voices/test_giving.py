"""What becomes of a voice that is given, also by a deputy."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from ave.escalation.models import Voice
from ave.escalation.voices import give_voice
from casework.cases.absence import set_deputy, start_absence
from casework.cases.confirmations import Given, confirm
from casework.cases.models import Event
from casework.levels import Level
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.work import items
from tests.engine.voices.conftest import adviser, places, waits
from tests.replay import replays
from tests.world import AT

pytestmark = pytest.mark.engine


class TestGiving:
    def test_closes_the_work_and_keeps_the_place(self, world, case, request_):
        voice = adviser(world, request_)

        with replays(case):
            give_voice(voice, by=world.other_manager, at=AT, text=" Begin klein. ")

        voice.refresh_from_db()
        assert (voice.text, voice.by) == ("Begin klein.", world.other_manager)
        assert voice.is_confirmed
        assert not waits(voice)
        assert places(request_, world.other_manager) == 1
        request_.refresh_from_db()
        assert (request_.turn, request_.to_level) == ("review", Level.MANAGEMENT)

    def test_is_done_once(self, world, request_):
        voice = adviser(world, request_)
        give_voice(voice, by=world.other_manager, at=AT, text="Begin klein.")

        with pytest.raises(AlreadyDone):
            give_voice(voice, by=world.other_manager, at=AT, text="Toch niet.")

    @pytest.mark.parametrize("text", ["", "  ", "Bel Jansje Kwikstaart."])
    def test_needs_words_without_a_name(self, world, case, request_, text):
        case.mnemonic = "Jansje Kwikstaart"
        case.save(update_fields=["mnemonic"])
        voice = adviser(world, request_)

        with pytest.raises(InvalidInput) as refusal:
            give_voice(voice, by=world.other_manager, at=AT, text=text)

        assert refusal.value.field == "text"

    def test_of_a_second_executive_needs_a_stance(self, world, at_the_top):
        voice = adviser(world, at_the_top, kind="second", user=world.wethouder)
        say = {"by": world.wethouder, "at": AT, "text": "Het past bij ons beleid."}

        with pytest.raises(InvalidInput) as refusal:
            give_voice(voice, **say)
        assert refusal.value.field == "stance"
        assert give_voice(voice, **say, stance="agrees").stance == "agrees"

    def test_of_an_adviser_has_no_stance(self, world, request_):
        """Catches a vote where only advice was asked."""
        voice = adviser(world, request_)

        give_voice(voice, by=world.other_manager, at=AT, text="Ja.", stance="agrees")

        voice.refresh_from_db()
        assert voice.stance == ""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"stance": "agrees"},
            {"text": ""},
            {"at": None},
            {"lapsed_at": AT},
            {"recorded_by": None},
        ],
    )
    def test_is_whole_also_round_the_transition(self, world, request_, wrong):
        """Catches a word without a moment, and a stance where none belongs."""
        voice = adviser(world, request_)
        give_voice(voice, by=world.other_manager, at=AT, text="Begin klein.")

        with pytest.raises(IntegrityError), transaction.atomic():
            Voice.objects.system_scope("test").filter(pk=voice.pk).update(**wrong)

    def test_that_was_spoken_is_confirmed_by_who_said_it(self, world, case, request_):
        voice = adviser(world, request_)
        given = Given(channel="telephone", at=AT, by=world.other_manager)

        with replays(case):
            give_voice(
                voice, by=world.procesregisseur, at=AT, text="Begin klein.", given=given
            )

        assert not voice.is_confirmed
        chased = items.open_about(voice.key, kind="confirm").get()
        assert chased.owner_user == world.other_manager
        confirm(voice, by=world.other_manager, at=AT)
        assert voice.is_confirmed


class TestAbsence:
    def test_the_deputy_gives_it_in_his_name(self, world, case, request_):
        """Catches a voice that stays out because somebody is away."""
        away, deputy = world.other_manager, world.wethouder
        set_deputy(away, by=away, at=AT, deputy=deputy)
        voice = adviser(world, request_)
        start_absence(away, by=away, at=AT, reason="Vakantie")

        with replays(case):
            give_voice(voice, by=deputy, at=AT, text="Begin klein.")

        event = Event.objects.system_scope("test").filter(case=case).latest("pk")
        assert (voice.by, event.on_behalf_of) == (deputy, away)

    def test_the_deputy_is_there_when_he_is_away_already(self, world, request_):
        away = world.other_manager
        set_deputy(away, by=away, at=AT, deputy=world.wethouder)
        start_absence(away, by=away, at=AT, reason="Vakantie")

        voice = adviser(world, request_)

        assert places(request_, world.wethouder) == 1
        give_voice(voice, by=world.wethouder, at=AT, text="Begin klein.")

    def test_the_answerer_is_no_voice_in_the_name_of_another(self, world, request_):
        """Catches an answerer who advises himself."""
        away = world.other_manager
        set_deputy(away, by=away, at=AT, deputy=world.manager)
        voice = adviser(world, request_)
        start_absence(away, by=away, at=AT, reason="Vakantie")

        with pytest.raises(NotPermitted):
            give_voice(voice, by=world.manager, at=AT, text="Zeker.")
