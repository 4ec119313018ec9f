"""One table for a referral: who assesses it and tells the melder; every cell is run."""

from __future__ import annotations

import pytest

from ave.triage.flow import IntakeFlow
from casework.cases.models import Case
from tests.tables.cells import HIDDEN, OK, found, table
from tests.world import ALL_YES, AT, STUCK, referred

pytestmark = pytest.mark.engine

STATES = ("received", "to tell, taken up", "to tell, refused", "told")
GONE = "NotAsked"
_OVER = {"start": GONE, "refuse": GONE, "tell": GONE}
_ASSESSES = {"start": OK, "refuse": OK, "tell": GONE}
_TELLS = {"start": GONE, "refuse": GONE, "tell": OK}
_ASSESSES_NOT = {"start": HIDDEN, "refuse": HIDDEN, "tell": GONE}
_TELLS_NOT = {"start": GONE, "refuse": GONE, "tell": HIDDEN}
EXPECTED = {
    "received": table(
        _ASSESSES_NOT, procesregisseur=_ASSESSES, other_procesregisseur=_ASSESSES
    ),
    "to tell, taken up": table(_TELLS_NOT, procesregisseur=_TELLS),
    "to tell, refused": table(
        _TELLS_NOT, procesregisseur=_TELLS, other_procesregisseur=_TELLS
    ),
    "told": table(_OVER),
}
"""By hand: the desk procesregie assesses, and once it is a case, who steers it tells."""
START = {
    "criteria": ALL_YES,
    "reasons": {},
    "outcome": "procesregie",
    "ground": "avg-6-1-e",
    "purpose": "Hulp weer op gang brengen",
    "bottleneck": STUCK,
}
REFUSE = {
    "criteria": ALL_YES,
    "reasons": {},
    "outcome": "refused",
    "note": "Dit kan zonder procesregie.",
}


def bring_to(world, state: str) -> Case:
    """A referral in a state, by real transitions."""
    case = referred(world)
    by = {"by": world.procesregisseur, "at": AT}
    if state != "received":
        chosen = REFUSE if state == "to tell, refused" else START
        IntakeFlow.assess.complete(case, **by, **chosen)
    if state == "told":
        IntakeFlow.tell.complete(case, **by)
    return case


@pytest.mark.parametrize("state", STATES)
def test_every_cell(world, state):
    """Catches a right too many or too few, and a refusal that left something."""
    case = bring_to(world, state)

    def fresh() -> Case:
        return Case.objects.system_scope("test").get(pk=case.pk)

    cells = found(
        world,
        case,
        {
            "start": lambda by: IntakeFlow.assess.complete(
                fresh(), by=by, at=AT, **START
            ),
            "refuse": lambda by: IntakeFlow.assess.complete(
                fresh(), by=by, at=AT, **REFUSE
            ),
            "tell": lambda by: IntakeFlow.tell.complete(fresh(), by=by, at=AT),
        },
    )

    assert cells == EXPECTED[state]
