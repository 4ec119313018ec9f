"""One table for "het loopt vast": who says it, answers and reads; every cell is run."""

from __future__ import annotations

import pytest

from ave.stagnation.models import StuckReport
from ave.stagnation.transitions import (
    pick_up_stuck,
    read_answer,
    refuse_stuck,
    report_stuck,
)
from casework.cases.models import Case
from tests.tables.cells import DONE, HIDDEN, NO, OK, Row, found, table
from tests.tables.test_closing import bring_to as case_in
from tests.world import AT, STUCK

pytestmark = pytest.mark.engine

STATES = ("none", "waiting", "picked up", "refused", "read")
_HIDDEN = dict.fromkeys(("say", "pick_up", "refuse", "read"), HIDDEN)


def _said(steers: str, *, say: str, read: str) -> dict[str, Row]:
    return table(
        _HIDDEN,
        procesregisseur={"say": NO, "pick_up": steers, "refuse": steers},
        casusregisseur={"say": say, "pick_up": NO, "refuse": NO, "read": read},
    )


EXPECTED = {
    "none": table(
        {"say": HIDDEN}, procesregisseur={"say": NO}, casusregisseur={"say": OK}
    ),
    "waiting": _said(OK, say=DONE, read=DONE),
    "picked up": _said(DONE, say=OK, read=OK),
    "refused": _said(DONE, say=OK, read=OK),
    "read": _said(DONE, say=OK, read=DONE),
}
"""By hand: the casusregisseur says it, who steers answers, who said it reads."""
AS_NEW = {name: STUCK[name] for name in ("kinds", "description", "tried")}


def bring_to(world, state: str) -> Case:
    """A case with its report in a state, by real transitions."""
    case = case_in(world, "calm")
    if state == "none":
        return case
    report = report_stuck(case, text="Niemand komt.", by=world.casusregisseur, at=AT)
    by = {"by": world.procesregisseur, "at": AT}
    if state == "picked up":
        pick_up_stuck(report, **AS_NEW, **by)
    if state in ("refused", "read"):
        refuse_stuck(report, reason="Wacht nog even.", **by)
    if state == "read":
        read_answer(report, by=world.casusregisseur, at=AT)
    return case


@pytest.mark.parametrize("state", STATES)
def test_every_cell(world, state):
    """Catches a right too many or too few, and a refusal that left something."""
    case = bring_to(world, state)

    def report() -> StuckReport:
        return StuckReport.objects.system_scope("test").get(case=case)

    def fresh() -> Case:
        return Case.objects.system_scope("test").get(pk=case.pk)

    acts = {"say": lambda by: report_stuck(fresh(), text="Vast.", by=by, at=AT)}
    if state != "none":
        acts |= {
            "pick_up": lambda by: pick_up_stuck(report(), by=by, at=AT, **AS_NEW),
            "refuse": lambda by: refuse_stuck(report(), reason="Nee.", by=by, at=AT),
            "read": lambda by: read_answer(report(), by=by, at=AT),
        }

    cells = found(world, case, acts)

    assert cells == EXPECTED[state]
