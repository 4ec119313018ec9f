"""Somebody acts between two statements of the planner that follows up his silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from ave.escalation import flow
from ave.escalation.models import Escalation
from casework.plan.answering import pick_up_task
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.silence import silence as task_silence
from casework.plan.transitions import offer_task
from casework.work import items
from tests.races.interleaving import Act, elsewhere, interrupted
from tests.world import AT, World, asked, make_world, opened

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATER = AT + timedelta(days=5)
MOST = 200


@pytest.fixture
def world() -> World:
    return make_world()


def outcomes(
    silence: Act, *, acts: Act, is_told: Callable[[], bool]
) -> set[tuple[bool, bool]]:
    """Let somebody act before each statement in turn: did he, and was his silence told?"""
    found: set[tuple[bool, bool]] = set()
    acted: list[bool] = []
    with elsewhere() as away:
        for at in range(MOST):
            acted.clear()
            with transaction.atomic():
                interrupted(silence, at=at, happens=lambda: acted.append(away.do(acts)))
                told = is_told()
                transaction.set_rollback(True)
            away.put_back()
            if not acted:
                return found
            found.add((acted[0], told))
    raise AssertionError("the planner never ends")


@pytest.mark.parametrize(
    ("kind", "urgent"),
    [
        ("lower", True),
        ("ask_first", False),
        pytest.param("lower", False, marks=pytest.mark.long),
        pytest.param("ask_first", True, marks=pytest.mark.long),
    ],
)
def test_silence_against_an_answer(world: World, kind, urgent) -> None:
    """Catches work about the silence of who has answered, which nobody can end."""
    question = asked(world, opened(world), urgent=urgent)
    item = items.open_about(question.key, kind="escalation.review").get()

    def answer() -> None:
        again = Escalation.objects.system_scope("test").get(pk=question.pk)
        flow.answer(again, by=world.manager, at=LATER, answer=kind, text="Dit zeg ik.")

    def is_told() -> bool:
        notices = Escalation.objects.system_scope("test").filter(kind="notice")
        tell = items.open_about(question.key, kind="escalation.tell")
        return tell.exists() or notices.exists()

    found = outcomes(
        lambda: flow.silence(item, at=LATER),
        acts=answer,
        is_told=is_told,
    )

    assert found == {(True, False), (False, True)}


def test_silence_against_picking_up(world: World) -> None:
    """Catches "Zoek een ander" about a task that a desk has just picked up."""
    task = offer_task(
        opened(world),
        Ask(
            kind="rent_file",
            question="Stuur het dossier.",
            desk=world.housing_desk,
            due_on=LATER.date() + timedelta(days=14),
        ),
        by=world.procesregisseur,
        at=AT,
    )
    item = items.open_about(task.key, kind="task").get()

    def pick_up() -> None:
        again = Task.objects.system_scope("test").get(pk=task.pk)
        pick_up_task(again, by=world.housing_worker, at=LATER)

    found = outcomes(
        lambda: task_silence(item, at=LATER),
        acts=pick_up,
        is_told=lambda: items.open_about(task.key, kind="task_stuck").exists(),
    )

    assert found == {(True, False), (False, True)}
