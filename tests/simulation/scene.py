"""Where an act happens: who is there, what runs, and what chance says."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model

from casework.cases.models import Case
from casework.people.models import Absence, User
from casework.work.days import local_day
from casework.work.models import WorkItem
from tests.simulation.town import Town
from tests.world import STUCK

Row = TypeVar("Row", bound=Model)


class Idle(Exception):
    """There is nothing to do this with now."""


@dataclass
class Scene:
    """The town at a moment; what was done and what was refused is counted."""

    town: Town
    chance: random.Random
    at: datetime
    most_cases: int
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def today(self) -> date:
        """The day on the wall."""
        return local_day(self.at)

    def in_days(self, first: int, last: int) -> date:
        """Some day ahead."""
        return self.today + timedelta(days=self.chance.randint(first, last))

    def away(self) -> dict[int, User]:
        """Who is away now, with who stands in."""
        rows = Absence.objects.active(self.at).select_related("deputy")
        return {row.user_id: row.deputy for row in rows}

    def acts_for(self, user: User) -> User:
        """This person, or who does his work now."""
        return self.away().get(user.pk, user)

    def case_of(self, item: WorkItem) -> Case:
        """The case that work belongs to."""
        return Case._base_manager.get(pk=item.case)

    def subject(self, model: type[Row], item: WorkItem) -> Row:
        """What work is about."""
        return model._base_manager.get(pk=int(item.about.rpartition(":")[2]))

    def some(self, model: type[Row], **facts: Any) -> Row:
        """
        Give some row with these facts.

        :raises Idle: if there is none
        """
        rows = list(model._base_manager.filter(**facts).order_by("pk"))
        if not rows:
            raise Idle
        return self.chance.choice(rows)

    def stuck(self) -> dict[str, Any]:
        """What is stuck, without a name."""
        return STUCK | {"since": self.today - timedelta(days=30)}
