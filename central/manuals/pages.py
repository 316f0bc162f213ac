"""Makes HTML of a manual: headings with anchors, a table of contents, pictures as figures.

The text is plain Markdown. A paragraph that is one picture becomes a figure, its title the
caption; a quotation is a note, and one that begins with a bold `Nunca` or `Importante` says so by
its colour.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from central.manuals.source import PICTURES, Manual

_NOTES = {"Nunca": "note bad", "Importante": "note warn", "Bien": "note ok"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A manual as HTML, without its title and its summary."""

    html: str
    contents: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a page finds pictures and other manuals; no address, no link."""

    picture: Callable[[str], str]
    manual: Callable[[str], str | None]


def render(manual: Manual, addresses: Addresses) -> Page:
    """Make the page of a manual."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(_body(manual.text))
    contents = tuple(_name_headings(tokens))
    _mark_notes(tokens)
    _label_cells(tokens)
    _lead_elsewhere(tokens, addresses)
    html = parser.renderer.render(_with_figures(tokens, addresses), parser.options, {})
    return Page(html, contents)


def anchor_of(text: str) -> str:
    """Make an anchor of a heading: its letters without accents, its words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def plain_text(inline: Token) -> str:
    """Give the words of a line without their marks."""
    return "".join(
        child.content for child in inline.children or () if child.type in ("text", "code_inline")
    )


def _body(text: str) -> str:
    # Title and summary have a place of their own on every page.
    return text.split("\n\n", 2)[2]


def _name_headings(tokens: Sequence[Token]) -> Iterator[Entry]:
    used: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = plain_text(tokens[place + 1])
        anchor = anchor_of(text)
        used[anchor] = used.get(anchor, 0) + 1
        if used[anchor] > 1:
            anchor = f"{anchor}-{used[anchor]}"
        token.attrSet("id", anchor)
        if token.tag == "h2":
            yield Entry(anchor, text)


def _mark_notes(tokens: Sequence[Token]) -> None:
    for place, token in enumerate(tokens):
        if token.type == "blockquote_open":
            first_word = re.split(r"\W", plain_text(tokens[place + 2]), maxsplit=1)[0]
            token.attrSet("class", _NOTES.get(first_word, "note"))
            token.tag = "div"
        elif token.type == "blockquote_close":
            token.tag = "div"


def _label_cells(tokens: Sequence[Token]) -> None:
    """Give each cell the name of its column: on a telephone a row is a card."""
    names: list[str] = []
    column = 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            names = []
            token.attrSet("class", "rows")
        elif token.type == "th_open":
            names.append(plain_text(tokens[place + 1]))
            token.attrSet("scope", "col")
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-label", names[column])
            column += 1


def _lead_elsewhere(tokens: Sequence[Token], addresses: Addresses) -> None:
    for token in tokens:
        for child in token.children or ():
            if child.type != "link_open":
                continue
            path, _, anchor = str(child.attrGet("href")).partition("#")
            if path.endswith(".md"):
                address = addresses.manual(path.removesuffix(".md"))
                if address is None:
                    del child.attrs["href"]
                else:
                    child.attrSet("href", address + (f"#{anchor}" if anchor else ""))


def _with_figures(tokens: Sequence[Token], addresses: Addresses) -> list[Token]:
    """Put a figure in the place of each paragraph that is one picture."""
    found: list[Token] = []
    skip = 0
    for place, token in enumerate(tokens):
        if skip:
            skip -= 1
        elif token.type == "paragraph_open" and (image := _only_image(tokens[place + 1])):
            found.append(_figure(image, addresses))
            skip = 2
        else:
            found.append(token)
    return found


def _only_image(inline: Token) -> Token | None:
    children = inline.children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def _figure(image: Token, addresses: Addresses) -> Token:
    name = str(image.attrGet("src")).rpartition("/")[2]
    width, height = _size(name)
    caption = image.attrGet("title")
    shape = ' class="upright"' if height > width else ""
    source, told = escape(addresses.picture(name)), escape(image.content)
    html = (
        f'<figure{shape}><img src="{source}" alt="{told}" width="{width}" height="{height}" '
        'loading="lazy">'
    )
    if caption:
        html += f"<figcaption>{escape(str(caption))}</figcaption>"
    return Token("html_block", "", 0, content=html + "</figure>\n")


@lru_cache(maxsize=256)
def _size(name: str) -> tuple[int, int]:
    with Image.open(PICTURES / name) as picture:
        return picture.size
