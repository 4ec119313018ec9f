"""Who hears about a piece of work now: somebody who is there and may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Value

from casework.people.absence import present_deputy
from casework.people.models import Absence, Desk, Membership, User
from casework.work.days import local_day
from casework.work.models import WorkItem, exclusions


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who hears it in the product, and by mail if `by_mail`."""

    user: User
    by_mail: bool = True


@dataclass(frozen=True, slots=True)
class Out:
    """Who does not hear it now: who is away, and who knows the people it is about."""

    away: frozenset[int]
    known: frozenset[int]

    def reaches(self, user: User) -> bool:
        """Whether somebody is there and may hear it."""
        return user.is_active and user.pk not in self.away | self.known


def owners(item: WorkItem, *, at: datetime) -> list[Recipient]:
    """
    Give who must do it: the owner or who stands in for him; of a desk everybody.

    Only who leads a desk gets mail for it, so that not ten people read the same.
    """
    out = out_for(item, at=at)
    person = item.claimed_by or item.owner_user
    if person is not None:
        found = present(person, out=out, at=at)
        if item.is_own and found != person:
            return []
        told = [found] if found is not None else []
        if item.stand_in is not None and item.stand_in not in told:
            second = present(item.stand_in, out=out, at=at)
            told += [second] if second is not None else []
        return [Recipient(user) for user in told] or caretakers(item, at=at)
    assert item.owner_desk is not None
    return _of_desk(item.owner_desk, out=out, at=at) or caretakers(item, at=at)


def asker(item: WorkItem, *, at: datetime) -> list[Recipient]:
    """Give who asked for it, or who does his work now; else who must do it."""
    if item.asked_by is None:
        return owners(item, at=at)
    found = present(item.asked_by, out=out_for(item, at=at), at=at)
    return [Recipient(found)] if found is not None else caretakers(item, at=at)


def deputies(item: WorkItem, *, at: datetime) -> list[Recipient]:
    """
    Give who hears that the owner is silent: his deputy, else his team lead.

    Of a desk: who leads it. Never the person who asked for it.
    """
    out = out_for(item, at=at)
    person = item.claimed_by or item.owner_user
    if person is None:
        assert item.owner_desk is not None
        people = _of_desk(item.owner_desk, out=out, at=at)
        return [each for each in people if each.by_mail] or caretakers(item, at=at)
    for other in (person.deputy, person.team_lead):
        if other is None or not out.reaches(other):
            continue
        if other.pk != item.asked_by_id:
            return [Recipient(other)]
    return caretakers(item, at=at)


def caretakers(item: WorkItem | None = None, *, at: datetime) -> list[Recipient]:
    """Give the functioneel beheerders who are there: nobody else is left."""
    out = out_for(item, at=at)
    found: list[Recipient] = []
    for desk in Desk.objects.filter(kind=Desk.Kind.BEHEER, is_active=True):
        found += _of_desk(desk, out=out, at=at)
    return found


def present(user: User, *, out: Out, at: datetime) -> User | None:
    """
    Give this person, or who does his work now; None if nobody is there.

    For who knows these people nobody hears it either: he has no place to stand in.
    """
    if user.pk in out.known:
        return None
    if out.reaches(user):
        return user
    for found in (present_deputy(user, at=at), user.deputy, user.team_lead):
        if found is not None and out.reaches(found):
            return found
    return None


def now_for(reader: User, item: WorkItem, step: str, *, out: Out) -> User:
    """
    Give who reads what was planned for somebody: who is back, reads it himself.

    `step` is the key of the rung. What was said to who stands in, stays his.
    """
    meant = meant_for(item, step)
    seconds = {item.stand_in_id} - {None}
    if meant is None or seconds & {reader.pk, *out.away}:
        return reader
    return meant if out.reaches(meant) else reader


def meant_for(item: WorkItem, step: str) -> User | None:
    """Give the person to whom a rung is said; nobody where it is a desk."""
    if is_for_asker(step):
        return item.asked_by
    return item.claimed_by or item.owner_user


def is_for_asker(step: str) -> bool:
    """Whether a rung, by its key, is said to who asked for the work."""
    return ":asked_by" in step


def out_for(item: WorkItem | None, *, at: datetime) -> Out:
    """Give who does not hear of a piece of work at a moment. One query."""
    rows = Absence.objects.active(at).values_list("user_id", Value(0))
    if item is not None and item.case is not None:
        known = exclusions().filter(case=item.case)
        rows = rows.union(known.values_list("user_id", Value(1)))
    found = list(rows)
    return Out(
        away=frozenset(user for user, knows in found if not knows),
        known=frozenset(user for user, knows in found if knows),
    )


def _of_desk(desk: Desk, *, out: Out, at: datetime) -> list[Recipient]:
    """Give the people of a desk who are there, or who stands in for them."""
    rows = (
        Membership.objects.on(local_day(at))
        .filter(desk=desk, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    there = [row for row in rows if out.reaches(row.user)]
    if not there:
        stand_ins = {present(row.user, out=out, at=at) for row in rows}
        return [Recipient(user) for user in stand_ins if user is not None]
    leads = any(row.is_lead for row in there)
    return [Recipient(row.user, by_mail=row.is_lead or not leads) for row in there]
