"""The tree of RFC 6962, against its known vectors and a second computation."""

from hashlib import sha256

import pytest

from casework.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    NoSuchLeaf,
    WrongFrontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    roots,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves and roots that Certificate Transparency tests with.
CONTENTS = [
    bytes.fromhex(content)
    for content in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(content) for content in CONTENTS]
MANY = [leaf_hash(str(number).encode()) for number in range(40)]


def by_definition(contents: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not contents:
        return sha256(b"").digest()
    if len(contents) == 1:
        return sha256(b"\x00" + contents[0]).digest()
    k = 1
    while k * 2 < len(contents):
        k *= 2
    left, right = by_definition(contents[:k]), by_definition(contents[k:])
    return sha256(b"\x01" + left + right).digest()


class TestRoot:
    @pytest.mark.parametrize("size", range(1, 9))
    def test_is_the_one_that_others_published(self, size):
        assert root(LEAVES[:size]).hex() == ROOTS[size - 1]

    @pytest.mark.parametrize("size", [*range(18), 31, 32, 33, 100])
    def test_is_the_one_of_the_definition(self, size):
        contents = [str(number).encode() for number in range(size)]

        assert root([leaf_hash(content) for content in contents]) == by_definition(
            contents
        )

    def test_of_nothing_is_the_hash_of_nothing(self):
        assert root([]) == EMPTY_ROOT


class TestRoots:
    @pytest.mark.parametrize("size", [1, 2, 7, 13])
    def test_are_those_of_each_part_in_one_pass(self, size):
        """Catches a part that is lost where others begin or end at the same leaf."""
        parts = [
            range(start, stop)
            for start in range(size)
            for stop in range(start + 1, size + 1)
        ]

        found = roots(iter(MANY[:size]), [*parts, *parts])

        assert found == {part: root(MANY[part.start : part.stop]) for part in parts}


class TestFrontier:
    @pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 39])
    def test_goes_on_where_it_was_stored(self, size):
        frontier = Frontier()
        for leaf in MANY[:size]:
            frontier.append(leaf)

        read_back = Frontier.from_bytes(size, frontier.to_bytes())
        for leaf in MANY[size:]:
            read_back.append(leaf)

        assert read_back.root() == root(MANY)

    def test_refuses_an_edge_of_another_size(self):
        with pytest.raises(WrongFrontier):
            Frontier.from_bytes(3, bytes(32))
        with pytest.raises(WrongFrontier):
            Frontier(3, [bytes(32)])


class TestInclusion:
    @pytest.mark.parametrize("size", range(1, 20))
    def test_every_leaf_of_every_tree_is_proven(self, size):
        leaves = MANY[:size]

        for position, leaf in enumerate(leaves):
            proof = inclusion_proof(leaves, position)
            assert verify_inclusion(leaf, position, size, proof, root(leaves))

    @pytest.mark.parametrize("size", [2, 3, 7, 8, 13])
    def test_nothing_else_is_proven(self, size):
        leaves, top = MANY[:size], root(MANY[:size])

        for position, leaf in enumerate(leaves):
            proof = inclusion_proof(leaves, position)
            other = (position + 1) % size
            bent = [bytes(32), *proof[1:]]
            assert not verify_inclusion(MANY[39], position, size, proof, top)
            assert not verify_inclusion(leaf, other, size, proof, top)
            assert not verify_inclusion(leaf, position, size, proof[:-1], top)
            assert not verify_inclusion(leaf, position, size, [*proof, top], top)
            assert not verify_inclusion(leaf, position, size, bent, top)
            assert not verify_inclusion(leaf, size, size, proof, top)

    def test_a_leaf_that_is_not_there_has_no_proof(self):
        with pytest.raises(NoSuchLeaf):
            inclusion_proof(LEAVES, 8)


class TestConsistency:
    @pytest.mark.parametrize("later", range(1, 20))
    def test_every_earlier_tree_is_proven(self, later):
        for earlier in range(1, later + 1):
            old, new = root(MANY[:earlier]), root(MANY[:later])
            proof = consistency_proof(MANY[:later], earlier)
            assert verify_consistency(earlier, later, old, new, proof)

    @pytest.mark.parametrize(("earlier", "later"), [(1, 2), (3, 7), (4, 8), (6, 13)])
    def test_a_rewritten_beginning_is_not(self, earlier, later):
        rewritten = [*MANY[: earlier - 1], MANY[39]]
        old, new = root(rewritten), root(MANY[:later])
        proof = consistency_proof(MANY[:later], earlier)

        assert not verify_consistency(earlier, later, old, new, proof)
        assert not verify_consistency(earlier, later, root(MANY[:earlier]), old, proof)
        assert not verify_consistency(
            earlier, later, root(MANY[:earlier]), new, [*proof, new]
        )
        assert not verify_consistency(earlier, later, root(MANY[:earlier]), new, [])

    def test_a_tree_does_not_shrink(self):
        assert not verify_consistency(5, 3, root(MANY[:5]), root(MANY[:3]), [])

    def test_the_same_tree_needs_no_proof(self):
        assert verify_consistency(5, 5, root(MANY[:5]), root(MANY[:5]), [])
        assert not verify_consistency(5, 5, root(MANY[:5]), root(MANY[:6]), [])

    def test_there_is_no_proof_of_a_later_tree(self):
        with pytest.raises(NoSuchLeaf):
            consistency_proof(LEAVES, 9)
