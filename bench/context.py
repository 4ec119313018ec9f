"""What every operation needs: the town, its keys, and a bare connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission as Row

from bench.raw import Raw
from bench.town import Town, Viewers
from casework.access.permissions import Permission
from casework.people.models import Membership, User


@dataclass(frozen=True)
class Bench:
    """A town that was made, ready to be measured."""

    town: Town
    viewers: Viewers
    raw: Raw
    prepared: Raw
    scopes: dict[Permission, int]

    @classmethod
    def of(cls, town: Town) -> Bench:
        """Connect, and look up what the lower bounds may know beforehand."""
        rows = Row.objects.filter(content_type__app_label="cases")
        keys = dict(rows.values_list("codename", "pk"))
        return cls(
            town=town,
            viewers=town.viewers(),
            raw=Raw(),
            prepared=Raw(prepared=True),
            scopes={each: keys[each.value] for each in Permission},
        )

    @property
    def at(self) -> datetime:
        return self.town.at

    def desks(self, user: User) -> list[int]:
        """Give the desks of somebody."""
        rows = Membership.objects.on(self.at.date()).filter(user=user)
        return list(rows.values_list("desk_id", flat=True))

    def rows(self, statement: str, **facts: Any) -> list[tuple[Any, ...]]:
        """Look something up, outside of what is timed."""
        return self.raw.rows(statement, facts)

    def close(self) -> None:
        """Give the connections back."""
        self.raw.close()
        self.prepared.close()
