"""Labels to print: a station's name, its site, and the voucher that it enrols with."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import segno

from central.models import Station
from central.paper import CSS, HTML
from wire.claim import Voucher

# Three by eight on a sheet of A4, the common form of 70 by 37 mm.
_STYLE = """
@page { size: A4; margin: 0; }
body { margin: 0; font: 9pt/1.25 sans-serif; }
ul { margin: 0; padding: .5mm 0; list-style: none; }
li { float: left; box-sizing: border-box; width: 70mm; height: 37mm; padding: 4mm; overflow: hidden;
     break-inside: avoid; }
svg { float: left; width: 29mm; height: 29mm; margin-right: 2mm; }
h2 { margin: 0; font-size: 13pt; }
p { margin: 0 0 1mm; overflow-wrap: anywhere; }
.code { font-family: monospace; font-size: 9pt; }
.code span { display: block; }
"""


def print_labels(labels: Iterable[tuple[Station, Voucher]]) -> bytes:
    """Make the sheets, as PDF."""
    body = "".join(_label(station, voucher) for station, voucher in labels)
    page = (
        "<!doctype html><html lang='es-MX'><meta charset='utf-8'>"
        f"<title>Etiquetas de estaciones</title><ul>{body}</ul></html>"
    )
    document = HTML(string=page, url_fetcher=_refuse)
    printed = document.write_pdf(
        stylesheets=[CSS(string=_STYLE, url_fetcher=_refuse)], pdf_variant="pdf/ua-1"
    )
    return bytes(printed)


def _label(station: Station, voucher: Voucher) -> str:
    drawn = segno.make(voucher.text, error="m").svg_inline(omitsize=True, dark="#000")
    groups = voucher.code.split("-")
    lines = ("-".join(groups[:2]), "-".join(groups[2:4]), "-".join(groups[4:]))
    code = "".join(f"<span>{line}</span>" for line in lines)
    return (
        f"<li>{drawn}<h2>{escape(station.id_dispositivo)}</h2>"
        f"<p>{escape(station.site)}</p><p class='code'>{code}</p></li>"
    )


def _refuse(url: str) -> dict[str, object]:
    raise ValueError(f"a label loads nothing: {url[:40]}")
