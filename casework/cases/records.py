"""Write down one thing that happened in many cases, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from casework.audit import log
from casework.cases.models import Case, Event, Participation
from casework.cases.models.tracked import Tracked
from casework.people.models import User


def record_in_each(
    changed: Mapping[Case, Sequence[Tracked]],
    kind: str,
    *,
    by: User | None,
    at: datetime,
    named: Mapping[int, User | None],
    **facts: Any,
) -> list[Event]:
    """
    Write one event and one log line for each case: `journal.record` for many.

    Part of a transition: the cases are locked. Facts hold ids, codes and days.

    :param named: from `acts_for_in`, asked before any of these places ended
    """
    events = Event.objects.bulk_create(
        Event(
            case=case,
            kind=kind,
            at=at,
            by=by,
            on_behalf_of=named.get(case.pk),
            facts={"about": next(iter(rows), case).key, **facts},
            changes=[change for row in rows for change in row.take_changes()],
        )
        for case, rows in changed.items()
    )
    log.write_many(
        log.Row(
            verb=kind,
            by=by,
            at=at,
            case=event.case_id,
            about=event.facts["about"],
            on_behalf_of=event.on_behalf_of,
        )
        for event in events
    )
    keys = [case.pk for case in changed]
    Case._base_manager.filter(pk__in=keys).update(version=F("version") + 1)
    for case in changed:
        case.version += 1
    return events


def acts_for_in(
    cases: Iterable[int], by: User | None, *, at: datetime
) -> dict[int, User | None]:
    """In whose name somebody works in each of these cases. One query."""
    if by is None:
        return {}
    rows = (
        Participation.objects.system_scope("in whose name he acts")
        .running(at)
        .filter(case__in=list(cases), user=by)
        .exclude(on_behalf_of=None)
        .select_related("on_behalf_of")
        .order_by("-pk")
    )
    return {row.case_id: row.on_behalf_of for row in rows}
