"""A bottleneck goes up as one request, is answered, and comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ave.escalation.asks import ask_next_move
from ave.escalation.models import Answer, Decision, Escalation
from ave.escalation.rules import require_answer
from ave.policy.answerers import answerer as find_answerer
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases import grants
from casework.cases.bottlenecks import NotRunning, StillAsked, move_bottleneck
from casework.cases.confirmations import Given, ask_confirmation
from casework.cases.journal import record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Bottleneck, Case, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.naming import refuse_names
from casework.cases.participations import end_participations, join_case
from casework.levels import Level
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.people.models import User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day, working_days
from casework.work.due import Due

Kind = Answer.Kind
Turn = Escalation.Turn
REFUSALS_BEFORE_SKIPPING = 2
SUPPLY_GIVES = 2


@transaction.atomic
def request_escalation(
    bottleneck: Bottleneck,
    *,
    by: User,
    at: datetime,
    question: str,
    kind: str = Escalation.Kind.DECISION,
    if_nothing: str = "",
    urgent: bool = False,
    to_level: Level | None = None,
    jump_reason: str = "",
    seen: int | None = None,
) -> Escalation:
    """
    Ask the next level one question about one bottleneck.

    One level up at a time. Spoed may jump with a reason; after two refusals it may go
    one higher (design section 3). The bottleneck does not move by asking.

    :raises NotPermitted: if `by` does not steer the case
    :raises StillAsked: if a request about it is running
    :raises InvalidInput: if the question is missing or a text names somebody
    """
    case = lock_case(bottleneck)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(bottleneck, seen)
    if case.status != Case.Status.OPEN:
        raise NotRunning(about=case.key)
    if not bottleneck.is_open:
        raise AlreadyDone("Dit knelpunt is al afgerond.", about=bottleneck.key)
    if bottleneck.asked and kind != Escalation.Kind.NOTICE:
        raise StillAsked(about=bottleneck.key)
    if not question.strip():
        raise InvalidInput(
            "Schrijf welke beslissing je wilt. Zonder vraag kan niemand antwoorden.",
            field="question",
        )
    refuse_names(
        case, question=question, if_nothing=if_nothing, jump_reason=jump_reason
    )
    level = _target(bottleneck, to_level, urgent=urgent, jump_reason=jump_reason)
    bottleneck.case = case
    items.close_items(bottleneck.key, by=by, at=at)
    escalation = _ask(
        bottleneck,
        asker=by,
        level=level,
        kind=kind,
        question=question,
        if_nothing=if_nothing,
        urgent=urgent,
        jump_reason=jump_reason,
        at=at,
    )
    changed: list[Tracked] = [escalation]
    if kind != Escalation.Kind.NOTICE:
        changed += _mark_asked(bottleneck, asked=True)
    changed += _let_in(escalation, at=at)
    record(
        case,
        "escalation.requested",
        by=by,
        at=at,
        changed=changed,
        bottleneck=bottleneck.number,
        level=int(level),
    )
    return escalation


@transaction.atomic
def answer_escalation(
    escalation: Escalation,
    *,
    by: User,
    at: datetime,
    answer: str,
    text: str = "",
    given: Given | None = None,
    seen: int | None = None,
    **decision: Any,
) -> Escalation:
    """
    Give the answer that this request waits for; `given` says if it was spoken.

    :raises NotPermitted: if it is not asked of who gives it, or it is his own request
    :raises AnsweredBefore: if the request does not wait for this answer now
    :raises Stale: if the request changed since `seen`
    """
    case = _lock(escalation)
    bottleneck = escalation.bottleneck
    giver = given.by if given is not None and given.by is not None else by
    require(
        by,
        Permission.STEER_CASE if given is not None else Permission.REVIEW_ESCALATION,
        case,
        at=at,
    )
    kind = Kind(answer)
    require_answer(escalation, kind, giver=giver, text=text, at=at)
    require_version(escalation, seen)
    refuse_names(case, text=text)

    row = _write_answer(
        escalation, kind, by=by, giver=giver, text=text, given=given, at=at
    )
    changed: list[Tracked] = [
        escalation,
        *_follow_answer(escalation, row, kind, text=text, at=at, decision=decision),
    ]
    _save(escalation)
    record(
        case,
        "escalation.answered",
        by=by,
        at=at,
        changed=changed,
        about=escalation,
        answer=str(kind),
        answer_id=row.pk,
        bottleneck=bottleneck.number,
        level=row.level,
        recorded_for=giver.pk if given is not None else None,
    )
    if given is not None:
        ask_confirmation(row, case=case, at=at)
    if kind in (Kind.DECIDE, Kind.LOWER):
        ask_next_move(bottleneck, after=kind, by=by, at=at)
    return escalation


@transaction.atomic
def supply_escalation(
    escalation: Escalation,
    *,
    by: User,
    at: datetime,
    text: str,
    seen: int | None = None,
) -> Escalation:
    """
    Supply what the answerer wanted to know; the turn goes back to him.

    The day stands; supplied on or after it gives two working days.
    """
    case = _lock(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(escalation, seen)
    if not text.strip():
        raise InvalidInput("Schrijf wat je aanvult.", field="text")
    refuse_names(case, text=text)
    _write_answer(
        escalation, Kind.SUPPLIED, by=by, giver=by, text=text, given=None, at=at
    )
    rules = policy.version(escalation.policy_version)
    today = local_day(at)
    if escalation.due_at is None and today >= escalation.due_on:
        escalation.due_on = working_days(rules).add(today, SUPPLY_GIVES)
    escalation.turn = Turn.REVIEW
    _save(escalation)
    record(case, "escalation.supplied", by=by, at=at, changed=[escalation])
    return escalation


@transaction.atomic
def withdraw_escalation(
    escalation: Escalation, *, by: User, at: datetime, reason: str = ""
) -> Escalation:
    """
    Take a question back: nobody has to answer any more.

    :raises AlreadyDone: if it ended before
    """
    case = _lock(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    if escalation.ended_at is not None:
        raise AlreadyDone(about=escalation.key)
    bottleneck = escalation.bottleneck
    _write_answer(
        escalation, Kind.WITHDRAW, by=by, giver=by, text=reason, given=None, at=at
    )
    _end(escalation, Escalation.Ending.WITHDRAWN, at=at)
    _save(escalation)
    changed: list[Tracked] = [escalation, *_let_out(escalation, at=at)]
    if escalation.kind != Escalation.Kind.NOTICE:
        changed += _mark_asked(bottleneck, asked=False)
    if bottleneck.level > escalation.from_level:
        changed += move_bottleneck(bottleneck, to=Level(escalation.from_level))
    record(
        case,
        "escalation.withdrawn",
        by=by,
        at=at,
        changed=changed,
        about=escalation,
        bottleneck=bottleneck.number,
    )
    return escalation


@transaction.atomic
def take_back(
    bottleneck: Bottleneck,
    *,
    by: User,
    at: datetime,
    to_level: Level = Level.PROCES,
    seen: int | None = None,
) -> Bottleneck:
    """
    Bring a bottleneck down after a decision; may skip levels.

    :raises StillAsked: if somebody must still answer a request about it
    """
    case = lock_case(bottleneck)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(bottleneck, seen)
    if bottleneck.asked:
        raise StillAsked(about=bottleneck.key)
    if not bottleneck.is_open or to_level >= bottleneck.level:
        raise AlreadyDone("Dit knelpunt staat daar al.", about=bottleneck.key)
    was = bottleneck.level
    changed: list[Tracked] = list(move_bottleneck(bottleneck, to=to_level))
    for escalation in bottleneck.requests.all():
        changed += end_participations(case, at=at, about=escalation.key)
    grants.follow([case.pk], at=at)
    items.close_items(bottleneck.key, by=by, at=at)
    record(
        case,
        "bottleneck.taken_back",
        by=by,
        at=at,
        changed=changed,
        bottleneck=bottleneck.number,
        level=int(to_level),
        was=was,
    )
    return bottleneck


@transaction.atomic
def make_known(escalation: Escalation, *, by: User | None, at: datetime) -> Escalation:
    """
    Let the next level know that a request stays unanswered: ter kennisname.

    By the procesregisseur who said yes, or by the clock when it is spoed.

    :raises NotPermitted: if `by` does not steer the case, or it is the top
    :raises AlreadyDone: if the request was answered meanwhile
    """
    case = _lock(escalation)
    if by is not None:
        require(by, Permission.STEER_CASE, case, at=at)
    level = Level(escalation.to_level).above
    if level is None:
        raise NotPermitted("Hoger dan dit niveau kan niet.")
    if escalation.ended_at is not None:
        raise AlreadyDone(about=escalation.key)
    return _notify(escalation, level, "escalation.made_known", by=by, at=at)


@transaction.atomic
def let_review_skipped(
    escalation: Escalation, *, by: User | None, at: datetime
) -> Escalation:
    """
    Let the level that spoed jumped over look at it afterwards (design section 3).

    :raises AlreadyDone: if it looked already, or no level was skipped
    """
    _lock(escalation)
    level = Level(escalation.from_level).above
    if level is None or escalation.skipped_reviewed or level >= escalation.to_level:
        raise AlreadyDone(about=escalation.key)
    escalation.skipped_reviewed = True
    escalation.save(update_fields=["skipped_reviewed"])
    return _notify(escalation, level, "escalation.skipped_told", by=by, at=at)


def _notify(
    escalation: Escalation, level: Level, kind: str, *, by: User | None, at: datetime
) -> Escalation:
    case = escalation.case
    notice = _ask(
        escalation.bottleneck,
        asker=by,
        level=level,
        kind=Escalation.Kind.NOTICE,
        question=escalation.question,
        if_nothing=escalation.if_nothing,
        urgent=escalation.urgent,
        jump_reason=escalation.jump_reason,
        from_level=Level(level - 1),
        at=at,
    )
    changed: list[Tracked] = [notice, *_let_in(notice, at=at)]
    record(
        case,
        kind,
        by=by,
        at=at,
        changed=changed,
        about=notice,
        level=int(level),
        bottleneck=escalation.bottleneck.number,
    )
    return notice


def _lock(escalation: Escalation) -> Case:
    case = lock_case(escalation)
    escalation.bottleneck.case = case
    return case


def _target(
    bottleneck: Bottleneck, wanted: Level | None, *, urgent: bool, jump_reason: str
) -> Level:
    current = Level(bottleneck.level)
    following = current.above
    if following is None:
        raise InvalidInput(
            "Dit knelpunt staat al op het hoogste niveau. Leg het op de agenda van "
            "het bestuurlijk overleg.",
            field="to_level",
        )
    if wanted is None or wanted == following:
        return following
    if wanted < following:
        raise InvalidInput("Opschalen gaat omhoog.", field="to_level")
    if urgent and jump_reason.strip():
        return wanted
    refused = bottleneck.requests.filter(
        ending=Escalation.Ending.LOWER, to_level=following
    ).count()
    if refused >= REFUSALS_BEFORE_SKIPPING and wanted == following.above:
        return wanted
    raise InvalidInput(
        "Een niveau overslaan kan alleen met spoed en een reden, "
        "of na twee keer 'dit kan op een lager niveau'.",
        field="jump_reason",
    )


def _ask(
    bottleneck: Bottleneck,
    *,
    asker: User | None,
    level: Level,
    kind: str,
    question: str,
    if_nothing: str,
    urgent: bool,
    jump_reason: str,
    at: datetime,
    from_level: Level | None = None,
) -> Escalation:
    rules = policy.at(local_day(at))
    due = _due(level, urgent=urgent, rules=rules, at=at)
    return Escalation.objects.create(
        case=bottleneck.case,
        bottleneck=bottleneck,
        kind=kind,
        question=question,
        if_nothing=if_nothing,
        from_level=from_level or bottleneck.level,
        to_level=level,
        urgent=urgent,
        jump_reason=jump_reason,
        asker=asker,
        answerer=find_answerer(
            bottleneck.case,
            level,
            cause=bottleneck.cause,
            asker=asker,
            on=local_day(at),
        ),
        due_on=due.on,
        due_at=due.at,
        policy_version=rules.version,
        asked_at=at,
    )


def _due(level: Level, *, urgent: bool, rules: policy.Policy, at: datetime) -> Due:
    key = "escalation_urgent" if urgent else "escalation_decision"
    return due_after(rules.term(key, level=int(level)), at=at, rules=rules)


def _write_answer(
    escalation: Escalation,
    kind: Answer.Kind,
    *,
    by: User,
    giver: User,
    text: str,
    given: Given | None,
    at: datetime,
) -> Answer:
    return Answer.objects.create(
        escalation=escalation,
        kind=kind,
        ends=kind in Answer.ENDING,
        level=escalation.to_level,
        text=text,
        by=giver,
        recorded_by=by,
        channel=given.channel if given is not None else Answer.Channel.HERE,
        at=given.at if given is not None else at,
    )


def _follow_answer(
    escalation: Escalation,
    row: Answer,
    kind: Answer.Kind,
    *,
    text: str,
    at: datetime,
    decision: dict[str, Any],
) -> list[Tracked]:
    """Do what an answer brings about; gives the other rows that changed."""
    match kind:
        case Kind.ASK_FIRST:
            escalation.turn = Turn.SUPPLY
        case Kind.PICK_UP:
            escalation.turn = Turn.CARRY
            return move_bottleneck(escalation.bottleneck, to=Level(escalation.to_level))
        case Kind.HIGHER:
            return _send_higher(escalation, at=at)
        case Kind.DECIDE:
            return _decide(escalation, row, text=text, at=at, **decision)
        case Kind.LOWER:
            return _send_back(escalation, at=at)
        case Kind.READ:
            _end(escalation, Escalation.Ending.READ, at=at)
            return _let_out(escalation, at=at)
    return []


def _send_higher(escalation: Escalation, *, at: datetime) -> list[Tracked]:
    level = Level(escalation.to_level).above
    if level is None:
        raise NotPermitted("Hoger dan dit niveau kan niet.")
    changed = _let_out(escalation, at=at)
    rules = policy.version(escalation.policy_version)
    due = _due(level, urgent=escalation.urgent, rules=rules, at=at)
    escalation.answerer = find_answerer(
        escalation.case,
        level,
        cause=escalation.bottleneck.cause,
        asker=escalation.asker,
        on=local_day(at),
    )
    escalation.to_level = level
    escalation.due_on, escalation.due_at = due.on, due.at
    escalation.turn = Turn.REVIEW
    changed += move_bottleneck(escalation.bottleneck, to=level)
    changed += _let_in(escalation, at=at)
    return changed


def _decide(
    escalation: Escalation,
    row: Answer,
    *,
    text: str,
    at: datetime,
    binding: str = "",
    until_on: Any = None,
    formal_reference: str = "",
) -> list[Tracked]:
    assert row.by is not None
    Decision.objects.create(
        answer=row,
        case=escalation.case,
        text=text,
        role=row.by.job_title or "beslisser",
        binding=binding,
        until_on=until_on,
        formal_reference=formal_reference,
    )
    _end(escalation, Escalation.Ending.DECIDED, at=at)
    bottleneck = escalation.bottleneck
    changed: list[Tracked] = []
    if bottleneck.level < escalation.to_level:
        changed += move_bottleneck(bottleneck, to=Level(escalation.to_level))
    return changed + _mark_asked(bottleneck, asked=False)


def _send_back(escalation: Escalation, *, at: datetime) -> list[Tracked]:
    _end(escalation, Escalation.Ending.LOWER, at=at)
    bottleneck = escalation.bottleneck
    changed = _mark_asked(bottleneck, asked=False)
    lower = Level(escalation.to_level).below
    assert lower is not None
    if bottleneck.level > lower:
        changed += move_bottleneck(bottleneck, to=lower)
    return changed + _let_out(escalation, at=at)


def _mark_asked(bottleneck: Bottleneck, *, asked: bool) -> list[Tracked]:
    bottleneck.asked = asked
    bottleneck.version += 1
    bottleneck.save(update_fields=["asked", "version"])
    return [bottleneck]


def _end(escalation: Escalation, ending: Escalation.Ending, *, at: datetime) -> None:
    escalation.turn = Turn.ENDED
    escalation.ending = ending
    escalation.ended_at = at


def _let_in(escalation: Escalation, *, at: datetime) -> list[Tracked]:
    rows = join_case(
        escalation.case,
        Participation.Role.ANSWERER,
        at=at,
        user=escalation.answerer,
        about=escalation.key,
    )
    grants.follow([escalation.case_id], at=at)
    return list(rows)


def _let_out(escalation: Escalation, *, at: datetime) -> list[Tracked]:
    rows = end_participations(escalation.case, at=at, about=escalation.key)
    grants.follow([escalation.case_id], at=at)
    return list(rows)


def _save(escalation: Escalation) -> None:
    escalation.version += 1
    escalation.save(
        update_fields=[
            "turn",
            "ending",
            "ended_at",
            "to_level",
            "answerer",
            "due_on",
            "due_at",
            "version",
        ]
    )
