"""The log as a file that anybody can check with the public key and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from casework.audit import keys
from casework.audit.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    roots,
)
from casework.audit.models import (
    FIELDS,
    AuditEntry,
    AuditSeal,
    Checkpoint,
    canonical_values,
)
from casework.audit.sealer import Anchor, last_signed, note
from casework.audit.verify import sealed_rows


class NotSealed(Exception):
    """This row does not stand in the tree yet, or not at all."""


def export_log() -> Iterator[str]:
    """
    Give every sealed row, with each checkpoint after the last row that it covers.

    One line of JSON each; a position without a row is a line that says so. Reads in
    slices, so it fits in memory however long the log is. The caller logs the export.
    """
    size = sealed_size()
    yield from export_part(0, size, of=size)


def sealed_size() -> int:
    """Give how many rows of the log have their place under a checkpoint."""
    last = last_signed()
    return last.size if last else 0


def export_part(start: int, stop: int, *, of: int) -> Iterator[str]:
    """
    Give the lines of the positions from `start` up to `stop`, in an export of a size.

    The parts one after the other are the same text as the whole: a checkpoint comes
    before the first row that it does not cover, in the part of that row.
    """
    if start == 0:
        yield json.dumps({"kind": "log", "origin": keys.ORIGIN, "size": of})
    covered = Checkpoint.objects.filter(
        size__gte=start, size__lte=stop if stop == of else stop - 1
    )
    checkpoints = covered.order_by("size").iterator()
    checkpoint = next(checkpoints, None)
    for position, _, *row in sealed_rows(stop, start=start):
        while checkpoint and checkpoint.size <= position:
            yield _checkpoint(checkpoint)
            checkpoint = next(checkpoints, None)
        yield f'{{"kind":"row","position":{position},"row":{_canonical(row)}}}'
    while checkpoint:
        yield _checkpoint(checkpoint)
        checkpoint = next(checkpoints, None)


def export_proof(entry: AuditEntry, *, anchors: Sequence[Anchor] = ()) -> str:
    """
    Give one row with the proof that it stands in the log, without the other rows.

    For each kept checkpoint also the proof that the log only grew since. Lets the leaves
    of the others pass by once, so it fits in memory however long the log is.

    :raises NotSealed: if it has no place under a checkpoint
    """
    last = last_signed()
    seal = AuditSeal.objects.filter(entry=entry).first()
    if last is None or seal is None or seal.position >= last.size:
        raise NotSealed
    place = seal.position
    ((_, _, *row),) = sealed_rows(place + 1, start=place)
    inclusion = inclusion_path(place, last.size)
    sizes = {kept.size for kept in anchors if 0 < kept.size <= last.size}
    consistency = {size: consistency_path(size, last.size) for size in sizes}
    leaves = _leaves(last.size, place=place, row=row)
    found = roots(leaves, chain(inclusion, *consistency.values()))
    return json.dumps(
        {
            "kind": "proof",
            "position": place,
            "row": json.loads(_canonical(row)),
            "inclusion": [found[part].hex() for part in inclusion],
            "checkpoint": note(last),
            "consistency": {
                str(size): [found[part].hex() for part in path]
                for size, path in sorted(consistency.items())
            },
        }
    )


def _leaves(size: int, *, place: int, row: Sequence[Any]) -> Iterator[bytes]:
    """Give what was sealed up to a size; at one place what the row says by now."""
    sealed = AuditSeal.objects.filter(position__lt=size).order_by("position")
    for position, leaf in sealed.values_list("position", "leaf").iterator():
        yield leaf_hash(canonical_values(row)) if position == place else bytes(leaf)


def _canonical(row: Sequence[Any]) -> str:
    """Give the text that the leaf is the hash of; `null` where the row is gone."""
    gone = row[FIELDS.index("id")] is None
    return "null" if gone else canonical_values(row).decode()


def _checkpoint(checkpoint: Checkpoint) -> str:
    return json.dumps({"kind": "checkpoint", "note": note(checkpoint)})
