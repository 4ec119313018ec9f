"""What somebody wants to hear by mail."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from casework.audit import log
from casework.people.errors import NotVisible
from casework.people.models import User
from casework.work.models import Preference


@transaction.atomic
def choose_digest(user: User, *, wanted: bool, at: datetime) -> Preference:
    """Switch the digest of somebody on or off; decisions and the law stay."""
    found, _ = Preference.objects.update_or_create(
        user=user, defaults={"digest": wanted}
    )
    log.write("settings.changed", by=user, at=at, about="preference:digest")
    return found


@transaction.atomic
def choose_digest_by_key(key: uuid.UUID, *, wanted: bool, at: datetime) -> None:
    """
    Switch a digest on or off with the key of its mail, without logging in.

    :raises NotVisible: if it is nobody's key
    """
    choose_digest(_of(key).user, wanted=wanted, at=at)


def wants_digest(key: uuid.UUID) -> bool:
    """
    Whether the digest with this key in its mail is sent.

    :raises NotVisible: if it is nobody's key
    """
    return _of(key).digest


def _of(key: uuid.UUID) -> Preference:
    found = Preference.objects.filter(unsubscribe_key=key).first()
    if found is None:
        raise NotVisible
    return found
