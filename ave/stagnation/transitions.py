"""Somebody says that it is stuck, and the procesregisseur answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from ave.stagnation.models import StuckReport, Threat
from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.cases.bottlenecks import NotRunning, raise_bottleneck
from casework.cases.journal import record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Bottleneck, Case, Exclusion
from casework.cases.naming import refuse_names
from casework.cases.stillness import STILL
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
    TransitionRefused,
)
from casework.people.models import User
from casework.plan.may import NotPickedUp, TakenByColleague
from casework.plan.models import Task, TaskDesk
from casework.plan.models.task import people_of, place_of
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.due import Due

STUCK, ANSWERED = "stuck", "stuck.answer"
REPORTED = "Je hebt dit al gemeld. Je hoort nog wat de procesregisseur doet."
REPORTED_ELSEWHERE = (
    "Je meldde al bij een andere taak in deze casus dat het vastloopt. "
    "Je hoort nog wat de procesregisseur doet. Is dit iets anders? Bel dan."
)


@transaction.atomic
def report_stuck_task(task: Task, *, text: str, by: User, at: datetime) -> StuckReport:
    """
    Say, as who picked a task up, that one can't go on.

    :raises NotPickedUp: if nobody of the desk opened the task
    :raises InvalidInput: without words, or if they name somebody
    """
    lock_case(task)
    visible = Task.objects.visible_to(by, at=at).filter(pk=task.pk).exists()
    place = place_of(task, by, at=at) if visible else None
    if place is None:
        raise NotVisible
    refused = _obstacle_at(place, by, at=at)
    if refused is not None:
        raise refused
    return _write(task.case, task, text, by=by, at=at)


def obstacle(
    task: Task, place: TaskDesk, by: User, *, at: datetime
) -> TransitionRefused | None:
    """Give why somebody can't report now that he can't go on; None if he can."""
    found = _obstacle_at(place, by, at=at)
    if found is None and not _runs(task.case):
        return NotRunning(task.case)
    return found or _reported(task.case, task, by, at=at)


def due_of_answer(*, at: datetime) -> Due:
    """Until when who says now that it is stuck hears what we do."""
    return _term("escalation_request_partner_reply", at=at)


@transaction.atomic
def report_stuck(case: Case, *, text: str, by: User, at: datetime) -> StuckReport:
    """
    Say, as casusregisseur, that a case is stuck.

    :raises NotPermitted: if `by` does not work on the case, or steers it himself
    :raises InvalidInput: without words, or if they name somebody
    """
    lock_case(case)
    require(by, Permission.WORK_CASE, case, at=at)
    if Permission.STEER_CASE in scopes(by, case, at=at):
        raise NotPermitted(
            "Jij voert de procesregie. Leg zelf een knelpunt vast bij op- en afschalen."
        )
    return _write(case, None, text, by=by, at=at)


@transaction.atomic
def pick_up_stuck(
    report: StuckReport,
    *,
    by: User,
    at: datetime,
    bottleneck: Bottleneck | None = None,
    kinds: Sequence[str] = (),
    description: str = "",
    tried: str = "",
    since: date | None = None,
    answer: str = "",
    seen: int | None = None,
) -> StuckReport:
    """
    Take up what is stuck: as a new bottleneck, or with one that is there.

    :raises NotPermitted: if `by` does not steer the case
    :raises AlreadyDone: if it was answered
    :raises InvalidInput: if the bottleneck is not complete
    """
    case = _hold(report, by=by, at=at, seen=seen)
    if bottleneck is None:
        _require_words(kinds, description, tried)
        report.bottleneck = raise_bottleneck(
            case,
            by=by,
            at=at,
            kinds=kinds,
            description=description,
            tried=tried,
            since=since or local_day(at),
            level=Level.PROCES,
        )
    else:
        lock_case(bottleneck)
        if bottleneck.case_id != case.pk or not bottleneck.is_open:
            raise InvalidInput("Kies een knelpunt dat open is.", field="bottleneck")
        report.bottleneck = bottleneck
    return _answer(report, StuckReport.State.PICKED_UP, answer, by=by, at=at)


@transaction.atomic
def refuse_stuck(
    report: StuckReport, *, reason: str, by: User, at: datetime, seen: int | None = None
) -> StuckReport:
    """
    Say why one does not take it up; who asked reads the reason.

    :raises InvalidInput: without a reason, or if it names somebody
    """
    case = _hold(report, by=by, at=at, seen=seen)
    if not reason.strip():
        raise InvalidInput(
            "Schrijf waarom je dit niet oppakt. Wie het meldde, leest dat.",
            field="reason",
        )
    refuse_names(case, reason=reason)
    return _answer(report, StuckReport.State.REFUSED, reason, by=by, at=at)


@transaction.atomic
def read_answer(report: StuckReport, *, by: User, at: datetime) -> StuckReport:
    """
    Say that one read what was answered.

    :raises NotVisible: if somebody else said that it is stuck
    """
    lock_case(report)
    if report.by_id not in people_of(by, at=at):
        raise NotVisible
    if not items.close_items(report.key, by=by, at=at, kind=ANSWERED):
        raise AlreadyDone
    return report


@transaction.atomic
def set_threat(case: Case, *, reason: str, by: User, at: datetime) -> Threat:
    """
    Flag by hand that a case threatens to get stuck.

    :raises AlreadyDone: if the flag stands
    :raises InvalidInput: without a reason
    """
    lock_case(case)
    require(by, Permission.WORK_CASE, case, at=at)
    if not case.is_running:
        raise NotRunning(case)
    if not reason.strip():
        raise InvalidInput("Schrijf waarom het dreigt vast te lopen.", field="reason")
    try:
        with transaction.atomic():
            threat = Threat.objects.create(
                case=case, reason=reason, set_by=by, set_at=at
            )
    except IntegrityError as error:
        raise AlreadyDone("Dit staat al bij deze casus.") from error
    record(case, "stagnation.feared", by=by, at=at, changed=[threat])
    return threat


@transaction.atomic
def clear_threat(threat: Threat, *, by: User, at: datetime) -> Threat:
    """
    Take the flag away.

    :raises AlreadyDone: if somebody did
    """
    case = lock_case(threat)
    require(by, Permission.WORK_CASE, case, at=at)
    if threat.cleared_at is not None:
        raise AlreadyDone
    threat.cleared_at = at
    threat.save(update_fields=["cleared_at"])
    record(case, "stagnation.averted", by=by, at=at, changed=[threat])
    return threat


@transaction.atomic
def look_into_stillness(case: Case, *, by: User, at: datetime) -> Case:
    """
    Say that one looked at a case in which nobody acts, and that it may stay so for now.

    That is an act too: from now on the term runs anew.

    :raises NotPermitted: if `by` does not steer the case
    :raises AlreadyDone: if nobody is asked to look any more
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    if not items.close_items(case.key, by=by, at=at, kind=STILL):
        raise AlreadyDone
    record(case, "stagnation.looked_into", by=by, at=at)
    return case


