"""Every state against every person: what is written here by hand is what happens."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from casework.cases.confirmations import Given
from casework.people.errors import NotPermitted, NotVisible, TransitionRefused
from casework.plan import answering, may, transitions
from casework.plan.models import Task, TaskDesk
from tests.plan.conftest import make_agent
from tests.world import AT, DAY

OK, NO, HIDDEN, FORBIDDEN = "ok", "refused", "hidden", "forbidden"

REGISSEURS = {
    #              offered picked  done  verified declined handed withdrawn
    "verify": (NO, NO, OK, NO, NO, NO, NO),
    "withdraw": (OK, OK, NO, NO, OK, OK, NO),
    "offer_again": (OK, OK, OK, NO, OK, OK, NO),
    "record": (OK, OK, NO, NO, NO, NO, NO),
}
TASK_STATES = (
    "offered",
    "picked_up",
    "done",
    "verified",
    "declined",
    "handed_back",
    "withdrawn",
)
TASK_CELLS = [
    (state, action, who, expected if who in ("steerer", "worker") else HIDDEN)
    for action, row in REGISSEURS.items()
    for state, expected in zip(TASK_STATES, row, strict=True)
    for who in ("steerer", "worker", "taker", "colleague", "other_desk", "manager")
]

DESK = {
    # (action, who):      offered picked done declined handed ended
    ("pick_up", "taker"): (OK, NO, NO, NO, NO, NO),
    ("pick_up", "colleague"): (OK, NO, NO, NO, NO, NO),
    ("decline", "taker"): (OK, OK, NO, NO, NO, NO),
    ("decline", "colleague"): (OK, NO, NO, NO, NO, NO),
    ("report", "taker"): (NO, OK, NO, NO, NO, NO),
    ("report", "colleague"): (NO, NO, NO, NO, NO, NO),
    ("hand_back", "taker"): (NO, OK, NO, NO, NO, NO),
    ("hand_back", "colleague"): (NO, NO, NO, NO, NO, NO),
}
DESK_STATES = ("offered", "picked_up", "done", "declined", "handed_back", "withdrawn")
DESK_CELLS = [
    (state, action, who, expected)
    for (action, who), row in DESK.items()
    for state, expected in zip(DESK_STATES, row, strict=True)
] + [
    (state, action, who, HIDDEN if who in ("other_desk", "manager") else FORBIDDEN)
    for action in ("pick_up", "decline", "report", "hand_back")
    for state in DESK_STATES
    for who in ("steerer", "worker", "other_desk", "manager")
]


@pytest.fixture
def people(world, agent):
    return {
        "steerer": world.procesregisseur,
        "worker": world.casusregisseur,
        "taker": agent,
        "colleague": make_agent(world, "Tweede Hulp"),
        "other_desk": world.officer,
        "manager": world.manager,
    }


@pytest.fixture
def task_in(world, offered, people):
    """A task brought to a state by real transitions."""

    def bring(state: str) -> Task:
        task = offered()
        if state in ("picked_up", "done", "verified", "handed_back"):
            answering.pick_up_task(task, by=people["taker"], at=AT)
        if state in ("done", "verified"):
            answering.report_task(
                task, by=people["taker"], at=AT, answer="Nee.", choice="no"
            )
        if state == "verified":
            transitions.verify_task(task, by=world.procesregisseur, at=AT)
        if state == "declined":
            answering.decline_task(task, by=people["taker"], at=AT, reason="Nee.")
        if state == "handed_back":
            answering.hand_back_task(task, by=people["taker"], at=AT, reason="Nee.")
        if state == "withdrawn":
            transitions.withdraw_task(task, by=world.procesregisseur, at=AT)
        assert task.state == state
        return task

    return bring


def outcome_of(act) -> str:
    """What comes of it; undone at once, so that the next cell starts the same."""
    outcome = OK
    with transaction.atomic():
        try:
            with transaction.atomic():
                act()
        except NotVisible:
            outcome = HIDDEN
        except NotPermitted:
            outcome = FORBIDDEN
        except TransitionRefused:
            outcome = NO
        transaction.set_rollback(True)
    return outcome


@pytest.mark.parametrize("state", TASK_STATES)
def test_what_everybody_may_do_with_a_task(world, people, task_in, state):
    task = task_in(state)
    given = Given(channel="telephone", at=AT, by_name="mw. Smit")
    again = {"desk": world.housing_desk, "due_on": DAY + timedelta(days=5)}
    said = {"given": given, "answer": "Nee.", "choice": "no"}
    acts = {
        "verify": transitions.verify_task,
        "withdraw": transitions.withdraw_task,
        "offer_again": partial(transitions.offer_task_again, **again),
        "record": partial(transitions.record_report_for, **said),
    }
    expected = {cell[1:3]: cell[3] for cell in TASK_CELLS if cell[0] == state}

    found = {
        (action, who): outcome_of(partial(acts[action], task, by=people[who], at=AT))
        for action, who in expected
    }

    assert found == expected


@pytest.mark.parametrize("state", DESK_STATES)
def test_what_everybody_may_do_at_a_desk(people, task_in, state):
    task = task_in(state)
    acts = {
        "pick_up": answering.pick_up_task,
        "report": partial(answering.report_task, answer="Nee.", choice="no"),
        "decline": partial(answering.decline_task, reason="Nee."),
        "hand_back": partial(answering.hand_back_task, reason="Nee."),
    }
    expected = {cell[1:3]: cell[3] for cell in DESK_CELLS if cell[0] == state}

    found = {
        (action, who): outcome_of(partial(acts[action], task, by=people[who], at=AT))
        for action, who in expected
    }

    assert found == expected


def test_the_tables_hold_no_cell_that_is_not_tested():
    """Catches a right that somebody adds in the code alone."""
    tested = {(state, action) for state, action, _, _ in TASK_CELLS}
    assert set(may.MAY_TASK) <= tested
    assert {state for state, _ in tested} == set(Task.State.values)
    at_desks = {(state, action) for state, action, _, _ in DESK_CELLS}
    assert set(may.MAY_DESK) <= at_desks
    assert {"ended" if s == "withdrawn" else s for s, _ in at_desks} == set(
        TaskDesk.State.values
    )
