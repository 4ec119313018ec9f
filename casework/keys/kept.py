"""Forms that were sent when nobody was logged in any more, kept for who typed them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from casework.keys.envelope import (
    Envelope,
    KeyDestroyed,
    NoKey,
    envelope,
    envelope_for_sealing,
)
from casework.keys.masters import Damaged, UnknownMaster
from casework.keys.models import KeptForm
from casework.people.models import User

DRAFTS = "drafts"
KEPT_FOR = timedelta(days=7)
MOST = 20
"""Of one person at a time."""

Fields = list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody sent too late: where to, and every field as it was."""

    number: int
    path: str
    fields: Fields


@transaction.atomic
def keep(user: int, *, path: str, fields: Fields, at: datetime) -> bool:
    """
    Keep a form for its writer; the same form again takes its place.

    Give whether it was kept: not when he has so many already, or is not there.
    """
    if not User.objects.select_for_update(no_key=True).filter(pk=user).exists():
        return False
    mark = _mark(path, fields)
    theirs = KeptForm.objects.filter(user=user)
    theirs.filter(kept_at__lte=at - KEPT_FOR).delete()
    if theirs.exclude(mark=mark).count() >= MOST:
        return False
    key = envelope_for_sealing(DRAFTS, at=at)
    text = json.dumps({"path": path, "data": fields})
    KeptForm.objects.update_or_create(
        user_id=user,
        mark=mark,
        defaults={"sealed": key.seal(text, purpose=_purpose(user)), "kept_at": at},
    )
    return True


def kept_of(user: User, *, at: datetime) -> list[Kept]:
    """Give what this person sent too late, the oldest first; never that of another."""
    rows = KeptForm.objects.filter(user=user, kept_at__gt=at - KEPT_FOR)
    rows = rows.order_by("kept_at", "pk")
    try:
        key = envelope(DRAFTS)
    except (NoKey, KeyDestroyed, UnknownMaster):
        return []
    opened = (_opened(row, key) for row in rows)
    return [each for each in opened if each is not None]


def has_kept(user: User, *, at: datetime) -> bool:
    """Whether something waits for this person."""
    rows = KeptForm.objects.filter(user=user, kept_at__gt=at - KEPT_FOR)
    return rows.exists()


def forget(user: User, number: int) -> None:
    """Throw away what this person no longer wants; what is of another stays."""
    KeptForm.objects.filter(user=user, pk=number).delete()


def forget_sent(user: User, *, path: str, fields: Fields) -> None:
    """Forget a form that was sent after all, and no other."""
    KeptForm.objects.filter(user=user, mark=_mark(path, fields)).delete()


def remove_over(*, at: datetime) -> int:
    """Remove what nobody came back for within a week; give how much."""
    return KeptForm.objects.filter(kept_at__lte=at - KEPT_FOR).delete()[0]


def _opened(row: KeptForm, key: Envelope) -> Kept | None:
    try:
        text = key.reveal(bytes(row.sealed), purpose=_purpose(row.user_id))
    except Damaged:
        return None
    draft = json.loads(text)
    fields = [(name, values) for name, values in draft["data"]]
    return Kept(row.pk, draft["path"], fields)


def _mark(path: str, fields: Fields) -> str:
    sent = "".join(dict(fields).get("submit_id", []))
    return sha256(f"{path}\n{sent}".encode()).hexdigest()


def _purpose(user: int) -> str:
    return f"user:{user}"