def _obstacle_at(
    place: TaskDesk, by: User, *, at: datetime
) -> TransitionRefused | None:
    if place.state == TaskDesk.State.OFFERED:
        return NotPickedUp()
    if not place.is_open:
        return AlreadyDone("Jullie hoeven voor deze taak niets meer te doen.")
    return None if place.taker_id in people_of(by, at=at) else TakenByColleague()


def _reported(
    case: Case, task: Task | None, by: User, *, at: datetime
) -> AlreadyDone | None:
    """Refuse who waits for an answer in this case: about this task, or another one."""
    waiting = (
        StuckReport.objects.visible_to(by, at=at)
        .filter(case=case, by=by, state=StuckReport.State.WAITING)
        .first()
    )
    if waiting is None:
        return None
    is_other = task is not None and waiting.task_id != task.pk
    return AlreadyDone(REPORTED_ELSEWHERE if is_other else REPORTED)


def _runs(case: Case) -> bool:
    return case.is_running and case.procesregisseur is not None


def _write(
    case: Case, task: Task | None, text: str, *, by: User, at: datetime
) -> StuckReport:
    if not _runs(case):
        raise NotRunning(case)
    assert case.procesregisseur is not None
    if not text.strip():
        raise InvalidInput("Schrijf wat er vastloopt.", field="text")
    refuse_names(case, text=text)
    try:
        with transaction.atomic():
            report = StuckReport.objects.create(
                case=case,
                task=task,
                organisation=by.organisation,
                text=text,
                by=by,
                at=at,
            )
    except IntegrityError as error:
        refused = _reported(case, task, by, at=at)
        raise (refused or AlreadyDone(REPORTED)) from error
    items.open_item(
        STUCK,
        title="Iemand zegt: het loopt vast",
        about=report.key,
        link=f"/vast/{report.pk}/",
        owner=case.procesregisseur,
        due=due_of_answer(at=at),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        asked_by=by,
    )
    record(case, "stagnation.reported", by=by, at=at, changed=[report])
    return report


def _hold(report: StuckReport, *, by: User, at: datetime, seen: int | None) -> Case:
    case = lock_case(report)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(report, seen)
    if not report.is_waiting:
        raise AlreadyDone
    return case


def _require_words(kinds: Sequence[str], description: str, tried: str) -> None:
    if not kinds or any(kind not in Bottleneck.Kind.values for kind in kinds):
        raise InvalidInput("Kies waar het vastloopt.", field="kinds")
    if not description.strip():
        raise InvalidInput("Schrijf wat er vastloopt.", field="description")
    if not tried.strip():
        raise InvalidInput("Schrijf wat jullie al probeerden.", field="tried")


def _answer(
    report: StuckReport,
    state: StuckReport.State,
    answer: str,
    *,
    by: User,
    at: datetime,
) -> StuckReport:
    case = report.case
    report.state, report.answer = state, answer
    report.answered_by, report.answered_at = by, at
    report.version += 1
    report.save(
        update_fields=[
            "state",
            "answer",
            "answered_by",
            "answered_at",
            "bottleneck",
            "version",
        ]
    )
    items.close_items(report.key, by=by, at=at, kind=STUCK)
    _let_read(report, by=by, at=at)
    record(case, "stagnation.answered", by=by, at=at, changed=[report], state=state)
    return report


def _let_read(report: StuckReport, *, by: User, at: datetime) -> None:
    case = report.case
    if Exclusion.objects.filter(user=report.by_id, case=case).exists():
        return
    # Not about the case: a partner who never reads it can't keep the case open.
    items.open_item(
        ANSWERED,
        title="Lees het antwoord op: het loopt vast",
        about=report.key,
        link=f"/vast/{report.pk}/",
        owner=report.by,
        due=_term("stuck_reply", at=at),
        by=by,
        at=at,
        reference=case.reference,
    )


def _term(name: str, *, at: datetime) -> Due:
    rules = policy.at(local_day(at))
    return due_after(rules.term(name, level=int(Level.PROCES)), at=at, rules=rules)
