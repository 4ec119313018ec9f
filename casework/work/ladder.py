"""How time moves work on: every rung that is due, said or done exactly once."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q

from casework.people.errors import AlreadyDone
from casework.people.models import Desk, User
from casework.policy import policy
from casework.policy.ladders import MOST_MAILS, Step
from casework.work import recipients
from casework.work.days import WorkingDays, local_day, working_days
from casework.work.due import Chosen, Due
from casework.work.items import AlreadyOpen, open_item
from casework.work.letters import Opening, opening_for
from casework.work.models import Delivery, WorkItem, WorkItemQuerySet
from casework.work.recipients import Recipient
from casework.work.steps import Rung, due_rungs, rung, worth_doing
from casework.work.tell import tell

logger = logging.getLogger(__name__)

Call = Callable[[WorkItem, Step, datetime], None]
Stop = Callable[[], bool]

ONE_PLANNER = 0x574F524B  # "WORK": the first half of the planners' lock
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
EFFECTS = ("open", "call")
GOING = (
    Delivery.State.PENDING,
    Delivery.State.CLAIMED,
    Delivery.State.HANDING,
    Delivery.State.SENT,
)
WITH = ("owner_user", "owner_desk", "claimed_by", "stand_in", "asked_by")


class Busy(Exception):
    """Somebody else has this row now; the next tick comes back to it."""


def never() -> bool:
    """Go on until the work is done."""
    return False


def plan_due(
    *,
    at: datetime,
    call: Call,
    limit: int = 500,
    stop: Stop = never,
    passes: tuple[type[Exception], ...] = (),
) -> int:
    """
    Do what every ladder asks at a moment; give for how many items.

    One transaction for each item, so a broken one stops nobody else: it is tried
    again later, and the auditor sees it. `call` does the rungs that only a higher
    layer knows; it must lock its case itself and may be called again. One that breaks
    is tried again as well, and the reminders of its item go on. `passes` are the
    exceptions by which we are told to end, and of which no item is to blame.
    """
    ready = Q(retry_at__isnull=True) | Q(retry_at__lte=at)
    found = _system().open().filter(ready, next_step_at__lte=at)
    rows = list(found.order_by("next_step_at")[:limit])
    if not rows:
        return 0
    days = working_days(policy.at(local_day(at)))
    planned = 0
    for row in rows:
        if stop():
            break
        try:
            planned += _plan_one(row, at=at, call=call, days=days, passes=passes)
        except Busy:
            continue
        except passes:
            _let_others_first(row.pk, at=at)
            raise
        except Exception:  # one broken item must not stop the rest
            logger.exception("step of item %s failed", row.pk)
            _postpone(row.pk, at=at)
    return planned


@transaction.atomic
def _plan_one(
    seen: WorkItem,
    *,
    at: datetime,
    call: Call,
    days: WorkingDays,
    passes: tuple[type[Exception], ...],
) -> int:
    rungs = list(due_rungs(seen, at=at, days=days))
    todo = worth_doing(seen, rungs)
    effects = [each.step for each in todo if each.step.action in EFFECTS]
    went_well = True
    # What touches other rows comes before the lock on this one: a transition locks
    # its case first and closes the item after that, so the other way round deadlocks.
    if effects:
        _be_the_only_planner(seen)
        for step in effects:
            went_well &= _tried(seen, step, at=at, call=call, days=days, passes=passes)
    item = _held(seen, at=at)
    if item is None:
        return int(bool(effects) and went_well)
    said = [each for each in todo if each.step.action not in EFFECTS]
    # The deputy last: who becomes it now, hears this work once and not twice.
    for each in sorted(said, key=lambda each: each.step.action == "deputy"):
        _say(item, each, at=at, days=days)
    if went_well:
        _move_on(item, rungs, days=days)
    else:
        # It stays at this rung; what was said above is known and not said again.
        item.save(update_fields=["stand_in"])
        _postpone(item.pk, at=at)
    return int(went_well)


def _tried(
    item: WorkItem,
    step: Step,
    *,
    at: datetime,
    call: Call,
    days: WorkingDays,
    passes: tuple[type[Exception], ...],
) -> bool:
    """Do a rung on its own; no if it broke, which keeps no reminder from anybody."""
    try:
        with transaction.atomic():
            _act(item, step, at=at, call=call, days=days)
    except passes:
        raise
    except Exception:
        logger.exception("step of item %s failed", item.pk)
        return False
    return True


def _act(
    item: WorkItem, step: Step, *, at: datetime, call: Call, days: WorkingDays
) -> None:
    if step.action == "call":
        # A call that was made before says so, and changes nothing.
        with contextlib.suppress(AlreadyDone):
            call(item, step, at)
        return
    facts = step.facts
    with contextlib.suppress(AlreadyOpen):
        open_item(
            str(facts["kind"]),
            title=str(facts["title"]),
            about=item.about,
            link=item.link,
            owner=_owner_of_opened(item, at=at),
            due=Due.day(_after_silence(step, at=at, days=days), Chosen.SILENCE),
            by=None,
            at=at,
            case=item.case,
            reference=item.reference,
            level=item.level,
        )


def _after_silence(step: Step, *, at: datetime, days: WorkingDays) -> date:
    return days.add(local_day(at), int(step.facts.get("wd", 2)))


def _owner_of_opened(item: WorkItem, *, at: datetime) -> User | Desk:
    if item.asked_by is not None:
        return item.asked_by
    keepers = recipients.caretakers(item, at=at)
    return keepers[0].user if keepers else item.owner


def _say(item: WorkItem, each: Rung, *, at: datetime, days: WorkingDays) -> None:
    step = each.step
    if step.action == "deputy":
        told = recipients.deputies(item, at=at)
        opening = Opening.SILENT
        if item.claimed_by_id or item.owner_user_id:
            item.stand_in = told[0].user if told else None
    else:
        told = _for_reminder(item, step, at=at)
        opening = _opening(item, step, at=at)
    if not told and step.unit != "now":
        logger.warning("nobody to tell of item %s, step %s", item.pk, each.key)
    tell(
        item,
        _spared(item, told),
        key=each.key,
        opening=opening,
        at=at,
        days=days,
        at_once=_at_once(item, step, at=at),
        by_mail=bool(step.facts.get("mail", True)),
    )


def _opening(item: WorkItem, step: Step, *, at: datetime) -> Opening:
    if step.unit == "now":
        return Opening.NEW
    # Who asked for it must not do it: he hears that another did not.
    waits = step.to == "asked_by" and item.asked_by_id is not None
    return Opening.SILENT if waits else opening_for(item, at=at)


def _spared(item: WorkItem, told: list[Recipient]) -> list[Recipient]:
    """
    Who had enough mail about it, reads it in the product only.

    What was dropped in doubt may have been read, so it counts.
    """
    most = MOST_MAILS.get(item.kind)
    if most is None:
        return told
    maybe_read = Q(state__in=GOING) | Q(in_doubt__gt=0)
    going = Delivery.objects.filter(maybe_read, lines__item=item)
    had = going.exclude(lines__step__startswith="asked:").values("to_user")
    enough = had.annotate(mails=Count("pk", distinct=True)).filter(mails__gte=most)
    spared = set(enough.values_list("to_user", flat=True))
    return [
        replace(each, by_mail=each.by_mail and each.user.pk not in spared)
        for each in told
    ]


def _for_reminder(item: WorkItem, step: Step, *, at: datetime) -> list[Recipient]:
    if step.to == "asked_by":
        return recipients.asker(item, at=at)
    told = recipients.owners(item, at=at)
    if step.unit == "now":
        return [each for each in told if each.user.pk != item.opened_by_id]
    return told


def _at_once(item: WorkItem, step: Step, *, at: datetime) -> bool:
    if item.urgent or step.action == "deputy" or step.facts.get("at_once"):
        return True
    if step.facts.get("digest"):
        return False
    return item.is_overdue(at=at) or item.is_due_today(at=at)


def _move_on(item: WorkItem, rungs: list[Rung], *, days: WorkingDays) -> None:
    if rungs:
        item.step = rungs[-1].index + 1
    item.next_step_at = rung(item, item.step, days=days).at
    item.paused_until, item.paused_for = None, ""
    item.failures = 0
    item.retry_at = None
    item.save(
        update_fields=[
            "step",
            "next_step_at",
            "paused_until",
            "paused_for",
            "failures",
            "retry_at",
            "stand_in",
        ]
    )


def _held(seen: WorkItem, *, at: datetime) -> WorkItem | None:
    """
    Lock the row; None if it ended or moved meanwhile, also by the call itself.

    :raises Busy: if somebody else has it, so that everything is rolled back
    """
    locked = _system().select_for_update(skip_locked=True, of=("self",), no_key=True)
    item = locked.select_related(*WITH).filter(pk=seen.pk).first()
    if item is None:
        raise Busy
    return item if _same(item, seen, at=at) else None


def _be_the_only_planner(seen: WorkItem) -> None:
    """
    Keep other planners away from this item until the transaction ends.

    :raises Busy: if one of them has it, or has done this rung already
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)",
            [ONE_PLANNER, seen.pk % 2**31],
        )
        if not cursor.fetchone()[0]:
            raise Busy
    found = _system().filter(pk=seen.pk).first()
    if found is None or not _same(found, seen, at=seen.next_step_at):
        raise Busy


def _same(item: WorkItem, seen: WorkItem, *, at: datetime | None) -> bool:
    if item.next_step_at is None or at is None or item.next_step_at > at:
        return False
    return (item.revision, item.step) == (seen.revision, seen.step)


def _let_others_first(key: int, *, at: datetime) -> None:
    _system().open().filter(pk=key).update(retry_at=at + FIRST_RETRY)


def _postpone(key: int, *, at: datetime) -> None:
    row = _system().open().filter(pk=key).first()
    if row is None:
        return
    wait = min(FIRST_RETRY * 2 ** min(row.failures, 10), LAST_RETRY)
    _system().open().filter(pk=key).update(
        failures=row.failures + 1, retry_at=at + wait
    )


def _system() -> WorkItemQuerySet:
    return WorkItem.objects.system_scope("the planner moves all open work")
