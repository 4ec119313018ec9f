"""What stops the help: raise it, move it, end it. The only place levels change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.closed import CLOSED
from casework.cases.journal import record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Bottleneck, Case, Event
from casework.cases.models.tracked import Tracked
from casework.cases.naming import refuse_names
from casework.levels import Level
from casework.people.errors import AlreadyDone, InvalidInput, TransitionRefused
from casework.people.models import Organisation, User
from casework.work import items
from casework.work.days import local_day

Ending = Callable[..., list[Tracked]]
_ending: list[Ending] = []


def ending(follows: Ending) -> Ending:
    """
    Let the engine follow the end of a bottleneck; `casework` knows none of it.

    It is asked before anything else changes, and gives the rows that it changed.
    """
    _ending.append(follows)
    return follows


ENDED = "Dit knelpunt is al afgerond."
_SHOWS = ("escalation.requested", "escalation.made_known")


class StillAsked(TransitionRefused):
    """A request about this bottleneck is running."""

    user_message = (
        "Er loopt al een vraag over dit knelpunt. "
        "Wacht op antwoord of trek die vraag eerst in."
    )


class ShownBefore(TransitionRefused):
    """Another level was given the text of this bottleneck to read."""

    user_message = (
        "Een ander niveau kreeg deze tekst al te lezen. Daarom blijft hij zo staan. "
        "Maak een nieuw knelpunt en rond dit knelpunt af."
    )


class NotRunning(TransitionRefused):
    """Procesregie does not run in this case."""

    def __init__(self, case: Case) -> None:
        super().__init__(_WHAT_FIRST[Case.Status(case.status)])


_WHAT_FIRST = {
    Case.Status.IN_TRIAGE: "Deze melding is nog niet beoordeeld. Doe dat eerst.",
    Case.Status.OPEN: "Deze casus heeft nu geen procesregisseur. Wijs er eerst een aan.",
    Case.Status.AFTERCARE: "Deze casus is in nazorg. De procesregisseur kan bij "
    'afschalen kiezen: "Procesregie moet toch doorgaan".',
    Case.Status.ELSEWHERE: CLOSED,
    Case.Status.CLOSED: CLOSED,
}
"""What must happen before procesregie runs, by where a case is in its life."""


@transaction.atomic
def raise_bottleneck(
    case: Case,
    *,
    by: User,
    at: datetime,
    kinds: Sequence[str],
    description: str,
    tried: str,
    since: date,
    level: Level = Level.PROCES,
    theme: str = Bottleneck.Theme.OTHER,
    breaker: str = "",
    cause: Organisation | None = None,
) -> Bottleneck:
    """
    Add a bottleneck to a running case, at the level that must move on it.

    :raises NotPermitted: if `by` does not steer the case
    :raises InvalidInput: if a text names somebody
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    if case.status != Case.Status.OPEN:
        raise NotRunning(case)
    bottleneck = add_bottleneck(
        case,
        at=at,
        kinds=kinds,
        description=description,
        tried=tried,
        since=since,
        level=level,
        theme=theme,
        breaker=breaker,
        cause=cause,
    )
    changed = settle_level(case)
    record(case, "bottleneck.raised", by=by, at=at, changed=[bottleneck, *changed])
    return bottleneck


def add_bottleneck(
    case: Case,
    *,
    at: datetime,
    kinds: Sequence[str],
    description: str,
    tried: str,
    since: date,
    level: Level,
    theme: str = Bottleneck.Theme.OTHER,
    breaker: str = "",
    cause: Organisation | None = None,
) -> Bottleneck:
    """Write a bottleneck as part of a transition; the case is locked."""
    refuse_names(case, description=description, tried=tried, breaker=breaker)
    if since > local_day(at):
        raise InvalidInput("Kies een dag die al geweest is.", field="since")
    last = case.bottlenecks.aggregate(last=Max("number"))["last"] or 0
    return Bottleneck.objects.create(
        case=case,
        number=last + 1,
        kinds=list(kinds),
        theme=theme,
        description=description,
        tried=tried,
        breaker=breaker,
        cause=cause,
        since=since,
        level=level,
        raised_at=at,
    )


