"""How the FG gets the day's checkpoint of the log, to keep it out of our reach."""

from __future__ import annotations

from datetime import datetime

from casework.people.models import Membership, Role, User
from casework.work import letters
from casework.work.days import local_day
from casework.work.models import REPEATED, Delivery
from casework.work.tell import message_id


def mail_anchor(note: str, *, at: datetime) -> int:
    """Plan the mail of today for everybody who is FG; each once. Give how many."""
    day = local_day(at)
    officers = Membership.objects.on(day).filter(role=Role.FG, user__is_active=True)
    readers = User.objects.filter(pk__in=officers.values("user_id"))
    keys = {f"anchor:{day.isoformat()}:{user.pk}": user for user in readers}
    known = Delivery.objects.filter(key__in=keys).values_list("key", flat=True)
    letter = letters.anchor_of_log(note, day=day)
    planned = [
        Delivery(
            key=key,
            kind=Delivery.Kind.ANCHOR,
            to_user=keys[key],
            message_id=message_id(key),
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            planned_at=at,
            not_before=at,
            repeats_in_doubt=REPEATED[Delivery.Kind.ANCHOR],
        )
        for key in sorted(keys.keys() - set(known))
    ]
    Delivery.objects.bulk_create(planned, ignore_conflicts=True)
    return len(planned)
