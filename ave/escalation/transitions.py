"""A bottleneck goes up as one request, is answered, and comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ave.escalation.answering import end_request, follow_answer, write_answer
from ave.escalation.asking import (
    ask_level,
    give_time,
    let_all_out,
    let_in,
    let_out,
    mark_asked,
    reason_of_jump,
    target_level,
)
from ave.escalation.asks import ask_next_move
from ave.escalation.memo import refuse_named
from ave.escalation.models import Answer, Escalation
from ave.escalation.rules import TEXT_MISSING, require_answer
from ave.escalation.voices import follow_voices
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.bottlenecks import NotRunning, StillAsked, move_bottleneck
from casework.cases.confirmations import Given, ask_confirmation
from casework.cases.journal import record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Bottleneck, Case
from casework.cases.models.tracked import Tracked
from casework.cases.naming import refuse_names
from casework.levels import Level
from casework.people.errors import AlreadyDone, InvalidInput
from casework.people.models import User
from casework.work import items

Kind = Answer.Kind
Turn = Escalation.Turn


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

    One level up at a time. Spoed may jump with a reason; after two refusals, or where
    nobody at the next level may answer, it may go one higher. The bottleneck does not
    move by asking.

    :raises NotPermitted: if `by` does not steer the case
    :raises StillAsked: if a request about it is running
    :raises InvalidInput: if the question is missing or a text names somebody
    :raises SomebodyNamed: if what was written about it before names somebody
    """
    case = lock_case(bottleneck)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(bottleneck, seen)
    if case.status != Case.Status.OPEN:
        raise NotRunning(case)
    if not bottleneck.is_open:
        raise AlreadyDone("Dit knelpunt is al afgerond.")
    if bottleneck.asked and kind != Escalation.Kind.NOTICE:
        raise StillAsked
    if not question.strip():
        raise InvalidInput(
            "Schrijf welke beslissing je wilt. Zonder vraag kan niemand antwoorden.",
            field="question",
        )
    texts = {"question": question, "if_nothing": if_nothing, "jump_reason": jump_reason}
    refuse_named(bottleneck, by=by, at=at, texts=texts)
    bottleneck.case = case
    level = target_level(
        bottleneck, to_level, asker=by, urgent=urgent, jump_reason=jump_reason, at=at
    )
    if kind != Escalation.Kind.NOTICE:
        items.close_items(bottleneck.key, by=by, at=at)
    escalation = ask_level(
        bottleneck,
        asker=by,
        level=level,
        kind=kind,
        question=question,
        if_nothing=if_nothing,
        urgent=urgent,
        jump_reason=reason_of_jump(
            bottleneck, level, asker=by, written=jump_reason, at=at
        ),
        at=at,
    )
    changed: list[Tracked] = [escalation]
    if kind != Escalation.Kind.NOTICE:
        changed += mark_asked(bottleneck, asked=True)
    changed += let_in(escalation, at=at)
    record(
        case,
        "escalation.requested",
        by=by,
        at=at,
        changed=changed,
        bottleneck=bottleneck.number,
        level=int(level),
        **_is_notice(escalation),
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

    :raises NotPermitted: if it is not asked of who gives it, or his side asked it
    :raises AnsweredBefore: if the request does not wait for this answer now
    :raises Stale: if the request changed since `seen`
    :raises InvalidInput: if a text is missing or names somebody
    """
    case = lock(escalation)
    bottleneck = escalation.bottleneck
    giver = given.by if given is not None and given.by is not None else by
    require(
        by,
        Permission.STEER_CASE if given is not None else Permission.REVIEW_ESCALATION,
        case,
        at=at,
    )
    kind = Kind(answer)
    require_answer(escalation, kind, by=by, giver=giver, text=text, at=at)
    require_version(escalation, seen)
    refuse_names(case, text=text)

    was_due = escalation.due_on, escalation.due_at
    row = write_answer(
        escalation, kind, by=by, giver=giver, text=text, given=given, at=at
    )
    changed: list[Tracked] = [
        escalation,
        *follow_answer(escalation, row, kind, text=text, at=at, decision=decision),
    ]
    _save(escalation)
    moved = (escalation.due_on, escalation.due_at) != was_due
    if escalation.ended_at is not None or kind is Kind.HIGHER or moved:
        changed += follow_voices(escalation, by=by, at=at)
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

    The day stands; supplied on or after it gives two working days, and with spoed,
    once its moment has come, its hours anew.
    """
    case = lock(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(escalation, seen)
    if not text.strip():
        raise InvalidInput(TEXT_MISSING[Kind.SUPPLIED], field="text")
    refuse_names(case, text=text)
    write_answer(
        escalation, Kind.SUPPLIED, by=by, giver=by, text=text, given=None, at=at
    )
    moved = give_time(escalation, at=at)
    escalation.turn = Turn.REVIEW
    _save(escalation)
    if moved:
        follow_voices(escalation, by=by, at=at)
    record(case, "escalation.supplied", by=by, at=at, changed=[escalation])
    return escalation


@transaction.atomic
def withdraw_escalation(
    escalation: Escalation, *, by: User, at: datetime, reason: str = ""
) -> Escalation:
    """
    Take a question back: nobody has to answer any more.

    :raises AlreadyDone: if it ended before
    :raises InvalidInput: if the reason names somebody
    """
    case = lock(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    if escalation.ended_at is not None:
        raise AlreadyDone
    refuse_names(case, reason=reason)
    bottleneck = escalation.bottleneck
    write_answer(
        escalation, Kind.WITHDRAW, by=by, giver=by, text=reason, given=None, at=at
    )
    end_request(escalation, Escalation.Ending.WITHDRAWN, at=at)
    _save(escalation)
    changed: list[Tracked] = [escalation, *let_out(escalation, at=at)]
    changed += follow_voices(escalation, by=by, at=at)
    is_notice = escalation.kind == Escalation.Kind.NOTICE
    if not is_notice:
        changed += mark_asked(bottleneck, asked=False)
    if not is_notice and bottleneck.level > escalation.from_level:
        changed += move_bottleneck(bottleneck, to=Level(escalation.from_level))
    record(
        case,
        "escalation.withdrawn",
        by=by,
        at=at,
        changed=changed,
        about=escalation,
        bottleneck=bottleneck.number,
        **_is_notice(escalation),
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
    Bring a bottleneck down after a decision; may skip levels, but not PROCES.

    :raises StillAsked: if somebody must still answer a request about it
    :raises InvalidInput: below PROCES, where nobody can ask anything about it
    """
    case = lock_case(bottleneck)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(bottleneck, seen)
    if bottleneck.asked:
        raise StillAsked
    if to_level < Level.PROCES:
        raise InvalidInput(
            "Een knelpunt komt niet lager dan procesniveau. Speelt het niet meer? "
            "Rond het dan af.",
            field="to_level",
        )
    if not bottleneck.is_open or to_level >= bottleneck.level:
        raise AlreadyDone("Dit knelpunt staat daar al.")
    was = bottleneck.level
    changed: list[Tracked] = list(move_bottleneck(bottleneck, to=to_level))
    changed += let_all_out(bottleneck, at=at)
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


def lock(escalation: Escalation) -> Case:
    """Lock the case of a request, and read the request and its bottleneck again."""
    case = lock_case(escalation.case)
    rows = Escalation._base_manager.select_related("bottleneck")
    escalation.refresh_from_db(from_queryset=rows)
    escalation.case = case
    escalation.bottleneck.case = case
    return case


def _is_notice(escalation: Escalation) -> dict[str, Any]:
    """Give what tells a notice from a question, for its sentence."""
    is_notice = escalation.kind == Escalation.Kind.NOTICE
    return {"state": str(escalation.kind)} if is_notice else {}


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
