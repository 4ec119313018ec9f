"""Whether it runs and whether time moves, for whoever watches from outside."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import page, public
from workers.figures import figures

BROKER_PATIENCE = 1.0


@page(access=public("Zegt alleen dat het programma draait."))
def healthz(_request: UserRequest) -> HttpResponse:
    """Say that the process answers; it asks nobody else."""
    return JsonResponse({"status": "ok"})


@page(access=public("Zegt met getallen of de klok loopt; niets over een casus."))
def readyz(_request: UserRequest) -> HttpResponse:
    """
    Say whether it can be used: 200 for ok or degraded, 503 when it is down.

    Down is: no database, or nobody who plans and sends. Without Redis, or with any
    other part of the clock late, it is degraded; the one-process mode needs no Redis.
    """
    try:
        found = figures(at=timezone.now())
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "down"}, status=503)
    broker = broker_state()
    answer: dict[str, Any] = {
        "database": "ok",
        "clock": found.clock,
        "broker": broker,
        **asdict(found),
    }
    if found.clock == "down":
        return JsonResponse({"status": "down", **answer}, status=503)
    well = found.all_is_well and broker != "down"
    return JsonResponse({"status": "ok" if well else "degraded", **answer})


def broker_state() -> str:
    """Say whether Redis answers: "ok", "down", or "none" where none is used."""
    if settings.EMBEDDED:
        return "none"
    line = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_PATIENCE,
        socket_timeout=BROKER_PATIENCE,
    )
    try:
        line.ping()
    except (redis.RedisError, OSError):
        return "down"
    finally:
        line.close()
    return "ok"
