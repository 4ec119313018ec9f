"""How every row gets its place in the tree, and how the tree is signed."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from casework.audit import keys
from casework.audit.merkle import HASH_SIZE, Frontier, leaf_hash
from casework.audit.models import (
    FIELDS,
    AuditEntry,
    AuditSeal,
    Checkpoint,
    canonical_values,
)

FIRST = bytes(HASH_SIZE)
_ONE_SEALER = 0x41564C4F47  # "AVLOG"
_TRIES = 5
_PAUSE = 0.02


def seal(*, at: datetime, limit: int = 5000) -> int:
    """
    Seal what has no seal yet, at most `limit` rows, and sign where the tree is then.

    One sealer at a time; another one goes away with 0. What commits late gets a later
    position. Needs READ COMMITTED: each statement must see what was committed.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        last = last_signed()
        floor = last.floor if last else 0
        settled = _settled_up_to(floor)
        rows = list(unsealed(above=floor).order_by("pk").values_list(*FIELDS)[:limit])
        if not rows:
            return 0
        frontier = frontier_of(last)
        _place(rows, frontier)
        reached = rows[-1][0] if len(rows) == limit else settled
        _sign(frontier, last, floor=max(floor, min(settled, reached)), at=at)
    return len(rows)


def unsealed(*, above: int | None = None) -> QuerySet[AuditEntry]:
    """The entries without a place in the tree; `above` the floor it is a short scan."""
    sealed = AuditSeal.objects.filter(entry=OuterRef("pk"))
    entries = AuditEntry.objects.filter(~Exists(sealed))
    return entries if above is None else entries.filter(pk__gt=above)


def unsealed_since() -> datetime | None:
    """When the oldest entry without a seal was written; for `/readyz`."""
    last = last_signed()
    waiting = unsealed(above=last.floor if last else 0)
    oldest: datetime | None = waiting.aggregate(since=Min("at"))["since"]
    return oldest


def anchor(*, at: datetime) -> str:
    """
    Give the newest checkpoint of this moment as text, to be kept out of our reach.

    A signed note with a tree head as C2SP describes them, so that any tool for those
    can check it with `keys.public_key`. Empty as long as nothing was sealed.
    """
    signed = last_signed(Checkpoint.objects.filter(signed_at__lte=at))
    return note(signed) if signed else ""


def last_signed(among: QuerySet[Checkpoint] | None = None) -> Checkpoint | None:
    """
    Give the last checkpoint of ours; after a lost key the last of all.

    Whoever may add one without our key decides nothing by it: neither where the tree
    goes on, nor how far one looks, nor what is kept outside.
    """
    checkpoints = Checkpoint.objects.all() if among is None else among
    ordered = checkpoints.order_by("-size")
    newest = ordered.first()
    page = [newest] if newest is not None else []
    while page:
        found = next(filter(is_ours, page), None)
        if found is not None:
            return found
        page = list(ordered.filter(size__lt=page[-1].size)[:100])
    return newest


def is_ours(checkpoint: Checkpoint) -> bool:
    """Whether a key of ours signed it."""
    key = keys.trusted_keys().get(checkpoint.key_id)
    return keys.is_signed(body(checkpoint), bytes(checkpoint.signature), key)


def note(checkpoint: Checkpoint) -> str:
    """Write a checkpoint as a signed note (c2sp.org/tlog-checkpoint)."""
    signature = bytes.fromhex(checkpoint.key_id) + bytes(checkpoint.signature)
    packed = base64.b64encode(signature).decode()
    return f"{body(checkpoint).decode()}\n\u2014 {keys.ORIGIN} {packed}\n"


def body(checkpoint: Checkpoint) -> bytes:
    """Give the bytes that are signed: size and root, the link, and when."""
    moment = checkpoint.signed_at.astimezone(UTC).isoformat(timespec="microseconds")
    lines = [
        keys.ORIGIN,
        str(checkpoint.size),
        base64.b64encode(checkpoint.root).decode(),
        f"previous {bytes(checkpoint.previous).hex()}",
        f"signed {moment}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def link(checkpoint: Checkpoint | None) -> bytes:
    """Give what the next checkpoint names as its previous one."""
    return sha256(body(checkpoint)).digest() if checkpoint else FIRST


def frontier_of(checkpoint: Checkpoint | None) -> Frontier:
    """Give the right edge of the tree as it was at a checkpoint."""
    if checkpoint is None:
        return Frontier()
    return Frontier.from_bytes(checkpoint.size, bytes(checkpoint.frontier))


@dataclass(frozen=True)
class Anchor:
    """A checkpoint as somebody outside kept it."""

    size: int
    root: bytes
    body: bytes
    key_id: str
    signature: bytes


class NoAnchor(Exception):
    """This text is not a checkpoint of the log."""


def read_anchor(text: str) -> Anchor:
    """
    Read the note in a text, also when it stands in a mail.

    :raises NoAnchor: if there is none
    """
    lines = text.replace("\r\n", "\n").split("\n")
    try:
        start = lines.index(keys.ORIGIN)
        blank = lines.index("", start)
        named = f"\u2014 {keys.ORIGIN} "
        packed = next(line for line in lines[blank:] if line.startswith(named))
        signature = base64.b64decode(packed.removeprefix(named), validate=True)
        return Anchor(
            size=int(lines[start + 1]),
            root=base64.b64decode(lines[start + 2], validate=True),
            body="".join(f"{line}\n" for line in lines[start:blank]).encode(),
            key_id=signature[:4].hex(),
            signature=signature[4:],
        )
    except (ValueError, IndexError, StopIteration) as error:
        raise NoAnchor from error


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
        return bool(cursor.fetchone()[0])


def _settled_up_to(floor: int) -> int:
    """
    The key up to which no entry can appear any more.

    Keys are handed out in order but committed in any, and nobody chooses his own (see
    `triggers`). Who inserts holds a lock on the table from before he takes a key until
    after his commit is visible. So once all
    who held it after we saw key M are gone, everything up to M is there to be seen.
    Where somebody keeps it longer we go on from the old floor: slower, never wrong.
    """
    newest = AuditEntry.objects.filter(pk__gt=floor).aggregate(key=Max("pk"))["key"]
    if newest is None:
        return floor
    writers = _writers()
    for _ in range(_TRIES):
        if not writers:
            return int(newest)
        time.sleep(_PAUSE)
        writers &= _writers()
    return int(newest) if not writers else floor


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select virtualtransaction from pg_locks
            where locktype = 'relation' and mode = 'RowExclusiveLock'
              and relation = 'audit_auditentry'::regclass
              and database = (select oid from pg_database
                              where datname = current_database())
              and pid is distinct from pg_backend_pid()
            """
        )
        return {transaction_id for (transaction_id,) in cursor.fetchall()}


def _place(rows: list[tuple[Any, ...]], frontier: Frontier) -> None:
    seals = []
    for row in rows:
        leaf = leaf_hash(canonical_values(row))
        seals.append(AuditSeal(position=frontier.size, entry_id=row[0], leaf=leaf))
        frontier.append(leaf)
    AuditSeal.objects.bulk_create(seals, batch_size=5000)


def _sign(
    frontier: Frontier, last: Checkpoint | None, *, floor: int, at: datetime
) -> None:
    checkpoint = Checkpoint(
        size=frontier.size,
        root=frontier.root(),
        previous=link(last),
        signed_at=at,
        key_id=keys.key_id(),
        frontier=frontier.to_bytes(),
        floor=floor,
    )
    checkpoint.signature = keys.sign(body(checkpoint))
    checkpoint.save(force_insert=True)
