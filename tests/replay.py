"""The check that carries the rest: events give back what a transition did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from casework.cases.journal import State, apply, state_of
from casework.cases.models import Case, Event
from tests.access.asking import Writes


@contextmanager
def replays(case: Case, *, before: State | None = None) -> Iterator[None]:
    """
    Fetch the state, let the block act, apply its events to the old state, compare.

    Catches a change that no event carries, and an event that changes nothing. If
    nothing was written, or all of it undone, there is nothing to compare.

    :param before: the state, if it is known
    """
    events = Event.objects.system_scope("test").filter(case=case)
    if before is None:
        before = state_of([case.pk])
    last = events.order_by("-pk").values_list("pk", flat=True).first() or 0
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield
    if not writes.rows:
        return
    new = events.filter(pk__gt=last).order_by("pk")
    after = _known(apply(before, new))
    assert after == state_of([case.pk])


def _known(state):
    return {
        key: {name: value for name, value in fields.items() if value is not None}
        for key, fields in state.items()
    }
