"""How everybody hears that a deputy begins and ends: the three of them and the FG."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from casework.people.models import Absence, Membership, Role, User
from casework.work import letters
from casework.work.days import local_day
from casework.work.letters import Letter
from casework.work.models import REPEATED, Delivery
from casework.work.tell import message_id

LOOKS_BACK = timedelta(days=7)


def tell_absences(*, at: datetime) -> int:
    """Plan the mails for what began or ended this week; each once. Give how many."""
    since = at - LOOKS_BACK
    people = "user", "user__team_lead", "deputy"
    begun = Absence.objects.filter(starts_at__gt=since, starts_at__lte=at)
    ended = Absence.objects.filter(ends_at__gt=since, ends_at__lte=at)
    planned = 0
    for absence in begun.select_related(*people):
        told = {
            user: letters.absence_begins(absence, for_deputy=user == absence.deputy)
            for user in _readers(absence, "begin", at=at)
        }
        planned += _plan(f"absence:{absence.pk}:begin", told, at=at)
    for absence in ended.select_related(*people):
        letter = letters.absence_ends(absence, at=at)
        told = dict.fromkeys(_readers(absence, "end", at=at), letter)
        planned += _plan(f"absence:{absence.pk}:end", told, at=at)
    return planned


def _plan(about: str, told: Mapping[User, Letter], *, at: datetime) -> int:
    mails = [
        Delivery(
            key=f"{about}:{user.pk}",
            kind=Delivery.Kind.ABSENCE,
            to_user=user,
            message_id=message_id(f"{about}:{user.pk}"),
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            planned_at=at,
            not_before=at,
            repeats_in_doubt=REPEATED[Delivery.Kind.ABSENCE],
        )
        for user, letter in told.items()
    ]
    keys = [each.key for each in mails]
    rows = Delivery.objects.filter(key__in=keys)
    known = set(rows.values_list("key", flat=True))
    new = [each for each in mails if each.key not in known]
    Delivery.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _readers(absence: Absence, event: str, *, at: datetime) -> list[User]:
    officers = Membership.objects.on(local_day(at)).filter(
        role=Role.FG, user__is_active=True
    )
    readers = [absence.deputy, absence.user.team_lead]
    readers += [row.user for row in officers.select_related("user")]
    if event == "end" or absence.started_by_id != absence.user_id:
        readers.append(absence.user)
    unique = {user.pk: user for user in readers if user is not None}
    return list(unique.values())
