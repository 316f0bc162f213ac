"""The vigencia as printed, and when it is over.

Source: the authority's notices of the validity of the credential: it lasts until 31 December of
the printed year. Models G and H print the years of emission and expiry as one; the authority has
extended single years (2023) beyond their end.
"""

from __future__ import annotations

import re
from datetime import date

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def years(text: str) -> list[int]:
    """Return the years in a printed field, in their order."""
    return [int(year) for year in _YEAR.findall(text)]


def last_year(text: str) -> int | None:
    """Return the year until whose end the credential is valid, None when there is none."""
    found = years(text)
    return found[-1] if found else None


def is_over(year: int, today: date, *, extended_from: int = 0) -> bool:
    """Say whether a vigencia that ends with `year` is over.

    Args:
        year: As printed.
        today: The day against which it is held.
        extended_from: The first year that counts as valid by way of an extension, 0 for none.
    """
    is_extended = bool(extended_from) and year >= extended_from
    return year < today.year and not is_extended
