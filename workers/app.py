"""The Celery app, and the one list of what the clock does again and again."""

from __future__ import annotations

import os
from dataclasses import dataclass

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Periodic:
    """
    One thing that the clock does.

    `function` is called as `function(at=..., stop=...)` and gives how much it did;
    `stop()` says that it should end soon, and what needs no `stop` takes it as `**_`.
    Twice at once must be harmless, and so must a tick that is missed.
    """

    name: str
    function: str
    every_seconds: int

    @property
    def patience(self) -> int:
        """After how many seconds of silence something is wrong with the clock."""
        return 3 * self.every_seconds + 30


PERIODIC: tuple[Periodic, ...] = (
    Periodic("plan_due", "workers.jobs.plan_due", 5),
    Periodic("deliver_due", "workers.jobs.deliver_due", 5),
    Periodic("reap_leases", "workers.jobs.reap_leases", 30),
    Periodic("seal_log", "workers.jobs.seal_log", 10),
    Periodic("tell_absences", "workers.jobs.tell_absences", 300),
    Periodic("tidy_grants", "casework.cases.grants.tidy", 300),
    Periodic("settle_absences", "workers.jobs.settle_absences", 60),
    Periodic("settle_leavings", "workers.jobs.settle_leavings", 60),
    # After what gives on the work of who has left, so that it finds none of it.
    Periodic("audit_next_steps", "workers.jobs.audit_next_steps", 60),
    Periodic("ask_for_deputies", "casework.cases.findings.ask_for_deputies", 3600),
    Periodic(
        "ask_for_log_review", "casework.cases.log_review.ask_for_log_review", 3600
    ),
    Periodic("ask_reviews", "workers.jobs.ask_reviews", 3600),
    Periodic("ask_plan_reviews", "casework.plan.reviewing.ask_plan_reviews", 3600),
    Periodic(
        "ask_about_stillness", "casework.cases.stillness.ask_about_stillness", 3600
    ),
    Periodic("review_skipped", "ave.escalation.flow.review_skipped", 60),
    Periodic("ask_again", "ave.escalation.flow.ask_again", 3600),
    Periodic("check_drafts", "ave.escalation.drafts.check_drafts", 5),
    Periodic("propose_stops", "ave.escalation.calm.propose_stops", 3600),
    Periodic("make_jobs", "casework.jobs.making.make_due", 5),
    Periodic("remove_kept", "workers.jobs.remove_kept", 3600),
    Periodic("keep_anchor", "workers.jobs.keep_anchor", 3600),
)

CALLS: dict[str, str] = {
    "escalation.silence": "ave.escalation.flow.silence",
    "task.silence": "casework.plan.silence.silence",
}
"""What a rung of a ladder may call, as `function(item, at=...)`, by its name."""

app = Celery("procesregie", include=["workers.tasks"])
app.steps["worker"].add("workers.alive:Alive")
app.conf.update(
    broker_url=settings.REDIS_URL or None,
    result_backend=None,
    task_ignore_result=True,
    # A wake-up that was lost, doubled or late changes nothing; these only keep a
    # killed worker from taking one along.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=True,
    task_publish_retry=False,
    task_soft_time_limit=50,
    task_time_limit=60,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=1000,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=20.0,
    worker_hijack_root_logger=False,
    beat_scheduler="workers.alive:Beat",
    broker_transport_options={
        "visibility_timeout": 600,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "global_keyprefix": "procesregie:",
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    timezone="Europe/Amsterdam",
    enable_utc=True,
    task_default_queue="clock",
    beat_schedule={
        each.name: {
            "task": "workers.run",
            "schedule": float(each.every_seconds),
            "kwargs": {"name": each.name},
            # A tick that nobody took in time is over: the next one does its work.
            "options": {"expires": max(each.every_seconds - 1, 1)},
        }
        for each in PERIODIC
    },
)
