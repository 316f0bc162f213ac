"""Printed grounds of security paper: gradients, guilloche waves, rosettes, microtext, holograms."""

import colorsys

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.render.canvas import HEIGHT, WIDTH, Canvas, Colour, Image


def pastel(rng: Generator, hue: float, *, low: float = 0.03, high: float = 0.28) -> Colour:
    """Return a light colour near `hue` (0…1)."""
    red, green, blue = colorsys.hsv_to_rgb(
        (hue + rng.uniform(-0.04, 0.04)) % 1, rng.uniform(low, high), rng.uniform(0.86, 1.0)
    )
    return int(red * 255), int(green * 255), int(blue * 255)


def deep(rng: Generator, hue: float) -> Colour:
    """Return a saturated printing colour near `hue` (0…1)."""
    red, green, blue = colorsys.hsv_to_rgb(
        (hue + rng.uniform(-0.05, 0.05)) % 1, rng.uniform(0.35, 0.9), rng.uniform(0.35, 0.8)
    )
    return int(red * 255), int(green * 255), int(blue * 255)


def _gradient(rng: Generator, colours: list[Colour]) -> Image:
    ys, xs = np.mgrid[0:54, 0:86].astype(np.float32)
    kind = rng.integers(3)
    if kind == 0:
        angle = rng.uniform(0, 2 * np.pi)
        field = xs / 86 * np.cos(angle) + ys / 54 * np.sin(angle)
    elif kind == 1:
        field = np.hypot(xs / 86 - rng.uniform(0.1, 0.9), ys / 54 - rng.uniform(0.1, 0.9))
    else:
        field = np.sin(xs / 86 * rng.uniform(2, 6)) + np.cos(ys / 54 * rng.uniform(2, 6))
    field = (field - field.min()) / max(float(np.ptp(field)), 1e-6) * (len(colours) - 1)
    stops = np.array(colours, np.float32)
    low = np.clip(field.astype(int), 0, len(colours) - 2)
    mix = (field - low)[..., None]
    small = stops[low] * (1 - mix) + stops[low + 1] * mix
    large = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(large, 0, 255).astype(np.uint8)


def _polyline(xs: NDArray[np.floating], ys: NDArray[np.floating]) -> NDArray[np.int32]:
    return np.stack([xs, ys], axis=1).__mul__(8).astype(np.int32)[:, None]


def _waves(rng: Generator, layer: Image, colour: Colour) -> None:
    xs = np.arange(-10, WIDTH + 30, 12, dtype=np.float32)
    count = int(rng.integers(12, 46))
    span = rng.uniform(0.3, 1.2) * HEIGHT
    start = rng.uniform(-0.2, 0.8) * HEIGHT
    a1, a2 = rng.uniform(6, 90), rng.uniform(0, 30)
    f1, f2 = rng.uniform(0.002, 0.014), rng.uniform(0.008, 0.05)
    p1, p2, drift = rng.uniform(0, 6, 3)
    curves = []
    for index in range(count):
        share = index / count
        ys = (
            start
            + span * share
            + a1 * np.sin(f1 * xs + p1 + drift * share)
            + a2 * np.sin(f2 * xs + p2 + 5 * share)
        )
        curves.append(_polyline(xs, ys))
    cv2.polylines(layer, curves, False, colour, int(rng.integers(1, 3)), cv2.LINE_AA, 3)


def _rosette(rng: Generator, layer: Image, colour: Colour) -> None:
    turns = np.linspace(0, 2 * np.pi, 220)
    cx, cy = rng.uniform(0.1, 0.9) * WIDTH, rng.uniform(0.15, 0.85) * HEIGHT
    radius = rng.uniform(60, 260)
    petals = int(rng.integers(5, 18))
    curves = []
    for index in range(int(rng.integers(4, 14))):
        r = (
            radius
            * (0.35 + 0.65 * index / 14)
            * (1 + rng.uniform(0.1, 0.3) * np.sin(petals * turns + index * 0.35))
        )
        curves.append(_polyline(cx + r * np.cos(turns), cy + r * np.sin(turns)))
    cv2.polylines(layer, curves, True, colour, 1, cv2.LINE_AA, 3)


def _lattice(rng: Generator, layer: Image, colour: Colour) -> None:
    step = int(rng.integers(10, 26))
    offset = rng.uniform(0.4, 1.6)
    lines = []
    for x in range(-HEIGHT * 2, WIDTH + HEIGHT, step):
        lines.append(np.array([[[x, 0]], [[int(x + HEIGHT * offset), HEIGHT]]], np.int32))
    cv2.polylines(layer, lines, False, colour, 1, cv2.LINE_AA)


def ground(rng: Generator, hues: tuple[float, ...], strength: float) -> Image:
    """Draw the printed ground of one side; `strength` 0…1 is how much its lines stand out."""
    colours = [pastel(rng, hue) for hue in hues]
    if rng.random() < 0.5:
        colours.insert(int(rng.integers(len(colours) + 1)), (250, 250, 248))
    if len(colours) == 1:
        colours.append((252, 252, 250))
    image = _gradient(rng, colours)
    for _ in range(int(rng.integers(1, 4))):
        layer = image.copy()
        colour = deep(rng, hues[int(rng.integers(len(hues)))])
        draw = (_waves, _waves, _rosette, _lattice)[int(rng.integers(4))]
        draw(rng, layer, colour)
        image = cv2.addWeighted(  # type: ignore[assignment]
            image, 1 - strength, layer, strength, 0
        )
    return image


def hologram(
    rng: Generator, canvas: Canvas, box: tuple[int, int, int, int], opacity: float
) -> None:
    """Lay an iridescent, half-transparent device over `box`."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    ys, xs = np.mgrid[0:height:2, 0:width:2].astype(np.float32)
    phase = xs * rng.uniform(0.01, 0.05) + ys * rng.uniform(-0.05, 0.05) + rng.uniform(0, 6)
    bands = np.stack([np.sin(phase + shift) for shift in (0.0, 2.1, 4.2)], axis=-1)
    colours = (150 + 95 * bands).clip(0, 255).astype(np.uint8)
    shape = np.zeros(xs.shape, np.uint8)
    centre = (xs.shape[1] // 2, xs.shape[0] // 2)
    kind = rng.integers(3)
    if kind == 0:
        cv2.ellipse(shape, centre, (centre[0] - 1, centre[1] - 1), 0, 0, 360, 255, -1)
    elif kind == 1:
        turns = np.linspace(0, 2 * np.pi, 60)
        r = 0.7 + 0.3 * np.cos(rng.integers(5, 9) * turns)
        points = np.stack(
            [centre[0] * (1 + r * np.cos(turns)), centre[1] * (1 + r * np.sin(turns))], axis=1
        )
        cv2.fillPoly(shape, [points.astype(np.int32)], 255)
    else:
        for radius in range(4, min(centre), 10):
            cv2.circle(shape, centre, radius, 255, 4, cv2.LINE_AA)
    alpha = cv2.resize(shape, (width, height)).astype(np.float32) * (opacity / 255)
    canvas.paste(x0, y0, cv2.resize(colours, (width, height)), alpha)  # type: ignore[arg-type]
