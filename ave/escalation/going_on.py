"""Who steers goes on with a bottleneck that came back with an answer."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime

from django.db import transaction

from ave.escalation.asks import NEXT
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.lock import lock_case
from casework.cases.models import Bottleneck
from casework.levels import Level
from casework.people.errors import AlreadyDone, TransitionRefused
from casework.people.models import User
from casework.work import items


def came_back(
    bottlenecks: Iterable[Bottleneck], waiting: Container[str]
) -> list[Bottleneck]:
    """Give those with which who steers is asked to go on, of what stands open."""
    return [
        each
        for each in bottlenecks
        if each.level == Level.PROCES and each.key in waiting
    ]


@transaction.atomic
def go_on(bottleneck: Bottleneck, *, by: User, at: datetime) -> Bottleneck:
    """
    Say that one does with a bottleneck what the answer asks: it stays open, at PROCES.

    :raises TransitionRefused: if it stands higher, where it waits for nobody
    :raises AlreadyDone: if nobody is asked that any more
    """
    case = lock_case(bottleneck)
    require(by, Permission.STEER_CASE, case, at=at)
    if bottleneck.level > Level.PROCES:
        raise TransitionRefused("Neem het knelpunt eerst terug.")
    if not items.close_items(bottleneck.key, by=by, at=at, kind=NEXT):
        raise AlreadyDone
    return bottleneck
