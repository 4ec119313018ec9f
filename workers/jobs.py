"""What the clock does at one tick: the plain functions behind the list."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django.utils.module_loading import import_string

from ave.escalation import flow, outsiders, succeeding
from ave.stagnation.transitions import ANSWERED
from ave.triage.reading import OUTCOME_READ
from casework.audit import sealer
from casework.audit.log import origin
from casework.audit.models import AuditEntry
from casework.cases import absence, leaving, letting_go, reviews
from casework.cases.confirmations import OF_WHO_SAID_IT, ask_instead_of_who_left
from casework.keys import kept
from casework.plan import answering, claims
from casework.policy.ladders import Step
from casework.work import absences, anchors, ladder, outbox
from casework.work.models import OWN, Heartbeat, WorkItem
from programme.leaving import let_owners_go
from programme.transitions import READ_ANSWER
from workers import auditor
from workers.app import CALLS, PERIODIC, Periodic

Stop = Callable[[], bool]
FOR_ONE_READER = (OWN, *OF_WHO_SAID_IT, OUTCOME_READ, ANSWERED, READ_ANSWER)
"""Work that is over when its owner has left: nobody else has to know or say it."""


def run(periodic: Periodic, *, stop: Stop, at: datetime | None = None) -> int:
    """Do one thing of the list now, and stamp that it was done."""
    at = at or timezone.now()
    function = import_string(periodic.function)
    begun = time.monotonic()
    token = origin.set(
        replace(origin.get(), channel=AuditEntry.Channel.CLOCK.value, role="")
    )
    try:
        done = int(function(at=at, stop=stop))
    finally:
        origin.reset(token)
    stamp(periodic.name, at=at, took=time.monotonic() - begun, done=done)
    return done


def named(name: str) -> Periodic:
    """Give one thing of the list by its name."""
    return next(each for each in PERIODIC if each.name == name)


def stamp(name: str, *, at: datetime, took: float, done: int) -> None:
    """Write that a part of the clock did its work."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=at, took_ms=int(took * 1000), detail={"done": done})],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "took_ms", "detail"],
    )


def plan_due(*, at: datetime, stop: Stop) -> int:
    """Move on whatever has a rung that is due."""
    return ladder.plan_due(at=at, call=call, stop=stop, passes=(SoftTimeLimitExceeded,))


def deliver_due(*, at: datetime, stop: Stop) -> int:
    """Send the mail that may go out."""
    return outbox.deliver_due(at=at, stop=stop)


def reap_leases(*, at: datetime, **_: object) -> int:
    """Take back what dead processes held."""
    return outbox.reap_leases(at=at)


def seal_log(*, at: datetime, **_: object) -> int:
    """Give every new row of the log its place in the tree."""
    return sealer.seal(at=at)


def tell_absences(*, at: datetime, **_: object) -> int:
    """Tell who stands in for whom."""
    return absences.tell_absences(at=at)


def ask_reviews(*, at: datetime, **_: object) -> int:
    """Ask to look again at birthdays, grounds and parties that end soon."""
    return reviews.ask_reviews(at=at)


def settle_absences(*, at: datetime, **_: object) -> int:
    """Make the places of deputies equal to who is away now."""
    return absence.settle_absences(at=at)


def settle_leavings(*, at: datetime, **_: object) -> int:
    """End or give on what who has left holds: places, work, questions, activities."""
    ended = absence.replace_who_left(at=at) + leaving.settle_leavings(at=at)
    ended += claims.free_claims(at=at) + flow.lapse_stops(at=at)
    ended += ask_instead_of_who_left(at=at)
    ended += letting_go.lapse_of_who_left(FOR_ONE_READER, at=at)
    ended += succeeding.ask_successors(at=at) + outsiders.let_outsiders_out(at=at)
    return ended + let_owners_go(at=at)


def remove_kept(*, at: datetime, **_: object) -> int:
    """Remove what was sent too late, who was logged in a week ago, and vain drafts."""
    SessionStore.clear_expired()
    return kept.remove_over(at=at) + answering.drop_vain_drafts()


def keep_anchor(*, at: datetime, **_: object) -> int:
    """
    Keep the day's checkpoint of the log outside the database: a mail and a file.

    The same text in both, each once a day; the mail goes also where no file can be.
    """
    kept = settings.ANCHOR_DIR / f"{timezone.localdate(at).isoformat()}.txt"
    known = kept.exists() and kept.stat().st_size > 0
    text = kept.read_text(encoding="utf-8") if known else sealer.anchor(at=at)
    if not text:
        return 0
    mailed = anchors.mail_anchor(text, at=at)
    if not known:
        kept.parent.mkdir(parents=True, exist_ok=True)
        # A disk that is full, or a process that stops, leaves no half an anchor.
        half = kept.with_suffix(".half")
        half.write_text(text, encoding="utf-8")
        half.replace(kept)
    return mailed + (not known)


def audit_next_steps(*, at: datetime, **_: object) -> int:
    """Look whether everything open still moves; give how much does not."""
    return sum(finding.count for finding in auditor.audit_next_steps(at=at))


def call(item: WorkItem, step: Step, at: datetime) -> None:
    """Do a rung that only a higher layer knows."""
    import_string(CALLS[str(step.facts["name"])])(item, at=at)
