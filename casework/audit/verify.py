"""Whether the log is still what was sealed and signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from casework.audit import keys, triggers
from casework.audit.merkle import Frontier, leaf_hash
from casework.audit.models import (
    FIELDS,
    AuditEntry,
    AuditSeal,
    Checkpoint,
    canonical_values,
)
from casework.audit.sealer import Anchor, is_ours, last_signed, link, unsealed

STALE = timedelta(minutes=5)
_CHUNK = 20_000
_LOST = bytes(32)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how many breaches, of how many, and which first."""

    name: str
    count: int
    detail: str
    checked: int = 0


@dataclass
class _Tally:
    name: str
    detail: str
    place: str = "size"
    checked: int = 0
    count: int = 0
    first: int | None = None

    def add(self, *, sound: bool, where: int) -> None:
        self.checked += 1
        if not sound:
            self.first = where if self.first is None else self.first
            self.count += 1

    def finding(self) -> Finding:
        detail = self.detail
        if self.count:
            detail = f"{detail}; first at {self.place} {self.first}"
        return Finding(self.name, self.count, detail, self.checked)


@dataclass
class _Tallies:
    rows: _Tally = field(
        default_factory=lambda: _Tally(
            "rows", "rows that differ from what was sealed", place="row"
        )
    )
    missing: _Tally = field(
        default_factory=lambda: _Tally(
            "missing", "positions without a row or seal", place="position"
        )
    )
    tree: _Tally = field(
        default_factory=lambda: _Tally("tree", "checkpoints that do not fit the seals")
    )
    links: _Tally = field(
        default_factory=lambda: _Tally("links", "checkpoints not linked to the last")
    )
    signatures: _Tally = field(
        default_factory=lambda: _Tally("signatures", "checkpoints not signed by us")
    )
    anchors: _Tally = field(
        default_factory=lambda: _Tally("anchors", "kept checkpoints that do not fit")
    )


def verify_log(*, at: datetime | None = None) -> list[Finding]:
    """Give the breaches of the log; an empty list means that it is sound."""
    return [found for found in inspect_log(at=at) if found.count]


def inspect_log(
    *, at: datetime | None = None, anchors: Sequence[Anchor] = ()
) -> list[Finding]:
    """
    Look at everything, also what is sound, and compare with kept checkpoints.

    May run while rows are written and sealed: it looks no further than the checkpoint
    of ours that was the last one when it began. What stands behind that and is not
    signed by us is found, and looked at no further: it may name any size.
    """
    tallies = _Tallies()
    last = last_signed()
    size = last.size if last else 0
    _walk(size, tallies, _wanted(anchors, size, tallies))
    forged = _forged_beyond(size, tallies)
    return [
        *(tally.finding() for tally in vars(tallies).values()),
        _tail(forged),
        _waiting(at or timezone.now()),
        _triggers(),
    ]


def _wanted(
    anchors: Sequence[Anchor], size: int, tallies: _Tallies
) -> dict[int, list[bytes]]:
    """Give the roots that were kept, by size; count what can't be ours at once."""
    trusted = keys.trusted_keys()
    wanted: dict[int, list[bytes]] = {}
    for anchor in anchors:
        key = trusted.get(anchor.key_id)
        signed = keys.is_signed(anchor.body, anchor.signature, key)
        if signed and 0 < anchor.size <= size:
            wanted.setdefault(anchor.size, []).append(anchor.root)
        else:
            tallies.anchors.add(sound=False, where=anchor.size)
    return wanted


def _walk(size: int, tallies: _Tallies, kept: dict[int, list[bytes]]) -> None:
    checkpoints = _checkpoints(size, tallies)
    checkpoint = next(checkpoints, None)
    frontier = Frontier()
    for leaf in _leaves(size, tallies):
        frontier.append(leaf)
        for root in kept.get(frontier.size, ()):
            tallies.anchors.add(sound=root == frontier.root(), where=frontier.size)
        if checkpoint and checkpoint.size == frontier.size:
            sound = (
                bytes(checkpoint.root) == frontier.root()
                and bytes(checkpoint.frontier) == frontier.to_bytes()
            )
            tallies.tree.add(sound=sound, where=frontier.size)
            checkpoint = next(checkpoints, None)


def _checkpoints(size: int, tallies: _Tallies) -> Iterator[Checkpoint]:
    before: Checkpoint | None = None
    ordered = Checkpoint.objects.filter(size__lte=size).order_by("size")
    for checkpoint in ordered.iterator():
        linked = bytes(checkpoint.previous) == link(before)
        tallies.links.add(sound=linked, where=checkpoint.size)
        tallies.signatures.add(sound=is_ours(checkpoint), where=checkpoint.size)
        before = checkpoint
        yield checkpoint


def _forged_beyond(size: int, tallies: _Tallies) -> list[int]:
    """Give the sizes behind ours that nobody signed; what was signed meanwhile is new."""
    later = Checkpoint.objects.filter(size__gt=size).order_by("size")
    forged = [each.size for each in later.iterator() if not is_ours(each)]
    for where in forged:
        tallies.signatures.add(sound=False, where=where)
    return forged


def _leaves(size: int, tallies: _Tallies) -> Iterator[bytes]:
    """Give the sealed leaf of every position, and compare it with its row."""
    expected = 0
    for position, leaf, *row in sealed_rows(size):
        while expected < position:
            tallies.missing.add(sound=False, where=expected)
            expected += 1
            yield _LOST
        expected += 1
        present = row[0] is not None
        tallies.missing.add(sound=present, where=position)
        if present:
            sound = leaf_hash(canonical_values(row)) == leaf
            tallies.rows.add(sound=sound, where=row[0])
        yield leaf
    for position in range(expected, size):
        tallies.missing.add(sound=False, where=position)
        yield _LOST


def sealed_rows(size: int, *, start: int = 0) -> Iterator[tuple[Any, ...]]:
    """Give position, leaf and fields of every seal up to a size, in slices."""
    quote = connection.ops.quote_name
    columns = ", ".join(f"e.{quote(name)}" for name in FIELDS)
    statement = f"""
        select s.position, s.leaf, {columns}
        from {AuditSeal._meta.db_table} s
        left join {AuditEntry._meta.db_table} e on e.id = s.entry_id
        where s.position >= %s and s.position < %s order by s.position
    """  # noqa: S608  # the names are of our own models
    for place in range(start, size, _CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(statement, [place, min(place + _CHUNK, size)])
            yield from cursor.fetchall()


def _tail(forged: list[int]) -> Finding:
    """Count seals that no checkpoint signs, in one statement: a sealer may be busy."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*) from audit_auditseal
            where position >= (
                select coalesce(max(size), 0) from audit_checkpoint
                where size <> all(%s)
            )
            """,
            [forged],
        )
        beyond = cursor.fetchone()[0]
    return Finding("tail", beyond, "seals after the last signed checkpoint", beyond)


def _waiting(at: datetime) -> Finding:
    waiting = unsealed()
    late = waiting.filter(at__lt=at - STALE).count()
    minutes = STALE.seconds // 60
    return Finding(
        "unsealed", late, f"rows older than {minutes} minutes unsealed", waiting.count()
    )


def _triggers() -> Finding:
    with connection.cursor() as cursor:
        faults = triggers.faults(cursor)
    detail = "triggers that do not stand"
    if faults:
        detail = f"{detail}; first {faults[0]}"
    return Finding("triggers", len(faults), detail, len(triggers.STANDING))
