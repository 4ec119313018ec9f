"""A quarter by chance: nothing stands still, nothing is lost, nobody is nagged."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests import proofs
from tests.simulation import counts
from tests.simulation.quarter import Quarter
from tests.simulation.town import make_town

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

GIVEN = [int(seed) for seed in os.environ.get("SEED", "").split(",") if seed]
FEW, MANY = GIVEN or range(1, 2), GIVEN or range(1, 201)
AGAIN = "The same again: SEED={} .venv/bin/python -m pytest --long tests/simulation"

Play = Callable[..., None]


@pytest.fixture
def play(settings, tmp_path, record_property) -> Play:
    """Play a quarter, and say with which command it is played again if it fails."""
    settings.ANCHOR_DIR = tmp_path

    def begin(seed: int, *, most_cases: int) -> None:
        quarter = Quarter(make_town(), seed, most_cases=most_cases)
        try:
            quarter.play()
            look_at(quarter)
        except BaseException as error:
            error.add_note(AGAIN.format(seed))
            raise
        record_property(proofs.QUARTER, quarter.figures())

    return begin


def look_at(quarter: Quarter) -> None:
    """Count what the whole quarter did to people, and what became of each mail."""
    server, at = quarter.server, quarter.scene.at
    assert counts.most_digests_a_day(server) <= 1
    assert counts.most_mails_a_task(server) <= counts.MOST_MAILS_A_TASK
    assert list(counts.lost(server, at=at)) == []
    assert counts.given_up_unseen() == 0
    assert counts.legal_skipped() == 0
    assert counts.twice_without_doubt(server) == []
    assert counts.about_what_was_closed(server) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", FEW)
def test_a_quiet_quarter(play: Play, seed: int) -> None:
    """Catches what one case meets in thirteen weeks; `.ci/run` plays it too."""
    play(seed, most_cases=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", MANY)
def test_a_quarter(play: Play, seed: int) -> None:
    """Catches work that stands still, a lost or doubled mail, a state without an event."""
    play(seed, most_cases=2)
