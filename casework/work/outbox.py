"""How a planned mail goes out: never lost, and twice only where that is counted."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from casework.audit import log
from casework.people.models import User
from casework.work import letters, mail, overviews
from casework.work.absences import is_overtaken
from casework.work.asking import open_for_caretaker
from casework.work.digests import give_back, give_on, hold_morning, moved_on
from casework.work.items import close_items
from casework.work.ladder import Stop, never
from casework.work.letters import Opening
from casework.work.mail import Outgoing, Transport
from casework.work.models import Delivery, WorkItem
from casework.work.recipients import Out, now_for, out_for, present

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
MARGIN = timedelta(seconds=5)
FENCE_HOLDS = 5.0
BATCH = 20
SLICE = 30.0
MOST_ATTEMPTS = 12
MOST_IN_DOUBT = 3
FIRST_WAIT = timedelta(minutes=1)
LAST_WAIT = timedelta(hours=1)
SERVER_WAIT = timedelta(minutes=1)
TOO_LATE = timedelta(minutes=15)

MAIL_ABOUT = ("mail.", "clock.")
"""Work about mail: a mail about it that fails must not breed the next."""
HEARD_AWAY = frozenset(
    {Delivery.Kind.ABSENCE, Delivery.Kind.ANCHOR, Delivery.Kind.ACCOUNT}
)

State = Delivery.State
HOLDING = (State.CLAIMED, State.HANDING)
HELD = {"token": None, "lease_until": None}


def deliver_due(
    *,
    at: datetime,
    stop: Stop = never,
    connect: Callable[[], Transport] = mail.transport,
) -> int:
    """
    Send what may go out at a moment, for half a minute at most; give how many.

    Claim a few, and for each: everything but the last dot, commit the fence, the last
    dot, commit that it was sent. Any number of processes may do this at once.
    """
    sent = 0
    ends = time.monotonic() + SLICE
    way_out = connect()
    try:
        while time.monotonic() < ends and not stop():
            batch = claim(at=at)
            if not batch:
                break
            sent += _deliver(batch, way_out, at=at, stop=stop, ends=ends)
    except mail.ServerGone as gone:
        logger.warning("mail server gone: %s", gone.__cause__)
        _report_server(at=at)
    finally:
        way_out.close()
    if sent:
        close_items("mail:server", by=None, at=at)
    return sent


def claim(*, at: datetime, limit: int = BATCH) -> list[Delivery]:
    """Take the oldest mails for ourselves, until a moment on the database's clock."""
    token = uuid.uuid4()
    with transaction.atomic():
        waiting = (
            Delivery.objects.filter(state=State.PENDING, not_before__lte=at)
            .order_by("not_before", "pk")
            .select_for_update(skip_locked=True, of=("self",))
        )
        keys = list(waiting.values_list("pk", flat=True)[:limit])
        Delivery.objects.filter(pk__in=keys).update(
            state=State.CLAIMED,
            token=token,
            lease_until=Now() + LEASE,
            attempts=F("attempts") + 1,
        )
    claimed = Delivery.objects.filter(token=token, state=State.CLAIMED)
    return list(claimed.select_related("to_user", "item").order_by("not_before", "pk"))


def reap_leases(*, at: datetime) -> int:
    """
    Take back what a dead process had; give how many.

    Claimed: certainly not sent. Handing: in doubt, counted, and sent again with the
    same Message-ID where a double is better than a miss.
    """
    reaped = 0
    over = Delivery.objects.filter(state__in=HOLDING, lease_until__lt=Now())
    for key in list(over.values_list("pk", flat=True)[:1000]):
        with transaction.atomic():
            row = (
                over.select_for_update(skip_locked=True, of=("self",))
                .filter(pk=key)
                .first()
            )
            if row is not None:
                _take_back(row, at=at)
                reaped += 1
    return reaped


def _deliver(
    batch: list[Delivery], way_out: Transport, *, at: datetime, stop: Stop, ends: float
) -> int:
    sent = 0
    for index, row in enumerate(batch):
        if stop() or time.monotonic() > ends:
            _give_back(batch[index:], not_before=None)
            break
        try:
            sent += _deliver_one(row, way_out, at=at)
        except mail.ServerGone:
            _give_back(batch[index:], not_before=at + SERVER_WAIT)
            raise
        except Exception:  # one broken mail must not stop the rest
            logger.exception("mail of delivery %s failed", row.pk)
            way_out.drop()
            # What broke behind the fence is in doubt: its lease runs out, and it is
            # counted. Only what certainly did not go out is tried again as it is.
            _try_later(row, error="broken", at=at, held=(State.CLAIMED,))
    return sent


