"""One table for the end of a case: who closes and opens it again; every cell is run."""

from __future__ import annotations

import pytest

from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.lifecycle import close_case, reopen_case
from casework.cases.models import Bottleneck, Case
from casework.cases.reading_in import finish_reading_in
from casework.work import items
from tests.tables.cells import HIDDEN, NO, OK, Row, found, table
from tests.world import AT, bottleneck_of, opened, referred

pytestmark = pytest.mark.engine

STATES = ("in triage", "stuck", "busy", "calm", "closed")

ACTIONS = ("close", "reopen")
_NO = dict.fromkeys(ACTIONS, NO)
_HIDDEN = dict.fromkeys(ACTIONS, HIDDEN)


def _open(how: str) -> dict[str, Row]:
    steers = {"close": how, "reopen": NO}
    return table(_HIDDEN, procesregisseur=steers, casusregisseur=_NO)


def _of_the_desk(row: Row) -> dict[str, Row]:
    return table(_HIDDEN, procesregisseur=row, other_procesregisseur=row)


EXPECTED = {
    "in triage": _of_the_desk(_NO),
    "stuck": _open("StillStuck"),
    "busy": _open("StillWork"),
    "calm": _open(OK),
    "closed": _of_the_desk({"close": NO, "reopen": OK}),
}
"""By hand. Whoever takes no part in it, does not know that it is there."""


def bring_to(world, state: str) -> Case:
    """A case in a state, by real transitions."""
    by = {"by": world.procesregisseur, "at": AT}
    if state == "in triage":
        return referred(world)
    case = opened(world)
    appoint_casusregisseur(case, user=world.casusregisseur, **by)
    if state == "stuck":
        return case
    solved = Bottleneck.State.SOLVED
    end_bottleneck(bottleneck_of(case), state=solved, reason="Opgelost.", **by)
    if state == "busy":
        return case
    finish_reading_in(case, by=world.casusregisseur, at=AT)
    items.close_items(case.key, kind=("case.inform", "triage.tell"), **by)
    if state == "closed":
        close_case(case, outcome="solved", **by)
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
            "close": lambda by: close_case(fresh(), by=by, at=AT, outcome="solved"),
            "reopen": lambda by: reopen_case(fresh(), by=by, at=AT, reason="Terug."),
        },
    )

    assert cells == EXPECTED[state]
