"""One table for a bottleneck: who takes it back and ends it; every cell is run."""

from __future__ import annotations

import pytest

from ave.escalation.flow import answer
from ave.escalation.transitions import take_back
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck, reword_bottleneck
from casework.cases.models import Bottleneck
from casework.levels import Level
from tests.tables.cells import DONE, HIDDEN, NO, OK, Row, found, table
from tests.world import AT, asked, bottleneck_of, opened

pytestmark = pytest.mark.engine

WORDS = {"description": "Er is geen plek.", "tried": "Twee keer gebeld."}
STATES = ("at proces", "asked", "picked up", "decided", "ended")
ACTIONS = ("to_proces", "to_casus", "end", "reword")
BELOW, SHOWN = "InvalidInput", "ShownBefore"
_NO, _HIDDEN = dict.fromkeys(ACTIONS, NO), dict.fromkeys(ACTIONS, HIDDEN)


_ASKED = dict.fromkeys(ACTIONS, "StillAsked") | {"reword": SHOWN}


def _steered(row: Row, **others: Row) -> dict[str, Row]:
    return table(_HIDDEN, procesregisseur=row, casusregisseur=_NO, **others)


EXPECTED = {
    "at proces": _steered(
        {"to_proces": DONE, "to_casus": BELOW, "end": OK, "reword": OK}
    ),
    "asked": _steered(_ASKED, manager=_NO),
    "picked up": _steered(_ASKED, manager=_NO),
    "decided": _steered(
        {"to_proces": OK, "to_casus": BELOW, "end": OK, "reword": SHOWN}, manager=_NO
    ),
    "ended": _steered(
        {"to_proces": DONE, "to_casus": BELOW, "end": DONE, "reword": DONE}
    ),
}
"""By hand. Who answers it reads it, and moves it only by his answer; an open bottleneck
never stands below proces (ADR 9)."""


def bring_to(world, state: str) -> Bottleneck:
    """A bottleneck in a state, by real transitions."""
    case = opened(world)
    by = {"by": world.procesregisseur, "at": AT}
    appoint_casusregisseur(case, user=world.casusregisseur, **by)
    if state in ("asked", "picked up", "decided"):
        request = asked(world, case)
        if state != "asked":
            kind = "decide" if state == "decided" else "pick_up"
            answer(request, by=world.manager, at=AT, answer=kind, text="Begin.")
    if state == "ended":
        solved = Bottleneck.State.SOLVED
        end_bottleneck(bottleneck_of(case), state=solved, reason="Opgelost.", **by)
    return bottleneck_of(case)


@pytest.mark.parametrize("state", STATES)
def test_every_cell(world, state):
    """Catches a right too many or too few, and a refusal that left something."""
    case = bring_to(world, state).case
    given = {"state": Bottleneck.State.ACCEPTED, "reason": "Zo blijft het."}

    cells = found(
        world,
        case,
        {
            "to_proces": lambda by: take_back(bottleneck_of(case), by=by, at=AT),
            "to_casus": lambda by: take_back(
                bottleneck_of(case), by=by, at=AT, to_level=Level.CASUS
            ),
            "reword": lambda by: reword_bottleneck(
                bottleneck_of(case), by=by, at=AT, **WORDS
            ),
            "end": lambda by: end_bottleneck(
                bottleneck_of(case), by=by, at=AT, **given
            ),
        },
    )

    assert cells == EXPECTED[state]
