"""A bottleneck goes up where nobody at the next level may answer."""

from __future__ import annotations

import pytest

from ave.escalation.flow import EscalationFlow, answer
from ave.policy.answerers import NobodyToAsk
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.excluding import exclude_colleague
from casework.cases.models import Bottleneck
from casework.levels import Level
from casework.people.errors import InvalidInput
from tests.engine.test_outsiders import joins, takes_part
from tests.replay import replays
from tests.world import AT, STUCK, asked

pytestmark = pytest.mark.engine

TOP = {"to_level": Level.BESTUURLIJK}


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def stuck(world, case) -> Bottleneck:
    """A bottleneck that is stuck at the municipality itself."""
    return raise_bottleneck(
        case, by=world.procesregisseur, at=AT, cause=world.municipality, **STUCK
    )


def ask(world, bottleneck: Bottleneck, **facts):
    return EscalationFlow.start.begin(
        bottleneck,
        by=world.procesregisseur,
        at=AT,
        question="Wie regelt de plek?",
        **facts,
    )


class TestStuckAtHome:
    def test_says_that_the_level_may_be_skipped(self, world, stuck) -> None:
        """Catches a way out that is none: a desk that nobody of may answer either."""
        with pytest.raises(NobodyToAsk) as refusal:
            ask(world, stuck)

        assert 'Kies "Sla een niveau over"' in refusal.value.user_message

    def test_goes_to_the_bestuur_and_says_why(self, world, case, stuck) -> None:
        """Catches a bottleneck that can never go up, since its cause is ours."""
        with replays(case):
            request = ask(world, stuck, **TOP)

        assert (request.answerer, request.to_level) == (world.burgemeester, 4)
        assert request.jump_reason == "Op managementniveau mag niemand antwoorden."
        answer(request, by=world.burgemeester, at=AT, answer="decide", text="Doen.")
        assert request.ending == "decided"

    def test_keeps_the_reason_that_was_written(self, world, stuck) -> None:
        request = ask(world, stuck, jump_reason="Dit is van onszelf.", **TOP)

        assert request.jump_reason == "Dit is van onszelf."

    def test_skips_nobody_who_may_answer(self, world, case, stuck) -> None:
        """Catches a level that is skipped though a party has somebody there."""
        director = joins(world, "management", "manager", "Directie GGZ")
        takes_part(world, case)

        with pytest.raises(InvalidInput):
            ask(world, stuck, **TOP)

        assert ask(world, stuck).answerer == director

    def test_goes_to_a_party_before_the_cause(self, world, case, stuck) -> None:
        """Catches a bestuur that answers for itself while another may."""
        chair = joins(world, "bestuur", "bestuurder", "Bestuur GGZ")
        takes_part(world, case)

        assert ask(world, stuck, **TOP).answerer == chair


def test_skips_a_level_where_everybody_knows_these_people(world, case) -> None:
    """Catches a question that waits for a beheerder who can't help either."""
    for user in (world.manager, world.other_manager):
        exclude_colleague(case, by=world.procesregisseur, at=AT, user=user)

    with replays(case):
        request = asked(world, case, **TOP)

    assert request.answerer == world.burgemeester


def test_skips_no_level_where_somebody_may_answer(world, case) -> None:
    """Catches a jump without spoed past a manager who is there."""
    with pytest.raises(InvalidInput):
        asked(world, case, **TOP)
