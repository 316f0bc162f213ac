"""The committed PDFs: of the present sources, and fit to be read and found."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from pypdf import PdfReader

from central.manuals.printing import DIGEST_NAME, print_manual
from central.manuals.source import Manual, manuals

MOST_BYTES = 2_000_000
EVERY = pytest.mark.parametrize("manual", manuals(), ids=lambda manual: manual.slug)


def _titles(outline: Sequence[object]) -> list[str]:
    found: list[str] = []
    for entry in outline:
        found += _titles(entry) if isinstance(entry, list) else [str(entry.title)]  # type: ignore[attr-defined]
    return found


@EVERY
class TestPdf:
    def test_was_made_of_the_present_sources(self, manual: Manual) -> None:
        metadata = PdfReader(manual.pdf).metadata
        assert metadata is not None
        assert metadata.get(f"/{DIGEST_NAME}") == manual.digest, "run `make manuals`"

    def test_has_title_language_tags_and_bookmarks(self, manual: Manual) -> None:
        reader = PdfReader(manual.pdf)
        root = {name: value.get_object() for name, value in reader.root_object.items()}
        assert reader.metadata is not None
        assert reader.metadata.title == manual.title
        assert str(root["/Lang"]) == "es-MX"
        assert "/Marked': True" in str(root["/MarkInfo"])
        sections = [line[3:] for line in manual.text.splitlines() if line.startswith("## ")]
        assert set(sections) <= set(_titles(reader.outline))

    def test_is_small_and_numbers_its_pages(self, manual: Manual) -> None:
        reader = PdfReader(manual.pdf)
        assert manual.pdf.stat().st_size < MOST_BYTES
        assert f"2 de {len(reader.pages)}" in reader.pages[1].extract_text()


def test_the_same_sources_give_the_same_file() -> None:
    manual = Manual("x", "# Título\n\nResumen.\n\n## Sección\n\nTexto.\n")
    first, second = print_manual(manual), print_manual(manual)
    assert first == second
    assert len(PdfReader(BytesIO(first)).pages) == 2
