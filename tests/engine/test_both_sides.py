"""One person never asks and answers, in whoever's name he does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation import reading
from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.models import DeEscalation, Escalation
from casework.cases.absence import end_absence, start_absence
from casework.cases.confirmations import Given
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Case
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import Role, User
from casework.people.transitions import join_desk
from tests.replay import replays
from tests.world import AT, DAY, FIRST_DAY, asked, bottleneck_of, calmed
from workers.verify import count_of

pytestmark = pytest.mark.engine

LATER = AT + timedelta(hours=2)
ANSWERED, TAKEN_OVER = (
    "nobody answers his own request",
    "nobody takes a case over from himself",
)


def away(user: User, *, deputy: User, at=AT):
    user.deputy = deputy
    user.save(update_fields=["deputy"])
    return start_absence(user, by=user, at=at, reason="")


@pytest.fixture
def world(begun):
    return begun[0]


def asked_by(user: User, case: Case) -> Escalation:
    return EscalationFlow.start.begin(
        bottleneck_of(case), by=user, at=AT, question="Wie betaalt?"
    )


def decides(user: User, request: Escalation, **facts):
    return answer(
        request, by=user, at=LATER, answer="decide", text="Wij betalen het.", **facts
    )


class TestAnswerEscalation:
    def test_refuses_who_steers_what_her_deputy_asked(self, world, case) -> None:
        """Catches a procesregisseur who decides on her own case, for the manager."""
        absence = away(world.procesregisseur, deputy=world.deputy)
        request = asked_by(world.deputy, case)
        end_absence(absence, by=world.procesregisseur, at=AT + timedelta(hours=1))
        away(world.manager, deputy=world.procesregisseur, at=LATER)

        with pytest.raises(NotPermitted) as refusal:
            decides(world.procesregisseur, request)

        assert refusal.value.user_message == (
            "Je voert de procesregie van deze casus, of je vervangt wie dat doet. "
            "Een ander beantwoordt deze vraag."
        )
        assert not request.answers.exists()

    def test_refuses_in_whose_name_it_was_asked_after_a_change(
        self, world, case
    ) -> None:
        """Catches who passes the case on and then answers what was asked for her."""
        away(world.procesregisseur, deputy=world.deputy)
        request = asked_by(world.deputy, case)
        absence = world.procesregisseur.absences.get()
        end_absence(absence, by=world.procesregisseur, at=AT + timedelta(hours=1))
        hand_over_procesregie(
            [case],
            by=world.procesregisseur,
            at=AT + timedelta(hours=1),
            user=world.other_procesregisseur,
        )
        away(world.manager, deputy=world.procesregisseur, at=LATER)

        with pytest.raises(NotPermitted):
            decides(world.procesregisseur, request)

    def test_refuses_who_stands_in_for_both(self, world, case) -> None:
        """Catches one deputy who speaks for who asked and for who answers."""
        request = asked(world, case)
        away(world.procesregisseur, deputy=world.deputy, at=LATER)
        away(world.manager, deputy=world.deputy, at=LATER)

        with pytest.raises(NotPermitted):
            decides(world.deputy, request)
        given = Given(channel="telephone", at=LATER, by=world.deputy)
        with pytest.raises(NotPermitted):
            decides(world.deputy, request, given=given)

    def test_lets_who_is_asked_answer_while_she_stands_in(self, world, case) -> None:
        """Catches a manager who can't decide because she helps a colleague out."""
        request = asked(world, case)
        away(world.procesregisseur, deputy=world.manager, at=LATER)

        with replays(case):
            decides(world.manager, request)

        assert request.ending == "decided"
        assert count_of(ANSWERED, at=LATER) == 0

    def test_is_never_asked_of_who_steers_the_case(self, world, case) -> None:
        """Catches a deputy whose question goes to whom he stands in for."""
        management = world.manager.memberships.get().desk
        world.manager.memberships.all().delete()
        join_desk(
            world.procesregisseur,
            management,
            role=Role.MANAGER,
            on=FIRST_DAY,
            is_lead=True,
        )
        away(world.procesregisseur, deputy=world.deputy)

        assert asked_by(world.deputy, case).answerer == world.other_manager

    def test_verify_says_who_did(self, world, case) -> None:
        """Catches a check that knows the asker by his own name alone."""
        request = asked(world, case)
        decides(world.manager, request)
        assert count_of(ANSWERED, at=LATER) == 0
        said = request.answers.get()

        def counted(*, asker: User, by: User) -> int:
            Escalation.objects.system_scope("test").update(asker=asker)
            said.by = said.recorded_by = by
            said.save(update_fields=["by", "recorded_by"])
            return count_of(ANSWERED, at=LATER)

        assert counted(asker=world.procesregisseur, by=world.procesregisseur) == 1
        assert counted(asker=world.deputy, by=world.procesregisseur) == 1
        assert counted(asker=world.procesregisseur, by=world.deputy) == 0
        away(world.procesregisseur, deputy=world.deputy, at=AT)
        assert counted(asker=world.procesregisseur, by=world.deputy) == 1


