"""One table for stopping procesregie: who asks, answers, ends it; every cell is run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import DeescalationFlow
from ave.escalation.models import DeEscalation
from ave.escalation.stopping import settle_refusal, withdraw_stop
from casework.cases.confirmations import Given
from casework.cases.models import Case
from tests.tables.cells import DONE, HIDDEN, NO, OK, Row, found, table
from tests.tables.test_closing import bring_to as case_in
from tests.world import AT

pytestmark = pytest.mark.engine

STATES = ("none", "stuck", "asked", "aftercare", "declined", "withdrawn", "done")
GONE = "NotAsked"
ASKS = ("propose", "settle")
ANSWERS = ("accept", "decline", "record", "withdraw", "finish")
_GONE = dict.fromkeys(ANSWERS, GONE)


def _now(steers: Row, receives: Row, others: Row) -> dict[str, Row]:
    return table(
        dict.fromkeys(ASKS, HIDDEN) | others,
        procesregisseur=steers,
        casusregisseur=dict.fromkeys(ASKS, NO) | receives,
    )


_NOT_HIS = {"accept": NO, "decline": NO}
EXPECTED = {
    "none": _now({"propose": OK, "settle": DONE}, {}, {}),
    "stuck": _now({"propose": "StillStuck", "settle": DONE}, {}, {}),
    "asked": _now(
        {"propose": "TransitionRefused", "settle": DONE}
        | {**_GONE, **_NOT_HIS, "record": OK, "withdraw": OK},
        {**_GONE, "accept": OK, "decline": OK, "record": NO, "withdraw": NO},
        {**_GONE, **_NOT_HIS, "record": HIDDEN, "withdraw": HIDDEN},
    ),
    "aftercare": _now(
        {"propose": "NotRunning", "settle": DONE}
        | {**_GONE, "withdraw": OK, "finish": OK},
        {**_GONE, "withdraw": NO, "finish": NO},
        {**_GONE, "withdraw": HIDDEN, "finish": HIDDEN},
    ),
    "declined": _now({**_GONE, "propose": OK, "settle": OK}, _GONE, _GONE),
    "withdrawn": _now({**_GONE, "propose": OK, "settle": DONE}, _GONE, _GONE),
    "done": _now({**_GONE, "propose": "NotRunning", "settle": DONE}, _GONE, _GONE),
}
"""By hand: who steers asks, the receiver answers, and nobody does both."""
PROPOSED = {"reason": "Het loopt.", "aftercare_on": AT.date() + timedelta(days=30)}


def bring_to(world, state: str) -> Case:
    """A case with its question to stop in a state, by real transitions."""
    by, his = (
        {"by": user, "at": AT} for user in (world.procesregisseur, world.casusregisseur)
    )
    case = case_in(world, "stuck" if state == "stuck" else "calm")
    if state in ("none", "stuck"):
        return case
    flow = DeescalationFlow
    stop = flow.start.begin(case, receiver=world.casusregisseur, **by, **PROPOSED)
    if state == "declined":
        flow.receive.complete(stop, accepts=False, text="Te vroeg.", **his)
    if state in ("aftercare", "done"):
        flow.receive.complete(stop, accepts=True, **his)
    if state == "done":
        flow.aftercare.complete(stop, text="Het gaat goed.", **by)
    if state == "withdrawn":
        flow.interrupt(withdraw_stop, stop, **by)
    return case


@pytest.mark.parametrize("state", STATES)
def test_every_cell(world, state):
    """Catches a right too many or too few, and a refusal that left something."""
    case = bring_to(world, state)
    receiver = world.casusregisseur
    told = Given(channel="telephone", at=AT, by=receiver)
    flow = DeescalationFlow

    def fresh() -> Case:
        return Case.objects.system_scope("test").get(pk=case.pk)

    def stop() -> DeEscalation:
        return DeEscalation.objects.system_scope("test").get(case=case)

    acts = {
        "propose": lambda by: flow.start.begin(
            fresh(), by=by, at=AT, receiver=receiver, **PROPOSED
        ),
        "settle": lambda by: settle_refusal(fresh(), by=by, at=AT),
    }
    if state not in ("none", "stuck"):
        acts |= {
            "accept": lambda by: flow.receive.complete(
                stop(), by=by, at=AT, accepts=True
            ),
            "decline": lambda by: flow.receive.complete(
                stop(), by=by, at=AT, accepts=False, text="Nu niet."
            ),
            "record": lambda by: flow.receive.complete(
                stop(), by=by, at=AT, accepts=True, given=told
            ),
            "withdraw": lambda by: flow.interrupt(withdraw_stop, stop(), by=by, at=AT),
            "finish": lambda by: flow.aftercare.complete(
                stop(), by=by, at=AT, text="Het gaat goed."
            ),
        }

    cells = found(world, case, acts)

    assert cells == EXPECTED[state]
