"""How everybody hears that a deputy begins and ends: the three of them and the FG."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from casework.people.models import Absence, Membership, Role, User
from casework.policy import policy
from casework.work import letters
from casework.work.days import local_day, working_days
from casework.work.models import Delivery
from casework.work.steps import by_day
from casework.work.tell import at_once

LOOKS_BACK = timedelta(days=7)
BEGIN, END = "begin", "end"


def tell_absences(*, at: datetime, only: Absence | None = None) -> int:
    """
    Plan the mails for what began or ended this week; each once. Give how many.

    `only` is the one that somebody reported just now. It can wait for the day, but not
    that another took somebody's work over: he hears that at once. The number of
    statements is the same for one absence and for a summer full of them.
    """
    since = at - LOOKS_BACK
    known = Absence.objects.filter(pk=only.pk) if only else Absence.objects.all()
    people = known.select_related("user__team_lead", "deputy")
    begun = people.active(at).filter(starts_at__gt=since)
    ended = list(people.filter(ends_at__gt=since, ends_at__lte=at))
    happened = [*((each, BEGIN) for each in begun), *((each, END) for each in ended)]
    officers = _officers(at=at) if happened else []
    wanted = {
        f"absence:{absence.pk}:{event}:{user.pk}": (absence, event, user)
        for absence, event in happened
        for user in _readers(absence, event, officers)
    }
    planned = Delivery.objects.filter(key__in=wanted).values_list("key", flat=True)
    new = sorted(wanted.keys() - set(planned))
    still_away = _still_away(ended, at=at) if ended else set()
    mails = [_mail(key, *wanted[key], still_away=still_away, at=at) for key in new]
    if mails:
        _let_wait(mails, (wanted[key] for key in new), at=at)
    Delivery.objects.bulk_create(mails, ignore_conflicts=True)
    return len(mails)


def is_overtaken(mail: Delivery, *, at: datetime) -> bool:
    """Whether a mail says that somebody is back, or away, who is not so any more."""
    kind, _, rest = mail.key.partition(":")
    number, _, event = rest.partition(":")
    if kind != "absence":
        return False
    absence = Absence.objects.get(pk=int(number))
    if event.startswith(BEGIN):
        return absence.ends_at is not None and absence.ends_at <= at
    later = Absence.objects.active(at).filter(user=absence.user_id)
    return later.filter(starts_at__gt=absence.ends_at).exists()


def _mail(
    key: str,
    absence: Absence,
    event: str,
    user: User,
    *,
    still_away: set[int],
    at: datetime,
) -> Delivery:
    letter = (
        letters.absence_begins(absence, for_deputy=user == absence.deputy)
        if event == BEGIN
        else letters.absence_ends(
            absence, at=at, is_replaced=absence.user_id in still_away
        )
    )
    return at_once(letter, key=key, kind=Delivery.Kind.ABSENCE, to=user, at=at)


def _still_away(ended: Iterable[Absence], *, at: datetime) -> set[int]:
    """Give whose absence goes on as another one, with another deputy."""
    rows = Absence.objects.active(at).filter(user__in={each.user_id for each in ended})
    return set(rows.values_list("user_id", flat=True))


def _let_wait(
    mails: Iterable[Delivery],
    told: Iterable[tuple[Absence, str, User]],
    *,
    at: datetime,
) -> None:
    morning = by_day(at, days=working_days(policy.at(local_day(at))))
    for mail, (absence, event, user) in zip(mails, told, strict=True):
        if event == END or user.pk != absence.user_id:
            mail.not_before = morning


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
