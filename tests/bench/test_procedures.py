"""How many statements a whole step of a procedure takes, with all that it writes."""

from __future__ import annotations

import pytest

from ave.triage.flow import IntakeFlow
from bench.measure import count
from casework.cases.models import Event
from tests.world import ALL_YES, AT, STUCK, make_world, referred

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

TRIAGE = 45
REFERRAL = 35


def test_a_referral_is_taken_in_and_assessed_in_80():
    """Catches the policy, the people or the lock read again by each part of a step."""
    world = make_world()
    referred(world)  # kept from here on, as in a process that runs: the content types
    cases = []

    taken_in = count(lambda: cases.append(referred(world)))
    assessed = count(
        lambda: IntakeFlow.assess.complete(
            cases[0],
            by=world.procesregisseur,
            at=AT,
            criteria=ALL_YES,
            reasons={},
            outcome="procesregie",
            ground="avg-6-1-e",
            purpose="Hulp en veiligheid weer op gang brengen",
            bottleneck=STUCK,
        )
    )

    assert taken_in.statements <= REFERRAL
    assert assessed.statements <= TRIAGE
    assert Event.objects.system_scope("test").filter(case=cases[0]).count() == 2
