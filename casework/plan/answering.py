"""How a desk answers a task: pick it up, answer it, or say that it does not fit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from casework.access.grants import scopes
from casework.audit import log
from casework.cases.confirmations import Given
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Disclosure
from casework.cases.models.tracked import Tracked
from casework.people.absence import desk_lender
from casework.people.errors import InvalidInput, NotVisible
from casework.people.models import User
from casework.plan import waiting
from casework.plan.may import DeskMust, Who, require_place
from casework.plan.models import Draft, Report, Task, TaskDesk
from casework.plan.models.task import people_of, place_of
from casework.plan.places import finish_place, give_back_place, write_report


@transaction.atomic
def pick_up_task(task: Task, *, by: User, at: datetime) -> Task:
    """
    Pick up a task for one's desk: from now on one reads what it is about.

    :raises TakenByColleague: if a colleague was first
    :raises TaskWithdrawn: if nobody has to do it any more
    """
    place = _hold(task, "pick_up", by=by, at=at)
    place.state = TaskDesk.State.PICKED_UP
    place.taker = by
    place.picked_up_at = at
    place.save(update_fields=["state", "taker", "picked_up_at"])
    changed: list[Tracked] = [place]
    if place.is_lead:
        task.state = Task.State.PICKED_UP
        task.version += 1
        task.save(update_fields=["state", "version"])
        changed.insert(0, task)
    waiting.picked_up(place, by=by, at=at)
    record(task.case, "task.accepted", by=by, at=at, changed=changed, about=task)
    _log_opened(task, place, by=by, at=at)
    return task


@transaction.atomic
def report_task(
    task: Task, *, by: User, at: datetime, answer: str, choice: str = "", tag: str = ""
) -> Report:
    """
    Send the answer of one's desk; of the lead desk it ends the task.

    :raises NotPickedUp: if the task was not picked up
    :raises InvalidInput: if the answer says nothing
    """
    place = _hold(task, "report", by=by, at=at)
    report = write_report(
        place,
        task=task,
        answer=answer,
        choice=choice,
        tag=tag,
        given=Given(channel=Report.Channel.HERE, at=at, by=by),
        by=by,
    )
    changed = finish_place(place, task=task, by=by, at=at)
    drop_draft(by, task.key)
    record(
        task.case,
        "task.done" if place.is_lead else "task.joined",
        by=by,
        at=at,
        changed=[*changed, report],
        about=task,
    )
    return report


@transaction.atomic
def decline_task(task: Task, *, by: User, at: datetime, reason: str) -> Task:
    """
    Say that a task does not fit one's desk; the procesregisseur finds another.

    :raises InvalidInput: without a reason
    """
    return _give_back(task, "decline", TaskDesk.State.DECLINED, by, at, reason)


@transaction.atomic
def hand_back_task(task: Task, *, by: User, at: datetime, reason: str) -> Task:
    """
    Give back a task that one picked up and can't finish.

    :raises InvalidInput: without a reason
    """
    return _give_back(task, "hand_back", TaskDesk.State.HANDED_BACK, by, at, reason)


def save_draft(user: User, key: str, text: str, *, at: datetime) -> Draft:
    """Keep what somebody typed; it is his own and is no part of the case."""
    draft, _ = Draft.objects.update_or_create(
        user=user, key=key, defaults={"text": text, "saved_at": at}
    )
    return draft


def draft_of(user: User, key: str) -> Draft | None:
    """What somebody typed before, if anything."""
    return Draft.objects.filter(user=user, key=key).first()


def drop_draft(user: User, key: str) -> None:
    """Forget what somebody typed: it was sent."""
    Draft.objects.filter(user=user, key=key).delete()


def drop_vain_drafts() -> int:
    """
    Forget what was typed for a task that waits for no answer any more, for the clock.

    It may hold all that an answer holds, and nobody could read or remove it. Gives how
    many that were.
    """
    waits = TaskDesk.objects.system_scope("for which tasks an answer is typed").open()
    number = Cast("task_id", CharField())
    about = Concat(Value(f"{Task.KEY}:"), number, output_field=CharField())
    open_task = Exists(waits.annotate(about=about).filter(about=OuterRef("key")))
    gone, _ = Draft.objects.filter(~open_task | Q(user__is_active=False)).delete()
    return gone


def _give_back(
    task: Task, action: str, state: TaskDesk.State, by: User, at: datetime, reason: str
) -> Task:
    place = _hold(task, action, by=by, at=at)
    if not reason.strip():
        raise InvalidInput(
            "Schrijf kort waarom deze taak niet bij jullie past.", field="reason"
        )
    place.reason = reason
    changed = give_back_place(place, state, task=task, by=by, at=at)
    drop_draft(by, task.key)
    record(task.case, f"task.{state}", by=by, at=at, changed=changed, about=task)
    return task


def _hold(task: Task, action: str, *, by: User, at: datetime) -> TaskDesk:
    case = lock_case(task)
    visible = Task.objects.visible_to(by, at=at).filter(pk=task.pk)
    if not visible.exists():
        raise NotVisible
    place = place_of(task, by, at=at)
    if place is None:
        raise DeskMust() if scopes(by, case, at=at) else NotVisible
    place.case, place.task = case, task
    mine = place.taker_id in people_of(by, at=at)
    require_place(
        place,
        action,
        Who.TAKER if mine else Who.COLLEAGUE,
        withdrawn=task.state == Task.State.WITHDRAWN,
    )
    return place


def _log_opened(task: Task, place: TaskDesk, *, by: User, at: datetime) -> None:
    lent = (
        Disclosure.objects.system_scope("to write down that it was opened")
        .filter(about=task.key, desk=place.desk_id, taken_back_at__isnull=True)
        .values_list("pk", flat=True)
    )
    for_another = desk_lender(by, place.desk_id, at=at)
    log.write_many(
        log.Row(
            verb="disclosure.opened",
            by=by,
            at=at,
            case=task.case_id,
            about=f"disclosure:{pk}",
            on_behalf_of=for_another,
            access_basis=place.key,
        )
        for pk in lent
    )
