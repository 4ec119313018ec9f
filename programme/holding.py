"""The rows of the programme, locked while somebody writes, and who may write there."""

from __future__ import annotations

from datetime import datetime

from casework.people.errors import NotPermitted, Stale, TransitionRefused
from casework.people.models import Role, User
from casework.work.days import local_day
from programme.models import Activity, Programme


class PeriodClosed(TransitionRefused):
    """The period of this programme is closed."""

    user_message = (
        "Deze periode is gesloten. Je kunt alleen nog in de nieuwe periode schrijven."
    )


def hold_programme(programme: Programme, *, seen: int | None) -> None:
    """
    Lock a programme and read it anew, in place.

    :raises Stale: if it changed since `seen`
    """
    locked = Programme.objects.select_for_update(no_key=True)
    programme.refresh_from_db(from_queryset=locked)
    if seen is not None and programme.version != seen:
        raise Stale


def hold_activity(activity: Activity, *, seen: int | None) -> None:
    """
    Lock an activity and read it anew, in place, to write in it.

    :raises PeriodClosed: if nobody may write in its period any more
    :raises Stale: if it changed since `seen`
    """
    lock_activity(activity)
    if activity.programme.is_closed:
        raise PeriodClosed
    if seen is not None and activity.version != seen:
        raise Stale


def lock_activity(activity: Activity) -> None:
    """Lock an activity with its programme, and read both anew, in place."""
    # The programme first, so that a period can't close while somebody writes in it.
    programme = Programme.objects.select_for_update(no_key=True).get(
        pk=activity.programme_id
    )
    locked = Activity.objects.select_for_update(no_key=True)
    activity.refresh_from_db(from_queryset=locked)
    activity.programme = programme


def require_aov(by: User, *, at: datetime, act: str) -> None:
    """
    Let only an AOV do something, in his own name.

    :raises NotPermitted: with `act`, which says who does it
    """
    if Role.AOV not in by.roles(on=local_day(at)):
        raise NotPermitted(act)