@transaction.atomic
def reword_bottleneck(
    bottleneck: Bottleneck,
    *,
    by: User,
    at: datetime,
    description: str,
    tried: str,
    breaker: str = "",
    seen: int | None = None,
) -> Bottleneck:
    """
    Write the text of a bottleneck anew, as long as no other level was given it to read.

    What it said before is kept nowhere: it may have been a name.

    :raises ShownBefore: if something was asked or made known about it
    :raises AlreadyDone: if it ended
    :raises InvalidInput: if a text names somebody
    """
    case = lock_case(bottleneck)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(bottleneck, seen)
    if not bottleneck.is_open:
        raise AlreadyDone(ENDED)
    if was_shown(bottleneck):
        raise ShownBefore
    refuse_names(case, description=description, tried=tried, breaker=breaker)
    bottleneck.description, bottleneck.tried = description, tried
    bottleneck.breaker = breaker
    bottleneck.version += 1
    bottleneck.save(update_fields=["description", "tried", "breaker", "version"])
    record(case, "bottleneck.reworded", by=by, at=at, about=bottleneck)
    return bottleneck


def was_shown(bottleneck: Bottleneck) -> bool:
    """Whether another level was ever given its text: then that stays as it was read."""
    return (
        Event.objects.system_scope("whether another level was given it to read")
        .filter(case=bottleneck.case_id, kind__in=_SHOWS)
        .filter(facts__bottleneck=bottleneck.number)
        .exists()
    )


@transaction.atomic
def end_bottleneck(
    bottleneck: Bottleneck,
    *,
    by: User,
    at: datetime,
    state: Bottleneck.State,
    reason: str,
    seen: int | None = None,
) -> Bottleneck:
    """
    Say that a bottleneck is solved, accepted or no longer there.

    Who read its memo for a question about it reads it no longer.

    :raises StillAsked: if somebody must still answer a request about it
    :raises AlreadyDone: if it ended before
    """
    case = lock_case(bottleneck)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(bottleneck, seen)
    if not bottleneck.is_open:
        raise AlreadyDone(ENDED)
    if bottleneck.asked:
        raise StillAsked
    bottleneck.case = case
    ended = [row for follows in _ending for row in follows(bottleneck, by=by, at=at)]
    bottleneck.state = state
    bottleneck.ended_reason = reason
    bottleneck.ended_at = at
    bottleneck.version += 1
    bottleneck.save(update_fields=["state", "ended_reason", "ended_at", "version"])
    changed: list[Tracked] = [bottleneck, *settle_level(case), *ended]
    items.close_items(bottleneck.key, by=by, at=at)
    record(case, "bottleneck.ended", by=by, at=at, changed=changed, state=str(state))
    return bottleneck


def move_bottleneck(bottleneck: Bottleneck, *, to: Level) -> list[Tracked]:
    """
    Put a bottleneck at a level and the case at its highest one.

    Whether it is asked is kept with it, in the same statement. Part of a transition;
    returns the rows that changed, for its record.
    """
    bottleneck.level = to
    bottleneck.version += 1
    bottleneck.save(update_fields=["level", "asked", "version"])
    return [bottleneck, *settle_level(bottleneck.case)]


def settle_level(case: Case) -> list[Tracked]:
    """Put the case at the level its open bottlenecks say; CASUS without any."""
    highest = case.bottlenecks.filter(state=Bottleneck.State.OPEN).aggregate(
        highest=Max("level")
    )["highest"]
    level = Level(highest or Level.CASUS)
    if case.level == level:
        return []
    case.level = level
    case.save(update_fields=["level"])
    return [case]
