"""A new work item: its ladder, and the moment at which it is first looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from casework.people.models import Desk, User
from casework.policy import policy
from casework.policy.ladders import Step
from casework.work.days import working_days
from casework.work.due import Due
from casework.work.models import WorkItem
from casework.work.steps import rung


def new_item(
    kind: str,
    *,
    rules: policy.Policy,
    owner: User | Desk,
    due: Due,
    at: datetime,
    ladder: Sequence[Step] | None = None,
    level: int | None = None,
    urgent: bool = False,
    **columns: Any,
) -> WorkItem:
    """Give open work, not yet saved, with the moment of its first step."""
    steps = ladder
    if steps is None:
        steps = rules.ladder(kind, level=level, urgent=urgent)
    item = WorkItem(
        kind=kind,
        level=level,
        owner_user=owner if isinstance(owner, User) else None,
        owner_desk=owner if isinstance(owner, Desk) else None,
        urgent=urgent,
        opened_at=at,
        policy_version=rules.version,
        ladder=[step.as_json() for step in steps],
        **columns,
    )
    item.take(due)
    item.next_step_at = _first_moment(item, rules=rules)
    return item


def _first_moment(item: WorkItem, *, rules: policy.Policy) -> datetime:
    # Most ladders begin at once: that takes no calendar.
    if item.ladder and item.ladder[0]["unit"] == "now":
        return item.opened_at
    days = working_days(rules)
    first = rung(item, 0, days=days)
    while first.step.action == "remind" and first.at < item.opened_at:
        item.step = first.index + 1
        first = rung(item, item.step, days=days)
    return max(first.at, item.opened_at)
