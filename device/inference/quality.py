"""Is the picture good enough: sharp, still, lit, whole, near, and nothing over its print.

Measured on the rectified card, so that the limits mean the same at every distance and camera.
Reasons are stable codes; each names what the person at the station can change. How the limits were
found, and how well they tell readable from unreadable, is in `docs/quality-gate.md`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from device.inference.base import Image, Quad, Side, TextBox
from device.inference.reading import Quality
from device.inference.sharpness import sharpness, tone

REASONS: tuple[str, ...] = (
    "card.covered",
    "card.cut",
    "card.not_a_credential",
    "card.not_found",
    "card.tilted",
    "card.too_small",
    "quality.blurred",
    "quality.bright",
    "quality.dark",
    "quality.glare",
    "quality.motion",
    "read.no_clave_elector",
    "read.no_mrz",
    "read.no_numero_ocr",
)

_BURNT = 250  # of 255 in every channel: no print is left there
_SMALL = (321, 202)  # the card at 3.75 pixels to the millimetre
_PATCH_PX = 21  # 5.6 mm: no paper between printed lines is as wide
_DARK_TONE = 0.12
_DARK_FRAME = 45  # of 255: the lightest fiftieth of a frame, where paper would be
_BRIGHT_FRAME = 0.5  # of a frame, burnt
# In widths of the card: how far outside a corner may be found, and how near the frame's edge a side
# is taken for a cut; the second one where the card looks shorter than `_SHORT` of its length.
_CORNER_SLACK = 0.01
_ALONG, _NEAR, _SHORT = 0.012, 0.045, 0.86
_WIDTH_MM, _HEIGHT_MM = 85.60, 53.98
# What almost every front prints; where one of them was not read, something may lie over it.
_EXPECTED = frozenset({
    "nombres", "apellido_paterno", "clave_elector", "curp", "anio_registro", "seccion", "vigencia",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Where the gate closes: at the `least…` and `most…`, before anything was read.

    They were set on rendered frames so that hardly any readable one is beyond them (`python -m
    bench.gate --seed 11`); a field trial must move them. `doubtful…` are nearer: what lies between
    is named as the cause where a card was photographed and a key field could not be read.
    """

    # Slope of the steepest edges in their flattest direction, per 1/7.5 mm, share of the contrast.
    least_focus: float = 0.08
    doubtful_focus: float = 0.25
    # Energy of strokes over that of coarser shapes, a ratio.
    least_detail: float = 0.11
    doubtful_detail: float = 0.42
    # How much steeper edges are in one direction than in another: from here on it is a shake, if
    # `least_shaken_detail` is left; a lens out of focus takes that, and leaves lines of text.
    most_motion: float = 1.4
    least_shaken_detail: float = 0.22
    # Tone of paper (the lightest hundredth of the card), 0…1.
    least_paper: float = 0.065
    doubtful_paper: float = 0.40
    # Tone of ink (the darkest hundredth of the card), 0…1.
    most_ink: float = 0.71
    doubtful_ink: float = 0.45
    # Share of the card without print left, by light.
    doubtful_glare: float = 0.01
    doubtful_burnt: float = 0.45
    # Share of the card in burnt patches wider than 5.6 mm, and their part of all that is burnt: a
    # paper too bright is burnt everywhere.
    most_patch: float = 0.10
    least_patch_part: float = 0.42
    # Below it the pixels of the frame, and not the lens, are what blurs the print.
    sharp_px_per_mm: float = 5.0
    # In pixels of the still.
    least_px_per_mm: float = 2.0
    doubtful_px_per_mm: float = 5.5
    # How far a finger reaches over the card, in millimetres: print begins at about three.
    doubtful_covered_mm: float = 3.0
    # What may lie over a field that is no key field, where that one was not read.
    least_covered_mm: float = 5.0
    least_glare: float = 0.03
    # Pixels to the millimetre in the direction the card leans to, over those across it.
    doubtful_flatness: float = 0.6
    # Within the box of one field.
    most_glare_in_box: float = 0.25
    least_focus_in_box: float = 0.08


