"""A level that spoed jumped over looks back, or who steers says what now."""

from __future__ import annotations

import pytest

from ave.escalation.flow import EscalationFlow, answer, review_skipped
from ave.escalation.silence import settle_skipped
from casework.levels import Level
from casework.people.errors import AlreadyDone, NotPermitted
from casework.work import items
from tests.engine.test_request import exclude
from tests.replay import replays
from tests.world import AT, asked, bottleneck_of

pytestmark = pytest.mark.engine


@pytest.fixture
def world(begun):
    return begun[0]


class TestSkippedLevel:
    def test_reviews_afterwards_what_spoed_jumped_over(self, world, case) -> None:
        """Catches a level that never hears that it was passed."""
        request = asked(
            world,
            case,
            to_level=Level.BESTUURLIJK,
            urgent=True,
            jump_reason="Vannacht moet er een besluit zijn.",
        )

        with replays(request.case):
            told = review_skipped(at=AT)

        assert told == 1
        assert review_skipped(at=AT) == 0
        notice = request.bottleneck.requests.get(kind="notice")
        assert (notice.answerer, notice.to_level) == (world.manager, Level.MANAGEMENT)
        answer(notice, by=world.manager, at=AT, answer="read", text="Terecht.")
        assert notice.ending == "read"

    def test_moves_nothing_when_it_is_no_longer_to_be_read(self, world, case) -> None:
        """Catches a bottleneck that comes down since a notice about it is taken back."""
        request = asked(
            world,
            case,
            to_level=Level.BESTUURLIJK,
            urgent=True,
            jump_reason="Vannacht moet er een besluit zijn.",
        )
        review_skipped(at=AT)
        answer(request, by=request.answerer, at=AT, answer="pick_up")
        notice = request.bottleneck.requests.get(kind="notice")

        with replays(request.case):
            EscalationFlow.interrupt(
                EscalationFlow.withdraw, notice, by=world.procesregisseur, at=AT
            )

        assert bottleneck_of(request.case).level == Level.BESTUURLIJK


class TestSkippedLevelThatCannotLookBack:
    @pytest.fixture
    def jumped(self, world, case):
        """A question with spoed past a level where nobody may know of it."""
        exclude(case, world, world.manager, world.other_manager)
        return asked(world, case, to_level=Level.BESTUURLIJK, urgent=True)

    def test_is_asked_of_who_steers_once(self, world, jumped) -> None:
        """Catches a clock that tries for ever and tells nobody."""
        with replays(jumped.case):
            assert review_skipped(at=AT) == review_skipped(at=AT) == 0

        (item,) = items.open_about(jumped.bottleneck.key)
        assert item.owner == world.procesregisseur
        assert item.title == (
            "Management kan niet terugkijken op knelpunt 1. Hoe nu verder?"
        )

    def test_ends_when_she_says_what_is_done(self, world, jumped) -> None:
        """Catches a question that comes back each minute."""
        review_skipped(at=AT)

        with replays(jumped.case):
            settle_skipped(jumped, by=world.procesregisseur, at=AT, reason="meeting")

        review_skipped(at=AT)
        assert not items.open_about(jumped.bottleneck.key).exists()
        with pytest.raises(AlreadyDone):
            settle_skipped(jumped, by=world.procesregisseur, at=AT, reason="meeting")

    def test_ends_when_the_level_can_look_back(self, world, jumped) -> None:
        """Catches work that stays after the level was told."""
        review_skipped(at=AT)
        jumped.case.exclusions.all().delete()

        with replays(jumped.case):
            assert review_skipped(at=AT) == 1

        assert not items.open_about(jumped.bottleneck.key).exists()

    def test_is_settled_by_who_steers(self, world, jumped) -> None:
        review_skipped(at=AT)

        with pytest.raises(NotPermitted):
            settle_skipped(jumped, by=world.burgemeester, at=AT, reason="meeting")


def test_a_level_looks_back_on_what_was_only_to_be_known(world, case) -> None:
    """Catches spoed "ter kennisname" that passes a level which never hears of it."""
    asked(
        world,
        case,
        kind="notice",
        to_level=Level.BESTUURLIJK,
        urgent=True,
        jump_reason="Het kan niet wachten.",
    )

    assert review_skipped(at=AT) == 1
    assert review_skipped(at=AT) == 0
