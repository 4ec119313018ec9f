"""The labels of a case that drive nothing."""

from casework.cases.details import change_details
from tests.replay import replays
from tests.world import AT


class TestChangeDetails:
    def test_is_an_event_that_gives_it_back(self, world, case) -> None:
        """Catches a phase that the case shows and its events do not."""
        named = {"mnemonic": "Zilveren Eik", "ave_phase": "3"}

        with replays(case):
            change_details(case, by=world.procesregisseur, at=AT, **named)

        event = case.events.get(kind="case.changed")
        assert [change[1] for change in event.changes] == ["ave_phase"]
