"""What is not text on a card: barcodes, signatures, fingerprints and invented emblems."""

import base64

import cv2
import numpy as np
import zxingcpp
from numpy.random import Generator

from training.render.canvas import Box, Canvas, Colour, Image

Barcode = dict[str, object]


def _symbol(content: str | bytes, kind: str, **options: str) -> Image:
    barcode = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind), **options)
    return np.array(barcode.to_image(scale=1, add_quiet_zones=False), dtype=np.uint8)


def _place(canvas: Canvas, symbol: Image, box: Box, colour: Colour, *, plate: bool) -> Box:
    """Print a symbol as large as whole modules allow inside `box`; return where it lies."""
    x0, y0, x1, y1 = box
    rows, columns = symbol.shape
    step_x, step_y = max(1, (x1 - x0) // columns), max(1, (y1 - y0) // rows)
    large = np.repeat(np.repeat(symbol, step_y, axis=0), step_x, axis=1)
    height, width = large.shape
    left, top = x0 + max(0, (x1 - x0 - width) // 2), y0 + max(0, (y1 - y0 - height) // 2)
    if plate:
        quiet = 3 * step_x
        plate_image = np.full((height + 2 * quiet, width + 2 * quiet, 3), 250, np.uint8)
        canvas.paste(left - quiet, top - quiet, plate_image, 0.94)
    canvas.stain(left, top, 255 - large, colour)
    return (left, top, left + width, top + height)


def qr(canvas: Canvas, box: Box, content: str | bytes, rng: Generator, colour: Colour) -> Barcode:
    """Print a square QR code inside `box`."""
    x0, y0, x1, y1 = box
    side = min(x1 - x0, y1 - y0)
    level = "L" if isinstance(content, bytes) else str(rng.choice(["L", "M", "Q"]))
    symbol = _symbol(content, "QRCode", ec_level=level)
    modules = symbol.shape[0]
    if side < modules * 2:
        symbol = cv2.resize(symbol, (side, side), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    placed = _place(canvas, symbol, (x0, y0, x0 + side, y0 + side), colour, plate=True)
    return _report("QRCode", content, placed)


def pdf417(canvas: Canvas, box: Box, content: bytes, rng: Generator, colour: Colour) -> Barcode:
    """Print a PDF417 inside `box`; its column count follows the shape of the box."""
    x0, y0, x1, y1 = box
    best: Image | None = None
    for columns in (8, 10, 12, 14, 6):
        symbol = _symbol(content, "PDF417", columns=str(columns))
        if symbol.shape[1] * 2 <= x1 - x0 and symbol.shape[0] <= y1 - y0:
            best = symbol
            break
    if best is None:
        best = symbol
    placed = _place(canvas, best, box, colour, plate=bool(rng.random() < 0.8))
    return _report("PDF417", content, placed)


def linear(canvas: Canvas, box: Box, content: str, rng: Generator, colour: Colour) -> Barcode:
    """Print a Code 128 across `box`."""
    symbol = _symbol(content, "Code128")[:1]
    rows = np.repeat(symbol, max(1, box[3] - box[1]), axis=0)
    placed = _place(canvas, rows, box, colour, plate=bool(rng.random() < 0.7))
    return _report("Code128", content, placed)


def _report(kind: str, content: str | bytes, box: Box) -> Barcode:
    if isinstance(content, bytes):
        return {"format": kind, "base64": base64.b64encode(content).decode(), "box": list(box)}
    return {"format": kind, "text": content, "box": list(box)}


def signature(hand_seed: int, width: int, height: int) -> Image:
    """Draw a signature as coverage; the same hand always writes the same one."""
    rng = np.random.default_rng(hand_seed)
    page = np.zeros((height, width), np.uint8)
    count = int(rng.integers(6, 13))
    knots = np.stack(
        [
            np.linspace(0.08, 0.9, count) + rng.normal(0, 0.05, count),
            0.5 + rng.normal(0, 0.2, count),
        ],
        axis=1,
    )
    if rng.random() < 0.6:
        knots = np.concatenate([knots, [[0.2, 0.75], [0.95, rng.uniform(0.55, 0.85)]]])
    places = np.linspace(0, len(knots) - 1, 260)
    loop = rng.uniform(0.02, 0.07)
    speed = rng.uniform(1.0, 2.6)
    xs = np.interp(places, range(len(knots)), knots[:, 0]) + loop * np.sin(places * speed * 2.2)
    ys = np.interp(places, range(len(knots)), knots[:, 1]) + 2 * loop * np.cos(places * speed * 2)
    kernel = np.ones(9) / 9
    xs = np.convolve(np.pad(xs, 4, mode="edge"), kernel, mode="valid")
    ys = np.convolve(np.pad(ys, 4, mode="edge"), kernel, mode="valid")
    points = np.stack([xs * width, np.clip(ys, 0.04, 0.96) * height], axis=1)
    thick = max(1, round(height * rng.uniform(0.018, 0.035)))
    cv2.polylines(page, [(points * 8).astype(np.int32)[:, None]], False, 255, thick, cv2.LINE_AA, 3)
    return page


def fingerprint(hand_seed: int, width: int, height: int) -> Image:
    """Draw a fingerprint as coverage."""
    rng = np.random.default_rng(hand_seed + 1)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (xs / width - 0.5) * 2, (ys / height - 0.5) * 2
    u = u + 0.12 * np.sin(3 * v + rng.uniform(0, 6)) + rng.uniform(-0.15, 0.15)
    v = v + 0.1 * np.cos(4 * u + rng.uniform(0, 6))
    radius = np.hypot(u * 1.15, v - 0.25 * u * u + rng.uniform(-0.2, 0.2))
    ridges = np.sin(radius * rng.uniform(42, 58) + rng.uniform(0.5, 2.5) * np.arctan2(v, u))
    grain = cv2.GaussianBlur(rng.standard_normal(ridges.shape).astype(np.float32), (0, 0), 2.0)
    inside = np.clip((1 - np.hypot(u, v * 0.92)) * 8, 0, 1)
    return (np.clip((ridges + 3 * grain) * 2 + 0.3, 0, 1) * inside * 255).astype(np.uint8)


def emblem(rng: Generator, size: int) -> Image:
    """Draw an invented seal as coverage: rings, rays and a plain figure; no real coat of arms."""
    page = np.zeros((size, size), np.uint8)
    c = size // 2
    for radius in (0.48, 0.42, 0.3)[: int(rng.integers(1, 4))]:
        cv2.circle(page, (c, c), int(size * radius), 255, max(1, size // 40), cv2.LINE_AA)
    for angle in np.linspace(0, 2 * np.pi, int(rng.integers(5, 14)), endpoint=False):
        inner, outer = size * rng.uniform(0.1, 0.2), size * rng.uniform(0.28, 0.4)
        start = (int(c + inner * np.cos(angle)), int(c + inner * np.sin(angle)))
        end = (int(c + outer * np.cos(angle)), int(c + outer * np.sin(angle)))
        cv2.line(page, start, end, 255, max(1, size // 30), cv2.LINE_AA)
    if rng.random() < 0.6:
        points = (c + size * 0.22 * rng.normal(0, 1, (6, 2))).astype(np.int32)
        cv2.fillConvexPoly(page, cv2.convexHull(points), 255, cv2.LINE_AA)
    return page
