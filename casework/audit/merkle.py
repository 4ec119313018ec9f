"""How a row proves that it stands in the log: the Merkle tree of RFC 6962."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Hash one row (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them (RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Compute the root of a tree from the hashes of its leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """The right edge of a tree: all that is needed to add leaves to it.

    It holds the roots of the full subtrees from left to right, one for each bit
    that is set in the size, so a tree of five million leaves fits in 704 bytes.
    """

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        if len(nodes) != size.bit_count():
            raise WrongFrontier(f"{len(nodes)} subtrees for {size} leaves")
        self.size = size
        self.nodes = list(nodes)

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> Frontier:
        """Read back what `to_bytes` made."""
        if len(packed) != HASH_SIZE * size.bit_count():
            raise WrongFrontier(f"{len(packed)} bytes for {size} leaves")
        starts = range(0, len(packed), HASH_SIZE)
        return cls(size, [packed[start : start + HASH_SIZE] for start in starts])

    def to_bytes(self) -> bytes:
        """Pack the subtrees, largest first."""
        return b"".join(self.nodes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf at the end: like adding one to a binary number."""
        node = leaf
        carry = self.size
        while carry & 1:
            node = sha256(b"\x01" + self.nodes.pop() + node).digest()
            carry >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Compute the root of the tree as it is now."""
        if not self.nodes:
            return EMPTY_ROOT
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = node_hash(left, node)
        return node


def roots(leaves: Iterable[bytes], parts: Iterable[range]) -> dict[range, bytes]:
    """Compute the roots of parts of a tree from its leaves, which pass by once."""
    found = {part: Frontier() for part in parts}
    waiting = sorted(found, key=lambda part: part.start, reverse=True)
    going: list[range] = []
    for position, leaf in enumerate(leaves):
        while waiting and waiting[-1].start == position:
            going.append(waiting.pop())
        for part in going:
            found[part].append(leaf)
        going = [part for part in going if part.stop > position + 1]
    return {part: frontier.root() for part, frontier in found.items()}


def inclusion_proof(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """Give the hashes that lead from one leaf to the root (RFC 6962 2.1.1)."""
    return _along(inclusion_path(position, len(leaves)), leaves)


def inclusion_path(position: int, size: int) -> list[range]:
    """Give the parts of a tree whose roots are the inclusion proof of one leaf."""
    if not 0 <= position < size:
        raise NoSuchLeaf(f"{position} of {size}")
    path, start, stop = [], 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if position < middle:
            path.append(range(middle, stop))
            stop = middle
        else:
            path.append(range(start, middle))
            start = middle
    return path[::-1]


def verify_inclusion(
    leaf: bytes, position: int, size: int, proof: Sequence[bytes], root_hash: bytes
) -> bool:
    """Check that a leaf stands at this position (RFC 9162 section 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    index, last, node = position, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(step, node)
            index, last = _climb(index, last, odd=True)
        else:
            node = node_hash(node, step)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root_hash


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """Prove that a tree only grew since it had `earlier` leaves (RFC 6962 2.1.2)."""
    return _along(consistency_path(earlier, len(leaves)), leaves)


def consistency_path(earlier: int, later: int) -> list[range]:
    """Give the parts of a tree whose roots prove that it only grew."""
    if not 0 < earlier <= later:
        raise NoSuchLeaf(f"{earlier} of {later}")
    path, start, stop = [], 0, later
    while earlier < stop:
        middle = start + _split(stop - start)
        if earlier <= middle:
            path.append(range(middle, stop))
            stop = middle
        else:
            path.append(range(start, middle))
            start = middle
    if start:
        path.append(range(start, stop))
    return path[::-1]


def verify_consistency(
    earlier: int, later: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Check that the earlier tree is a beginning of the later one (RFC 9162 2.1.4.2)."""
    if earlier == later:
        return not proof and old_root == new_root
    if not 0 < earlier < later:
        return False
    path = [old_root, *proof] if earlier & (earlier - 1) == 0 else list(proof)
    if not path:
        return False
    index, last = _climb(earlier - 1, later - 1, odd=False)
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(step, old), node_hash(step, new)
            index, last = _climb(index, last, odd=True)
        else:
            new = node_hash(new, step)
        index, last = index >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


class WrongFrontier(Exception):
    """The right edge does not belong to a tree of this size."""


class NoSuchLeaf(Exception):
    """The tree has no such leaf."""


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _climb(index: int, last: int, *, odd: bool) -> tuple[int, int]:
    """Go up until the index is odd (or nothing is left of it), or until it is even."""
    while index and bool(index & 1) is not odd:
        index, last = index >> 1, last >> 1
    return index, last


def _along(path: Sequence[range], leaves: Iterable[bytes]) -> list[bytes]:
    found = roots(leaves, path)
    return [found[part] for part in path]
