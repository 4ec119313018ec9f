"""The town of a drill: people, and work that is due for them since this second."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from casework.people.models import Organisation, User
from casework.policy import policy
from casework.work.days import local_day
from casework.work.due import Due
from casework.work.items import close_items
from casework.work.making import new_item
from casework.work.models import Delivery, WorkItem, WorkItemQuerySet
from drills.sink import REFERENCE

PEOPLE = 40
FAR = Due.day(date(2099, 12, 1))
ABOUT = "drill:"
KINDS = ("escalation.review", "escalation.carry", "escalation.supply")
NOTICE = "escalation.notice"
CLOSED = 0.1
HOT = 10

Found = TypeVar("Found")


def fill(count: int, *, at: datetime) -> None:
    """
    Let `count` pieces of work wait, all due now.

    A third of them is a legal term, and a tenth a notice that asks nothing.
    """
    town = Organisation.objects.create(
        name="Gemeente Zuiderveen", short_name="Zuiderveen", kind="gemeente"
    )
    people = User.objects.bulk_create(
        User(
            email=f"medewerker.{number}@zuiderveen.example",
            name=f"Medewerker {number}",
            organisation=town,
        )
        for number in range(PEOPLE)
    )
    rules = policy.at(local_day(at))
    WorkItem.objects.bulk_create(
        (
            new_item(
                NOTICE if number % 10 == 0 else KINDS[number % len(KINDS)],
                rules=rules,
                owner=people[number % PEOPLE],
                due=FAR,
                at=at,
                title="Beantwoord de vraag over knelpunt 1",
                about=f"{ABOUT}{number}",
                link="/",
                reference=f"{REFERENCE}{number:06d}",
                urgent=True,
                legal=number % 3 == 0,
            )
            for number in range(count)
        ),
        batch_size=1000,
    )


class Closer:
    """
    Ends a share of the work while it is being mailed.

    `closed` says of each reference when its end was certainly committed (seconds of
    the clock that the mail server reads too).
    """

    def __init__(self, count: int, *, chance: random.Random) -> None:
        self.wanted = max(1, round(count * CLOSED))
        self.chance = chance
        self.closed: dict[str, float] = {}

    def close_some(self, *, share: float) -> None:
        """Close until this share of what is to be closed is closed: a few at a time."""
        missing = round(self.wanted * min(share, 1.0)) - len(self.closed)
        for about, reference in self._chosen(min(missing, HOT)):
            while again(partial(_close, about)) is None:
                time.sleep(0.1)
            self.closed[reference] = time.time()

    def _chosen(self, count: int) -> list[tuple[str, str]]:
        """Half of what a sender holds at this moment, half of the rest."""
        if count < 1:
            return []
        rows = _open()
        held = rows.filter(deliveries__state=Delivery.State.CLAIMED)
        found: set[tuple[str, str]] = set()
        for some, most in ((held, (count + 1) // 2), (rows, count // 2)):
            pairs = some.values_list("about", "reference")
            keys = again(partial(list[tuple[str, str]], pairs)) or []
            found |= set(self.chance.sample(keys, min(most, len(keys))))
        return sorted(found)


def is_settled() -> bool:
    """Whether nothing is to be planned or sent any more; no, while nobody knows."""
    waiting = Delivery.objects.filter(state__in=("pending", "claimed", "handing"))
    due = _open().filter(next_step_at__lte=timezone.now())
    return again(lambda: not due.exists() and not waiting.exists()) is True


def _open() -> WorkItemQuerySet:
    work = WorkItem.objects.system_scope("a drill").open()
    return work.filter(about__startswith=ABOUT)


def _close(about: str) -> int:
    return close_items(about, by=None, at=timezone.now())


def again(ask: Callable[[], Found]) -> Found | None:
    """Ask the database; None while it is away."""
    try:
        return ask()
    except (OperationalError, InterfaceError):
        connection.close()
        return None
