"""What the page of closing shows: which work stands in the way, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from casework.cases import pages
from casework.cases.lifecycle import in_the_way
from casework.cases.models import Case
from casework.people.models import User
from casework.work.models import WorkItem

_TASKS = "/taken/"


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Work that must end first: of whom, and where; no place for who can't open it."""

    title: str
    who: str
    url: str


def still_open(case: Case, user: User) -> list[StillOpen]:
    """Give what stands in the way of closing a case, for who steers it."""
    waiting = in_the_way(case).select_related("owner_user", "owner_desk")
    return [
        StillOpen(
            item.title,
            "jij" if item.owner_user_id == user.pk else item.owner.name,
            _place_of(item, case, user),
        )
        for item in waiting.order_by("due_on", "pk")
    ]


def _place_of(item: WorkItem, case: Case, user: User) -> str:
    if item.link.startswith(_TASKS):
        return f"{pages.address(case, 'taak')}{item.link.removeprefix(_TASKS)}"
    theirs = item.link.startswith(pages.address(case)) or item.owner_user_id == user.pk
    return item.link if theirs else ""
