"""One table for a mistake: who takes it back and who decides; every cell is run."""

from __future__ import annotations

import pytest

from casework.cases.dossier import add_note
from casework.cases.models import Note, Retraction
from casework.cases.retraction import agree_destruction, refuse_destruction, take_back
from tests.tables.cells import DONE, HIDDEN, OK, Row, found, table
from tests.tables.test_closing import bring_to as case_in
from tests.world import AT

pytestmark = pytest.mark.engine

STATES = ("written", "taken back", "destroyed", "kept")
_HIDDEN = dict.fromkeys(("take_back", "agree", "refuse"), HIDDEN)


def _decided(officer: str) -> dict[str, Row]:
    return table(
        _HIDDEN,
        procesregisseur={"take_back": DONE},
        casusregisseur={"take_back": DONE},
        privacy_officer={"agree": officer, "refuse": officer},
    )


EXPECTED = {
    "written": table(
        {"take_back": HIDDEN},
        procesregisseur={"take_back": OK},
        casusregisseur={"take_back": OK},
    ),
    "taken back": _decided(OK),
    "destroyed": _decided(DONE),
    "kept": _decided(DONE),
}
"""By hand: who works on the case takes it back, and the privacy officer decides."""
REASON = Retraction.Reason.values[0]


def bring_to(world, state: str) -> Note:
    """A note in a state, by real transitions."""
    case = case_in(world, "calm")
    by = {"by": world.procesregisseur, "at": AT}
    note = add_note(case, text="Verkeerd.", mark="fact", tag="", source=None, **by)
    if state == "written":
        return note
    retraction = take_back(note, reason=REASON, **by)
    officer = {"by": world.privacy_officer, "at": AT}
    if state == "destroyed":
        agree_destruction(retraction, **officer)
    if state == "kept":
        refuse_destruction(retraction, reason="Klacht.", **officer)
    return note


@pytest.mark.parametrize("state", STATES)
def test_every_cell(world, state):
    """Catches a right too many or too few, and a refusal that left something."""
    note = bring_to(world, state)

    def fresh() -> Note:
        return Note.objects.system_scope("test").get(pk=note.pk)

    def retraction() -> Retraction:
        return Retraction.objects.system_scope("test").get(case=note.case)

    acts = {"take_back": lambda by: take_back(fresh(), by=by, at=AT, reason=REASON)}
    if state != "written":
        acts |= {
            "agree": lambda by: agree_destruction(retraction(), by=by, at=AT),
            "refuse": lambda by: refuse_destruction(
                retraction(), by=by, at=AT, reason="Klacht."
            ),
        }

    cells = found(world, note.case, acts)

    assert cells == EXPECTED[state]
