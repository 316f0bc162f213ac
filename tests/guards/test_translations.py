"""People read Spanish: every message has its translation, and the compiled catalogue is current."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.guards.tree import ROOT

CATALOGUES = {"central": "central/portal/translations", "device": "device/kiosk/translations"}
_METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
}  # fmt: skip


def _folder(package: str) -> Path:
    return ROOT / CATALOGUES[package] / "es_MX" / "LC_MESSAGES"


def _catalogue(package: str) -> Catalog:
    return read_po(BytesIO((_folder(package) / "messages.po").read_bytes()), locale="es_MX")


def _forms(text: object) -> tuple[object, ...]:
    """Give the forms of a message; a plural is a list in a compiled file, a tuple in the other."""
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def _texts(catalogue: Catalog) -> dict[tuple[object, ...], tuple[object, ...]]:
    return {_forms(message.id): _forms(message.string) for message in catalogue if message.id}


@pytest.mark.parametrize("package", CATALOGUES)
class TestCatalogue:
    def test_has_every_message_that_the_code_shows(self, package: str) -> None:
        catalogue = _catalogue(package)
        shown = {
            message
            for _, _, message, _, _ in extract_from_dir(
                str(ROOT / package), method_map=_METHODS, keywords=_KEYWORDS
            )
        }
        assert {
            m for m in shown if catalogue.get(m[0] if isinstance(m, tuple) else m) is None
        } == set()

    def test_translates_every_message_and_guesses_none(self, package: str) -> None:
        messages = [message for message in _catalogue(package) if message.id]
        empty = [message.id for message in messages if not all(_forms(message.string))]
        assert empty == []
        assert [message.id for message in messages if message.fuzzy] == []

    def test_is_compiled_as_it_is_written(self, package: str) -> None:
        with (_folder(package) / "messages.mo").open("rb") as file:
            compiled = _texts(read_mo(file))
        written = _texts(_catalogue(package))
        assert compiled == written
