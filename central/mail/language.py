"""Words, numbers and days of letters: Spanish of Mexico, from the catalogue of the pages."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

LOCALE = Locale("es", "MX")
TAG = "es-MX"
# Read as a file: the pages lie above this part, and their catalogue is the only one.
_CATALOGUES = Path(__file__).parents[1] / "portal" / "translations"


@cache
def catalogue() -> NullTranslations:
    """Give the messages, read once."""
    return Translations.load(_CATALOGUES, [str(LOCALE)])


def gettext(message: str, **values: object) -> str:
    """Translate a message and put the values into it."""
    text: str = catalogue().gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Translate a message with a count, which it shows as `%(num)s`."""
    text: str = catalogue().ngettext(one, many, num)
    return text % {"num": number(num), **values}


def number(value: int) -> str:
    """Write a whole number with its separators."""
    return format_decimal(value, locale=LOCALE)


def change(value: int) -> str:
    """Write by how much something changed, with its sign."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def percent(part: int, whole: int) -> str:
    """Write a share with one decimal; a dash for a share of nothing."""
    return format_percent(part / whole, format="0.0%", locale=LOCALE) if whole else "–"


def day(value: date) -> str:
    """Write a day with its weekday."""
    return format_date(value, "EEEE d 'de' MMMM 'de' y", LOCALE)


def moment(value: datetime, zone: str) -> str:
    """Write an instant in the zone of the process, to the minute."""
    return format_datetime(
        value, "EEEE d 'de' MMMM 'de' y, HH:mm", tzinfo=ZoneInfo(zone), locale=LOCALE
    )
