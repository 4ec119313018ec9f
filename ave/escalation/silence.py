"""What the procesregisseur does when a level stays silent, or can't look back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from ave.escalation.asks import SKIPPED
from ave.escalation.memo import refuse_named
from ave.escalation.models import Escalation
from ave.escalation.transitions import lock
from ave.policy.answerers import NobodyToAsk, answerer
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.levels import Level
from casework.people.errors import AlreadyDone, InvalidInput
from casework.people.models import User
from casework.work import items
from casework.work.days import local_day

TELL = "escalation.tell"
NO_DAY = "Kies de dag van het bestuurlijk overleg: vandaag of later."


@transaction.atomic
def settle_silence(
    escalation: Escalation,
    *,
    by: User,
    at: datetime,
    told: bool,
    reason: str = "",
    agenda_on: date | None = None,
) -> Escalation:
    """
    Close the question whether the next level must know; `reason` is a code.

    At the top it says on which day the bestuurlijk overleg has it on the agenda.

    :raises NotPermitted: if `by` does not steer the case
    :raises InvalidInput: at the top without a day, or for one that is over
    :raises AlreadyDone: if it was settled before
    """
    case = lock(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    at_the_top = Level(escalation.to_level).above is None
    if at_the_top and (agenda_on is None or agenda_on < local_day(at)):
        raise InvalidInput(NO_DAY, field="agenda_on")
    if not items.close_items(escalation.key, by=by, at=at, kind=TELL):
        raise AlreadyDone
    if at_the_top:
        escalation.agenda_on = agenda_on
        escalation.save(update_fields=["agenda_on"])
    record(
        case,
        "silence.settled",
        by=by,
        at=at,
        about=escalation,
        told=told,
        reason=reason,
        agenda_on=agenda_on.isoformat() if at_the_top and agenda_on else "",
        bottleneck=escalation.bottleneck.number,
    )
    return escalation


@transaction.atomic
def settle_skipped(
    escalation: Escalation, *, by: User, at: datetime, reason: str
) -> Escalation:
    """
    Say what is done instead, as the level that spoed skipped can't look back.

    `reason` is a code. The clock asks that level no more.

    :raises NotPermitted: if `by` does not steer the case
    :raises AlreadyDone: if it was settled, or the level looks back after all
    """
    case = lock(escalation)
    require(by, Permission.STEER_CASE, case, at=at)
    if not items.close_items(escalation.bottleneck.key, by=by, at=at, kind=SKIPPED):
        raise AlreadyDone
    escalation.skipped_reviewed = True
    escalation.save(update_fields=["skipped_reviewed"])
    record(
        case,
        "skipped.settled",
        by=by,
        at=at,
        about=escalation,
        reason=reason,
        bottleneck=escalation.bottleneck.number,
    )
    return escalation


def why_untold(
    escalation: Escalation, level: Level | None, *, by: User, at: datetime
) -> str:
    """
    Say why a level can't be told now: nobody there may know, or it names somebody.

    Nothing where it can, and above the top.
    """
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
