"""Numbers, days and instants as people of the chosen language read them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from flask import Flask
from flask_babel import get_locale

from central.portal.access_labels import ACCESS_STATES, ACCOUNT_KINDS, ACTS
from central.portal.auxiliar_texts import STAGES
from central.portal.labels import REVIEW_STATES, ROLE_NAMES, STATES, UNITS
from domain.apoyo import SituacionRegistral, State
from domain.entidades import by_number
from domain.threshold import Unit

DEFAULT_ZONE = "America/Mexico_City"
_MEBIBYTE = 1024 * 1024


def register(app: Flask) -> None:
    """Make the formats and the words for states available to templates."""
    app.jinja_env.filters.update(
        number=number,
        short_day=short_day,
        long_day=long_day,
        rate=rate,
        permille=permille,
        instant=instant,
        short_instant=short_instant,
        percent=percent,
        bytes_size=bytes_size,
        tenths=tenths,
        short_span=short_span,
        clock_time=clock_time,
    )
    app.jinja_env.globals.update(
        STATES=STATES,
        STATE_ORDER=tuple(State),
        SITUACIONES=tuple(SituacionRegistral),
        REVIEW_STATES=REVIEW_STATES,
        STAGES=STAGES,
        ROLE_NAMES=ROLE_NAMES,
        ACCESS_STATES=ACCESS_STATES,
        ACCOUNT_KINDS=ACCOUNT_KINDS,
        ACTS=ACTS,
        entidad_name=entidad_name,
        UNITS=UNITS,
        unit_name=unit_name,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def number(value: int) -> str:
    """Write a whole number with its separators."""
    return format_decimal(value, locale=_locale())


def tenths(value: int) -> str:
    """Write a number of tenths with one decimal."""
    return format_decimal(value / 10, format="#,##0.0", locale=_locale())


def short_span(value: timedelta | int) -> str:
    """Write how long something has been so, in the largest unit that fits: `3 h`, `2 días`."""
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else value
    return format_timedelta(
        timedelta(seconds=max(seconds, 0)), threshold=1, format="short", locale=_locale()
    )


def clock_time(value: datetime, zone: str = DEFAULT_ZONE) -> str:
    """Write hour and minute, for an axis of a day."""
    return format_datetime(value, "HH:mm", tzinfo=ZoneInfo(zone), locale=_locale())


def percent(part: int, whole: int) -> str:
    """Write a share with one decimal; a dash for a share of nothing, "< 0.1%" for next to none."""
    if not whole:
        return "–"
    if 0 < part * 2000 < whole:
        return "< " + format_percent(0.001, format="0.0%", locale=_locale())
    return format_percent(part / whole, format="0.0%", locale=_locale())


def short_day(value: date) -> str:
    """Write day and month, for axes and narrow tables."""
    return format_date(value, "d MMM", _locale()).replace(".", "")


def long_day(value: date) -> str:
    """Write a whole day for a sentence."""
    return format_date(value, "d 'de' MMMM 'de' y" if _is_spanish() else "MMMM d, y", _locale())


def rate(value: float) -> str:
    """Write a number per day: whole from ten on, with one decimal below."""
    return format_decimal(value, format="#,##0" if value >= 10 else "#,##0.#", locale=_locale())


def permille(value: int) -> str:
    """Write thousandths as a percentage with one decimal."""
    return format_percent(value / 1000, format="0.0%", locale=_locale())


def instant(value: datetime, zone: str = DEFAULT_ZONE) -> str:
    """Write a moment in the zone of the process, to the minute."""
    pattern = "d 'de' MMMM 'de' y, HH:mm" if _is_spanish() else "MMMM d, y, HH:mm"
    return format_datetime(value, pattern, tzinfo=ZoneInfo(zone), locale=_locale())


def short_instant(value: datetime, zone: str = DEFAULT_ZONE) -> str:
    """Write a moment for a table, the month shortened."""
    text = format_datetime(value, "d MMM y, HH:mm", tzinfo=ZoneInfo(zone), locale=_locale())
    return text.replace(".", "")


def bytes_size(value: int) -> str:
    """Write the size of a file: whole kilobytes, or megabytes with a decimal where it says more."""
    if value < _MEBIBYTE:
        return f"{format_decimal(max(1, round(value / 1024)), locale=_locale())} KB"
    return f"{format_decimal(round(value / _MEBIBYTE, 1), format='0.#', locale=_locale())} MB"


def entidad_name(entidad: int) -> str:
    """Give the name of an entidad by the register's number, or the number itself."""
    found = by_number(f"{entidad:02d}")
    return found.name.title().replace(" De ", " de ") if found else str(entidad)


def unit_name(unit: Unit, code: str, *, alone: bool = False) -> str:
    """Name a unit of a dispersion by its code: its entidad, or `Distrito 07` of one.

    `alone` leaves the entidad out, where all units are of the same.
    """
    entidad, _, number = code.partition("-")
    if unit is Unit.ENTIDAD:
        return entidad_name(int(entidad))
    name = f"{UNITS[unit].name} {number}"
    return name if alone else f"{name} · {entidad_name(int(entidad))}"


def _is_spanish() -> bool:
    return _locale().language == "es"


def _locale() -> Locale:
    return get_locale() or Locale("es", "MX")
