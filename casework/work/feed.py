"""Somebody's work in his own calendar: a secret address, and what stands there."""

from __future__ import annotations

import secrets
from collections.abc import Set
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from icalendar import Calendar, Event

from casework.audit import log
from casework.people.errors import NotVisible
from casework.people.models import User
from casework.work import inbox, letters
from casework.work.days import local_day
from casework.work.models import CalendarFeed, WorkItem
from casework.work.models.waiting import people_of

MOST = 500
READ_AGAIN = timedelta(hours=4)


@transaction.atomic
def make_feed(user: User, *, at: datetime) -> str:
    """
    Give somebody a new secret key, once: only its hash is kept.

    An address that he had before ends with it.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _end(user, at=at)
    key = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=user, key_hash=_hash(key), made_at=at)
    log.write("calendar.made", by=user, at=at, about=f"calendar:{feed.pk}")
    return key


@transaction.atomic
def revoke_feed(user: User, *, at: datetime) -> None:
    """End the address of somebody's calendar; without one nothing happens."""
    feed = feed_of(user)
    if feed is not None and _end(user, at=at):
        log.write("calendar.revoked", by=user, at=at, about=f"calendar:{feed.pk}")


def feed_of(user: User) -> CalendarFeed | None:
    """Give the address that somebody has now, if he has one."""
    return CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).first()


@transaction.atomic
def calendar_for(key: str, *, at: datetime) -> bytes:
    """
    Give the calendar at a secret address, and write down that it was read.

    :raises NotVisible: if the key is nobody's, was taken back, or its owner is gone
    """
    feed = (
        CalendarFeed.objects.filter(
            key_hash=_hash(key), revoked_at__isnull=True, user__is_active=True
        )
        .select_related("user")
        .first()
    )
    if feed is None:
        raise NotVisible
    held = feed.user.roles(on=local_day(at))
    log.write(
        "calendar.read",
        by=feed.user,
        at=at,
        about=f"calendar:{feed.pk}",
        role=",".join(sorted(held)),
    )
    people = people_of(feed.user, at=at)
    found = inbox.foremost(feed.user, MOST, at=at, people=people)
    return calendar_of(list(found), people=people)


def calendar_of(items: list[WorkItem], *, people: Set[int]) -> bytes:
    """
    Write work as a calendar of whole days, each with what its mail would say.

    What none of these people must do, is another's silence. The same work gives the same bytes; a day that moved is the same event, once more.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Procesregie//Mijn werk//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Mijn werk")
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for item in items:
        calendar.add_component(_event(item, people))
    return bytes(calendar.to_ical())


def _event(item: WorkItem, people: Set[int]) -> Event:
    silent = item.is_silence_for(people)
    words = letters.silence_of(item) if silent else letters.words_of(item)
    event = Event()
    event.add("uid", f"te-doen-{item.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", item.opened_at)
    event.add("sequence", item.revision)
    event.add("dtstart", item.due_on)
    event.add("dtend", item.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    parts = (words, item.reference)
    event.add("summary", ", ".join(part for part in parts if part))
    event.add("description", f"Uiterlijk {letters.until_of(item)}.")
    event.add("url", letters.address("/" if silent else item.link))
    return event


def _end(user: User, *, at: datetime) -> int:
    running = CalendarFeed.objects.filter(user=user, revoked_at__isnull=True)
    return running.update(revoked_at=at)


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
