"""What the screen showed against what the card prints."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Score:
    """Fields of one credential: read as printed, not read, read otherwise."""

    correct: int
    abstained: int
    wrong: int


def score(read: Mapping[str, str], printed: Mapping[str, str]) -> Score:
    """Compare what the screen showed with what the card prints."""
    outcomes = Counter(
        "abstained" if not read.get(name) else "correct" if read[name] == value else "wrong"
        for name, value in printed.items()
    )
    return Score(outcomes["correct"], outcomes["abstained"], outcomes["wrong"])


def printed_fields(truth: Mapping[str, Any]) -> dict[str, str]:
    """Give what both sides print, by field; lines of an address as the screen shows them."""
    fields = truth["front"]["fields"] | truth["back"]["fields"]
    return {
        name: value if isinstance(value, str) else "\n".join(value)
        for name, value in fields.items()
    }
