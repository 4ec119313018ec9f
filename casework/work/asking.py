"""What the clock asks the beheerder, once for each matter."""

from __future__ import annotations

import logging
from datetime import datetime

from casework.people.models import Desk
from casework.policy import policy
from casework.work.days import due_after, local_day
from casework.work.items import AlreadyOpen, open_item

logger = logging.getLogger(__name__)


def open_for_caretaker(kind: str, *, title: str, about: str, at: datetime) -> None:
    """Ask the beheerder to look at the clock; what is asked already stays."""
    desk = (
        Desk.objects.filter(kind=Desk.Kind.BEHEER, is_active=True)
        .order_by("pk")
        .first()
    )
    if desk is None:
        logger.error("no desk for beheer, about %s", about)
        return
    rules = policy.at(local_day(at))
    try:
        open_item(
            kind,
            title=title,
            about=about,
            link="/beheer/klok/",
            owner=desk,
            due=due_after(rules.term("mail_failed"), at=at, rules=rules),
            by=None,
            at=at,
        )
    except AlreadyOpen:
        return