def measure(
    card: Image,
    grey: Image,
    quad: Quad,
    frame_size: tuple[int, int],
    boxes: Mapping[str, TextBox],
    limits: QualityLimits | None = None,
    *,
    covered_mm: float = 0.0,
) -> Quality:
    """Return the measures of a rectified card; `frame_size` is (height, width) of its frame.

    `covered_mm` says how far a finger reaches over it, where that was looked at.
    """
    limits = limits or QualityLimits()
    sharp = sharpness(grey)
    small = _reduced(card)
    burnt = _burnt(small)
    light = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    spots = _opened(burnt, 5)
    blurred = tuple(
        sorted(name for name, box in boxes.items() if _is_spoilt(grey, spots, box, limits))
    )
    least, most = _scales(quad)
    height, width = frame_size
    return Quality(
        focus=sharp.focus,
        brightness=tone(light, 0.5) / 255,
        dark=float((light < 255 * _DARK_TONE).mean()),
        glare=float(spots.mean()),
        coverage=abs(quad.area_px) / (height * width),
        px_per_mm=least,
        inside=is_inside(quad, frame_size),
        blurred_fields=blurred,
        detail=sharp.detail,
        motion=sharp.motion,
        ink=tone(light, 0.01) / 255,
        paper=tone(light, 0.99) / 255,
        burnt=float(burnt.mean()),
        patch=float(_opened(burnt, _PATCH_PX).mean()),
        covered_mm=covered_mm,
        flatness=least / max(most, 1e-6),
    )


def reasons(
    quality: Quality, limits: QualityLimits | None = None, *, still_scale: float = 1.0
) -> tuple[str, ...]:
    """Return the codes of what makes a card unreadable for certain, sorted.

    `still_scale` is how many times as many pixels a millimetre has in the still that this camera
    would take.
    """
    limits = limits or QualityLimits()
    # A small preview blurs by itself.
    sharp = min(1.0, quality.px_per_mm / limits.sharp_px_per_mm)
    is_one_patch = (
        quality.patch > limits.least_patch_part * quality.burnt
        and quality.burnt < limits.doubtful_burnt
    )
    failed = {
        "card.cut": not quality.inside,
        "card.too_small": quality.px_per_mm * still_scale < limits.least_px_per_mm,
        _blur(quality, limits): quality.focus < limits.least_focus * sharp
        or quality.detail < limits.least_detail * sharp,
        "quality.dark": quality.paper < limits.least_paper,
        "quality.bright": quality.ink > limits.most_ink,
        "quality.glare": quality.patch > limits.most_patch and is_one_patch,
    }
    return tuple(sorted(code for code, is_failed in failed.items() if is_failed))


def causes(quality: Quality, limits: QualityLimits | None = None) -> tuple[str, ...]:
    """Return the codes of what may have kept a key field from being read, sorted."""
    limits = limits or QualityLimits()
    is_bright = quality.burnt > limits.doubtful_burnt or quality.ink > limits.doubtful_ink
    suspected = {
        _blur(quality, limits): quality.focus < limits.doubtful_focus
        or quality.detail < limits.doubtful_detail,
        "card.too_small": quality.px_per_mm < limits.doubtful_px_per_mm,
        "card.tilted": quality.flatness < limits.doubtful_flatness,
        "quality.dark": quality.paper < limits.doubtful_paper,
        "quality.bright": is_bright,
        "quality.glare": quality.glare > limits.doubtful_glare and not is_bright,
        "card.covered": quality.covered_mm > limits.doubtful_covered_mm,
    }
    named = {code for code, is_suspected in suspected.items() if is_suspected}
    return tuple(sorted(named | set(reasons(quality, limits))))


def after_reading(
    quality: Quality,
    *,
    side: Side,
    read: Collection[str],
    is_key_missing: bool,
    limits: QualityLimits | None = None,
) -> tuple[str, ...]:
    """Return the codes for a still from which the fields `read` were read, sorted.

    What was read needs no excuse: focus, light and size close the gate only where a key field was
    not read. A card that is not whole in the picture is never taken, and what lies over it only
    where nothing that is printed on every card is missing.
    """
    if is_key_missing:
        return causes(quality, limits)
    limits = limits or QualityLimits()
    is_incomplete = side is Side.FRONT and not _EXPECTED.issubset(read)
    is_glare = limits.least_glare < quality.glare and quality.burnt < limits.doubtful_burnt
    closed = {
        "card.cut": not quality.inside,
        "card.covered": is_incomplete and quality.covered_mm > limits.least_covered_mm,
        "quality.glare": is_incomplete and is_glare,
    }
    return tuple(code for code, is_closed in closed.items() if is_closed)


