"""How a bottleneck becomes a beleidssignaal that nobody can walk back from."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction

from ave.trends.anonymity import require_anonymous
from ave.trends.recurring import trend_of
from casework.access import grants
from casework.access.permissions import Permission
from casework.cases.journal import acts_for, record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Bottleneck, Case, Event
from casework.people.errors import AlreadyDone, InvalidInput, TransitionRefused
from casework.people.models import Desk, User
from casework.work.days import add_months, at_local, local_day
from programme.models import Activity
from programme.transitions import receive_signal

AGAIN_AFTER_MONTHS = 6


class CaseNotRunning(TransitionRefused):
    """There is no procesregie in this case now."""

    user_message = (
        "In deze casus loopt geen procesregie. Je kunt er geen signaal over sturen."
    )


class SignalSent(AlreadyDone):
    """There was a signal about this bottleneck before."""

    user_message = (
        "Over dit knelpunt ging al een beleidssignaal. "
        "Je vindt het antwoord bij Beleidssignalen."
    )


@transaction.atomic
def send_signal(
    bottleneck: Bottleneck,
    *,
    theme: str,
    text: str,
    desk: Desk,
    activity: Activity | None,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> Bottleneck:
    """
    Tell policy of a kind of bottleneck, in words that lead back to nobody.

    The case remembers that a signal went, the signal knows nothing of the case, and
    neither holds a key of the other: so the bottleneck is returned, not the signal.

    :raises NotPermitted: if `by` does not steer the case
    :raises CaseNotRunning: if no procesregie runs in it
    :raises SignalSent: if one went in the last six months
    :raises InvalidInput: if the text names somebody or points at the case
    """
    case = lock_case(bottleneck)
    grants.require(by, Permission.STEER_CASE, case, at=at)
    require_version(bottleneck, seen)
    if not case.is_running:
        raise CaseNotRunning
    if was_sent(bottleneck, at=at):
        raise SignalSent
    if theme not in Bottleneck.Theme.values:
        raise InvalidInput("Kies waar het over gaat.", field="theme")
    require_anonymous(case, text)

    receive_signal(
        theme=theme,
        text=text,
        desk=desk,
        activity=activity,
        period=trend_of(theme, at=at).period,
        asked_by=acts_for(case, by, at=at) or by,
        at=at,
    )
    record(case, "signal.sent", by=by, at=at, about=bottleneck)
    return bottleneck


def was_sent(bottleneck: Bottleneck, *, at: datetime) -> bool:
    """Whether a signal about this bottleneck went in the last six months. One query."""
    return bottleneck.key in sent_about(bottleneck.case, at=at)


def sent_about(case: Case, *, at: datetime) -> set[str]:
    """Name the bottlenecks about which one went in the last six months. One query."""
    since = at_local(add_months(local_day(at), -AGAIN_AFTER_MONTHS), time())
    sent = Event.objects.system_scope("whether a signal went before").filter(
        case=case, kind="signal.sent", at__gte=since
    )
    return set(sent.values_list("facts__about", flat=True))
