"""Machine-readable symbols as SVG, and what a perfect reader would say of them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import segno
import zxingcpp
from numpy.typing import NDArray


@dataclass(frozen=True)
class Symbol:
    """One symbol: its SVG fills the place that holds it."""

    kind: str
    content: str | bytes
    svg: str
    shape: float
    """Width over height of its modules; 0 for one that stretches to any place."""

    def truth(self) -> dict[str, Any]:
        """Return format and content in the form of the reading contract."""
        if isinstance(self.content, bytes):
            return {"format": self.kind, "base64": base64.b64encode(self.content).decode()}
        return {"format": self.kind, "text": self.content}


def qr(content: str | bytes, *, level: str, colour: str) -> Symbol:
    """Draw a QR code with its quiet zone."""
    code = segno.make_qr(content, error=level, mode="byte", boost_error=False)
    rows = np.array([list(row) for row in code.matrix_iter(border=2)], np.uint8)
    return Symbol("QRCode", content, _svg(rows, colour), 1.0)


def pdf417(content: bytes, *, columns: int, colour: str) -> Symbol:
    """Draw a PDF417 whose rows are three modules high."""
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.PDF417, columns=str(columns))
    rows = _modules(barcode)
    return Symbol("PDF417", content, _svg(rows, colour), rows.shape[1] / rows.shape[0])


def code128(content: str, *, colour: str) -> Symbol:
    """Draw a Code 128; it stretches to the height of its place."""
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.Code128)
    return Symbol("Code128", content, _svg(_modules(barcode)[:1], colour), 0.0)


def _modules(barcode: Any) -> NDArray[np.uint8]:
    image = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False))
    return (image < 128).astype(np.uint8)


def _svg(rows: NDArray[np.uint8], colour: str) -> str:
    """Return the dark modules as runs, so that neighbours have no seam between them."""
    out = io.StringIO()
    height, width = rows.shape
    for y in range(height):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], rows[y], [0]])))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            out.write(f"M{start} {y}h{end - start}v1h{start - end}z")
    return (
        f'<svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" shape-rendering='
        f'"crispEdges" style="width:100%;height:100%;display:block" '
        f'xmlns="http://www.w3.org/2000/svg"><path d="{out.getvalue()}" fill="{colour}"/></svg>'
    )
