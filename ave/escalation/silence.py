"""What the procesregisseur does when a request stays unanswered beyond its term."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ave.escalation.models import Escalation
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.lock import lock_case
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
