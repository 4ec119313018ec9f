"""Who plays the walkthrough in the drill: a town, and visitors with cases of their own."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from django.utils import timezone

from casework.cases.models import Case
from casework.people.models import User
from casework.work.models import WorkItem
from drills.browser import Browser, Diary, GaveUp
from drills.town import again
from workers.walkthrough import play
from workers.walkthrough.actor import Actor, WentWrong
from workers.walkthrough.cast import choose_story
from workers.walkthrough.clock import Clock
from workers.walkthrough.page import NotOnThePage
from workers.walkthrough.stage import Stage

KIND = Case.Kind.WOONOVERLAST
"""One kind, so that one bestuurder decides: the scenes look which of them is asked."""

PATIENCE = 60.0
TRIES = 3

Found = TypeVar("Found")


def surely(ask: Callable[[], Found]) -> Found:
    """
    Ask the database until it is there.

    :raises GaveUp: if it stays away
    """
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        found = again(lambda: (ask(),))
        if found is not None:
            return found[0]
        time.sleep(0.1)
    raise GaveUp


class Visitor(Actor):
    """Somebody of the cast, with a browser that tries again, busy with one case."""

    def __init__(
        self, user: User, *, password: str, number: int, port: int, diary: Diary
    ) -> None:
        super().__init__(user, password=password, number=number)
        address = f"198.51.100.{number}"
        self._client = Browser(port, user=user.pk, address=address, diary=diary)  # type: ignore[assignment]  # asks and answers as Django's client does
        self.reference = ""

    def _log_in(self) -> None:
        """Log in; where an answer got lost the page was renewed, so open it again."""
        for _ in range(TRIES):
            with contextlib.suppress(WentWrong):
                super()._log_in()
                return
        super()._log_in()

    def finds_work(self, title: str) -> str:
        """Give the address behind a piece of work of this case on Mijn werk."""
        work = WorkItem.objects.system_scope("a drill").open()
        mine = work.filter(reference=self.reference, title__contains=title)
        links = surely(lambda: list(mine.values_list("link", flat=True)))
        shown = {address for address, _ in self.opens("/").links}
        for link in links:
            if link in shown:
                return link
        raise NotOnThePage(f'op Mijn werk van {self.name} staat geen "{title}"')


class StillClock(Clock):
    """The clock on the wall: whoever waits for a day goes on at once."""

    def __init__(self) -> None:
        super().__init__(timezone.now())


@dataclass
class DrillStage(Stage):
    """
    The stage of one visitor; nothing waits for a day, and the database may be away.

    The clock of the play can't be moved for one visitor alone: the scenes go on where
    they would wait for a reminder. Reminders have a drill of their own.
    """

    @property
    def case(self) -> Case:
        """The case of this visitor, fresh."""
        return surely(lambda: super(DrillStage, self).case)

    def working_day(self, count: int) -> date:
        """Give the day so many working days from today."""
        return surely(lambda: super(DrillStage, self).working_day(count))

    def goes_on(self) -> None:
        """Let time pass by itself."""

    def waits_until_reminded(self, kind: str) -> None:
        """Do not wait."""

    def refuses(
        self, role: str, path: str, values: dict[str, str] | None = None
    ) -> None:
        """Let somebody try what he may not."""
        refused, status = self[role].is_refused(path, values)
        if not refused:
            raise WentWrong(f"{self[role].name} kon {path}: {status}")

    def never_saw(self, *roles: str) -> None:
        """The walkthrough looks at that; here a mail may still be on its way."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "reference":
            for actor in self.actors.values():
                actor.reference = value  # type: ignore[attr-defined]  # all are visitors


class Journey:
    """One visitor: he plays the story, again and again, until he is told to stop."""

    def __init__(
        self, number: int, *, seed: int, make: Callable[[], Mapping[str, Actor]]
    ) -> None:
        self.chance = random.Random(f"{seed}:{number}")
        self.number = number
        self.make = make
        self.finished: list[str] = []
        self.wrong: list[str] = []

    def run(self, goes_on: Callable[[], bool]) -> None:
        """Play until it is over; a story that was begun is played to its end."""
        while goes_on() and not self.wrong:
            story = replace(choose_story(self.chance), kind=KIND)
            stage = DrillStage(
                story=story,
                clock=StillClock(),
                actors=dict(self.make()),
                write=lambda _: None,
            )
            for title, scene in play.SCENES:
                try:
                    scene(stage)
                except (WentWrong, NotOnThePage, GaveUp) as failure:
                    self.wrong.append(f"{title}, {stage.reference}: {failure!r}")
                    return
            self.finished.append(stage.reference)
