"""The Markdown of the manuals: whole, in order, and leading somewhere."""

import re
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from central.manuals.pages import Addresses, anchor_of, plain_text, render
from central.manuals.source import PICTURES, SLUGS, Manual, manuals, read_manual

MOST_PICTURE_BYTES = 60_000
EVERY = pytest.mark.parametrize("manual", manuals(), ids=lambda manual: manual.slug)
HERE = Addresses(lambda name: f"/pictures/{name}", lambda slug: f"/manuals/{slug}")


def _tokens(manual: Manual) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(manual.text)


def _images(manual: Manual) -> list[Token]:
    return [
        child
        for token in _tokens(manual)
        for child in token.children or ()
        if child.type == "image"
    ]


@EVERY
class TestManual:
    def test_has_one_title_a_summary_and_headings_that_skip_no_level(self, manual: Manual) -> None:
        levels = [int(token.tag[1]) for token in _tokens(manual) if token.type == "heading_open"]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert manual.summary.endswith(".")

    def test_shows_pictures_that_are_there_small_and_told_in_words(self, manual: Manual) -> None:
        images = _images(manual)
        assert len(images) == len(manual.pictures), "a picture is written in another way"
        for image, name in zip(images, manual.pictures, strict=True):
            assert (PICTURES / name).stat().st_size <= MOST_PICTURE_BYTES, name
            assert len(image.content) > 15, name

    def test_its_links_lead_somewhere(self, manual: Manual) -> None:
        for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)", manual.text):
            name, _, anchor = target.partition("#")
            other = manual if not name else read_manual(name.removesuffix(".md"))
            assert other is not None, target
            assert not anchor or f'id="{anchor}"' in render(other, HERE).html, target

    def test_its_contents_name_every_section_once(self, manual: Manual) -> None:
        page = render(manual, HERE)
        anchors = [entry.anchor for entry in page.contents]
        assert len(set(anchors)) == len(anchors) > 3
        assert all(f'id="{anchor}"' in page.html for anchor in anchors)

    def test_keeps_its_sentences_short(self, manual: Manual) -> None:
        words = [
            len(sentence.split())
            for token in _tokens(manual)
            if token.type == "inline"
            for sentence in re.split(r"[.:;?!](?:\s|$)", plain_text(token))
        ]
        assert max(words) <= 40


def test_every_picture_is_shown_by_a_manual() -> None:
    shown = {name for manual in manuals() for name in manual.pictures}
    assert {path.name for path in PICTURES.iterdir()} == shown


def test_an_unknown_name_is_no_manual() -> None:
    assert read_manual("../es/auxiliares") is None
    assert len(manuals()) == len(SLUGS)


class TestPage:
    def test_a_note_tells_its_kind_by_its_first_word(self) -> None:
        html = render(Manual("x", "# T\n\nS.\n\n> **Nunca** preste.\n\n> Otra."), HERE).html
        assert '<div class="note bad">' in html
        assert '<div class="note">' in html

    def test_a_cell_carries_the_name_of_its_column(self) -> None:
        html = render(Manual("x", "# T\n\nS.\n\n| A | B |\n| - | - |\n| 1 | 2 |\n"), HERE).html
        assert '<td data-label="B">2</td>' in html

    def test_headings_of_one_name_have_two_anchors(self) -> None:
        html = render(Manual("x", "# T\n\nS.\n\n## Días\n\n## Días\n"), HERE).html
        assert 'id="dias"' in html
        assert 'id="dias-2"' in html

    def test_what_is_written_as_html_is_shown_and_not_obeyed(self) -> None:
        assert "<script>" not in render(Manual("x", "# T\n\nS.\n\n<script>x</script>"), HERE).html

    def test_a_picture_keeps_its_place_while_it_loads(self) -> None:
        manual = read_manual("auxiliares")
        assert manual is not None
        with Image.open(PICTURES / manual.pictures[0]) as picture:
            size = f'width="{picture.width}" height="{picture.height}"'
        assert size in render(manual, HERE).html

    def test_an_anchor_is_ascii(self) -> None:
        assert anchor_of("¿Qué es una estación?") == "que-es-una-estacion"