def _deliver_one(row: Delivery, way_out: Transport, *, at: datetime) -> int:
    if not _prepare(row, at=at):
        return 0
    try:
        way_out.offer(_outgoing(row))
        begun = time.monotonic()
        if not fence(row, at=at):
            way_out.drop()
            _drop_if_over(row)
            return 0
        if time.monotonic() - begun > FENCE_HOLDS:
            way_out.drop()
            _ours(row, State.HANDING).update(state=State.PENDING, **HELD)
            return 0
        reply = way_out.finish()
    except mail.InDoubt:
        logger.warning("mail of delivery %s in doubt", row.pk)
        return 0
    except mail.Refused as refusal:
        _after_refusal(row, refusal, at=at)
        return 0
    return _mark_sent(row, reply=reply, at=at)


def fence(row: Delivery, *, at: datetime) -> bool:
    """
    Commit that the mail may have gone out from here on; False means: no dot.

    False for a process that woke up after its lease, for a mail whose matter was closed
    or moved meanwhile, and for a second digest of a day. The conditions stand on the row itself, so that a
    waiting update sees what another one changed.
    """
    over = (
        WorkItem.objects.filter(pk=OuterRef("item_id"))
        .exclude(state=WorkItem.State.OPEN)
        .system_scope("the fence looks whether the matter is closed")
    )
    patience = timedelta(seconds=settings.EMAIL_TIMEOUT) + MARGIN
    held = _ours(row, State.CLAIMED).filter(lease_until__gt=Now() + patience)
    fields = ("address", "subject", "text", "html")
    wrote = {name: getattr(row, name) for name in fields}
    with transaction.atomic():
        if row.kind == Delivery.Kind.DIGEST:
            held = held.filter(~Exists(hold_morning(row, at=at)))
        return bool(held.filter(~Exists(over)).update(state=State.HANDING, **wrote))


def _prepare(row: Delivery, *, at: datetime) -> bool:
    reader, out = row.to_user, out_for(row.item, at=at)
    over = _why_over(row, out=out, at=at)
    if over:
        return _drop(row, over)
    # Who is away hears that another does his work: it may be news to him. And what
    # must be kept out of our reach is kept, away or not.
    hears = row.kind in HEARD_AWAY and reader.is_active
    if (reader.pk in out.away and not hears) or not reader.is_active:
        stand_in = _stand_in(row, out=out, at=at)
        if stand_in is None:
            return _drop(row, "away")
        reader = stand_in
    elif row.item is not None:
        reader = now_for(reader, row.item, row.key, out=out)
    if reader != row.to_user and _has_it(reader, row):
        return _drop(row, "merged")
    row.address = reader.email
    _say_as_it_is_now(row, at=at)
    return row.kind != Delivery.Kind.DIGEST or _prepare_digest(row, at=at)


def _prepare_digest(row: Delivery, *, at: datetime) -> bool:
    if moved_on(row, at=at):
        return _drop(row, "merged")
    give_back(row, at=at)
    return overviews.fill(row, at=at) or _drop(row, "empty")


def _say_as_it_is_now(row: Delivery, *, at: datetime) -> None:
    """
    Call late what waited with its last day in it for a mail server that was away.

    What may have been read before goes again as it was.
    """
    said = row.subject.startswith(f"{Opening.TODAY}:") and not row.in_doubt
    if row.item is not None and said and row.item.is_overdue(at=at):
        letter = letters.about_work(row.item, opening=Opening.LATE)
        row.subject, row.text, row.html = letter.subject, letter.text, letter.html


def _why_over(row: Delivery, *, out: Out, at: datetime) -> str:
    """Say why a mail is not true any more, or not for its reader; else nothing."""
    if row.item is not None and not row.item.is_open:
        return "closed"
    if row.to_user_id in out.known:
        return "known"
    return "away" if is_overtaken(row, at=at) else ""


def _has_it(reader: User, row: Delivery) -> bool:
    """Whether somebody got this mail as well, in the place of another."""
    step = row.key.rpartition(":")[0]
    same = Delivery.objects.filter(item=row.item_id, key__startswith=f"{step}:")
    gone = same.filter(address=reader.email, state__in=(State.HANDING, State.SENT))
    return gone.exists()


