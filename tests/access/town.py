"""One town: one rich case, and everybody in every relation to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from casework.cases.models import Case, LegalBasis, Note, Person
from casework.people.models import User
from casework.plan.models import Task
from tests.world import AT, DAY, World

NOW = AT + timedelta(hours=2)
"""When everybody looks: on the day that it all happened."""

SOON = DAY + timedelta(days=14)


@dataclass(frozen=True)
class Things:
    """What the addresses of one case are made of."""

    reference: str
    number: int = 1
    pk: dict[str, Any] = field(default_factory=dict)


@dataclass
class Town:
    """The world with the people and cases that the relations need."""

    world: World
    people: dict[str, User]
    case: Case
    in_triage: Case
    closed: Case
    stopping: Case
    tasks: dict[str, Task]
    requests: dict[str, Any]
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> Things:
        """What is in the rich case."""
        return things(self)


def things(town: Town, **given: Any) -> Things:
    """Give the keys of what is in the rich case; some may be chosen."""
    reference = given.pop("reference", town.case.reference)
    return Things(reference, pk={**town.keys, **given})


def other(town: Town, case: Case) -> Things:
    own: dict[str, Any] = {}
    for name, model in (("person", Person), ("note", Note), ("ground", LegalBasis)):
        row = model.objects.system_scope("test").filter(case=case).first()
        if row is not None:
            own[name] = row.pk
    return Things(case.reference, pk={**town.keys, **own})
