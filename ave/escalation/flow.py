"""The procedures by which a bottleneck goes up and procesregie stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from viewflow import this
from viewflow.workflow import flow

from ave.engine import Begin, CaseFlow, Step
from ave.escalation import asking, asks, outsiders, stopping, telling, transitions
from ave.escalation.models import (
    DeEscalation,
    DeescalationProcess,
    Escalation,
    EscalationProcess,
)
from ave.escalation.rules import AnsweredBefore, what_happened
from ave.escalation.silence import TELL
from ave.policy.answerers import NobodyToAsk
from casework.cases import bottlenecks, letting_go, parties
from casework.cases.lock import lock_case
from casework.cases.models import Bottleneck, Case
from casework.cases.models.tracked import Tracked
from casework.levels import Level
from casework.people.errors import AlreadyDone, TransitionRefused
from casework.people.models import User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem


def _gone(escalation: Escalation, by: User) -> TransitionRefused:
    return AnsweredBefore(what_happened(escalation, by))


def _waits_for(turn: Escalation.Turn) -> Callable[[Any], bool]:
    return lambda activation: activation.process.subject.turn == turn


class EscalationFlow(CaseFlow):
    """Opschaling."""

    process_class = EscalationProcess

    start = Begin(transitions.request_escalation).Next(this.review)
    known = Begin(telling.make_known).Next(this.review)
    skipped = Begin(telling.let_review_skipped).Next(this.review)
    review = Step(
        transitions.answer_escalation,
        asks=asks.ask_review,
        closes=("escalation.review", "escalation.notice", "escalation.tell"),
        gone=_gone,
    ).Next(this.turn)
    carry = Step(
        transitions.answer_escalation,
        asks=asks.ask_carry,
        closes=("escalation.carry", "escalation.tell"),
        gone=_gone,
    ).Next(this.turn)
    supply = Step(
        transitions.supply_escalation,
        asks=asks.ask_supply,
        closes=("escalation.supply",),
        gone=_gone,
    ).Next(this.review)
    turn = (
        flow.Switch()
        .Case(this.supply, cond=_waits_for(Escalation.Turn.SUPPLY))
        .Case(this.carry, cond=_waits_for(Escalation.Turn.CARRY))
        .Case(this.review, cond=_waits_for(Escalation.Turn.REVIEW))
        .Default(this.end)
    )
    end = flow.End()

    withdraw = staticmethod(transitions.withdraw_escalation)


def _taken_over(activation: Any) -> bool:
    return bool(activation.process.subject.state == DeEscalation.State.AFTERCARE)


class DeescalationFlow(CaseFlow):
    """Procesregie stoppen."""

    process_class = DeescalationProcess

    start = Begin(stopping.propose_stop).Next(this.receive)
    receive = Step(
        stopping.answer_stop, asks=asks.ask_receiver, closes=("stop.receive",)
    ).Next(this.taken)
    taken = flow.Switch().Case(this.aftercare, cond=_taken_over).Default(this.end)
    aftercare = Step(
        stopping.finish_aftercare, asks=asks.ask_aftercare, closes=("stop.aftercare",)
    ).Next(this.end)
    end = flow.End()


@bottlenecks.ending
def leave_nobody_reading(
    bottleneck: Bottleneck, *, by: User, at: datetime
) -> list[Tracked]:
    """
    Let nobody above read on about a bottleneck that is over. Part of a transition.

    Who has yet to read what was good to know, need not any more. Gives the places that
    ended.
    """
    for notice in bottleneck.requests.filter(ended_at__isnull=True).order_by("pk"):
        notice.case = bottleneck.case
        EscalationFlow.interrupt(transitions.withdraw_escalation, notice, by=by, at=at)
    return asking.let_all_out(bottleneck, at=at)


parties.parting(outsiders.leave_with_party)


@letting_go.leaving
def lapse_stops_of(case: Case, user: User, *, by: User | None, at: datetime) -> None:
    """Ask who has no place in a case any more not to take it over."""
    asked = stopping.asked_in_vain(at=at).filter(case=case, receiver=user)
    for stop in asked.select_related("case"):
        DeescalationFlow.interrupt(stopping.lapse_stop, stop, by=by, at=at)


def lapse_stops(*, at: datetime, **_: object) -> int:
    """
    Let lapse what was asked of a receiver who has no place any more, for the clock.

    However he lost it. Gives how many.
    """
    asked = stopping.asked_in_vain(at=at).select_related("case")
    return sum(_lapse(stop, at=at) for stop in asked)


@transaction.atomic
def _lapse(stop: DeEscalation, *, at: datetime) -> bool:
    lock_case(stop)
    if not stopping.asked_in_vain(at=at).filter(pk=stop.pk).exists():
        return False
    DeescalationFlow.interrupt(stopping.lapse_stop, stop, by=None, at=at)
    return True


def answer(escalation: Escalation, **facts: Any) -> Escalation:
    """Give an answer in whichever step waits for it: review, or carry."""
    carried = escalation.turn == Escalation.Turn.CARRY
    step = EscalationFlow.carry if carried else EscalationFlow.review
    step.complete(escalation, **facts)
    return escalation


@transaction.atomic
def silence(item: WorkItem, *, at: datetime) -> None:
    """
    Follow up a request that stays unanswered beyond its term.

    Spoed: the next level is told at once. Else, at the top, and if nobody there can
    be told or may know, the procesregisseur is asked. What was answered meanwhile
    needs nothing, nor what the next level knows already.
    """
    escalation = (
        Escalation.objects.system_scope("the clock follows up silence")
        .select_related("case")
        .get(pk=int(item.about.partition(":")[2]))
    )
    lock_case(escalation)
    if not items.still_waits(item):
        return
    if escalation.ended_at is not None or escalation.kind == Escalation.Kind.NOTICE:
        return
    if telling.above_knows(escalation):
        return
    if escalation.urgent and Level(escalation.to_level).above is not None:
        try:
            EscalationFlow.known.begin(escalation, by=None, at=at)
        except NobodyToAsk:
            asks.ask_to_tell(escalation, at=at)
        return
    asks.ask_to_tell(escalation, at=at)


def ask_again(*, at: datetime, **_: object) -> int:
    """
    Ask anew whether the next level must know of a silence that lasts, for the clock.

    Who steers said "nee, nu niet", and the term has passed since; or at the top the day
    of the bestuurlijk overleg. Gives how many.
    """
    waiting = list(
        Escalation.objects.system_scope("the clock asks about silence again")
        .running()
        .exclude(kind=Escalation.Kind.NOTICE)
        .filter(turn__in=(Escalation.Turn.REVIEW, Escalation.Turn.CARRY))
        .filter(due_on__lte=local_day(at))
        .filter(Q(agenda_on__isnull=True) | Q(agenda_on__lt=local_day(at)))
        .select_related("case")
        .order_by("pk")
    )
    settled = items.last_done(TELL, [each.key for each in waiting])
    rules = policy.at(local_day(at))
    term = rules.term("escalation_overdue_next", level=3)
    return sum(
        _ask_again(each, at=at)
        for each in waiting
        if each.key in settled
        and (
            each.agenda_on is not None
            or asking.has_come(
                due_after(term, at=settled[each.key], rules=rules), at=at
            )
        )
    )


@transaction.atomic
def _ask_again(escalation: Escalation, *, at: datetime) -> bool:
    transitions.lock(escalation)
    held = escalation.turn in (Escalation.Turn.REVIEW, Escalation.Turn.CARRY)
    if not held or not asking.is_late(escalation, at=at):
        return False
    if telling.above_knows(escalation):
        return False
    if items.open_about(escalation.key, kind=TELL).exists():
        return False
    asks.ask_to_tell(escalation, at=at)
    return True


def review_skipped(*, at: datetime, **_: object) -> int:
    """
    Let levels that spoed jumped over look at it afterwards; gives how many.

    For the clock: whoever asks with spoed does not wait for this. Where nobody of that
    level can, or may read it, the procesregisseur is asked what is done instead.
    """
    jumped = (
        Escalation.objects.system_scope("the clock lets skipped levels review")
        .filter(urgent=True, skipped_reviewed=False, to_level__gt=F("from_level") + 1)
        .filter(case__status=Case.Status.OPEN, bottleneck__state="open")
        .order_by("pk")
    )
    told = 0
    for escalation in jumped:
        try:
            EscalationFlow.skipped.begin(escalation, by=None, at=at)
        except AlreadyDone:
            continue
        except NobodyToAsk:
            _ask_instead(escalation, at=at)
            continue
        told += 1
    return told


@transaction.atomic
def _ask_instead(escalation: Escalation, *, at: datetime) -> None:
    transitions.lock(escalation)
    level = telling.skipped_level(escalation)
    if level is not None and escalation.bottleneck.is_open:
        asks.ask_to_look_back(escalation, level, at=at)