def of_frame(frame: Image) -> tuple[str, ...]:
    """Return the codes of light for a frame in which no card was found."""
    height, width = frame.shape[:2]
    step = max(1, min(height, width) // 120)
    small = np.ascontiguousarray(frame[::step, ::step])
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    if tone(grey, 0.98) < _DARK_FRAME:
        return ("quality.dark",)
    return (
        ("quality.bright",) if float((small.min(axis=2) >= _BURNT).mean()) > _BRIGHT_FRAME else ()
    )


def is_inside(quad: Quad, frame_size: tuple[int, int]) -> bool:
    """Say whether the whole card is in the frame, as far as corners can be trusted.

    Where the frame cuts a card off, the cut is taken for its side: it lies along the frame's edge,
    or near it, and then the card looks too short.
    """
    height, width = frame_size
    points = quad.array()
    # How far inside each corner is, in widths of the card: from left, top, right and bottom.
    inside = np.hstack([points, (width - 1, height - 1) - points]) / max(quad.width_px, 1.0)
    side = float(np.maximum(inside, np.roll(inside, -1, axis=0)).min())
    least, most = _scales(quad)
    is_short = least < _SHORT * most
    return bool(inside.min() >= -_CORNER_SLACK and side > (_NEAR if is_short else _ALONG))


def _blur(quality: Quality, limits: QualityLimits) -> str:
    is_shake = quality.motion > limits.most_motion and quality.detail >= limits.least_shaken_detail
    return "quality.motion" if is_shake else "quality.blurred"


def _scales(quad: Quad) -> tuple[float, float]:
    """Return the pixels to the millimetre in the direction that shows fewest, and most, of them."""
    corner, right, opposite, below = quad.array()
    across = (right - corner + opposite - below) / (2 * _WIDTH_MM)
    down = (below - corner + opposite - right) / (2 * _HEIGHT_MM)
    most, least = np.linalg.svd(np.stack([across, down]), compute_uv=False)
    return float(least), float(most)


def _reduced(card: Image) -> Image:
    """Return the card small. By a whole number of pixels it costs a fifth, for half a line less."""
    rows = card.shape[1] // _SMALL[0] * _SMALL[1]
    return np.asarray(cv2.resize(card[:rows], _SMALL, interpolation=cv2.INTER_AREA), np.uint8)


def _burnt(image: Image) -> Image:
    """Return 1 where every channel is at its end."""
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.min(cv2.min(red, green), blue) >= _BURNT, np.uint8)


def _opened(mask: Image, size: int) -> Image:
    """Return the patches of a mask that are at least `size` pixels wide and high."""
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((size, size), np.uint8)))


def _is_spoilt(grey: Image, burnt: Image, box: TextBox, limits: QualityLimits) -> bool:
    scale = burnt.shape[1] / grey.shape[1]
    x0, y0, x1, y1 = box.as_list()
    patch = burnt[int(y0 * scale) : int(y1 * scale) + 1, int(x0 * scale) : int(x1 * scale) + 1]
    if patch.size and patch.mean() > limits.most_glare_in_box:
        return True
    part = grey[max(y0, 0) : y1 + 1, max(x0, 0) : x1 + 1]
    return min(part.shape, default=0) >= 8 and steepness(part) < limits.least_focus_in_box


def steepness(grey: Image) -> float:
    """Return how steep the steepest edges are: their slope per pixel over the contrast there is.

    A one-pixel step between the lightest and the darkest tone is 1; blur of n pixels divides it
    by about n.
    """
    if min(grey.shape[:2]) < 8:
        return 0.0
    across = np.asarray(cv2.absdiff(grey[:, 2:], grey[:, :-2]), np.uint8)
    low, high = tone(grey, 0.01), tone(grey, 0.99)
    return min(1.0, tone(across, 0.993) / max(high - low, 24.0))
