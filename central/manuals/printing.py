"""Makes the PDF of a manual: tagged, with a table of contents, bookmarks and page numbers."""

from __future__ import annotations

import io
from html import escape
from urllib.parse import urlsplit

from PIL import Image

from central.manuals.pages import Addresses, Page, render
from central.manuals.source import FOLDER, LANGUAGE, PICTURES, Manual
from central.paper import CSS, HTML, FatalURLFetchingError, URLFetcher, URLFetcherResponse

# The name under which a PDF carries the digest of its sources.
DIGEST_NAME = "acopiosources"
_SCHEME = "picture"
# Good enough for the smallest letter of a screen on paper, and an eighth of the size.
_JPEG_QUALITY = 72


def print_manual(manual: Manual) -> bytes:
    """Make the PDF; the same sources give the same file with the same fonts and WeasyPrint."""
    page = render(manual, Addresses(lambda name: f"{_SCHEME}:{name}", lambda _: None))
    document = HTML(string=_document(manual, page), url_fetcher=_Pictures())
    printed = document.write_pdf(
        stylesheets=[CSS(filename=FOLDER / "print.css")],
        pdf_variant="pdf/ua-1",
        pdf_identifier=bytes.fromhex(manual.digest[:32]),
        custom_metadata=True,
    )
    return bytes(printed)


class _Pictures(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Gives the pictures of this folder and nothing else, as JPEG: a PDF knows no WebP."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        split = urlsplit(url)
        if split.scheme != _SCHEME:
            raise FatalURLFetchingError(f"a manual loads nothing from elsewhere: {url}")
        out = io.BytesIO()
        with Image.open(PICTURES / split.path) as picture:
            picture.convert("RGB").save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True)
        return URLFetcherResponse(url, out.getvalue(), {"Content-Type": "image/jpeg"})


def _document(manual: Manual, page: Page) -> str:
    title, summary = escape(manual.title), escape(manual.summary)
    lines = "".join(
        f'<li><a href="#{entry.anchor}">{escape(entry.text)}</a></li>' for entry in page.contents
    )
    return f"""<!doctype html>
<html lang="{LANGUAGE}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="author" content="Acopio"><meta name="description" content="{summary}">
<meta name="{DIGEST_NAME}" content="{manual.digest}"></head><body class="{manual.slug}">
<header><p class="brand">Acopio</p><h1>{title}</h1><p class="lead">{summary}</p></header>
<nav class="contents"><h2>Contenido</h2><ol>{lines}</ol></nav>
<main>{page.html}</main></body></html>"""
