"""Procesregie stops: asked, declined, accepted by telephone, aftercare, closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.calm import propose_stops
from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.stopping import (
    ReceiverLeft,
    StillStuck,
    StuckAgain,
    resume_procesregie,
    settle_refusal,
    withdraw_stop,
)
from ave.escalation.voices import ask_voice, give_voice
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.closing import still_open
from casework.cases.confirmations import Given, confirm, key_of
from casework.cases.lifecycle import StillWork, close_case, reopen_case
from casework.cases.models import Bottleneck, Case
from casework.cases.participations import end_participations
from casework.cases.parties import end_party, invite_party
from casework.cases.reading_in import finish_reading_in
from casework.cases.reviews import ask_reviews
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Role
from casework.people.transitions import join_desk, leave_desk
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task, record_report_for
from casework.work import items
from casework.work.days import local_day
from tests.replay import replays
from tests.standing import begins_with
from tests.world import AT, STUCK, World, begin, bottleneck_of, opened
from workers import jobs
from workers.verify import count_of

pytestmark = pytest.mark.engine


def _begin() -> tuple[World, Case]:
    world, case = begin()
    regisseur = world.procesregisseur
    appoint_casusregisseur(case, by=regisseur, at=AT, user=world.casusregisseur)
    finish_reading_in(case, by=world.casusregisseur, at=AT)
    end_bottleneck(
        bottleneck_of(case),
        by=regisseur,
        at=AT,
        state=Bottleneck.State.SOLVED,
        reason="Opgelost.",
    )
    for kind in ("case.inform", "triage.tell"):
        items.close_items(case.key, by=regisseur, at=AT, kind=kind)
    case.refresh_from_db()
    return world, case


_begun = begins_with(_begin)


@pytest.fixture
def world(begun) -> World:
    return begun[0]


@pytest.fixture
def calm(begun) -> Case:
    """A case with a casusregisseur and nothing open but the first work."""
    return begun[1]


def proposed(world, case, **facts):
    """The casusregisseur is asked to take over."""
    return DeescalationFlow.start.begin(
        case,
        by=world.procesregisseur,
        at=AT,
        **{
            "receiver": world.casusregisseur,
            "reason": "Het loopt al weken.",
            "aftercare_on": AT.date() + timedelta(days=42),
            **facts,
        },
    )


class TestProposeStop:
    def test_asks_the_receiver(self, world, calm) -> None:
        with replays(calm):
            stop = proposed(world, calm)

        waiting = items.open_about(stop.key).get()
        assert waiting.owner == world.casusregisseur

    def test_refuses_while_a_bottleneck_is_open(self, world) -> None:
        with pytest.raises(StillStuck):
            proposed(world, opened(world))

    def test_refuses_who_takes_no_part(self, world, calm) -> None:
        with pytest.raises(InvalidInput) as refusal:
            proposed(world, calm, receiver=world.manager)

        assert refusal.value.field == "receiver"

    def test_what_it_says_to_do_helps(self, world, calm) -> None:
        """Catches advice after which the same person is refused again."""
        colleague = world.other_manager
        desk = world.casusregisseur.memberships.get().desk
        join_desk(colleague, desk, role=Role.CASUSREGISSEUR, on=local_day(AT))
        with pytest.raises(InvalidInput) as refusal:
            proposed(world, calm, receiver=colleague)
        assert "Wijs hem eerst aan als casusregisseur." in refusal.value.user_message

        by = world.procesregisseur
        appoint_casusregisseur(calm, by=by, at=AT, user=colleague)

        assert proposed(world, calm, receiver=colleague).receiver == colleague

    @pytest.mark.parametrize("days", [0, -1, 93])
    def test_refuses_a_day_that_is_over_or_too_far(self, world, calm, days) -> None:
        with pytest.raises(InvalidInput) as refusal:
            proposed(world, calm, aftercare_on=AT.date() + timedelta(days=days))

        assert refusal.value.field == "aftercare_on"

    def test_refuses_a_second_one(self, world, calm) -> None:
        proposed(world, calm)

        with pytest.raises(TransitionRefused):
            proposed(world, calm)


class TestAnswerStop:
    def test_declined_leaves_procesregie_as_it_was(self, world, calm) -> None:
        stop = proposed(world, calm)

        with replays(calm):
            DeescalationFlow.receive.complete(
                stop, by=world.casusregisseur, at=AT, accepts=False, text="Te druk."
            )

        calm.refresh_from_db()
        assert (stop.state, calm.status) == ("declined", "open")
        assert not items.open_about(stop.key).exists()

    def test_declined_asks_the_procesregisseur_what_now(self, world, calm) -> None:
        """Catches a refusal that nobody hears, or one that stays on his list."""
        by = {"by": world.procesregisseur, "at": AT}

        def decline() -> None:
            DeescalationFlow.receive.complete(
                proposed(world, calm),
                by=world.casusregisseur,
                at=AT,
                accepts=False,
                text="Te druk.",
            )

        decline()

        waiting = items.open_about(calm.key, kind="stop.declined")
        assert waiting.get().owner == world.procesregisseur
        with pytest.raises(NotPermitted):
            settle_refusal(calm, by=world.casusregisseur, at=AT)
        settle_refusal(calm, **by)
        with pytest.raises(AlreadyDone):
            settle_refusal(calm, **by)
        decline()
        stop = proposed(world, calm)
        assert not waiting.exists()
        DeescalationFlow.interrupt(withdraw_stop, stop, **by)

    def test_declining_needs_a_reason(self, world, calm) -> None:
        stop = proposed(world, calm)

        with pytest.raises(InvalidInput):
            DeescalationFlow.receive.complete(
                stop, by=world.casusregisseur, at=AT, accepts=False, text=" "
            )

    def test_only_the_receiver_answers(self, world, calm) -> None:
        stop = proposed(world, calm)

        with pytest.raises(NotPermitted):
            DeescalationFlow.receive.complete(
                stop, by=world.procesregisseur, at=AT, accepts=True
            )

    def test_waits_while_something_is_stuck_again(self, world, calm) -> None:
        """Catches procesregie that stops while a question about a bottleneck runs."""
        stop = proposed(world, calm)
        raised = raise_bottleneck(calm, by=world.procesregisseur, at=AT, **STUCK)
        start = EscalationFlow.start.begin
        start(raised, by=world.procesregisseur, at=AT, question="Wie begint?")
        given = Given(channel="telephone", at=AT, by=world.casusregisseur)

        with pytest.raises(StuckAgain) as told:
            DeescalationFlow.receive.complete(
                stop, by=world.casusregisseur, at=AT, accepts=True
            )
        with pytest.raises(StillStuck):
            DeescalationFlow.receive.complete(
                stop, by=world.procesregisseur, at=AT, accepts=True, given=given
            )

        stop.refresh_from_db()
        calm.refresh_from_db()
        assert (stop.state, calm.status) == ("asked", "open")
        assert "Fatima El Amrani rondt dat eerst af." in told.value.user_message
        assert items.open_about(stop.key).get().owner == world.casusregisseur
        DeescalationFlow.receive.complete(
            stop, by=world.casusregisseur, at=AT, accepts=False, text="Eerst dat."
        )

    def test_says_that_the_deputy_took_it_over_while_he_is_away(
        self, world, calm
    ) -> None:
        """Catches words that stand under the name of somebody on holiday."""
        stop = proposed(world, calm)
        absent = world.casusregisseur
        absent.deputy = world.other_manager
        absent.save(update_fields=["deputy"])
        start_absence(absent, by=absent, at=AT, reason="")

        DeescalationFlow.receive.complete(
            stop, by=world.other_manager, at=AT, accepts=True
        )

        said = stop.acceptance
        assert (said.by, said.recorded_by) == (world.other_manager, world.other_manager)
        assert (said.channel, said.at) == ("here", AT)

    def test_accepted_by_telephone_works_at_once_and_is_chased(
        self, world, calm
    ) -> None:
        stop = proposed(world, calm)
        earlier = AT - timedelta(hours=2)
        given = Given(channel="telephone", at=earlier, by=world.casusregisseur)

        with replays(calm):
            DeescalationFlow.receive.complete(
                stop, by=world.procesregisseur, at=AT, accepts=True, given=given
            )

        said = stop.acceptance
        assert (said.at, said.channel) == (earlier, "telephone")
        assert not said.is_confirmed
        asked = items.open_about(f"acceptance:{said.pk}").get()
        assert asked.owner == world.casusregisseur
        confirm(said, by=world.casusregisseur, at=AT)
        said.refresh_from_db()
        assert said.is_confirmed

    def test_aftercare_comes_back_as_work_and_then_the_case_closes(
        self, world, calm
    ) -> None:
        """Catches a case that nobody is asked to close when we have looked back."""
        stop = proposed(world, calm)
        DeescalationFlow.receive.complete(
            stop, by=world.casusregisseur, at=AT, accepts=True
        )
        assert items.open_about(stop.key).get().due_on == stop.aftercare_on
        with pytest.raises(StillWork):
            close_case(calm, by=world.procesregisseur, at=AT, outcome="solved")

        DeescalationFlow.aftercare.complete(
            stop, by=world.procesregisseur, at=AT, text="Het gaat goed."
        )
        asked = items.open_for_case(calm.pk)
        assert asked.get().owner == world.procesregisseur
        assert asked.get().link == f"/casussen/{calm.reference}/afsluiten/"
        with replays(calm):
            close_case(calm, by=world.procesregisseur, at=AT, outcome="solved")

        assert not asked.exists()
        assert (calm.status, calm.level) == ("closed", Level.CASUS)

    def test_taken_back_goes_on_with_procesregie(self, world, calm) -> None:
        stop = proposed(world, calm)
        DeescalationFlow.receive.complete(
            stop, by=world.casusregisseur, at=AT, accepts=True
        )

        with replays(calm):
            DeescalationFlow.interrupt(
                withdraw_stop, stop, by=world.procesregisseur, at=AT
            )

        calm.refresh_from_db()
        assert calm.status == "open"

    def test_goes_on_with_procesregie_after_the_look_back(self, world, calm) -> None:
        """Catches "het gaat helemaal mis", after which only closing was left."""
        by = {"by": world.procesregisseur, "at": AT}
        stop = proposed(world, calm)
        DeescalationFlow.receive.complete(
            stop, by=world.casusregisseur, at=AT, accepts=True
        )
        with pytest.raises(AlreadyDone):
            resume_procesregie(calm, **by)
        DeescalationFlow.aftercare.complete(stop, **by, text="Het gaat helemaal mis.")
        with pytest.raises(NotPermitted):
            resume_procesregie(calm, by=world.casusregisseur, at=AT)

        with replays(calm):
            resume_procesregie(calm, **by)

        assert calm.status == "open"
        assert not items.open_about(calm.key, kind="case.close").exists()
        raise_bottleneck(calm, **by, **STUCK)
        with pytest.raises(AlreadyDone):
            resume_procesregie(calm, **by)


class TestLeftReceiver:
    """Catches a case that is asked of, or given to, who has no place in it any more."""

    @pytest.fixture
    def successor(self, world):
        """Another casusregisseur."""
        regisseur = world.other_manager
        desk = world.casusregisseur.memberships.get().desk
        join_desk(regisseur, desk, role=Role.CASUSREGISSEUR, on=local_day(AT))
        return regisseur

    def test_is_asked_no_longer_when_another_is_casusregisseur(
        self, world, calm, successor
    ) -> None:
        stop = proposed(world, calm)

        with replays(calm):
            appoint_casusregisseur(
                calm, by=world.procesregisseur, at=AT, user=successor
            )

        stop.refresh_from_db()
        assert (stop.state, stop.ended_at) == ("withdrawn", AT)
        assert not items.open_about(stop.key).exists()
        [asked] = items.open_about(calm.key, kind="stop.declined")
        assert asked.owner == world.procesregisseur
        proposed(world, calm, receiver=successor)
        assert not items.open_about(calm.key, kind="stop.declined").exists()

    def test_is_asked_no_longer_when_he_has_left(self, world, calm) -> None:
        stop = proposed(world, calm)
        leave_desk(world.casusregisseur.memberships.get(), on=local_day(AT))

        with replays(calm):
            jobs.settle_leavings(at=AT)

        stop.refresh_from_db()
        assert stop.state == "withdrawn"
        assert not items.open_about(stop.key).exists()
        assert items.open_about(calm.key, kind="stop.declined").exists()

    def test_takes_nothing_over_by_telephone(self, world, calm) -> None:
        stop = proposed(world, calm)
        given = Given(channel="telephone", at=AT, by=world.casusregisseur)
        end_participations(calm, at=AT, user=world.casusregisseur)

        with pytest.raises(ReceiverLeft):
            DeescalationFlow.receive.complete(
                stop, by=world.procesregisseur, at=AT, accepts=True, given=given
            )


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


class TestCalm:
    def test_asks_after_eight_quiet_weeks_and_only_once(self, world, calm) -> None:
        """Catches procesregie that never disappears, and a question that nags."""
        assert propose_stops(at=AT + timedelta(days=50)) == 0
        assert propose_stops(at=AT + timedelta(days=58)) == 1
        assert propose_stops(at=AT + timedelta(days=58)) == 0
        waiting = items.open_about(calm.key, kind="case.stop").get()
        assert waiting.title == "Kan procesregie stoppen?"

    def test_takes_no_for_an_answer_until_the_term_is_over(self, world, calm) -> None:
        """Catches a question that only a yes can end, and one that comes back at once."""
        late = AT + timedelta(days=58)
        assert propose_stops(at=late) == 1

        with replays(calm):
            settle_refusal(calm, by=world.procesregisseur, at=late)

        assert not items.open_about(calm.key, kind="case.stop").exists()
        assert propose_stops(at=late + timedelta(days=50)) == 0
        assert propose_stops(at=late + timedelta(days=58)) == 1
        with pytest.raises(NotPermitted):
            settle_refusal(calm, by=world.casusregisseur, at=late)

    def test_does_not_hold_up_who_closes_the_case(self, world, calm) -> None:
        """Catches a case that can be closed for eight weeks and then no more."""
        late = AT + timedelta(days=58)
        assert propose_stops(at=late) == 1
        assert not still_open(calm, world.procesregisseur)

        close_case(calm, by=world.procesregisseur, at=late, outcome="solved")

        assert not items.open_for_case(calm.pk).exists()

    def test_does_not_ask_while_somebody_was_asked(self, world, calm) -> None:
        proposed(world, calm)

        assert propose_stops(at=AT + timedelta(days=58)) == 0