def _stand_in(row: Delivery, *, out: Out, at: datetime) -> User | None:
    """Give who reads a mail for whom it was; the lines of a digest go with his own."""
    if row.kind == Delivery.Kind.DIGEST:
        give_on(row, at=at)
    if row.kind != Delivery.Kind.REMINDER:
        return None
    return present(row.to_user, out=out, at=at)


def _outgoing(row: Delivery) -> Outgoing:
    is_digest = row.kind == Delivery.Kind.DIGEST
    return Outgoing(
        to=row.address,
        subject=row.subject,
        text=row.text,
        html=row.html,
        message_id=row.message_id,
        planned_at=row.planned_at,
        unsubscribe=overviews.unsubscribe(overviews.preference_of(row))
        if is_digest
        else "",
    )


@transaction.atomic
def _mark_sent(row: Delivery, *, reply: str, at: datetime) -> int:
    marked = _ours(row, State.HANDING).update(
        state=State.SENT, sent_at=at, smtp_reply=reply, last_error="", **HELD
    )
    case = row.item.case if row.item is not None else None
    log.write("mail.sent", by=None, at=at, case=case, about=f"delivery:{row.pk}")
    return marked


def _after_refusal(row: Delivery, refusal: mail.Refused, *, at: datetime) -> None:
    error = f"smtp-{refusal.code}"
    if refusal.is_final:
        _give_up(row, error=error, at=at)
    else:
        _try_later(row, error=error, at=at)


def _try_later(
    row: Delivery, *, error: str, at: datetime, held: Sequence[State] = HOLDING
) -> None:
    if row.attempts >= MOST_ATTEMPTS:
        _give_up(row, error=error, at=at, held=held)
        return
    wait = min(FIRST_WAIT * 2 ** max(row.attempts - 1, 0), LAST_WAIT)
    _ours(row, *held).update(
        state=State.PENDING, not_before=at + wait, last_error=error, **HELD
    )


@transaction.atomic
def _give_up(
    row: Delivery, *, error: str, at: datetime, held: Sequence[State] = HOLDING
) -> None:
    given_up = _ours(row, *held).update(state=State.FAILED, last_error=error, **HELD)
    if given_up:
        _ask_caretaker(row, at=at)


def _give_back(rows: list[Delivery], *, not_before: datetime | None) -> None:
    changes = {"not_before": not_before, "last_error": "gone"} if not_before else {}
    for row in rows:
        _ours(row, State.CLAIMED).update(
            state=State.PENDING, attempts=F("attempts") - 1, **HELD, **changes
        )


def _take_back(row: Delivery, *, at: datetime) -> None:
    if row.state == State.CLAIMED:
        _try_later(row, error="lease", at=at)
        return
    row.in_doubt += 1
    _ours(row, State.HANDING).update(in_doubt=row.in_doubt, last_error="in_doubt")
    if not row.repeats_in_doubt:
        _ours(row, State.HANDING).update(state=State.DROPPED, **HELD)
    elif row.in_doubt >= MOST_IN_DOUBT:
        _give_up(row, error="in_doubt", at=at)
    else:
        _ours(row, State.HANDING).update(state=State.PENDING, **HELD)


def _drop(row: Delivery, why: str) -> bool:
    _ours(row, State.CLAIMED).update(state=State.DROPPED, last_error=why, **HELD)
    return False


def _drop_if_over(row: Delivery) -> None:
    if row.item is None:
        return
    row.item.refresh_from_db(fields=["state"])
    if not row.item.is_open:
        _drop(row, "closed")


def _ours(row: Delivery, *states: Delivery.State) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=row.pk, token=row.token, state__in=states)


def _ask_caretaker(row: Delivery, *, at: datetime) -> None:
    about_mail = row.item is not None and row.item.kind.startswith(MAIL_ABOUT)
    if about_mail:
        logger.error("mail about delivery %s failed", row.pk)
        return
    open_for_caretaker(
        "mail.failed",
        title="Een mail kwam niet aan",
        about=f"delivery:{row.pk}",
        at=at,
    )


def _report_server(*, at: datetime) -> None:
    late = Delivery.objects.filter(
        state=State.PENDING, planned_at__lt=at - TOO_LATE, last_error="gone"
    )
    if late.exists():
        open_for_caretaker(
            "mail.server",
            title="De mailserver neemt geen mail aan",
            about="mail:server",
            at=at,
        )
