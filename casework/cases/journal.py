"""Write down what happened in a case, and give its state back from that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from casework.audit import log
from casework.cases.models import Case, Event, Participation
from casework.cases.models.tracked import Tracked, type_of_key
from casework.cases.participations import lender
from casework.people.absence import lent_desks
from casework.people.models import User

State = dict[str, dict[str, Any]]


def record(
    case: Case,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    changed: Sequence[Tracked] = (),
    about: Tracked | None = None,
    break_glass: bool = False,
    **facts: Any,
) -> Event:
    """
    Write one event and one log line for what a transition did.

    :param kind: noun and past tense, "escalation.answered"
    :param changed: the tracked rows whose changes this event carries
    :param about: the row that it is about; the first changed one when left out
    :param break_glass: whether it has to do with reading in an emergency
    :param facts: ids, codes and days for the sentence; never names or text
    """
    on_behalf_of = acts_for(case, by, at=at)
    subject = about or next(iter(changed), case)
    event = Event.objects.create(
        case=case,
        kind=kind,
        at=at,
        by=by,
        on_behalf_of=on_behalf_of,
        facts={"about": subject.key, **facts},
        changes=[change for row in changed for change in row.take_changes()],
    )
    log.write(
        kind,
        by=by,
        at=at,
        case=case.pk,
        about=subject.key,
        on_behalf_of=on_behalf_of,
        break_glass=break_glass,
    )
    Case._base_manager.filter(pk=case.pk).update(version=F("version") + 1)
    case.version += 1
    return event


def acts_for(case: Case, by: User | None, *, at: datetime) -> User | None:
    """In whose name somebody works in a case: whom he stands in for, if anybody."""
    if by is None:
        return None
    lent = lent_desks(by, at=at).values("desk")
    places = (
        Participation.objects.system_scope("who is acted for")
        .filter(Q(user=by) | Q(desk__in=lent), case=case, from_at__lte=at)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gte=at))
        .filter(Q(until_at__isnull=True) | Q(until_at__gt=at))
        .select_related("on_behalf_of")
        .order_by(
            F("on_behalf_of").asc(nulls_last=True), F("user").asc(nulls_last=True)
        )
    )
    first = places.first()
    return lender(first, by, at=at) if first is not None else None


def apply(state: State, events: Iterable[Event]) -> State:
    """
    Give the state after some events, from the state before them.

    :raises Contradiction: if an event starts from something that was not so
    """
    now = {key: dict(fields) for key, fields in state.items()}
    for event in events:
        for key, name, before, after in event.changes:
            fields = now.setdefault(key, {})
            if fields.get(name) != before:
                raise Contradiction(f"{event.pk}: {key} {name}")
            fields[name] = after
    return now


def state_of(cases: Collection[int]) -> State:
    """
    Give the present state of some cases as their events should give it back.

    One query for each kind of row, however many cases.
    """
    state: State = {}
    for kind in type_of_key.values():
        rows = kind._base_manager.filter(**{f"{kind.CASE_PATH}__in": cases})
        names = ["pk", *kind.TRACKED]
        for row in rows.only(*(name.removesuffix("_id") for name in names)):
            state[row.key] = {
                name: value
                for name, value in row.snapshot().items()
                if value is not None
            }
    return state


def replay(cases: Collection[int]) -> State:
    """
    Give the state that the events of some cases add up to.

    :raises Contradiction: if they do not follow from each other
    """
    events = Event.objects.system_scope("replay").filter(case__in=cases).order_by("pk")
    state = apply({}, events.iterator())
    return {
        key: {name: value for name, value in fields.items() if value is not None}
        for key, fields in state.items()
    }


class Contradiction(Exception):
    """An event starts from a state that the events before it did not reach."""
