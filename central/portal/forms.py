"""What people type into forms, parsed into values or into errors beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from flask_babel import gettext as _

from central.reports.record_filter import NAME_FIELDS, RecordFilter
from central.reports.record_order import Order
from domain.apoyo import SituacionRegistral, State

_MAX_TEXT = 100
_CODES = frozenset({"folio_solicitud", "folio_registro", "id_auxiliar", "id_dispositivo"})
_VALID = {"": None, "yes": True, "no": False}


@dataclass(frozen=True)
class RecordFilterForm:
    """The form of Consulta de registros: the texts as typed, what they mean, what is wrong."""

    texts: Mapping[str, str]
    wanted: RecordFilter
    errors: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is asked for."""
        return self.wanted == RecordFilter() and not self.errors

    @property
    def address(self) -> dict[str, str]:
        """Give what an address may carry of the filter: all that is filled in but the names."""
        return {name: text for name, text in self.texts.items() if text and name not in NAME_FIELDS}

    @classmethod
    def of_address(cls, query: Mapping[str, str], names: RecordFilter | None) -> "RecordFilterForm":
        """Read the filter of an address, with the names that are kept beside it."""
        texts = {name: text for name, text in query.items() if name not in NAME_FIELDS}
        return cls.parse({**texts, **(cls.of(names).names if names else {})})

    @property
    def names(self) -> dict[str, str]:
        """Give the names that are filled in."""
        return {name: self.texts[name] for name in NAME_FIELDS if self.texts[name]}

    @classmethod
    def of(cls, wanted: RecordFilter) -> "RecordFilterForm":
        """Fill the form with a filter."""
        texts = {}
        for field in fields(wanted):
            value = getattr(wanted, field.name)
            match value:
                case None:
                    texts[field.name] = ""
                case bool():
                    texts[field.name] = "yes" if value else "no"
                case date():
                    texts[field.name] = value.isoformat()
                case _:
                    texts[field.name] = str(value)
        return cls(texts, wanted, {})

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> "RecordFilterForm":
        """Read the form as it was sent; unknown fields are ignored, each mistake is named."""
        texts = {field.name: form.get(field.name, "").strip() for field in fields(RecordFilter)}
        errors: dict[str, str] = {}
        values: dict[str, object] = {}
        for name, text in texts.items():
            if len(text) > _MAX_TEXT:
                errors[name] = _("At most %(count)d characters.", count=_MAX_TEXT)
                continue
            if not text.isprintable():
                errors[name] = _("The text has a character that cannot be kept.")
                continue
            try:
                values[name] = _value(name, text)
            except ValueError:
                errors[name] = _mistake(name)
        begin, end = values.get("received_from"), values.get("received_to")
        if isinstance(begin, date) and isinstance(end, date) and end < begin:
            errors["received_to"] = _("The last day comes before the first.")
        wanted = RecordFilter() if errors else RecordFilter(**values)  # type: ignore[arg-type]
        return cls(texts, wanted, errors)


def order_of(text: str) -> Order:
    """Read the order that an address asks for; the usual one where it asks for none."""
    try:
        return Order.parse(text)
    except ValueError:
        return Order()


def _value(name: str, text: str) -> object:
    match name:
        case "received_from" | "received_to":
            return date.fromisoformat(text) if text else None
        case "situacion":
            return SituacionRegistral(text) if text else None
        case "state":
            return State(text) if text else None
        case "valid":
            if text not in _VALID:
                raise ValueError(text)
            return _VALID[text]
        case _ if name in _CODES:
            return text.upper()
        case _:
            return text


def _mistake(name: str) -> str:
    if name in ("received_from", "received_to"):
        return str(_("Write the day as year-month-day, for example 2026-11-23."))
    return str(_("Choose one of the options."))
