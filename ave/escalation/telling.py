"""A level hears of a request that is asked of another: ter kennisname, or afterwards."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ave.escalation.asking import ask_level, let_in
from ave.escalation.asks import SKIPPED
from ave.escalation.memo import refuse_named
from ave.escalation.models import Escalation
from ave.escalation.transitions import lock
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.models.tracked import Tracked
from casework.levels import Level
from casework.people.errors import AlreadyDone, NotPermitted
from casework.people.models import User
from casework.work import items
from casework.work.models import WorkItem


@transaction.atomic
def make_known(escalation: Escalation, *, by: User | None, at: datetime) -> Escalation:
    """
    Let the next level know that a request stays unanswered: ter kennisname.

    By the procesregisseur who said yes, or by the clock when it is spoed.

    :raises NotPermitted: if `by` does not steer the case, or it is the top
    :raises AlreadyDone: if the request was answered meanwhile, or it knows already
    """
    case = lock(escalation)
    if by is not None:
        require(by, Permission.STEER_CASE, case, at=at)
    level = Level(escalation.to_level).above
    if level is None:
        raise NotPermitted("Hoger dan dit niveau kan niet.")
    if escalation.ended_at is not None:
        raise AlreadyDone
    if above_knows(escalation):
        raise AlreadyDone(f"{level.label} weet dit al. Je hoeft niets te doen.")
    return _notify(escalation, level, "escalation.made_known", by=by, at=at)


def above_knows(escalation: Escalation) -> bool:
    """Whether the next level was told of this question before, and still is."""
    told = escalation.bottleneck.requests.filter(
        kind=Escalation.Kind.NOTICE,
        from_level=escalation.to_level,
        asked_at__gte=escalation.asked_at,
    )
    return told.exclude(ending=Escalation.Ending.WITHDRAWN).exists()


@transaction.atomic
def let_review_skipped(
    escalation: Escalation, *, by: User | None, at: datetime
) -> Escalation:
    """
    Let the level that spoed jumped over look at it afterwards.

    :raises AlreadyDone: if it looked already, or no level was skipped
    """
    lock(escalation)
    level = skipped_level(escalation)
    if level is None:
        raise AlreadyDone
    escalation.skipped_reviewed = True
    escalation.save(update_fields=["skipped_reviewed"])
    notice = _notify(escalation, level, "escalation.skipped_told", by=by, at=at)
    items.close_items(
        escalation.bottleneck.key,
        by=by,
        at=at,
        kind=SKIPPED,
        outcome=WorkItem.Outcome.LAPSED,
    )
    return notice


def skipped_level(escalation: Escalation) -> Level | None:
    """Give the level that was jumped over and has not looked at it yet, if any."""
    level = Level(escalation.from_level).above
    if level is None or escalation.skipped_reviewed or level >= escalation.to_level:
        return None
    return level


def _notify(
    escalation: Escalation, level: Level, kind: str, *, by: User | None, at: datetime
) -> Escalation:
    case = escalation.case
    refuse_named(escalation.bottleneck, by=by, at=at, request=escalation)
    notice = ask_level(
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
    changed: list[Tracked] = [notice, *let_in(notice, at=at)]
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
