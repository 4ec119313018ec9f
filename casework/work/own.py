"""What somebody writes down for himself, to be reminded of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.audit import log
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import User
from casework.work import inbox, items
from casework.work.days import end_of
from casework.work.due import Due
from casework.work.held import hold
from casework.work.models import OWN, WorkItem


@transaction.atomic
def write_own(title: str, *, due: Due, by: User, at: datetime) -> WorkItem:
    """
    Write something down for oneself; nobody else ever reads its words.

    :raises InvalidInput: if the day is over
    """
    if (due.at or end_of(due.on)) <= at:
        raise InvalidInput("Kies een dag die nog komt.", field="due_on")
    item = items.open_item(
        OWN,
        title=title,
        about=f"own:{by.pk}:{at.timestamp():.6f}",
        link="/",
        owner=by,
        due=due,
        by=by,
        at=at,
    )
    log.write("work.written", by=by, at=at, about=f"item:{item.pk}")
    return item


@transaction.atomic
def finish_own(item: WorkItem, *, by: User, at: datetime) -> WorkItem:
    """
    Tick off something that one wrote for oneself.

    :raises NotPermitted: if it is work that another page must end
    """
    inbox.item_for(by, item.pk, at=at)
    hold(item)
    if not item.is_own or item.owner_user_id != by.pk:
        raise NotPermitted
    items.close_items(item.about, by=by, at=at)
    item.refresh_from_db()
    return item
