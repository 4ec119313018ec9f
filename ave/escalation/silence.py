"""What the procesregisseur does when a request stays unanswered beyond its term."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ave.escalation.memo import refuse_named
from ave.escalation.models import Escalation
from ave.policy.answerers import NobodyToAsk, answerer
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.levels import Level
from casework.people.errors import AlreadyDone
from casework.people.models import User
from casework.work import items

TELL = "escalation.tell"


@transaction.atomic
def settle_silence(
    escalation: Escalation, *, by: User, at: datetime, told: bool, reason: str = ""
) -> Escalation:
    """
    Close the question whether the next level must know; `reason` is a code.

    :raises NotPermitted: if `by` does not steer the case
    :raises AlreadyDone: if it was settled before
    """
    case = lock_case(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    if not items.close_items(escalation.key, by=by, at=at, kind=TELL):
        raise AlreadyDone
    record(
        case,
        "silence.settled",
        by=by,
        at=at,
        about=escalation,
        told=told,
        reason=reason,
        bottleneck=escalation.bottleneck.number,
    )
    return escalation


def why_untold(escalation: Escalation, *, by: User, at: datetime) -> str:
    """
    Say why the next level can't be told now: nobody there may know, or it names somebody.

    Nothing where it can, and at the top, where nothing is above.
    """
    level = Level(escalation.to_level).above
    if level is None:
        return ""
    bottleneck = escalation.bottleneck
    try:
        refuse_named(bottleneck, by=by, at=at, request=escalation)
    except NobodyToAsk as refused:
        return refused.user_message
    try:
        answerer(
            escalation.case,
            level,
            cause=bottleneck.cause,
            asker=by,
            at=at,
        )
    except NobodyToAsk:
        return (
            "Op dat niveau is niemand die dit mag weten. "
            "Vraag de beheerder om iemand voor dit niveau."
        )
    return ""
