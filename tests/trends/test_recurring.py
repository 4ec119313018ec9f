"""A kind of bottleneck is a trend when it comes back in enough households."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ave.trends.recurring import comes_back, recurring, small, trend_of
from casework.access.deciding import decide_policy
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.models import Case
from tests.standing import begins_with
from tests.world import AT, DAY, STUCK, World, make_world, opened


def _begin() -> tuple[World, list[Case]]:
    world = make_world()
    cases = [opened(world) for _ in range(3)]
    for case in cases:
        raise_bottleneck(
            case, by=world.procesregisseur, at=AT, theme="no_place", **STUCK
        )
    return world, cases


_begun = begins_with(_begin)


@pytest.fixture
def three_cases(begun) -> list[Case]:
    """Three households with the same kind of bottleneck."""
    return begun[1]


class TestRecurring:
    def test_counts_cases_and_not_bottlenecks(self, world, three_cases):
        """Catches one household with four bottlenecks that looks like a trend."""
        raise_bottleneck(
            three_cases[0], by=world.procesregisseur, at=AT, theme="no_place", **STUCK
        )

        assert recurring("no_place", since=AT - timedelta(days=1)) == 3

    def test_forgets_what_came_up_before(self, three_cases):
        assert recurring("no_place", since=AT + timedelta(days=1)) == 0

    def test_counts_one_kind(self, three_cases):
        assert recurring("rules", since=AT - timedelta(days=1)) == 0


class TestTrendOf:
    def test_says_the_months_of_the_window_and_no_number(self, three_cases):
        trend = trend_of("no_place", at=AT)

        assert trend.period == "komt vaker voor, mei tot november"
        assert not re.search(r"\d", trend.period)

    def test_is_no_trend_in_two_cases(self, world):
        for _ in range(2):
            raise_bottleneck(
                opened(world), by=world.procesregisseur, at=AT, theme="rules", **STUCK
            )

        trend = trend_of("rules", at=AT)

        assert (trend.recurs, trend.period) == (False, "")

    def test_follows_what_the_municipality_decided(self, world, three_cases):
        decide_policy(
            "number:signal_threshold",
            value={"number": 4},
            valid_from=DAY,
            source="college",
            by=world.beheerder,
            at=AT,
        )

        assert not trend_of("no_place", at=AT).recurs

    def test_hides_a_small_number(self, three_cases):
        """Catches a count that gives three households away."""
        trend = trend_of("no_place", at=AT)

        assert trend.shown_count == "<5"
        assert "3" not in trend.sentence

    def test_shows_five_and_more(self):
        assert [small(count, below=5) for count in (0, 4, 5, 12)] == [
            "<5",
            "<5",
            "5",
            "12",
        ]


class TestComesBack:
    def test_proposes_a_signal_when_a_kind_comes_back(self, three_cases):
        assert comes_back({"no_place"}, at=AT)["no_place"].label == "Geen plek"

    def test_says_nothing_of_another_kind(self, three_cases):
        assert comes_back({"rules"}, at=AT) == {}

    def test_says_nothing_of_something_else(self, three_cases):
        """Catches "Iets anders" as a trend: it is no kind."""
        assert comes_back({"other"}, at=AT) == {}
