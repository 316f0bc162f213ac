"""Compares what the station said that it keeps with what the centre has. Nothing here does I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the records: all three lists of faults are empty, or a promise was broken."""

    said: int
    arrived: int
    # Said to be kept, and not at the centre.
    lost: tuple[str, ...]
    # More than once at the centre.
    doubled: tuple[str, ...]
    # At the centre without exactly one receipt.
    without_receipt: tuple[str, ...]

    @property
    def untold(self) -> int:
        """Records sealed in the instant of a cut: the station had no time to say so."""
        return self.arrived - self.said + len(self.lost)

    @property
    def holds(self) -> bool:
        """Say whether every promise was kept."""
        return not (self.lost or self.doubled or self.without_receipt)


def account(said: Iterable[str], arrived: Sequence[tuple[str, int]]) -> Account:
    """Compare folios said with folios arrived, each of those with its number of receipts.

    Raises:
        ValueError: The station said the same folio twice.
    """
    told = Counter(said)
    if repeated := [folio for folio, times in told.items() if times > 1]:
        raise ValueError(f"said twice: {', '.join(sorted(repeated))}")
    times = Counter(folio for folio, _ in arrived)
    return Account(
        said=len(told),
        arrived=len(times),
        lost=tuple(sorted(set(told) - set(times))),
        doubled=tuple(sorted(folio for folio, count in times.items() if count > 1)),
        without_receipt=tuple(sorted(folio for folio, receipts in arrived if receipts != 1)),
    )


def said_lines(text: str) -> list[str]:
    """Give the folios of the journal; a line that the cut tore was never said."""
    whole, _, _ = text.rpartition("\n")
    return [line for line in whole.split("\n") if line]
