"""What every scene stands on: the actors, the clock, the case, and what is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from casework.cases.journal import state_of
from casework.cases.models import Case, Event
from casework.levels import Level
from casework.policy import policy
from casework.work.days import at_local, local_day, short, working_days
from casework.work.models import Delivery, Notice, WorkItem
from workers.walkthrough.actor import Actor, WentWrong
from workers.walkthrough.cast import Story
from workers.walkthrough.clock import Clock

MORNING = time(8, 30)
SOON = timedelta(minutes=20)


@dataclass
class Stage:
    """The town during the play; the reference is known after the first scene."""

    story: Story
    clock: Clock
    actors: dict[str, Actor]
    write: Callable[[str], None]
    reference: str = ""

    def __getitem__(self, role: str) -> Actor:
        return self.actors[role]

    @property
    def case(self) -> Case:
        """The case of the play, fresh."""
        cases = Case.objects.system_scope("the walkthrough looks at its own case")
        return cases.get(reference=self.reference)

    @property
    def today(self) -> date:
        """The day of the play."""
        return local_day(self.clock.now())

    def address(self, part: str = "") -> str:
        """Give the address of the case, or of one of its parts."""
        return f"/casussen/{self.reference}/{part}"

    def says(self, text: str) -> None:
        """Write one step, with the day on which it happens."""
        self.write(f"{short(self.today):<16} {text}")

    def working_day(self, count: int) -> date:
        """Give the day so many working days from today."""
        return working_days(policy.at(self.today)).add(self.today, count)

    def goes_on(self) -> None:
        """Let some time pass, so that mail goes out."""
        self.clock.move_to(self.clock.now() + SOON)

    def stands_at(self, level: Level) -> None:
        """
        Check at which level the case stands.

        :raises WentWrong: if it stands elsewhere
        """
        found = Level(self.case.level)
        if found is not level:
            raise WentWrong(f"de casus staat op {found.label}, niet op {level.label}")

    def waits_until_reminded(self, kind: str) -> None:
        """
        Let nobody do anything about a piece of work until its last day.

        :raises WentWrong: if no reminder of it goes out
        """
        item = self._work(kind)
        before = _reminders(item)
        self.clock.move_to(at_local(item.due_on, MORNING))
        new = [mail for mail in _reminders(item) if mail not in before]
        if not new:
            raise WentWrong(f'niemand is herinnerd aan "{item.title}"')
        for mail in new:
            self.says(f"Herinnering aan {mail.to_user.name}: {mail.subject}")

    def refuses(
        self, role: str, path: str, values: dict[str, str] | None = None
    ) -> None:
        """
        Let somebody try what he may not, and check that nothing changed.

        :raises WentWrong: if it was not refused, or something changed
        """
        before = self._everything()
        actor = self[role]
        refused, status = actor.is_refused(path, values)
        what = "openen" if values is None else "versturen"
        if not refused:
            raise WentWrong(f"{actor.name} kon {path} {what}: {status}")
        if self._everything() != before:
            raise WentWrong(f"{actor.name} veranderde iets op {path}")
        self.says(f"{actor.name} ({role}) mag {path} niet {what}: {status}")

    def never_saw(self, *roles: str) -> None:
        """
        Check that these people read nowhere who it is about, and that no mail says it.

        :raises WentWrong: if a page or a mail named the inhabitant or the address
        """
        secrets = (self.story.inhabitant, self.story.address)
        mailed = Delivery.objects.values_list("subject", "text", "html")
        read = {
            "De mail": [part for mail in mailed for part in mail],
            **{self[role].name: self[role].has_read for role in roles},
        }
        for who, texts in read.items():
            if any(secret in text for secret in secrets for text in texts):
                raise WentWrong(f"{who}: daar staat over wie het gaat")

    def _work(self, kind: str) -> WorkItem:
        found = (
            WorkItem.objects.system_scope("the walkthrough waits for its last day")
            .open()
            .filter(case=self.case.pk, kind=kind)
            .by_urgency()
            .last()
        )
        if found is None:
            raise WentWrong(f"er staat geen werk open van de soort {kind}")
        return found

    def _everything(self) -> tuple[Any, ...]:
        case = self.case
        events = Event.objects.system_scope("did anything happen").filter(case=case)
        return state_of([case.pk]), case.version, events.count()


def _reminders(item: WorkItem) -> list[Delivery]:
    """Give the mails that reminded of a piece of work and went out."""
    said = Notice.objects.filter(item=item, step__startswith="remind:").exclude(
        step__startswith="remind:now:"
    )
    sent = Delivery.objects.filter(state=Delivery.State.SENT, lines__in=said)
    return list(sent.select_related("to_user").distinct().order_by("pk"))


def first_moment(day: date) -> datetime:
    """Give the moment on which the play begins: an office hour of a working day."""
    days = working_days(policy.at(day))
    return at_local(days.first_from(day), time(10, 0))


def ago(days: int) -> str:
    """Give a day in the past as a form wants it."""
    return (timezone.localdate() - timedelta(days=days)).isoformat()
