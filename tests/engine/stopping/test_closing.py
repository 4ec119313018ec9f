"""What ends with a case that is closed, and how it opens again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.voices import ask_voice, give_voice
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import start_absence
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.closing import still_open
from casework.cases.confirmations import Given, key_of
from casework.cases.lifecycle import close_case, reopen_case
from casework.cases.parties import end_party, invite_party
from casework.cases.reviews import ask_reviews
from casework.people.errors import InvalidInput, TransitionRefused
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task, record_report_for
from casework.work import items
from casework.work.days import local_day
from tests.replay import replays
from tests.world import AT, STUCK, bottleneck_of
from workers.verify import count_of

pytestmark = pytest.mark.engine


class TestClosing:
    def test_refuses_twice(self, world, calm) -> None:
        close_case(calm, by=world.procesregisseur, at=AT, outcome="solved")

        with pytest.raises(TransitionRefused):
            close_case(calm, by=world.procesregisseur, at=AT, outcome="solved")

    def test_asks_no_longer_whether_a_party_takes_part(self, world, calm) -> None:
        """Catches a case that can't be closed for a question about what ends with it."""
        party = invite_party(
            calm,
            by=world.procesregisseur,
            at=AT,
            organisation=world.police,
            scope="Advies",
            ground="wpg-16-20",
            until=local_day(AT) + timedelta(days=5),
        )
        assert ask_reviews(at=AT)

        close_case(calm, by=world.procesregisseur, at=AT, outcome="solved")

        assert not items.open_about(party.key).exists()

    def test_asks_no_longer_whether_it_was_said_like_that(self, world, calm) -> None:
        """Catches a desk that never logs in and keeps a case open, party and all; and
        what was never confirmed that looks as if it was."""
        by = {"by": world.procesregisseur, "at": AT}
        party = invite_party(
            calm, **by, organisation=world.police, scope="Advies", ground="wpg-16-20"
        )
        ask = Ask(
            kind="advice_housing",
            question="Kan de woning blijven?",
            desk=world.police_desk,
            due_on=AT.date() + timedelta(days=4),
        )
        task = offer_task(calm, ask, **by)
        given = Given(channel="telephone", at=AT, by_name="Kemal")
        record_report_for(task, given=given, answer="Het kan.", choice="yes", **by)
        report = task.reports.get()

        with replays(calm):
            end_party(party, **by)
        assert items.open_about(key_of(report), kind="confirm").exists()
        assert not still_open(calm, world.procesregisseur)
        with replays(calm):
            close_case(calm, outcome="solved", **by)

        assert not items.open_for_case(calm.pk).exists()
        report.refresh_from_db()
        assert report.is_unconfirmed

    def test_leaves_what_was_never_confirmed_sound(self, world, calm) -> None:
        """Catches `verify` that calls for the confirmation of what is closed by now."""
        by = {"by": world.procesregisseur, "at": AT}
        raise_bottleneck(calm, **by, **STUCK)
        request = EscalationFlow.start.begin(
            bottleneck_of(calm, 2), question="Wie regelt de plek?", **by
        )
        beside = ask_voice(request, **by, kind="advice", user=world.aov)
        told = {"channel": "telephone", "at": AT}
        give_voice(beside, **by, text="Doen.", given=Given(**told, by=world.aov))
        spoken = Given(**told, by=world.manager)
        answer(request, **by, answer="decide", text="Ja.", given=spoken)
        ended = bottleneck_of(calm, 2)
        end_bottleneck(ended, **by, state="solved", reason="Klaar.")

        close_case(calm, outcome="solved", **by)
        reopen_case(
            calm, by=world.other_procesregisseur, at=AT, reason="Het begon weer."
        )

        for said in ("an answer", "a voice"):
            chased = f"{said} that another wrote down is confirmed or chased"
            assert count_of(chased, at=AT) == 0

    def test_reopens_with_a_reason_by_the_desk(self, world, calm) -> None:
        close_case(calm, by=world.procesregisseur, at=AT, outcome="solved")

        with pytest.raises(InvalidInput):
            reopen_case(calm, by=world.other_procesregisseur, at=AT, reason=" ")
        with replays(calm):
            reopen_case(calm, by=world.other_procesregisseur, at=AT, reason="Weer mis.")

        assert calm.procesregisseur == world.other_procesregisseur
        with pytest.raises(TransitionRefused):
            reopen_case(calm, by=world.other_procesregisseur, at=AT, reason="Nog eens.")

    def test_reopens_in_the_name_of_who_is_away(self, world, calm) -> None:
        """Catches a deputy who becomes procesregisseur, or can't go on with the case."""
        close_case(calm, by=world.procesregisseur, at=AT, outcome="solved")
        start_absence(world.procesregisseur, by=world.deputy, at=AT, reason="Ziek")

        with replays(calm):
            reopen_case(calm, by=world.deputy, at=AT, reason="Het begint weer.")

        assert calm.procesregisseur == world.procesregisseur
        assert Permission.STEER_CASE in scopes(world.deputy, calm, at=AT)
