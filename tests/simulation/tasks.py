"""What desks do with a task, and the regisseurs with what desks do."""

from __future__ import annotations

from ave.stagnation.transitions import report_stuck_task
from casework.cases.confirmations import Given
from casework.cases.models import Case
from casework.people.models import User
from casework.plan.answering import (
    decline_task,
    hand_back_task,
    pick_up_task,
    report_task,
)
from casework.plan.kinds import KINDS
from casework.plan.models import Report, Task, TaskDesk
from casework.plan.offering import Ask
from casework.plan.transitions import (
    offer_task,
    offer_task_again,
    record_report_for,
    verify_task,
    withdraw_task,
)
from casework.work.models import WorkItem
from tests.simulation.scene import Scene


def do_task(scene: Scene, by: User, item: WorkItem) -> None:
    """Pick it up or decline it; later answer it, give it back, or be stuck."""
    task, place = _task_and_place(item)
    what = scene.chance.random()
    if place.state == TaskDesk.State.OFFERED:
        if what < 0.8:
            pick_up_task(task, by=by, at=scene.at)
        else:
            decline_task(task, by=by, at=scene.at, reason="Dit past niet bij ons.")
    elif what < 0.7:
        report_task(
            task, by=by, at=scene.at, answer="Het is gedaan.", choice=_yes(task)
        )
    elif what < 0.85:
        hand_back_task(task, by=by, at=scene.at, reason="Het lukt ons niet.")
    else:
        report_stuck_task(task, by=by, at=scene.at, text="De partijen wachten.")


def find_another(scene: Scene, by: User, item: WorkItem) -> None:
    """A desk is silent or gave it back: another desk, the telephone, or no longer."""
    task, _ = _task_and_place(item)
    what = scene.chance.random()
    if what < 0.5:
        desk = scene.chance.choice(scene.town.partner_desks)
        due = scene.in_days(5, 20)
        offer_task_again(task, desk=desk, due_on=due, by=by, at=scene.at)
    elif what < 0.8 and task.is_open:
        write_down(scene, by, task)
    else:
        withdraw_task(task, by=by, at=scene.at)


def look_at_answer(scene: Scene, by: User, item: WorkItem) -> None:
    task, _ = _task_and_place(item)
    if scene.chance.random() < 0.8:
        verify_task(task, by=by, at=scene.at)
    else:
        find_another(scene, by, item)


def write_down(scene: Scene, by: User, task: Task) -> None:
    """A desk answers by telephone and the regisseur writes it down."""
    said = Given(channel=Report.Channel.TELEPHONE, at=scene.at, by_name="De medewerker")
    record_report_for(
        task, given=said, answer="Het is gedaan.", choice=_yes(task), by=by, at=scene.at
    )


def offer(scene: Scene, by: User, case: Case) -> None:
    """Ask one desk something, and now and then another to join."""
    desks = scene.chance.sample(scene.town.partner_desks, 2)
    joins = scene.chance.random() < 0.3
    offer_task(
        case,
        Ask(
            kind=scene.chance.choice(sorted(KINDS)),
            question="Wilt u dit doen?",
            desk=desks[0],
            joining=desks[1:] if joins else (),
            due_on=scene.in_days(2, 25),
            verify_wanted=scene.chance.random() < 0.3,
        ),
        by=by,
        at=scene.at,
    )


def _yes(task: Task) -> str:
    return task.about.answers[0][0] if task.about.answers else ""


def _task_and_place(item: WorkItem) -> tuple[Task, TaskDesk]:
    name, _, key = item.about.partition(":")
    if name == TaskDesk.KEY:
        place = TaskDesk._base_manager.get(pk=int(key))
        return Task._base_manager.get(pk=place.task_id), place
    task = Task._base_manager.get(pk=int(key))
    lead = TaskDesk._base_manager.filter(task=task, is_lead=True).order_by("pk").last()
    assert lead is not None
    return task, lead
