"""How a plan comes about, and what the regisseurs ask of desks for it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.cases.bottlenecks import NotRunning
from casework.cases.confirmations import Given, ask_confirmation
from casework.cases.journal import record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Case, Disclosure
from casework.cases.models.tracked import Tracked
from casework.cases.retraction import destroying
from casework.people.errors import AlreadyDone, InvalidInput
from casework.people.models import Desk, User
from casework.plan import waiting
from casework.plan.ending import take_back
from casework.plan.may import Who, require_task
from casework.plan.models import (
    ActionPlan,
    Goal,
    Report,
    Task,
    TaskContent,
    TaskDesk,
)
from casework.plan.offering import (
    Ask,
    check_ask,
    check_day,
    check_desk,
    lend,
    lending_again,
    lending_of,
    let_in,
)
from casework.plan.places import (
    add_place,
    finish_place,
    places_of,
    replace_place,
    settle,
    write_report,
)
from casework.plan.reviewing import next_review

_T = Task.State


@transaction.atomic
def make_plan(
    case: Case, *, by: User, at: datetime, discussed: bool, why_not: str = ""
) -> ActionPlan:
    """
    Start the plan of a case.

    :raises AlreadyDone: if one runs
    :raises InvalidInput: if it was not discussed with the inhabitant, without a reason
    """
    _take(case, by=by, at=at)
    if ActionPlan.objects.system_scope("one plan runs").running().filter(case=case):
        raise AlreadyDone("In deze casus loopt al een plan.")
    plan = ActionPlan(
        case=case,
        review_on=next_review(at=at),
        made_at=at,
        made_by=by,
    )
    _say_discussed(plan, discussed=discussed, why_not=why_not)
    plan.save(force_insert=True)
    record(case, "plan.agreed", by=by, at=at, changed=[plan])
    return plan


@transaction.atomic
def change_plan(
    plan: ActionPlan,
    *,
    by: User,
    at: datetime,
    discussed: bool,
    why_not: str = "",
    seen: int | None = None,
) -> ActionPlan:
    """
    Say that a plan was discussed with the inhabitant, or why it was not yet.

    :raises Stale: if it changed since `seen`
    """
    case = lock_case(plan)
    _take(case, by=by, at=at)
    require_version(plan, seen)
    _say_discussed(plan, discussed=discussed, why_not=why_not)
    plan.version += 1
    plan.save(
        update_fields=["discussed_with_inhabitant", "not_discussed_reason", "version"]
    )
    record(case, "plan.changed", by=by, at=at, changed=[plan])
    return plan


@transaction.atomic
def add_goal(
    plan: ActionPlan, *, by: User, at: datetime, text: str, life_domain: str
) -> Goal:
    """
    Add what the plan wants to reach.

    :raises InvalidInput: without words, or for no domain of life
    """
    case = lock_case(plan)
    _take(case, by=by, at=at)
    if not text.strip():
        raise InvalidInput("Schrijf wat jullie willen bereiken.", field="text")
    if life_domain not in Goal.LifeDomain.values:
        raise InvalidInput("Kies waar het doel over gaat.", field="life_domain")
    goal = Goal.objects.create(
        case=case,
        plan=plan,
        text=text,
        life_domain=life_domain,
        added_at=at,
        added_by=by,
    )
    record(case, "plan.changed", by=by, at=at, changed=[goal])
    return goal


@transaction.atomic
def offer_task(
    case: Case, ask: Ask, *, by: User, at: datetime, origin: str = ""
) -> Task:
    """
    Ask one desk to do something, and others to join it.

    The lead desk gets the work with the term; a desk that joins hears of it without.
    What goes along is written down as a disclosure on the ground of the case.

    :raises NotPermitted: if `by` does not work on the case
    :raises InvalidInput: if something is missing or does not belong to the case
    """
    _take(case, by=by, at=at)
    check_ask(case, ask, at=at)
    task = Task.objects.create(
        case=case,
        goal=ask.goal,
        kind=ask.kind,
        due_on=ask.due_on,
        verify_wanted=ask.verify_wanted,
        origin=origin,
        offered_at=at,
        offered_by=by,
    )
    TaskContent.objects.create(task=task, question=ask.question.strip())
    changed: list[Tracked] = [task]
    lending = lending_of(case, ask)
    for desk in (ask.desk, *ask.joining):
        place = add_place(task, desk, is_lead=desk == ask.desk)
        changed.append(place)
        changed += let_in(case, desk, at=at)
        changed.append(lend(task, desk, lending, by=by, at=at))
        waiting.for_desk(place, by=by, at=at)
    record(
        case,
        "task.offered",
        by=by,
        at=at,
        changed=changed,
        about=task,
        asked=task.kind,
        desk=ask.desk.pk,
    )
    return task


@transaction.atomic
def offer_task_again(
    task: Task,
    *,
    desk: Desk,
    due_on: date,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> Task:
    """
    Ask another desk, or the same one once more; what goes along stays the same.

    :raises TransitionRefused: if the task is over
    :raises TakenBack: if anything that went along was a mistake
    """
    case = _hold(task, "offer_again", by=by, at=at, seen=seen)
    lending = lending_again(task)
    check_desk(desk)
    check_day(due_on, at=at)
    before = places_of(task)
    gone = [place for place in before if place.is_lead or place.desk_id == desk.pk]
    changed: list[Tracked] = [task]
    changed += [replace_place(place, at=at) for place in gone]
    waiting.over(task, before, by=by, at=at)
    settle(task, _T.OFFERED, at=None)
    task.due_on = due_on
    task.save(update_fields=["due_on"])
    place = add_place(task, desk, is_lead=True)
    changed += [
        place,
        *let_in(case, desk, at=at),
        lend(task, desk, lending, by=by, at=at),
    ]
    waiting.for_desk(place, by=by, at=at)
    record(
        case,
        "task.offered_again",
        by=by,
        at=at,
        changed=changed,
        about=task,
        asked=task.kind,
        desk=desk.pk,
    )
    return task


@transaction.atomic
def verify_task(task: Task, *, by: User, at: datetime, seen: int | None = None) -> Task:
    """
    Say that the answer will do.

    :raises NotAnswered: if nobody answered yet
    """
    case = _hold(task, "verify", by=by, at=at, seen=seen)
    settle(task, _T.VERIFIED, at=at)
    waiting.over(task, [], by=by, at=at)
    record(case, "task.verified", by=by, at=at, changed=[task])
    return task


@transaction.atomic
def withdraw_task(
    task: Task, *, by: User, at: datetime, seen: int | None = None
) -> Task:
    """
    Take a task back: nobody has to do anything for it any more.

    :raises TaskAnswered: if it was answered
    """
    _hold(task, "withdraw", by=by, at=at, seen=seen)
    take_back(task, by=by, at=at)
    return task


@transaction.atomic
def record_report_for(
    task: Task,
    *,
    given: Given,
    answer: str,
    by: User,
    at: datetime,
    choice: str = "",
    tag: str = "",
    place: TaskDesk | None = None,
    seen: int | None = None,
) -> Report:
    """
    Write down what a desk answered by telephone, in a meeting or on paper.

    It works at once and reads "nog niet bevestigd" until the desk says that it is
    right. Without a `place` it is the answer of the lead desk.

    :raises InvalidInput: without an answer, or without who gave it
    """
    case = _hold(task, "record", by=by, at=at, seen=seen)
    places = {each.pk: each for each in places_of(task)}
    lead = next(each for each in places.values() if each.is_lead)
    answering = places.get(place.pk, lead) if place is not None else lead
    if not answering.is_open:
        raise AlreadyDone("Dit bureau heeft al geantwoord.")
    if given.by is None and not given.by_name.strip():
        raise InvalidInput("Schrijf op wie dit zei.", field="by_name")
    if given.at > at:
        raise InvalidInput("Kies een moment dat al geweest is.", field="given_on")
    report = write_report(
        answering,
        task=task,
        answer=answer,
        choice=choice,
        tag=tag,
        given=given,
        by=by,
    )
    changed = finish_place(answering, task=task, by=by, at=at)
    record(
        case,
        "task.done" if answering.is_lead else "task.joined",
        by=by,
        at=at,
        changed=[*changed, report],
        about=task,
        channel=str(given.channel),
        recorded_for_party=answering.desk.organisation_id,
    )
    ask_confirmation(report, case=case, at=at, desk=answering.desk)
    return report


@destroying
def destroy_question(disclosure: Disclosure) -> None:
    """
    Destroy what a task asked with what was lent to a desk.

    Part of a transition. Not while another desk works on the task and what it got
    stands: the mistake was then to whom it went.
    """
    noun, _, key = disclosure.about.partition(":")
    if noun != Task.KEY:
        return
    at_work = TaskDesk.objects.system_scope("who works with the same question").open()
    stands = (
        Disclosure.objects.system_scope("whether a question is still lent")
        .standing()
        .filter(
            about=disclosure.about,
            desk__in=at_work.filter(task=int(key)).values("desk"),
        )
    )
    if not stands.exists():
        questions = TaskContent.objects.system_scope("a mistake is destroyed")
        questions.filter(task=int(key)).delete()


def _take(case: Case, *, by: User, at: datetime) -> None:
    lock_case(case)
    require(by, Permission.WORK_CASE, case, at=at)
    if not case.is_running:
        raise NotRunning(case)


def _hold(task: Task, action: str, *, by: User, at: datetime, seen: int | None) -> Case:
    case = lock_case(task)
    require(by, Permission.WORK_CASE, case, at=at)
    steers = Permission.STEER_CASE in scopes(by, case, at=at)
    require_version(task, seen)
    require_task(task, action, Who.STEERER if steers else Who.WORKER)
    return case


def _say_discussed(plan: ActionPlan, *, discussed: bool, why_not: str) -> None:
    if not discussed and not why_not.strip():
        raise InvalidInput(
            "Schrijf waarom het plan nog niet met de inwoner is besproken.",
            field="why_not",
        )
    plan.discussed_with_inhabitant = discussed
    plan.not_discussed_reason = "" if discussed else why_not
