"""What each answer brings about: a turn, a level, a decision, an end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ave.escalation.asking import give_time, let_in, let_out, mark_asked, term_at
from ave.escalation.memo import refuse_named
from ave.escalation.models import Answer, Decision, Escalation
from ave.policy.answerers import answerer as find_answerer
from casework.cases.bottlenecks import move_bottleneck
from casework.cases.confirmations import Given
from casework.cases.models import Bottleneck, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.naming import refuse_names
from casework.levels import Level
from casework.people.errors import NotPermitted
from casework.people.models import User
from casework.policy import policy

Kind = Answer.Kind
Turn = Escalation.Turn


def write_answer(
    escalation: Escalation,
    kind: Answer.Kind,
    *,
    by: User,
    giver: User,
    text: str,
    given: Given | None,
    at: datetime,
) -> Answer:
    """Keep what was said, by whom it was given and who wrote it down."""
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


def follow_answer(
    escalation: Escalation,
    row: Answer,
    kind: Answer.Kind,
    *,
    text: str,
    at: datetime,
    decision: dict[str, Any],
) -> list[Tracked]:
    """
    Do what an answer brings about; gives the other rows that changed.

    :raises InvalidInput: if a decision binds somebody by name
    :raises SomebodyNamed: if it would go higher with a name in it
    """
    match kind:
        case Kind.ASK_FIRST:
            escalation.turn = Turn.SUPPLY
        case Kind.PICK_UP:
            escalation.turn = Turn.CARRY
            if escalation.urgent:
                give_time(escalation, at=at)
            return move_bottleneck(escalation.bottleneck, to=Level(escalation.to_level))
        case Kind.HIGHER:
            return _send_higher(escalation, by=row.recorded_by, at=at)
        case Kind.DECIDE:
            return _decide(escalation, row, text=text, at=at, **decision)
        case Kind.LOWER:
            return _send_back(escalation, at=at)
        case Kind.READ:
            end_request(escalation, Escalation.Ending.READ, at=at)
            return let_out(escalation, at=at)
    return []


def end_request(
    escalation: Escalation, ending: Escalation.Ending, *, at: datetime
) -> None:
    """Let a request wait for nobody any more; the caller saves it."""
    escalation.turn = Turn.ENDED
    escalation.ending = ending
    escalation.ended_at = at


def _send_higher(escalation: Escalation, *, by: User, at: datetime) -> list[Tracked]:
    level = Level(escalation.to_level).above
    if level is None:
        raise NotPermitted("Hoger dan dit niveau kan niet.")
    refuse_named(escalation.bottleneck, by=by, at=at, request=escalation)
    changed = let_out(escalation, at=at, roles=(Participation.Role.ANSWERER,))
    rules = policy.version(escalation.policy_version)
    due = term_at(level, urgent=escalation.urgent, rules=rules, at=at)
    escalation.answerer = find_answerer(
        escalation.case,
        level,
        cause=escalation.bottleneck.cause,
        asker=escalation.asker,
        at=at,
    )
    escalation.to_level = level
    escalation.due_on, escalation.due_at = due.on, due.at
    escalation.turn = Turn.REVIEW
    changed += move_bottleneck(escalation.bottleneck, to=level)
    changed += let_in(escalation, at=at)
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
    refuse_names(escalation.case, binding=binding, formal_reference=formal_reference)
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
    end_request(escalation, Escalation.Ending.DECIDED, at=at)
    bottleneck = escalation.bottleneck
    return _leave_at(bottleneck, max(bottleneck.level, escalation.to_level))


def _send_back(escalation: Escalation, *, at: datetime) -> list[Tracked]:
    end_request(escalation, Escalation.Ending.LOWER, at=at)
    bottleneck = escalation.bottleneck
    lower = Level(escalation.to_level).below
    assert lower is not None
    changed = _leave_at(bottleneck, min(bottleneck.level, lower))
    return changed + let_out(escalation, at=at)


def _leave_at(bottleneck: Bottleneck, level: int) -> list[Tracked]:
    if bottleneck.level == level:
        return mark_asked(bottleneck, asked=False)
    bottleneck.asked = False
    return move_bottleneck(bottleneck, to=Level(level))
