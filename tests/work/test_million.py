"""What is due is found among a million that wait, without looking at the others."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection

from bench.measure import buffers_of
from bench.town import as_owner
from casework.work import ladder
from casework.work.models import WorkItem
from tests.work.conftest import MONDAY

OPEN, DUE = 1_000_000, 200
NONE_DUE, FIND = 20, 300
"""Blocks: to see that nothing is due, and to read two hundred rows by their index."""


@pytest.mark.long
@pytest.mark.django_db
def test_what_is_due_is_found_among_a_million(opened, regisseur, now, record_property):
    """
    Catches a search that reads what is not due, or that lost its index.

    The blocks are asserted. The time is printed: on a machine that others use it
    proves nothing. Long: a million rows and their indexes take a minute.
    """
    # What earlier tests rolled back is in the indexes still: nothing vacuums here.
    as_owner("reindex table work_workitem")
    item = opened(regisseur, due=MONDAY + timedelta(days=60))
    _copy(item, OPEN, first=now + timedelta(hours=1))

    assert buffers_of(lambda: _find(at=now)) <= NONE_DUE
    later = now + timedelta(hours=1, seconds=DUE)
    assert buffers_of(lambda: _find(at=later)) <= FIND
    started = time.perf_counter()
    assert ladder.plan_due(at=later, call=_nothing, stop=lambda: True) == 0
    record_property("milliseconds", round((time.perf_counter() - started) * 1000, 1))
    found = WorkItem.objects.system_scope("test").open().filter(next_step_at__lte=later)
    assert found.count() == DUE


def _find(*, at) -> None:
    ladder.plan_due(at=at, call=_nothing, stop=lambda: True)


def _nothing(*_: object) -> None:
    """Be called for no rung: the search stops before the first."""


def _copy(item: WorkItem, number: int, *, first) -> None:
    """Make as many of the same, each a second later, in a shuffled order."""
    own = {"id", "about", "next_step_at"}
    names = [f.column for f in WorkItem._meta.concrete_fields if f.column not in own]
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into work_workitem (about, next_step_at, {columns})
            select 'test:' || i, %s + make_interval(secs => (i::bigint * 7919) %% %s + 1),
                {columns}
            from work_workitem w cross join generate_series(1, %s) i where w.id = %s
            """,
            [first, number, number, item.pk],
        )
        cursor.execute(
            "update work_workitem set next_step_at = %s where id = %s",
            [first + timedelta(days=60), item.pk],
        )
    as_owner("analyze work_workitem")
