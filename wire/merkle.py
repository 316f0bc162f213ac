"""The Merkle tree of RFC 6962: roots and proofs of inclusion, from anything that gives hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()

RangeRoot = Callable[[int, int], bytes]
"""Gives the root over leaves low to high (high excluded), of which there is at least one."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf (RFC 6962, section 2.1: a zero byte comes first)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees (RFC 6962, section 2.1: a one byte comes first)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """Return the largest power of two smaller than `count`, which is 2 or more."""
    return 1 << ((count - 1).bit_length() - 1)


def root(hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes."""
    tree = RootBuilder()
    for leaf in hashes:
        tree.add(0, leaf)
    return tree.root()


class RootBuilder:
    """Computes a root from complete subtrees, given from left to right; keeps 64 hashes at most."""

    def __init__(self) -> None:
        self.size = 0
        self._stack: list[tuple[int, bytes]] = []

    def add(self, height: int, value: bytes) -> None:
        """Add the subtree of 2^height leaves that comes next.

        Raises:
            ValueError: No complete subtree of that height begins here.
        """
        if self.size % (1 << height):
            raise ValueError("no subtree of that height begins here")
        self.size += 1 << height
        while self._stack and self._stack[-1][0] == height:
            value = node_hash(self._stack.pop()[1], value)
            height += 1
        self._stack.append((height, value))

    def root(self) -> bytes:
        """Give the root over all that was added."""
        if not self._stack:
            return EMPTY_ROOT
        *rest, (_height, value) = self._stack
        for _height, left in reversed(rest):
            value = node_hash(left, value)
        return value


def complete_subtrees(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Give first leaf and height of the fewest complete subtrees that cover low to high."""
    while low < high:
        height = (high - low).bit_length() - 1
        if low:
            height = min(height, (low & -low).bit_length() - 1)
        yield low, height
        low += 1 << height


def inclusion_proof(index: int, size: int, range_root: RangeRoot) -> list[bytes]:
    """Build the audit path of one leaf in a tree of `size` leaves, the nearest sibling first.

    Raises:
        ValueError: The leaf is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    low, high = 0, size
    path: list[bytes] = []
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            path.append(range_root(middle, high))
            high = middle
        else:
            path.append(range_root(low, middle))
            low = middle
    return path[::-1]


def root_from_proof(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Compute the root that a leaf hash and its path lead to, or None when they do not fit.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    node, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            value = node_hash(sibling, value)
            while node % 2 == 0 and node != 0:
                node >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        node >>= 1
        last >>= 1
    return value if last == 0 else None
