"""What waits for whom: the lists behind Mijn werk, a fixed number of queries each."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from casework.people.errors import NotVisible
from casework.people.models import User
from casework.work.models import Notice, WorkItem, WorkItemQuerySet
from casework.work.models.foremost import START, After
from casework.work.models.waiting import People

PEOPLE = ("owner_user", "owner_desk", "claimed_by", "asked_by")


def mine(user: User, *, at: datetime, people: People = None) -> WorkItemQuerySet:
    """
    What waits for this person, first what must be done first.

    His own, what he stands in for now, and what his desks have and nobody claimed.
    """
    return (
        WorkItem.objects.mine(user, at=at, people=people)
        .open()
        .select_related(*PEOPLE)
        .by_urgency()
    )


def foremost(
    user: User,
    most: int,
    *,
    at: datetime,
    people: People = None,
    after: After = START,
) -> WorkItemQuerySet:
    """Give the first so many of `mine` after a row, for a page of it."""
    found = WorkItem.objects.foremost(user, most, at=at, people=people, after=after)
    return found.select_related(*PEOPLE)


def team(user: User, *, at: datetime, people: People = None) -> WorkItemQuerySet:
    """What the desks of this person have, also what a colleague picked up."""
    return (
        WorkItem.objects.of_the_team(user, at=at, people=people)
        .open()
        .select_related(*PEOPLE)
        .by_urgency()
    )


def waiting_for_others(
    user: User, *, at: datetime, people: People = None
) -> WorkItemQuerySet:
    """What this person asked and others have not done yet; `opened_at` is since when."""
    return (
        WorkItem.objects.asked_by(user, at=at, people=people)
        .open()
        .filter(Q(owner_user__isnull=True) | ~Q(owner_user=user))
        .exclude(claimed_by=user)
        .select_related(*PEOPLE)
        .by_urgency()
    )


def done(user: User) -> WorkItemQuerySet:
    """What this person finished, the latest first."""
    return (
        WorkItem.objects.filter(closed_by=user)
        .of_strangers(user)
        .select_related(*PEOPLE)
        .order_by("-closed_at", "-pk")
    )


def item_for(user: User, pk: int, *, at: datetime) -> WorkItem:
    """
    Give one item that this person may know of.

    :raises NotVisible: if it is not there for him
    """
    found = (
        WorkItem.objects.visible_to(user, at=at)
        .select_related(*PEOPLE)
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def open_about(user: User, about: str, *, at: datetime) -> WorkItem | None:
    """Give what this person may know of that is open about one thing. One query."""
    return (
        WorkItem.objects.visible_to(user, at=at)
        .open()
        .filter(about=about)
        .order_by("due_on", "pk")
        .first()
    )


def mark_read(user: User, *, at: datetime) -> int:
    """Mark everything that was said to this person as read."""
    return Notice.objects.filter(user=user, read_at__isnull=True).update(read_at=at)
