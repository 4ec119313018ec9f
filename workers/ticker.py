"""The clock without a broker: the same list, from a thread of the web process."""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import close_old_connections, connections, transaction
from kombu.exceptions import OperationalError

from workers import jobs
from workers.app import PERIODIC, Periodic, app

logger = logging.getLogger(__name__)

LONGEST_NAP = 1.0
HINT_EXPIRES = 30
WOKEN = ("plan_due", "deliver_due")

_awake = threading.Event()


def run(stop: threading.Event) -> None:
    """Do everything on the list in its own rhythm, until `stop` is set."""
    next_turn = dict.fromkeys((each.name for each in PERIODIC), 0.0)
    try:
        while not stop.is_set():
            close_old_connections()
            for each in PERIODIC:
                if next_turn[each.name] <= time.monotonic() and not stop.is_set():
                    next_turn[each.name] = time.monotonic() + each.every_seconds
                    tick(each, stop)
            if _awake.wait(LONGEST_NAP):
                _awake.clear()
                next_turn.update(dict.fromkeys(WOKEN, 0.0))
    finally:
        connections.close_all()


def tick(periodic: Periodic, stop: threading.Event) -> None:
    """Do one thing of the list; whatever it raises, the clock goes on."""
    try:
        jobs.run(periodic, stop=stop.is_set)
    except Exception:
        logger.exception("tick failed: %s", periodic.name)


def wake() -> None:
    """
    Ask the clock to look at once, after the transaction that gave it something to do.

    A hint only: without it the next tick comes within seconds. It never fails.
    """
    transaction.on_commit(_awake.set if settings.EMBEDDED else _send_hints)


def _send_hints() -> None:
    for name in WOKEN:
        try:
            app.send_task(
                "workers.run", kwargs={"name": name}, expires=HINT_EXPIRES, retry=False
            )
        except (OperationalError, OSError):
            logger.warning("no broker to wake the clock")
            return
