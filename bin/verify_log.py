#!/usr/bin/env python3
"""
Kijk na of het logboek nog is wat er verzegeld en getekend is.

Nodig: de publieke sleutel en een uitvoer van `manage.py audit_export`; geen databank,
geen geheim en niets van de rest van het programma. Zie docs/logboek.md.

    python verify_log.py SLEUTEL uitvoer.jsonl --anker bewaard.txt
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ORIGIN = "ave-procesregie/logboek"
NAMED = f"\u2014 {ORIGIN} "
Line = dict[str, Any]
Faults = Iterator[str]
Nodes = tuple[bytes, bytes]


class Note(NamedTuple):
    """A signed checkpoint (c2sp.org/tlog-checkpoint)."""

    size: int
    root: bytes
    previous: str
    body: bytes
    signature: bytes


def read_note(text: str) -> Note:
    """Read the note in a text, also when it stands in a mail."""
    lines = [line.rstrip("\r").lstrip("> ") for line in text.split("\n")]
    start = lines.index(ORIGIN)
    blank = lines.index("", start)
    packed = next(line for line in lines[blank:] if line.startswith(NAMED))
    return Note(
        size=int(lines[start + 1]),
        root=base64.b64decode(lines[start + 2], validate=True),
        previous=lines[start + 3].removeprefix("previous "),
        body="".join(f"{line}\n" for line in lines[start:blank]).encode(),
        signature=base64.b64decode(packed.removeprefix(NAMED), validate=True)[4:],
    )


def is_signed(note: Note, keys: list[bytes]) -> bool:
    """Whether one of these keys signed a note."""
    for key in keys:
        with suppress(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(key).verify(note.signature, note.body)
            return True
    return False


def leaf_of(row: Line) -> bytes:
    """Hash one row, as it was sealed (RFC 6962 section 2.1)."""
    packed = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(b"\x00" + packed.encode()).digest()


def pair(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows: its right edge, the largest full subtree first."""

    def __init__(self) -> None:
        self.size, self.edge = 0, list[bytes]()

    def add(self, leaf: bytes) -> None:
        """Add one leaf at the end: like adding one to a binary number."""
        node, carry = leaf, self.size
        while carry & 1:
            node, carry = pair(self.edge.pop(), node), carry >> 1
        self.edge.append(node)
        self.size += 1

    def holds(self, note: Note) -> bool:
        """Whether a checkpoint is of this tree as it is now."""
        if note.size != self.size or not self.edge:
            return False
        node = self.edge[-1]
        for left in self.edge[-2::-1]:
            node = pair(left, node)
        return node == note.root


def climb(index: int, last: int, start: bytes, proof: list[bytes]) -> Nodes | None:
    """Fold a proof from `start` up: what stood before, and all (RFC 9162 2.1.3.2)."""
    before = now = start
    for step in proof:
        if last == 0:
            return None
        if index & 1 or index == last:
            before, now = pair(step, before), pair(step, now)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            now = pair(now, step)
        index, last = index >> 1, last >> 1
    return None if last else (before, now)


def is_included(leaf: bytes, position: int, proof: list[bytes], note: Note) -> bool:
    """Check that a leaf stands at this position of the tree of a checkpoint."""
    found = climb(position, note.size - 1, leaf, proof)
    return 0 <= position < note.size and found is not None and found[1] == note.root


def only_grew(old: Note, new: Note, proof: list[bytes]) -> bool:
    """Check that the old tree is a beginning of the new one (RFC 9162 2.1.4.2)."""
    if old.size == new.size:
        return not proof and old.root == new.root
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else proof
    if not 0 < old.size < new.size or not path:
        return False
    index, last = old.size - 1, new.size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    return climb(index, last, path[0], path[1:]) == (old.root, new.root)


def check_log(lines: Iterator[Line], keys: list[bytes], kept: list[Note]) -> Faults:
    """Walk a whole export; give each fault that is found."""
    tree, link, signed_up_to, met = Tree(), bytes(32).hex(), 0, set[Note]()
    for line in lines:
        if line["kind"] == "checkpoint":
            note = read_note(line["note"])
            linked = tree.holds(note) and note.previous == link
            if not linked or not is_signed(note, keys):
                yield f"ijkpunt {note.size} klopt niet met sleutel, regels of het vorige"
            signed_up_to, link = tree.size, sha256(note.body).hexdigest()
            continue
        if line["position"] != tree.size or line["row"] is None:
            yield f"op plaats {tree.size} ontbreekt een regel"
            return
        tree.add(leaf_of(line["row"]))
        met |= {note for note in kept if tree.holds(note) and is_signed(note, keys)}
    if tree.size > signed_up_to:
        yield f"{tree.size - signed_up_to} regels na het laatste ijkpunt"
    for note in set(kept) - met:
        yield f"het bewaarde ijkpunt {note.size} past niet op dit logboek"


def check_proof(proof: Line, keys: list[bytes], kept: list[Note]) -> Faults:
    """Check that one row stands in the log, and that the log grew from what you kept."""
    note = read_note(proof["checkpoint"])
    if not is_signed(note, keys):
        yield f"ijkpunt {note.size} is niet met deze sleutel getekend"
    path = [bytes.fromhex(step) for step in proof["inclusion"]]
    if not is_included(leaf_of(proof["row"]), proof["position"], path, note):
        yield "deze regel staat niet zo in het logboek"
    for old in kept:
        steps = proof["consistency"].get(str(old.size), [])
        path = [bytes.fromhex(step) for step in steps]
        if not is_signed(old, keys) or not only_grew(old, note, path):
            yield f"het logboek gaat niet verder op het bewaarde ijkpunt {old.size}"


def check(export: Path, key: str, anchors: list[Path]) -> list[str]:
    """Read everything and give what is wrong."""
    try:
        keys = [bytes.fromhex(each) for each in key.split(",")]
        kept = [read_note(path.read_text(encoding="utf-8")) for path in anchors]
        with export.open(encoding="utf-8") as file:
            lines = map(json.loads, file)
            head = next(lines)
            if head["kind"] == "proof":
                return list(check_proof(head, keys, kept))
            return list(check_log(lines, keys, kept))
    except (OSError, ValueError, LookupError, TypeError, StopIteration) as error:
        named = getattr(error, "filename", None) or "dit bestand"
        return [f"{named} is niet te lezen ({type(error).__name__})"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sleutel")
    parser.add_argument("uitvoer", type=Path)
    parser.add_argument("--anker", action="append", default=[], type=Path)
    given = parser.parse_args()
    found = check(given.uitvoer, given.sleutel, given.anker)
    said = [f"FOUT  {fault}" for fault in found] or ["in orde"]
    sys.stdout.write("\n".join([*said, f"ankers: {len(given.anker)}", ""]))
    sys.exit(1 if found else 0)
