"""Whether procesregie can stop is asked by the clock, and may be put off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.calm import propose_stops
from ave.escalation.stopping import settle_refusal
from casework.cases.closing import still_open
from casework.cases.lifecycle import close_case
from casework.people.errors import NotPermitted
from casework.work import items
from tests.engine.stopping.conftest import proposed
from tests.replay import replays
from tests.world import AT

pytestmark = pytest.mark.engine


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
