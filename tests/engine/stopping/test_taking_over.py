"""Procesregie stops: asked, declined, accepted by telephone, aftercare."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import DeescalationFlow, EscalationFlow
from ave.escalation.stopping import (
    ReceiverLeft,
    StillStuck,
    StuckAgain,
    resume_procesregie,
    settle_refusal,
    withdraw_stop,
)
from casework.cases.absence import start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.confirmations import Given, confirm
from casework.cases.lifecycle import StillWork, close_case
from casework.cases.participations import end_participations
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Role
from casework.people.transitions import join_desk, leave_desk
from casework.work import items
from casework.work.days import local_day
from tests.engine.stopping.conftest import proposed
from tests.replay import replays
from tests.world import AT, STUCK, opened
from workers import jobs

pytestmark = pytest.mark.engine


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
