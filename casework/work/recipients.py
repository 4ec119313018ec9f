"""Who hears about a piece of work now: always somebody who is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.people.absence import present_deputy
from casework.people.models import Absence, Desk, Membership, User
from casework.work.days import local_day
from casework.work.models import WorkItem


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who hears it in the product, and by mail if `by_mail`."""

    user: User
    by_mail: bool = True


def owners(item: WorkItem, *, at: datetime) -> list[Recipient]:
    """
    Give who must do it: the owner or who stands in for him; of a desk everybody.

    Only who leads a desk gets mail for it, so that not ten people read the same.
    """
    person = item.claimed_by or item.owner_user
    if person is not None:
        found = present(person, at=at)
        if item.is_own and found != person:
            return []
        told = [found] if found is not None else []
        if item.stand_in is not None and item.stand_in not in told:
            told += [each for each in [present(item.stand_in, at=at)] if each]
        return [Recipient(user) for user in told] or caretakers(at=at)
    assert item.owner_desk is not None
    return of_desk(item.owner_desk, at=at) or caretakers(at=at)


def asker(item: WorkItem, *, at: datetime) -> list[Recipient]:
    """Give who asked for it, or who does his work now; else who must do it."""
    if item.asked_by is None:
        return owners(item, at=at)
    found = present(item.asked_by, at=at)
    return [Recipient(found)] if found is not None else caretakers(at=at)


def deputies(item: WorkItem, *, at: datetime) -> list[Recipient]:
    """
    Give who hears that the owner is silent: his deputy, else his team lead.

    Of a desk: who leads it. Never the person who asked for it.
    """
    person = item.claimed_by or item.owner_user
    if person is None:
        assert item.owner_desk is not None
        leads = [each for each in of_desk(item.owner_desk, at=at) if each.by_mail]
        return leads or caretakers(at=at)
    away = _away(at)
    for other in (person.deputy, person.team_lead):
        if other is None or other.pk in away or not other.is_active:
            continue
        if other.pk != item.asked_by_id:
            return [Recipient(other)]
    return caretakers(at=at)


def caretakers(*, at: datetime) -> list[Recipient]:
    """Give the functioneel beheerders who are there: nobody else is left."""
    found: list[Recipient] = []
    for desk in Desk.objects.filter(kind=Desk.Kind.BEHEER, is_active=True):
        found += of_desk(desk, at=at)
    return found


def of_desk(desk: Desk, *, at: datetime) -> list[Recipient]:
    """Give the people of a desk who are there, or who stands in for them."""
    away = _away(at)
    rows = (
        Membership.objects.on(local_day(at))
        .filter(desk=desk, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    there = [row for row in rows if row.user_id not in away]
    if not there:
        stand_ins = {present(row.user, at=at) for row in rows}
        return [Recipient(user) for user in stand_ins if user is not None]
    leads = any(row.is_lead for row in there)
    return [Recipient(row.user, by_mail=row.is_lead or not leads) for row in there]


def present(user: User, *, at: datetime) -> User | None:
    """Give this person, or who does his work now; None if nobody is there."""
    away = _away(at)
    if user.is_active and user.pk not in away:
        return user
    for found in (present_deputy(user, at=at), user.deputy, user.team_lead):
        if found is not None and found.is_active and found.pk not in away:
            return found
    return None


def _away(at: datetime) -> frozenset[int]:
    return frozenset(Absence.objects.active(at).values_list("user_id", flat=True))
