"""
The Celery app of the drill: the product's own, in a hurry, and broken where `FAULT` says.

Nothing but waiting is shortened: leases, back-off and the ticks of what is drilled. A
drill would else spend its minutes on waiting for the leases of the dead.
"""

from __future__ import annotations

import os
from datetime import timedelta

import django
from django.conf import settings

from workers.app import app

django.setup()

from casework.work import ladder, outbox
from drills import faults

__all__ = ["app"]

TICKS = {"plan_due": 1.0, "deliver_due": 1.0, "reap_leases": 2.0}

settings.EMAIL_TIMEOUT = 2
vars(outbox).update(
    LEASE=timedelta(seconds=6),
    MARGIN=timedelta(seconds=1),
    FENCE_HOLDS=1.0,
    SLICE=3.0,
    FIRST_WAIT=timedelta(seconds=1),
    LAST_WAIT=timedelta(seconds=4),
    SERVER_WAIT=timedelta(seconds=1),
)
vars(ladder).update(FIRST_RETRY=timedelta(seconds=1), LAST_RETRY=timedelta(seconds=4))
for name, seconds in TICKS.items():
    app.conf.beat_schedule[name] |= {"schedule": seconds, "options": {"expires": 1}}

faults.plant(os.environ.get("FAULT", ""))
