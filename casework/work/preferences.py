"""What somebody wants to hear by mail."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from casework.audit import log
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
def stop_digest(key: uuid.UUID, *, at: datetime) -> bool:
    """
    Switch a digest off with the key of its mail, without logging in.

    An unknown key does nothing and says so to nobody but the caller.
    """
    found = Preference.objects.filter(unsubscribe_key=key).first()
    if found is None:
        return False
    choose_digest(found.user, wanted=False, at=at)
    return True
