"""The characters that the recogniser tells apart, and labels to and from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

ALPHABET = "ABCDEFGHIJKLMNÑOPQRSTUVWXYZ0123456789< /-.,:()'#&ÁÉÍÓÚÜ"
"""Classes in order. The CTC blank is the class after the last."""

BLANK = len(ALPHABET)
CLASSES = len(ALPHABET) + 1

_INDEX = {character: index for index, character in enumerate(ALPHABET)}


def encode(text: str) -> NDArray[np.uint8]:
    """The class of each character.

    Raises:
        ValueError: A character is not in the alphabet.
    """
    try:
        return np.array([_INDEX[c] for c in text], np.uint8)
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is not in the alphabet") from None


def decode(classes: Iterable[int]) -> str:
    """The text of classes without blanks; the inverse of `encode`."""
    return "".join(ALPHABET[c] for c in classes)


def collapse(path: Sequence[int] | NDArray[np.integer]) -> str:
    """The text of a CTC path: repeats are merged, then blanks dropped."""
    previous, kept = BLANK, []
    for step in path:
        if step != previous and step != BLANK:
            kept.append(int(step))
        previous = step
    return decode(kept)


def is_readable(text: str) -> bool:
    """Whether every character of a text is in the alphabet."""
    return all(character in _INDEX for character in text)
