"""When each rung of a ladder comes: pure counting, no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from casework.policy.ladders import AGAIN, Step, read_ladder
from casework.work.days import WorkingDays, at_local, end_of, local_day
from casework.work.models import WorkItem

MORNING = time(7, 0)
EVENING = time(19, 0)
DIGEST = time(7, 30)
DIGEST_CLOSES = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of one item with its moment; `key` is unique within a revision."""

    index: int
    step: Step
    at: datetime
    key: str


def rung(item: WorkItem, index: int, *, days: WorkingDays) -> Rung:
    """Give a rung of a ladder; after the last one the end repeats for ever."""
    ladder = read_ladder(item.ladder)
    if index < len(ladder):
        step = ladder[index]
        return Rung(index, step, _moment(item, step, days), step.key)
    turn = index - len(ladder) + 1
    last = ladder[-1] if ladder else Step(0)
    if last.repeats_every:
        again = replace(last, when=last.when + last.repeats_every * turn)
    else:
        start = max(last.when, 0) if last.unit == "wd" else 0
        again = replace(AGAIN, when=start + AGAIN.repeats_every * turn)
    return Rung(index, again, _moment(item, again, days), f"{again.key}#{turn}")


def due_rungs(item: WorkItem, *, at: datetime, days: WorkingDays) -> Iterator[Rung]:
    """Give the rungs from where the item stands whose moment has come."""
    index = item.step
    while (found := rung(item, index, days=days)).at <= at:
        yield found
        index += 1


def worth_doing(item: WorkItem, rungs: list[Rung]) -> list[Rung]:
    """
    Choose what still has to be done of what became due.

    Of the reminders only the latest, however long the clock stood still, and none
    from before the work existed. Whatever is no reminder is never left out.
    """
    latest = max((each.index for each in rungs if _is_said(item, each)), default=None)
    return [
        each for each in rungs if each.step.action != "remind" or each.index == latest
    ]


def first_after(item: WorkItem, *, at: datetime, days: WorkingDays) -> Rung:
    """Give the first rung after a moment; the opening is never said again."""
    index = 0
    while True:
        found = rung(item, index, days=days)
        if found.at > at and found.step.unit != "now":
            return found
        index += 1


def plan_anew(item: WorkItem, *, after: datetime, days: WorkingDays) -> None:
    """Set the next step to the first one after a moment; the caller saves it."""
    found = first_after(item, at=after, days=days)
    item.step = found.index
    item.next_step_at = found.at
    item.failures = 0
    item.retry_at = None
    if item.paused_until is not None:
        item.next_step_at = max(found.at, at_local(item.paused_until, MORNING))


def next_digest(at: datetime, *, days: WorkingDays) -> datetime:
    """Give the morning on which a digest that is still open goes out."""
    day = days.first_from(local_day(at))
    moment = at_local(day, DIGEST)
    if moment - DIGEST_CLOSES > at:
        return moment
    return at_local(days.add(local_day(at), 1), DIGEST)


def after_quiet(item: WorkItem, *, at: datetime, days: WorkingDays) -> datetime:
    """
    Move a mail out of the evening, the night and days off: later, never too late.

    Spoed knows no quiet hours.
    """
    later = at if item.urgent else by_day(at, days=days)
    ends = item.due_at or end_of(item.due_on)
    return later if later < ends or item.is_overdue(at=at) else at


def by_day(at: datetime, *, days: WorkingDays) -> datetime:
    """Give a moment itself, or the morning after what is no time for mail."""
    day = local_day(at)
    if at >= at_local(day, EVENING):
        return at_local(days.add(day, 1), MORNING)
    is_early = at < at_local(day, MORNING)
    if not is_early and days.is_working_day(day):
        return at
    return at_local(days.first_from(day), MORNING)


def _moment(item: WorkItem, step: Step, days: WorkingDays) -> datetime:
    if step.unit == "now":
        return item.opened_at
    if step.unit == "h":
        ends = item.due_at or end_of(item.due_on)
        return ends + timedelta(hours=step.when)
    if step.unit == "d":
        return at_local(item.due_on + timedelta(days=step.when), MORNING)
    if step.when:
        return at_local(days.add(item.due_on, step.when), MORNING)
    return at_local(days.add(item.due_on + timedelta(days=1), -1), MORNING)


def _is_said(item: WorkItem, each: Rung) -> bool:
    is_new = each.step.unit == "now" or each.at > item.opened_at
    return each.step.action == "remind" and is_new
