"""How late the clock is and what it has to do: the figures behind every page of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Min

from casework.audit import sealer
from casework.jobs.models import Job
from casework.work.models import Delivery, Heartbeat, WorkItem
from workers import auditor
from workers.app import PERIODIC, Periodic

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MAIL_LATE = 15 * 60
AUDITOR_LATE = 6 * 60
MOST_SKEW = 5
STARTED = time.monotonic()
VITAL = frozenset({"plan_due", "deliver_due"})
"""Without these nothing moves on and nobody hears of it; the rest may be late."""


@dataclass(frozen=True, slots=True)
class Figures:
    """
    What the clock has to do and how late it is, in seconds and counts.

    `failed` counts the mails that gave up and wait for somebody, `in_doubt` and
    `failed_jobs` those of the last day, `lateness_seconds` is the latest of the last hour. An age is None
    where something never happened. `findings` are the auditor's last, each with how
    many.
    """

    oldest_due_seconds: int
    waiting: int
    planner_lag_seconds: int
    lateness_seconds: int
    in_doubt: int
    failed: int
    failed_jobs: int
    unsealed_seconds: int
    clock_skew_seconds: int
    auditor_seconds: int | None
    process_seconds: int
    last_tick_seconds: dict[str, int | None]
    findings: dict[str, int]

    @property
    def clock(self) -> str:
        """
        Say how the clock runs: "ok", "late", or "down" without a vital part.

        A part that never ran is late; its silence counts from the start of this
        process, as in a fresh installation the rarest come by after an hour.
        """
        silent = {each.name for each in PERIODIC if self.is_silent(each)}
        if silent & VITAL:
            return "down"
        never = None in self.last_tick_seconds.values()
        return "late" if silent or never else "ok"

    @property
    def all_is_well(self) -> bool:
        """Whether nothing is late."""
        return (
            self.clock == "ok"
            and not self.findings
            and self.oldest_due_seconds <= MAIL_LATE
            and self.planner_lag_seconds <= auditor.LATE.total_seconds()
            and self.clock_skew_seconds <= MOST_SKEW
            and self.auditor_seconds is not None
            and self.auditor_seconds <= AUDITOR_LATE
        )

    def is_silent(self, periodic: Periodic) -> bool:
        """Whether a part of the clock did nothing for longer than it may."""
        age = self.last_tick_seconds[periodic.name]
        return (self.process_seconds if age is None else age) > periodic.patience


def figures(*, at: datetime) -> Figures:
    """Measure, in a fixed number of queries on partial indexes."""
    rows = {row.name: row for row in Heartbeat.objects.all()}
    beats = {name: row.at for name, row in rows.items()}
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING, not_before__lte=at)
    steps = WorkItem.objects.system_scope("how late the planner is").open()
    sent = Delivery.objects.filter(sent_at__gt=at - HOUR)
    took = ExpressionWrapper(F("sent_at") - F("not_before"), DurationField())
    doubted = Delivery.objects.filter(planned_at__gt=at - DAY, in_doubt__gt=0)
    lateness = sent.aggregate(most=Max(took))["most"]
    queue = waiting.aggregate(oldest=Min("not_before"), number=Count("pk"))
    return Figures(
        oldest_due_seconds=_age(queue["oldest"], at) or 0,
        waiting=queue["number"],
        planner_lag_seconds=_age(
            steps.filter(next_step_at__lte=at).aggregate(of=Min("next_step_at"))["of"],
            at,
        )
        or 0,
        lateness_seconds=int(lateness.total_seconds()) if lateness else 0,
        in_doubt=doubted.count(),
        failed=Delivery.objects.filter(state=Delivery.State.FAILED).count(),
        failed_jobs=Job.objects.filter(
            state=Job.State.FAILED, ended_at__gt=at - DAY
        ).count(),
        unsealed_seconds=_age(sealer.unsealed_since(), at) or 0,
        clock_skew_seconds=abs(int((_database_clock() - at).total_seconds())),
        auditor_seconds=_age(beats.get(auditor.HEARTBEAT), at),
        process_seconds=int(time.monotonic() - STARTED),
        last_tick_seconds={
            each.name: _age(beats.get(each.name), at) for each in PERIODIC
        },
        findings=rows[auditor.FOUND].detail if auditor.FOUND in rows else {},
    )


def _age(moment: datetime | None, at: datetime) -> int | None:
    return None if moment is None else max(0, int((at - moment).total_seconds()))


def _database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0]
    assert isinstance(moment, datetime)
    return moment
