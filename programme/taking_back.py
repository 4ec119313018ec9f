"""How what somebody wrote with the progress of an activity is taken away for good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.audit import log
from casework.people.errors import AlreadyDone
from casework.people.models import User
from programme.holding import hold_activity, require_aov
from programme.models import ProgressUpdate


@transaction.atomic
def take_back_text(update: ProgressUpdate, *, by: User, at: datetime) -> ProgressUpdate:
    """
    Take away what stands with the progress; that it was there stays, and how it went.

    :raises NotPermitted: if `by` is no AOV
    :raises PeriodClosed: if nobody may write in its period any more
    :raises AlreadyDone: if there is no text, or not any more
    """
    activity = update.activity
    hold_activity(activity, seen=None)
    require_aov(by, at=at, act="Een toelichting weghalen doet de AOV.")
    update.refresh_from_db(fields=["text", "taken_back_at"])
    if not update.text:
        raise AlreadyDone("Hier staat geen toelichting meer. Je hoeft niets te doen.")

    update.text, update.taken_back_at = "", at
    update.save(update_fields=["text", "taken_back_at"])
    log.write("progress.taken_back", by=by, at=at, about=activity.key)
    return update
