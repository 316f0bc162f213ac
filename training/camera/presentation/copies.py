"""Copies on paper: photocopies, prints with a border, and a copy in a laminating pouch."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator

from training.camera.presentation.ink import draw_press, paper
from training.camera.presentation.sampling import Map
from training.camera.presentation.shown import Image, Shown
from training.camera.presentation.source import captured


def photocopy(card: Image, mask: Image, rng: Generator, *, grey: bool) -> Shown:
    """Show a copy by toner: steep tones, specks and streaks, on its sheet or cut out of it."""
    picture = captured(card, mask, rng, scanned=0.85)
    if grey:
        weights = (0.299, 0.587, 0.114) if rng.random() < 0.6 else (0.1, 0.8, 0.1)
        tone = picture @ np.array(weights, np.float32)
        picture = np.repeat(tone[..., None], 3, axis=2)
    else:
        mean = picture.mean(axis=2, keepdims=True)
        picture = mean + (picture - mean) * np.float32(rng.uniform(0.7, 1.5))
    contrast = float(rng.uniform(1.1, 1.8))
    picture = np.clip((picture - 128) * contrast + rng.uniform(128, 156), 4, 255)
    shown = _on_paper(picture, rng, grey=grey)
    image = shown.image
    _specks(image, rng)
    for _ in range(int(rng.integers(0, 4))):  # scratches of the drum
        column = int(rng.integers(image.shape[1]))
        width = int(rng.integers(1, 4))
        image[:, column : column + width] = cv2.subtract(
            image[:, column : column + width], np.full(4, rng.uniform(8, 40))
        ).reshape(image.shape[0], -1, 3)
    return shown


def paper_print(card: Image, mask: Image, rng: Generator) -> Shown:
    """Show a print in colour of a scan or a photo, mostly with a white border around it."""
    return _on_paper(captured(card, mask, rng, scanned=0.5), rng, grey=False)


def laminated(card: Image, mask: Image, rng: Generator) -> Shown:
    """Show a print cut to size inside a pouch of clear plastic that reaches beyond it."""
    print_out = _on_paper(captured(card, mask, rng, scanned=0.7), rng, grey=rng.random() < 0.15,
                          tight=True)  # fmt: skip
    reach = rng.uniform(1.0, 5.0, 4) * print_out.px_per_mm
    left, top, right, bottom = (int(v) for v in reach)
    size = (left, right), (top, bottom)
    picture = cv2.copyMakeBorder(print_out.image, *size[1], *size[0], cv2.BORDER_REPLICATE)
    inner = np.asarray(
        cv2.copyMakeBorder(print_out.mask, *size[1], *size[0], cv2.BORDER_CONSTANT, value=0),
        np.uint8,
    )
    height, width = inner.shape
    # Through the rim the table is seen: half of it, whitened by two films.
    outer = np.zeros((height, width), np.uint8)
    radius = int(rng.uniform(2, 6) * print_out.px_per_mm)
    _rounded(outer, radius)
    see_through = float(rng.uniform(0.25, 0.6))
    mask_out = np.maximum(inner, (outer * see_through).astype(np.uint8))
    image = picture.astype(np.float32)
    rim = (inner < 128) & (outer > 128)
    image[rim] = rng.uniform(170, 235)
    veil = float(rng.uniform(0.02, 0.09))
    image += (255 - image) * veil
    rough = rng.standard_normal((height // 8 + 1, width // 8 + 1), dtype=np.float32)
    waves = np.asarray(cv2.GaussianBlur(rough, (0, 0), float(rng.uniform(2, 6))), np.float32)
    ripple = np.asarray(cv2.resize(waves / max(float(waves.std()), 1e-6), (width, height)))
    image += (np.clip(ripple - 1.1, 0, 2) * rng.uniform(0, 26))[..., None]
    edge = cv2.morphologyEx(outer, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    image += (edge.astype(np.float32) / 255 * rng.uniform(-40, 60))[..., None]
    step = cv2.morphologyEx(inner, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    image += (step.astype(np.float32) / 255 * rng.uniform(-50, 30))[..., None]
    gloss = np.clip(200 + 50 * ripple, 60, 255).astype(np.uint8)
    x, y = print_out.origin
    return replace(
        print_out,
        image=np.clip(image, 0, 255).astype(np.uint8),
        mask=mask_out,
        origin=(x + left, y + top),
        textured=inner,
        gloss=gloss,
    )


def _on_paper(picture: Map, rng: Generator, *, grey: bool, tight: bool = False) -> Shown:
    height, width = picture.shape[:2]
    unit = width / 85.6
    border = _border(rng, tight) * unit
    left, top, right, bottom = (int(max(v, 0)) + 2 for v in border)
    sheet = paper(rng, height + top + bottom, width + left + right)
    window = sheet[top : top + height, left : left + width]
    window *= picture / 255
    mask = np.zeros(sheet.shape[:2], np.uint8)
    # Nobody cuts along a perfect line.
    wander = rng.normal(0, 0.35 * unit, (4, 2))
    cut = np.array(
        [
            [left - border[0], top - border[1]],
            [left + width + border[2], top - border[1]],
            [left + width + border[2], top + height + border[3]],
            [left - border[0], top + height + border[3]],
        ]
    )
    limits = np.array([sheet.shape[1], sheet.shape[0]]) - 1.0
    outline = np.clip(cut + wander, 0, limits)
    cv2.fillPoly(mask, [np.rint(outline * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    if rng.random() < (0.6 if tight else 0.25):
        corners = np.zeros_like(mask)
        _rounded(corners, int(rng.uniform(1.5, 5) * unit))
        mask = np.minimum(mask, corners)
    gloss = int(rng.choice([15, 40, 120]))  # plain paper, coated paper, photo paper
    return Shown(
        image=np.clip(sheet, 0, 255).astype(np.uint8),
        mask=mask,
        origin=(left, top),
        card=(height, width),
        surface=draw_press(rng, grey=grey).print,
        gloss=np.full(mask.shape, gloss, np.uint8),
    )


def _border(rng: Generator, tight: bool) -> Map:
    """Return the white paper left at each side in millimetres; below 0 the card is cut into."""
    drawn = rng.random()
    if tight or drawn < 0.4:
        return rng.uniform(-0.8, 1.6, 4).astype(np.float32)
    if drawn < 0.75:
        return rng.uniform(2, 12, 4).astype(np.float32)
    return rng.uniform(15, 60, 4).astype(np.float32)  # the whole sheet


def _specks(image: Image, rng: Generator) -> None:
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(0, 60))):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        tone = int(rng.uniform(10, 120))
        cv2.circle(image, centre, int(rng.integers(1, 3)), (tone, tone, tone), -1, cv2.LINE_AA)


def _rounded(mask: Image, radius: int) -> None:
    height, width = mask.shape
    r = max(radius, 1)
    cv2.rectangle(mask, (r, 0), (width - r - 1, height - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width - 1, height - r - 1), 255, -1)
    for x in (r, width - r - 1):
        for y in (r, height - r - 1):
            cv2.circle(mask, (x, y), r, 255, -1, cv2.LINE_AA)
