"""How everybody hears that a deputy begins and ends: the three of them and the FG."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.people.models import Absence, Membership, Role, User
from casework.work import letters
from casework.work.days import local_day
from casework.work.models import Delivery
from casework.work.tell import at_once

LOOKS_BACK = timedelta(days=7)
BEGIN, END = "begin", "end"


def tell_absences(*, at: datetime, only: Absence | None = None) -> int:
    """
    Plan the mails for what began or ended this week; each once. Give how many.

    `only` is the one that somebody reported just now. The number of statements is the
    same for one absence and for a summer full of them.
    """
    since = at - LOOKS_BACK
    known = Absence.objects.filter(pk=only.pk) if only else Absence.objects.all()
    people = known.select_related("user__team_lead", "deputy")
    happened = [
        *(
            (each, BEGIN)
            for each in people.filter(starts_at__gt=since, starts_at__lte=at)
        ),
        *((each, END) for each in people.filter(ends_at__gt=since, ends_at__lte=at)),
    ]
    officers = _officers(at=at) if happened else []
    wanted = {
        f"absence:{absence.pk}:{event}:{user.pk}": (absence, event, user)
        for absence, event in happened
        for user in _readers(absence, event, officers)
    }
    planned = Delivery.objects.filter(key__in=wanted).values_list("key", flat=True)
    new = wanted.keys() - set(planned)
    mails = [_mail(key, *wanted[key], at=at) for key in sorted(new)]
    Delivery.objects.bulk_create(mails, ignore_conflicts=True)
    return len(mails)


def _mail(
    key: str, absence: Absence, event: str, user: User, *, at: datetime
) -> Delivery:
    letter = (
        letters.absence_begins(absence, for_deputy=user == absence.deputy)
        if event == BEGIN
        else letters.absence_ends(absence, at=at)
    )
    return at_once(letter, key=key, kind=Delivery.Kind.ABSENCE, to=user, at=at)


def _officers(*, at: datetime) -> list[User]:
    held = Membership.objects.on(local_day(at)).filter(
        role=Role.FG, user__is_active=True
    )
    return [row.user for row in held.select_related("user")]


def _readers(absence: Absence, event: str, officers: list[User]) -> list[User]:
    readers = [absence.deputy, absence.user.team_lead, *officers]
    if event == END or absence.started_by_id != absence.user_id:
        readers.append(absence.user)
    unique = {user.pk: user for user in readers if user is not None}
    return list(unique.values())
