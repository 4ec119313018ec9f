"""One table for a request: in which turn who may do what; every cell is run."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import transaction

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.models import Escalation
from casework.cases.journal import state_of
from casework.cases.models import Event
from casework.people.errors import TransitionRefused
from tests.replay import replays
from tests.standing import scene
from tests.world import AT, asked, opened

pytestmark = pytest.mark.engine

TURNS = ("review", "carry", "supply", "ended")
ACTIONS = ("pick_up", "decide", "ask_first", "higher", "lower", "supply", "withdraw")
PEOPLE = (
    "procesregisseur",
    "deputy",
    "other_procesregisseur",
    "casusregisseur",
    "officer",
    "manager",
    "other_manager",
    "burgemeester",
    "aov",
    "fg",
    "privacy_officer",
    "beheerder",
    "beleidsmedewerker",
)
OK, NO, HIDDEN, LATE = "ok", "NotPermitted", "NotVisible", "AnsweredBefore"

MANAGERS_TURN = {
    "pick_up": OK,
    "decide": OK,
    "ask_first": OK,
    "higher": OK,
    "lower": OK,
    "supply": LATE,
    "withdraw": NO,
}
EXPECTED: dict[tuple[str, str], dict[str, str]] = {
    ("review", "manager"): MANAGERS_TURN,
    ("carry", "manager"): {**MANAGERS_TURN, "pick_up": LATE},
    ("supply", "manager"): dict.fromkeys(ACTIONS, LATE)
    | {
        "supply": NO,
        "withdraw": NO,
    },
    ("ended", "manager"): dict.fromkeys(ACTIONS, LATE) | {"withdraw": "NotAsked"},
    ("review", "procesregisseur"): dict.fromkeys(ACTIONS, NO)
    | {
        "supply": LATE,
        "withdraw": OK,
    },
    ("carry", "procesregisseur"): dict.fromkeys(ACTIONS, NO)
    | {
        "supply": LATE,
        "withdraw": OK,
    },
    ("supply", "procesregisseur"): dict.fromkeys(ACTIONS, LATE)
    | {
        "supply": OK,
        "withdraw": OK,
    },
    ("ended", "procesregisseur"): dict.fromkeys(ACTIONS, LATE)
    | {"withdraw": "NotAsked"},
}
"""By hand. Whoever is not named: hidden where the step is open, late where not."""


def expected(turn: str, person: str, action: str) -> str:
    """The cell; for who has no place in the case, it hides what is open."""
    named = EXPECTED.get((turn, person))
    if named is not None:
        return named[action]
    if action == "withdraw":
        return "NotAsked" if turn == "ended" else HIDDEN
    open_here = {
        "review": action != "supply",
        "carry": action != "supply",
        "supply": action == "supply",
        "ended": False,
    }
    return HIDDEN if open_here[turn] else LATE


def bring_to(world, turn: str) -> Escalation:
    """A request in a turn, by real answers."""
    request = asked(world, opened(world))
    steps = {"review": (), "carry": ("pick_up",), "supply": ("ask_first",)}
    for kind in steps.get(turn, ("decide",)):
        answer(request, by=world.manager, at=AT, answer=kind, text="Hierom.")
    return request


def act(request: Escalation, action: str, by) -> str:
    """Try one action; says how it went."""
    try:
        with transaction.atomic():
            if action == "supply":
                EscalationFlow.supply.complete(request, by=by, at=AT, text="Meer.")
            elif action == "withdraw":
                withdraw = EscalationFlow.withdraw
                EscalationFlow.interrupt(withdraw, request, by=by, at=AT)
            else:
                answer(request, by=by, at=AT, answer=action, text="Daarom.")
    except TransitionRefused as refusal:
        return type(refusal).__name__
    return OK


@pytest.mark.parametrize("turn", TURNS)
def test_every_cell(world, turn: str) -> None:
    """Catches a right too many or too few, and a refusal that left something."""
    case = (request := bring_to(world, turn)).case
    events = Event.objects.system_scope("test").filter(case=case)
    told, before = events.count(), state_of([case.pk])
    found = {}
    for person, action in product(PEOPLE, ACTIONS):
        again = Escalation.objects.system_scope("test").get(pk=request.pk)
        with scene():
            with replays(case, before=before):
                how = act(again, action, getattr(world, person))
            assert (events.count() > told) is (how == OK), f"{person} {action}"
        found[person, action] = how
    assert found == {cell: expected(turn, *cell) for cell in found}
