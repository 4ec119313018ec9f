"""The log as a file that anybody can check with the public key and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from casework.audit import keys
from casework.audit.merkle import consistency_proof, inclusion_proof, leaf_hash
from casework.audit.models import FIELDS, AuditEntry, Checkpoint, canonical_values
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

    For each kept checkpoint also the proof that the log only grew since.

    :raises NotSealed: if it has no place under a checkpoint
    """
    last = last_signed()
    if last is None:
        raise NotSealed
    rows = [(position, leaf, row) for position, leaf, *row in sealed_rows(last.size)]
    place = next((place for place, _, row in rows if row[0] == entry.pk), None)
    if place is None:
        raise NotSealed
    leaves = [bytes(leaf) for _, leaf, _ in rows]
    leaves[place] = leaf_hash(canonical_values(rows[place][2]))
    return json.dumps(
        {
            "kind": "proof",
            "position": place,
            "row": json.loads(_canonical(rows[place][2])),
            "inclusion": [step.hex() for step in inclusion_proof(leaves, place)],
            "checkpoint": note(last),
            "consistency": {
                str(kept.size): [
                    step.hex() for step in consistency_proof(leaves, kept.size)
                ]
                for kept in anchors
                if 0 < kept.size <= last.size
            },
        }
    )


def _canonical(row: Sequence[Any]) -> str:
    """Give the text that the leaf is the hash of; `null` where the row is gone."""
    gone = row[FIELDS.index("id")] is None
    return "null" if gone else canonical_values(row).decode()


def _checkpoint(checkpoint: Checkpoint) -> str:
    return json.dumps({"kind": "checkpoint", "note": note(checkpoint)})
