"""The Merkle tree of RFC 6962, against its published roots and by property."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.merkle import (
    EMPTY_ROOT,
    RootBuilder,
    complete_subtrees,
    inclusion_proof,
    leaf_hash,
    root,
    root_from_proof,
)

# The leaves and roots of the reference tests of Certificate Transparency.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize(("size", "expected"), ROOTS.items())
def test_agrees_with_the_published_roots(size: int, expected: str) -> None:
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == expected


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proved_and_no_other_is(size: int, data: st.DataObject) -> None:
    hashes = [leaf_hash(str(n).encode()) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, size, lambda low, high: root(hashes[low:high]))
    assert root_from_proof(hashes[index], index, size, path) == root(hashes)
    other = leaf_hash(b"other")
    assert root_from_proof(other, index, size, path) != root(hashes)


@given(st.integers(1, 300), st.data())
def test_some_leaves_and_the_subtrees_between_them_give_the_root(
    size: int, data: st.DataObject
) -> None:
    hashes = [leaf_hash(str(n).encode()) for n in range(size)]
    own = sorted(data.draw(st.sets(st.integers(0, size - 1))))
    tree, reached, given_hashes = RootBuilder(), 0, 0
    for leaf in [*own, size]:
        for low, height in complete_subtrees(reached, leaf):
            tree.add(height, root(hashes[low : low + (1 << height)]))
            given_hashes += 1
        if leaf < size:
            tree.add(0, hashes[leaf])
        reached = leaf + 1
    assert (tree.size, tree.root()) == (size, root(hashes))
    # A gap of n leaves needs no more than 2 log2(n) hashes.
    assert given_hashes <= 2 * size.bit_length() * (len(own) + 1)


def test_a_subtree_goes_only_where_one_begins() -> None:
    tree = RootBuilder()
    tree.add(0, leaf_hash(b""))
    with pytest.raises(ValueError, match="no subtree"):
        tree.add(1, leaf_hash(b""))
