"""The figures of the clock in the text that Prometheus reads."""

from __future__ import annotations

import ipaddress
import math

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge
from prometheus_client.exposition import generate_latest

from casework.access.requests import UserRequest
from casework.access.rules import page, public
from casework.people.errors import NotVisible
from workers.figures import Figures, figures

PREFIX = "procesregie_"
PROXIED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)
"""What a proxy adds: then it is not the machine itself that asks."""

GAUGES: dict[str, str] = {
    "oldest_due_seconds": "Age of the oldest mail that may go out.",
    "waiting": "Mails that may go out now.",
    "in_doubt": "Mails of the last day of which nobody knows whether they arrived.",
    "failed": "Mails that gave up and wait for somebody.",
    "failed_jobs": "Long jobs of the last day that were given up.",
    "planner_lag_seconds": "Age of the oldest rung of a ladder that is due.",
    "lateness_seconds": "How late the latest mail of the last hour was.",
    "unsealed_seconds": "Age of the oldest row of the log without a seal.",
    "clock_skew_seconds": "Difference with the clock of the database.",
    "auditor_seconds": "Since when the auditor found everything moving.",
    "all_is_well": "1 when nothing is late, else 0.",
}
"""Which figures are shown, each with what it says."""


@page(access=public("Alleen vanaf de machine zelf of met een geheime sleutel."))
def metrics(request: UserRequest) -> HttpResponse:
    """
    Give the figures of `/readyz` as gauges; 503 without a database.

    For the machine itself and for who knows the token; to others it is not there.
    """
    if not (_is_near(request) or _knows_token(request)):
        raise NotVisible
    try:
        found = figures(at=timezone.now())
    except DatabaseError:
        return HttpResponse("database down\n", status=503, content_type="text/plain")
    return HttpResponse(_as_text(found), content_type=CONTENT_TYPE_LATEST)


def _is_near(request: UserRequest) -> bool:
    if any(name in request.META for name in PROXIED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _knows_token(request: UserRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN or scheme.lower() != "bearer":
        return False
    return constant_time_compare(given.strip(), settings.METRICS_TOKEN)


def _as_text(found: Figures) -> bytes:
    # A registry for each answer: the database counts, so no process keeps a count.
    registry = CollectorRegistry()
    for name, explained in GAUGES.items():
        gauge = Gauge(PREFIX + name, explained, registry=registry)
        gauge.set(_number(getattr(found, name)))
    ticks = Gauge(
        f"{PREFIX}last_tick_seconds",
        "Since when a part of the clock did its work; +Inf if it never did.",
        ["job"],
        registry=registry,
    )
    for job, age in found.last_tick_seconds.items():
        ticks.labels(job=job).set(_number(age))
    findings = Gauge(
        f"{PREFIX}findings",
        "What the auditor found that does not move or fails, by what it is.",
        ["code"],
        registry=registry,
    )
    for code, count in found.findings.items():
        findings.labels(code=code).set(count)
    return generate_latest(registry)


def _number(value: float | None) -> float:
    return math.inf if value is None else float(value)
