"""What people choose for a report, parsed into an order or into errors beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from central.errors import InvalidInputError
from central.portal.forms import RecordFilterForm
from central.reports import detail
from central.reports.detail import Asked, By
from central.reports.exports import ExportKind, FileFormat, Order

_FIELDS = ("by", "then", "from", "to")
_DEFAULT = Asked((By.AUXILIAR,))


@dataclass(frozen=True)
class DetailForm:
    """The form of the Reporte detallado: the texts as sent, what they mean, what is wrong."""

    texts: Mapping[str, str]
    wanted: Asked
    errors: Mapping[str, str]

    @classmethod
    def parse(cls, sent: Mapping[str, str]) -> "DetailForm":
        """Read the form; without a choice it counts by auxiliar."""
        texts = {name: sent.get(name, "").strip() for name in _FIELDS}
        texts["by"] = texts["by"] or By.AUXILIAR.value
        errors: dict[str, str] = {}
        begin, end = (_day(name, texts, errors) for name in ("from", "to"))
        if begin is not None and end is not None and end < begin:
            errors["to"] = str(_("The last day comes before the first."))
        for name in ("by", "then"):
            if texts[name] and texts[name] not in {one.value for one in By}:
                errors[name] = str(_("Choose one of the options."))
        if errors:
            return cls(texts, _DEFAULT, errors)
        return cls(texts, detail.asked((texts["by"], texts["then"]), begin, end), {})

    @property
    def query(self) -> dict[str, str]:
        """Give what an address needs to show the same report."""
        return {name: text for name, text in self.texts.items() if text}


def parse_order(sent: Mapping[str, str]) -> Order:
    """Read an order for a file.

    Raises:
        InvalidInputError: The form was not one of ours.
    """
    try:
        kind, file_format = ExportKind(sent.get("kind", "")), FileFormat(sent.get("format", ""))
    except ValueError as error:
        raise InvalidInputError("no such report", field="kind") from error
    counted = None
    if kind is ExportKind.DETAIL:
        form = DetailForm.parse(sent)
        if form.errors:
            raise InvalidInputError("nothing to count by", field=next(iter(form.errors)))
        counted = form.wanted
    if kind is not ExportKind.RECORDS:
        return Order(kind, file_format, detail=counted)
    filtered = RecordFilterForm.parse(sent)
    if filtered.errors:
        raise InvalidInputError("the filter", field=next(iter(filtered.errors)))
    with_names = sent.get("names") == "yes"
    return Order(kind, file_format, records=filtered.wanted, with_names=with_names)


def _day(name: str, texts: Mapping[str, str], errors: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(texts[name]) if texts[name] else None
    except ValueError:
        errors[name] = str(_("Write the day as year-month-day, for example 2026-11-23."))
        return None