@pytest.fixture
def calm(world, case) -> Case:
    """A case that can come down."""
    return calmed(world, case)


def proposes(user: User, case: Case, *, receiver: User) -> DeEscalation:
    return DeescalationFlow.start.begin(
        case,
        by=user,
        at=AT,
        receiver=receiver,
        reason="Het loopt.",
        aftercare_on=DAY + timedelta(days=40),
    )


def takes_over(user: User, stop: DeEscalation, **facts) -> DeEscalation:
    return DeescalationFlow.receive.complete(
        stop, by=user, at=LATER, accepts=True, **facts
    )


class TestProposeStop:
    def test_refuses_whom_the_deputy_stands_in_for(self, world, calm) -> None:
        """Catches a deputy who asks the procesregisseur to take her own case over."""
        away(world.procesregisseur, deputy=world.deputy)

        with pytest.raises(InvalidInput) as refusal:
            proposes(world.deputy, calm, receiver=world.procesregisseur)

        assert refusal.value.field == "receiver"
        assert refusal.value.user_message == (
            "Fatima El Amrani voert de procesregie. Kies wie het overneemt."
        )
        offered = reading.receivers_in(calm, but=world.deputy, at=AT)
        assert offered == [world.casusregisseur]

    def test_refuses_for_whom_one_would_answer_oneself(self, world, calm) -> None:
        """Catches a question to who is away, that waits for who asked it."""
        away(world.casusregisseur, deputy=world.procesregisseur)

        with pytest.raises(InvalidInput) as refusal:
            proposes(world.procesregisseur, calm, receiver=world.casusregisseur)

        assert refusal.value.field == "receiver"
        assert refusal.value.user_message == (
            "Je vervangt Sanne Pinas nu. Kies een ander, "
            "of vraag het als Sanne Pinas terug is."
        )
        assert reading.receivers_in(calm, but=world.procesregisseur, at=AT) == []


class TestAnswerStop:
    def test_refuses_who_asked_it_for_the_receiver(self, world, calm) -> None:
        """Catches a case that is taken over by who wanted to be rid of it."""
        stop = proposes(world.procesregisseur, calm, receiver=world.casusregisseur)
        away(world.casusregisseur, deputy=world.procesregisseur, at=LATER)

        with pytest.raises(NotPermitted) as refusal:
            takes_over(world.procesregisseur, stop)

        assert refusal.value.user_message == "Je kunt je eigen vraag niet beantwoorden."
        stop.refresh_from_db()
        assert stop.state == "asked"

    def test_refuses_in_whose_name_it_was_asked(self, world, calm) -> None:
        """Catches a procesregisseur who takes over what her deputy offered."""
        absence = away(world.procesregisseur, deputy=world.deputy)
        stop = proposes(world.deputy, calm, receiver=world.casusregisseur)
        end_absence(absence, by=world.procesregisseur, at=AT + timedelta(hours=1))
        away(world.casusregisseur, deputy=world.procesregisseur, at=LATER)

        with pytest.raises(NotPermitted):
            takes_over(world.procesregisseur, stop)

    def test_refuses_who_stands_in_for_both(self, world, calm) -> None:
        """Catches one deputy who offers and takes over."""
        stop = proposes(world.procesregisseur, calm, receiver=world.casusregisseur)
        away(world.procesregisseur, deputy=world.deputy, at=LATER)
        away(world.casusregisseur, deputy=world.deputy, at=LATER)

        with pytest.raises(NotPermitted):
            takes_over(world.deputy, stop)

    def test_lets_the_receiver_answer_while_she_stands_in(self, world, calm) -> None:
        """Catches a casusregisseur who can't take over because she helps out."""
        stop = proposes(world.procesregisseur, calm, receiver=world.casusregisseur)
        away(world.procesregisseur, deputy=world.casusregisseur, at=LATER)

        with replays(calm):
            takes_over(world.casusregisseur, stop)

        assert stop.state == "aftercare"
        assert count_of(TAKEN_OVER, at=LATER) == 0

    def test_verify_says_who_did(self, world, calm) -> None:
        """Catches a check that never looks at who took a case over."""
        stop = proposes(world.procesregisseur, calm, receiver=world.casusregisseur)
        takes_over(world.casusregisseur, stop)
        assert count_of(TAKEN_OVER, at=LATER) == 0
        said = stop.acceptance

        def counted(by: User) -> int:
            said.by = said.recorded_by = by
            said.save(update_fields=["by", "recorded_by"])
            return count_of(TAKEN_OVER, at=LATER)

        assert counted(world.procesregisseur) == 1
        assert counted(world.deputy) == 0
        away(world.procesregisseur, deputy=world.deputy)
        assert counted(world.deputy) == 1
