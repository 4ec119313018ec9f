"""What an overview says on its morning: what its reader must do, or waits for."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse

from casework.people.models import User
from casework.work import letters
from casework.work.days import local_day
from casework.work.models import Delivery, Preference, WorkItem, desks_of
from casework.work.models.waiting import people_of
from casework.work.recipients import asker, owners


def fill(row: Delivery, *, at: datetime) -> bool:
    """Write the text of a digest; no if nothing is left to say in it."""
    wanted, reader = preference_of(row), row.to_user
    people = people_of(reader, at=at)
    desks = set(desks_of(people, at=at).values_list("desk_id", flat=True))
    sees = WorkItem.objects.visible_to(reader, at=at).filter(pk=OuterRef("pk"))
    lines = (
        WorkItem.objects.filter(notices__delivery=row)
        .of_strangers(reader)
        .open()
        .awake(local_day(at))
        .by_urgency()
        .distinct()
        .annotate(is_seen=Exists(sees))
    )
    items = [
        item
        for item in lines
        if (wanted.digest or item.legal)
        and not _is_of_a_colleague(item, people)
        and (getattr(item, "is_seen", False) or _is_left_to(reader, item, at=at))
    ]
    if not items:
        return False
    letter = letters.overview(
        items,
        at=at,
        unsubscribe=unsubscribe(wanted),
        of_others={item.pk for item in items if not _is_theirs(item, people, desks)},
    )
    row.subject, row.text, row.html = letter.subject, letter.text, letter.html
    return True


def preference_of(row: Delivery) -> Preference:
    """Give what the reader of a mail chose about overviews."""
    found, _ = Preference.objects.get_or_create(user=row.to_user)
    return found


def unsubscribe(wanted: Preference) -> str:
    """Give the address at which somebody ends his overviews."""
    return letters.address(reverse("work:digest", args=[wanted.unsubscribe_key]))


def _is_theirs(item: WorkItem, people: Set[int], desks: Set[int]) -> bool:
    """Whether it is to be done by these people, and not only waited for."""
    person = item.claimed_by_id or item.owner_user_id
    return person in people if person is not None else item.owner_desk_id in desks


def _is_of_a_colleague(item: WorkItem, people: Set[int]) -> bool:
    """Whether a colleague of the desk picked it up, for whom nobody here waits."""
    if item.claimed_by_id is None:
        return False
    return people.isdisjoint({item.claimed_by_id, item.stand_in_id, item.asked_by_id})


def _is_left_to(reader: User, item: WorkItem, *, at: datetime) -> bool:
    """Whether he hears of work that he does not see, since nobody else is there."""
    told = [*owners(item, at=at), *asker(item, at=at)]
    return any(each.user == reader for each in told)
