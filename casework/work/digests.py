"""One overview a day: what came too late for its morning goes with another."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q, QuerySet

from casework.people.models import Absence, User
from casework.policy import policy
from casework.work.days import WorkingDays, at_local, local_day, working_days
from casework.work.models import Delivery, Notice, Preference
from casework.work.recipients import meant_for, now_for, out_for, present
from casework.work.steps import DIGEST, EVENING, next_digest
from casework.work.tell import digest_for

State = Delivery.State


def moved_on(row: Delivery, *, at: datetime) -> bool:
    """
    Give the lines of a digest to another one if it should not go out now.

    After a night without a mail server yesterday's would else come at night, or beside
    that of today.
    """
    if _is_alone(row, at=at) and _is_timely(row, at=at):
        return False
    with transaction.atomic():
        lines = Notice.objects.filter(delivery=row)
        later = _later(row, at=at)
        if later is None:
            if _may_go(row, at=at) or not lines.exists():
                return False
            later = _next(row, at=at)
        lines.update(delivery=later)
        _repeat_as(row, later)
    return True


def give_on(row: Delivery, *, at: datetime) -> None:
    """
    Give the lines of a digest to whoever does its reader's work now.

    They go with his own of today if that can still take them. What somebody wrote for
    himself, and what nobody is there for, stays where it is.
    """
    with transaction.atomic():
        heirs: dict[int, User] = {}
        for line in _lines(row):
            out = out_for(line.item, at=at)
            heir = present(row.to_user, out=out, at=at)
            if heir is not None and not line.item.is_own:
                heirs[line.pk] = heir
        _give(row, heirs, at=at)


def give_back(row: Delivery, *, at: datetime) -> None:
    """Give the lines of a digest to who was away when they were said, and is back."""
    with transaction.atomic():
        back = Absence.objects.filter(ends_at__gt=row.planned_at, ends_at__lte=at)
        over = {(each.user_id, each.starts_at, each.ends_at) for each in back}
        if not over:
            return
        heirs: dict[int, User] = {}
        for line in _lines(row):
            meant = meant_for(line.item, line.step)
            if meant is None or not any(
                user == meant.pk and start <= line.at < (end or at)
                for user, start, end in over
            ):
                continue
            out = out_for(line.item, at=at)
            heirs[line.pk] = now_for(row.to_user, line.item, line.step, out=out)
        reader = row.to_user
        _give(row, {pk: heir for pk, heir in heirs.items() if heir != reader}, at=at)


def _lines(row: Delivery) -> QuerySet[Notice]:
    people = ("owner_user", "claimed_by", "asked_by")
    lines = Notice.objects.filter(delivery=row)
    return lines.select_related("item", *(f"item__{who}" for who in people))


def _give(row: Delivery, heirs: dict[int, User], *, at: datetime) -> None:
    given: dict[int, list[int]] = {}
    people = {heir.pk: heir for heir in heirs.values()}
    for line, heir in heirs.items():
        given.setdefault(heir.pk, []).append(line)
    # In the order of their keys, so that two senders can't wait for each other.
    for key in sorted(given):
        later = _taking(people[key], row, at=at)
        Notice.objects.filter(pk__in=given[key]).update(delivery=later)
        _repeat_as(row, later)


def hold_morning(row: Delivery, *, at: datetime) -> QuerySet[Delivery]:
    """
    Let no other process send a digest to this person before our transaction ends.

    Give those that went out today or are on their way: while there is one, ours waits.
    """
    Preference.objects.select_for_update().get(user=row.to_user_id)
    return _gone(row, at=at)


def _later(row: Delivery, *, at: datetime) -> Delivery | None:
    """Give the digest of a later morning that waits too, or that we hold with this."""
    ours = Q(state=State.PENDING) | Q(state=State.CLAIMED, token=row.token)
    return (
        _others(row)
        .filter(ours, pk__gt=row.pk, not_before__lte=at)
        .select_for_update(of=("self",))
        .order_by("pk")
        .last()
    )


def _next(row: Delivery, *, at: datetime) -> Delivery:
    days = _days(at)
    morning = next_digest(at, days=days)
    return digest_for(row.to_user, morning=morning, at=at, days=days)


def _taking(user: User, row: Delivery, *, at: datetime) -> Delivery:
    """Give the digest of somebody that can still take a line, of today or later."""
    held = Delivery.objects.filter(
        kind=Delivery.Kind.DIGEST,
        to_user=user,
        state=State.CLAIMED,
        token=row.token,
    )
    ours = held.select_for_update(of=("self",)).order_by("pk").last()
    if ours is not None:
        return ours
    today, days = local_day(at), _days(at)
    goes_today = _is_daytime(at) and days.is_working_day(today)
    morning = at_local(today, DIGEST) if goes_today else next_digest(at, days=days)
    return digest_for(user, morning=morning, at=at, days=days)


def _repeat_as(row: Delivery, later: Delivery) -> None:
    """Let what must not be missed not be missed in another digest either."""
    if row.repeats_in_doubt:
        Delivery.objects.filter(pk=later.pk).update(repeats_in_doubt=True)


def _may_go(row: Delivery, *, at: datetime) -> bool:
    is_off = not _days(at).is_working_day(local_day(at))
    if not _is_daytime(at) or (is_off and not _is_timely(row, at=at)):
        return False
    return not _gone(row, at=at).exists()


def _is_alone(row: Delivery, *, at: datetime) -> bool:
    return not _going(row, at=at).exists()


def _is_timely(row: Delivery, *, at: datetime) -> bool:
    return _morning_of(row) == local_day(at) and _is_daytime(at)


def _is_daytime(at: datetime) -> bool:
    today = local_day(at)
    return at_local(today, DIGEST) <= at < at_local(today, EVENING)


def _going(row: Delivery, *, at: datetime) -> QuerySet[Delivery]:
    """Give the other digests of this person that wait, go out or went out today."""
    waiting = Q(state__in=[State.PENDING, State.CLAIMED], not_before__lte=at)
    return _others(row).filter(waiting | _gone_by(at))


def _gone(row: Delivery, *, at: datetime) -> QuerySet[Delivery]:
    return _others(row).filter(_gone_by(at))


def _gone_by(at: datetime) -> Q:
    today = at_local(local_day(at), time.min)
    return Q(state=State.SENT, sent_at__gte=today) | Q(state=State.HANDING)


def _others(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        kind=Delivery.Kind.DIGEST, to_user=row.to_user_id
    ).exclude(pk=row.pk)


def _morning_of(row: Delivery) -> date:
    return date.fromisoformat(row.key.rpartition(":")[2])


def _days(at: datetime) -> WorkingDays:
    return working_days(policy.at(local_day(at)))
