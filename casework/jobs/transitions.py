"""How a job is asked for, taken in hand, and comes to its end."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from casework.audit import log
from casework.audit.export import sealed_size
from casework.jobs.models import Job, Piece, purpose_of
from casework.keys.envelope import destroy, envelope, envelope_for_sealing
from casework.people.errors import NotPermitted, NotVisible, TransitionRefused
from casework.people.models import Role, User

logger = logging.getLogger(__name__)

LIFE = timedelta(days=7)
GRACE = timedelta(hours=1)
"""How long a file stays after its last day: who began to fetch it gets all of it."""
LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(minutes=1)
MOST_FAILURES = 3

MAY: dict[str, frozenset[Role]] = {
    Job.Kind.LOG_EXPORT: frozenset({Role.FG, Role.PRIVACY_OFFICER}),
}
"""Who may ask for what, and fetch it."""

ABOUT = {Job.Kind.LOG_EXPORT: "log:all"}
FREE = {"token": None, "lease_until": None}

State = Job.State


class NotThere(TransitionRefused):
    """There is no file to fetch, or not any more."""

    user_message = (
        "Dit bestand is er niet meer, of nog niet. "
        "Ga naar het logboek en kijk hoe het ervoor staat."
    )


class LeaseLost(Exception):
    """Another process took this job over: what was made here does not count."""


@transaction.atomic
def ask_for(kind: Job.Kind, *, by: User, at: datetime) -> Job:
    """
    Ask for a job; who asks while one is going gets that one.

    It covers what there is now: for the log, what has a seal.

    :raises NotPermitted: if `by` does not have the role for it
    """
    asker = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    role = _require(asker, kind, on=timezone.localdate(at))
    going = Job.objects.of(by).going().filter(kind=kind).first()
    if going is not None:
        return going
    log.write("export.made", by=by, at=at, about=ABOUT[kind], role=role)
    return Job.objects.create(kind=kind, by=by, asked_at=at, total=sealed_size())


@transaction.atomic
def claim(*, at: datetime) -> Job | None:
    """
    Take a job in hand for a while, until a moment on the database's clock.

    Also one that a dead process had: that counts as a failure, and it goes on where
    it was. None if there is nothing to do.
    """
    job = (
        Job.objects.going()
        .filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=Now()),
            Q(retry_at__isnull=True) | Q(retry_at__lte=at),
        )
        .order_by("failures", "pk")
        .select_for_update(skip_locked=True)
        .first()
    )
    if job is None:
        return None
    failures = job.failures + (job.token is not None)
    if failures >= MOST_FAILURES:
        _fail(job, Job.Reason.CUT_OFF, at=at)
        return None
    _change(
        job,
        state=State.RUNNING,
        token=uuid.uuid4(),
        lease_until=Now() + LEASE,
        failures=failures,
        retry_at=None,
    )
    return job


@transaction.atomic
def add_piece(job: Job, text: str, *, reached: int, at: datetime) -> None:
    """
    Keep the next piece of the file, together with how far the job is.

    :raises LeaseLost: if another took it over
    """
    _hold(job)
    sealer = envelope_for_sealing(job.subject, at=at)
    size = len(text.encode())
    Piece.objects.create(
        job=job,
        number=job.pieces,
        content=sealer.seal(text, purpose=purpose_of(job.pieces)),
        size=size,
    )
    _change(
        job,
        done=reached,
        pieces=job.pieces + 1,
        size=job.size + size,
        failures=0,
        lease_until=Now() + LEASE,
    )


@transaction.atomic
def finish(job: Job, *, at: datetime) -> None:
    """
    Say that the file is whole: from now on it can be fetched, for seven days.

    :raises LeaseLost: if another took it over
    """
    _hold(job)
    last_on = timezone.localdate(at) + LIFE
    _change(job, state=State.DONE, ended_at=at, last_on=last_on, **FREE)


@transaction.atomic
def give_back(job: Job) -> None:
    """
    Let go of a job between two slices, so that whoever is next goes on with it.

    :raises LeaseLost: if another took it over
    """
    _hold(job)
    _change(job, **FREE)


@transaction.atomic
def try_later(job: Job, *, at: datetime) -> None:
    """
    Write down that it failed: again in some minutes, three times in all.

    :raises LeaseLost: if another took it over
    """
    _hold(job)
    failures = job.failures + 1
    if failures >= MOST_FAILURES:
        _fail(job, Job.Reason.BROKEN, at=at)
    else:
        _change(job, failures=failures, retry_at=at + failures * FIRST_WAIT, **FREE)


def remove_over(*, at: datetime) -> int:
    """Remove the files whose last day is over; give how many."""
    over = Job.objects.filter(
        state=State.DONE, last_on__lt=timezone.localdate(at - GRACE)
    )
    keys = list(over.values_list("pk", flat=True))
    return sum(_remove(key, at=at) for key in keys)


@transaction.atomic
def open_file(pk: int, *, by: User, at: datetime) -> tuple[Job, Iterator[bytes]]:
    """
    Give a file to who asked for it, piece by piece; that it was fetched is logged.

    The pieces are read while they are sent, each on its own.

    :raises NotVisible: if it is not there, or somebody else's
    :raises NotPermitted: if he no longer has the role for it
    :raises NotThere: if it is not made yet, or gone
    """
    job = Job.objects.of(by).select_for_update(no_key=True).filter(pk=pk).first()
    if job is None:
        raise NotVisible
    today = timezone.localdate(at)
    role = _require(by, Job.Kind(job.kind), on=today)
    if job.last_on is None or job.state != State.DONE or job.last_on < today:
        raise NotThere
    log.write("export.fetched", by=by, at=at, about=job.subject, role=role)
    return job, _pieces_of(job)


def _pieces_of(job: Job) -> Iterator[bytes]:
    """Read the file; a piece that is missing or changed breaks it off, seen by all."""
    opened = envelope(job.subject)
    for number in range(job.pieces):
        piece = Piece.objects.get(job=job, number=number)
        yield opened.reveal(bytes(piece.content), purpose=piece.purpose).encode()


def _require(by: User, kind: Job.Kind, *, on: date) -> str:
    """Give the roles in which somebody may do this, for the log."""
    held = by.roles(on=on) & MAY[kind] if by.is_active else frozenset()
    if not held:
        names = ", ".join(sorted(role.label.lower() for role in MAY[kind]))
        raise NotPermitted(f"Dit is voor: {names}.")
    return ",".join(sorted(held))


def _hold(job: Job) -> None:
    """Lock a job that we have in hand; refreshes it in place."""
    ours = Job.objects.select_for_update().filter(
        token=job.token, state=State.RUNNING, lease_until__gt=Now()
    )
    try:
        job.refresh_from_db(from_queryset=ours)
    except Job.DoesNotExist as error:
        raise LeaseLost(str(job)) from error


def _change(job: Job, **changes: Any) -> None:
    """Write what changes in a row that is locked, and read back what became of it."""
    Job.objects.filter(pk=job.pk).update(**changes)
    job.refresh_from_db(fields=list(changes))


def _fail(job: Job, reason: Job.Reason, *, at: datetime) -> None:
    logger.error("job %s failed: %s", job.pk, reason.value)
    _drop_file(job, at=at)
    facts = {"ended_at": at, "pieces": 0, "size": 0, **FREE}
    _change(job, state=State.FAILED, reason=reason, **facts)


@transaction.atomic
def _remove(pk: int, *, at: datetime) -> bool:
    rows = Job.objects.select_for_update(skip_locked=True)
    job = rows.filter(pk=pk, state=State.DONE).first()
    if job is None:
        return False
    _drop_file(job, at=at)
    _change(job, state=State.GONE, pieces=0, size=0)
    return True


def _drop_file(job: Job, *, at: datetime) -> None:
    """Take the pieces away, and the key: in a backup they can't be read either."""
    Piece.objects.filter(job=job).delete()
    destroy(job.subject, at=at)
