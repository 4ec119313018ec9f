"""Write down one thing that happened in many cases, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from casework.audit import log
from casework.cases.journal import Acting, count_act, role_in
from casework.cases.models import Case, Event, Participation
from casework.cases.models.tracked import Tracked
from casework.people.models import User


def record_in_each(
    changed: Mapping[Case, Sequence[Tracked]],
    kind: str,
    *,
    by: User | None,
    at: datetime,
    acting: Mapping[int, Acting],
    **facts: Any,
) -> list[Event]:
    """
    Write one event and one log line for each case: `journal.record` for many.

    Part of a transition: the cases are locked. Facts hold ids, codes and days.

    :param acting: from `acting_in_each`, asked before any of these places ended
    """
    events = Event.objects.bulk_create(
        Event(
            case=case,
            kind=kind,
            at=at,
            by=by,
            on_behalf_of=acting.get(case.pk, Acting()).on_behalf_of,
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
            role=acting.get(event.case_id, Acting()).role,
            access_basis=acting.get(event.case_id, Acting()).basis,
        )
        for event in events
    )
    count_act([case.pk for case in changed], by=by, at=at)
    for case in changed:
        case.version += 1
    return events


def acting_in_each(
    cases: Iterable[int], by: User | None, *, at: datetime
) -> dict[int, Acting]:
    """By which place of his own somebody works in each of these cases. One query."""
    if by is None:
        return {}
    rows = (
        Participation.objects.system_scope("by which place he acts")
        .running(at)
        .filter(case__in=list(cases), user=by)
        .select_related("on_behalf_of")
        .order_by("-pk")
    )
    # Who stands in for another does it for him; of the rest an emergency comes last.
    ranked = sorted(
        rows,
        key=lambda row: (row.on_behalf_of_id is None, row.role == _Role.BREAK_GLASS),
        reverse=True,
    )
    return {
        row.case_id: Acting(row.on_behalf_of, role_in(row.role), row.key)
        for row in ranked
    }


_Role = Participation.Role
