"""Patches of invented codes as a camera sees them, and the ink that was printed.

A patch is photographed at any angle and made upright again, as a station's reader does: noise and
the blocks of JPEG lie along the camera's axes, not along the code's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.random import Generator
from numpy.typing import NDArray

from device.inference.sharpen import normalised
from training.camera import sensor

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]

SIDE = 64  # pixels of a patch
_FRAME = 104  # pixels of the photograph that it is cut from
_OVER = 2  # rendered pixels for one photographed
_CELL = 4  # pixels for a module of a symbol on the shelf
_KINDS = ("QRCode", "PDF417", "Code128")
_SHARES = (0.5, 0.3, 0.2)


@dataclass(frozen=True)
class Shelf:
    """Symbols by kind, a few pixels a module, ink 255, with a quiet zone."""

    symbols: dict[str, Sequence[Image]]


def gather(rng: Generator, *, each: int = 160) -> Shelf:
    """Draw symbols with random contents."""
    return Shelf({kind: [_symbol(kind, rng) for _ in range(each)] for kind in _KINDS})


def _symbol(kind: str, rng: Generator) -> Image:
    options = {}
    if kind == "Code128":
        content: str | bytes = "".join(rng.choice(list("0123456789"), int(rng.integers(8, 20))))
    elif kind == "PDF417":
        content = rng.bytes(int(rng.integers(60, 300)))
        options["columns"] = str(int(rng.integers(4, 13)))
    else:
        content = rng.bytes(int(rng.integers(20, 900)))
        options["ec_level"] = str(rng.choice(["L", "M", "Q"]))
    code = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind), **options)
    modules = 255 - np.array(code.to_image(scale=1, add_quiet_zones=False), np.uint8)
    if kind == "Code128":
        modules = np.repeat(modules[:1], 60, axis=0)
    return np.pad(np.kron(modules, np.ones((_CELL, _CELL), np.uint8)), 6 * _CELL)


def draw(shelf: Shelf, rng: Generator) -> tuple[Image, Image]:
    """Give one patch, normalised, and its map of ink, twice as fine."""
    kind = str(rng.choice(_KINDS, p=_SHARES))
    symbols = shelf.symbols[kind]
    symbol = symbols[int(rng.integers(len(symbols)))]
    module_px = float(np.exp(rng.uniform(np.log(1.15), np.log(4.6))))
    printed = _laid(symbol, module_px, kind, rng)
    seen = _upright_to_frame(rng)
    half = (_OVER - 1) / 2
    fine = np.array([[_OVER, 0, half], [0, _OVER, half], [0, 0, 1.0]])
    size = (_FRAME * _OVER, _FRAME * _OVER)
    ink = cv2.warpPerspective(symbol, fine @ seen @ printed, size, flags=cv2.INTER_LINEAR)
    frame = _photographed(np.asarray(ink, np.uint8), module_px, rng)
    back = cv2.warpPerspective(
        frame,
        np.linalg.inv(seen),
        (SIDE, SIDE),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    # Two pixels of the map are one of the patch, and two rendered ones make one of the map.
    finest = np.array([[4, 0, 1.5], [0, 4, 1.5], [0, 0, 1.0]]) @ printed
    wide = cv2.warpPerspective(symbol, finest, (SIDE * 4, SIDE * 4), flags=cv2.INTER_LINEAR)
    target = cv2.resize(wide, (SIDE * 2, SIDE * 2), interpolation=cv2.INTER_AREA)
    return normalised(np.asarray(back, np.uint8)), np.asarray(target, np.uint8)


def _laid(symbol: Image, module_px: float, kind: str, rng: Generator) -> Matrix:
    """Give where the symbol lies in the patch: nearly upright, any part of it."""
    across = module_px / _CELL
    along = across * (rng.uniform(0.35, 1.2) if kind == "PDF417" else rng.uniform(0.92, 1.08))
    turn = float(rng.normal(0, 0.025))
    if (kind != "Code128" and rng.random() < 0.1) or rng.random() < 0.03:
        turn += np.pi / 2
    height, width = symbol.shape
    centre = np.array([rng.uniform(0, width), rng.uniform(0, height)])
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.diag(
        [across, along]
    )
    linear[0, 1] += rng.normal(0, 0.02) * across
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = SIDE / 2 - linear @ centre
    matrix[2, :2] = rng.normal(0, 2e-5, 2) * across
    return matrix


def _upright_to_frame(rng: Generator) -> Matrix:
    angle = float(rng.choice([0, 0, 1])) * rng.uniform(-np.pi, np.pi) + rng.normal(0, 0.05)
    tilt = rng.uniform(0.8, 1.05, 2)
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag(
        tilt
    )
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = _FRAME / 2 - linear @ np.array([SIDE / 2, SIDE / 2]) + rng.uniform(-0.5, 0.5, 2)
    return matrix


def _photographed(ink: Image, module_px: float, rng: Generator) -> Image:
    """Print, light, blur and take: one grey picture of `_FRAME` pixels."""
    share = ink.astype(np.float32) / 255
    light = float(rng.uniform(90, 252))
    dark = light * float(rng.uniform(0.08, 0.6))
    slope = rng.normal(0, 0.15, 2)
    ramp_y, ramp_x = np.mgrid[-0.5 : 0.5 : _FRAME * 1j, -0.5 : 0.5 : _FRAME * 1j].astype(np.float32)
    blurred = float(abs(rng.normal(0, 0.42))) * module_px * _OVER
    if blurred > 0.5:
        share = np.asarray(cv2.GaussianBlur(share, (0, 0), min(blurred, 2.6 * _OVER)), np.float32)
    if rng.random() < 0.25:
        length = float(rng.uniform(0.3, 1.2)) * module_px * _OVER
        angle = float(rng.uniform(0, np.pi))
        share = sensor.motion(share, length, angle)  # type: ignore[arg-type,assignment]  # floats
    small = cv2.resize(share, (_FRAME, _FRAME), interpolation=cv2.INTER_AREA)
    lit = 1 + slope[0] * ramp_x + slope[1] * ramp_y
    grey = (light + (dark - light) * small) * lit
    if rng.random() < 0.2:  # glare lies over the print and takes its contrast
        grey += float(rng.uniform(0, 140)) * np.clip(ramp_x + rng.uniform(-0.5, 0.8), 0, 1)
    grey += rng.normal(0, float(rng.uniform(0.5, 9)), grey.shape).astype(np.float32)
    taken = np.clip(grey, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 97))]
    packed = cv2.imencode(".jpg", taken, quality)[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
