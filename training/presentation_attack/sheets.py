"""Batches of sheets of views: each is moved, recoloured, spoilt and turned as it is drawn."""

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from training.camera import sensor
from training.presentation_attack.network import suspicion
from training.presentation_attack.scenes import KINDS, Scenes
from training.presentation_attack.spectra import PIECE
from training.presentation_attack.views import CARD_HEIGHT, WIDTH, completed

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


def batches(
    scenes: Scenes, chosen: Numbers, *, size: int, seed: int
) -> Iterator[dict[str, Tensor]]:
    """Draw half of every batch from originals, and the rest evenly from the other kinds."""
    rng = np.random.default_rng([seed, 53])
    kinds = scenes.kinds[chosen]
    of_kind = [chosen[kinds == kind] for kind in range(len(KINDS))]
    attacks = [own for own in of_kind[1:] if len(own)]
    while True:
        picked = [int(rng.choice(of_kind[0])) for _ in range(size // 2)]
        first = int(rng.integers(len(attacks)))
        picked += [
            int(rng.choice(attacks[(first + n) % len(attacks)])) for n in range(size - size // 2)
        ]
        drawn = [varied(scenes.sheets[index], scenes.covers[index], rng) for index in picked]
        yield {
            "image": torch.from_numpy(np.stack([sheet for sheet, _ in drawn])),
            "cover": torch.from_numpy(np.stack([cover for _, cover in drawn])),
            "kind": torch.from_numpy(scenes.kinds[np.array(picked)]),
        }


def varied(cuts: Image, cover: Image, rng: Generator) -> tuple[Image, Image]:
    """Return a whole sheet as another camera would see it, and what is covered in it.

    The spectra are taken last: they are those of the pieces as they have become.
    """
    changed = cuts.copy()
    changed[CARD_HEIGHT:] = _turned(cuts[CARD_HEIGHT:], rng)
    moved, cover = _moved(cuts[:CARD_HEIGHT], cover, rng)
    changed[:CARD_HEIGHT] = moved
    gains = rng.normal(1, 0.06, 3) * rng.uniform(0.75, 1.25)
    levels = 255 * (np.arange(256)[:, None] / 255) ** rng.uniform(0.75, 1.3)
    curve = np.clip(levels * gains + rng.uniform(-12, 12), 0, 255).astype(np.uint8)
    for channel in range(3):
        changed[..., channel] = cv2.LUT(
            np.ascontiguousarray(changed[..., channel]), curve[:, channel]
        )
    return completed(_spoilt(changed, rng)), cover


def _turned(pieces: Image, rng: Generator) -> Image:
    """Turn all pieces alike, or their rhythms would part, and put each row in another order."""
    rows, columns = pieces.shape[0] // PIECE, pieces.shape[1] // PIECE
    mirrored, quarter = rng.random() < 0.5, int(rng.integers(4))
    turned = np.empty_like(pieces)
    for row, source in enumerate(rng.permutation(rows)):
        for column, other in enumerate(rng.permutation(columns)):
            y, x = int(source) * PIECE, int(other) * PIECE
            piece = pieces[y : y + PIECE, x : x + PIECE]
            piece = np.rot90(piece[:, ::-1] if mirrored else piece, quarter)
            turned[row * PIECE : (row + 1) * PIECE, column * PIECE : (column + 1) * PIECE] = piece
    return turned


def _moved(card: Image, cover: Image, rng: Generator) -> tuple[Image, Image]:
    """Move, mirror, shade and hide parts of the view: no photograph is to be learnt by heart.

    Words read backwards are as good: it is not to read them.
    """
    for axis in (0, 1):
        if rng.random() < 0.5:
            card, cover = np.flip(card, axis), np.flip(cover, axis)
    middle = (WIDTH / 2, CARD_HEIGHT / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.normal(0, 1.2), rng.uniform(0.94, 1.06))
    matrix: NDArray[np.float64] = np.asarray(turn, np.float64)
    matrix[:, 2] += rng.normal(0, 3, 2)
    view = np.ascontiguousarray(card)
    moved: Image = np.asarray(
        cv2.warpAffine(view, matrix, (WIDTH, CARD_HEIGHT), borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
    matrix[:, 2] /= 8
    cells = cv2.warpAffine(np.ascontiguousarray(cover), matrix, (cover.shape[1], cover.shape[0]))
    cover = np.asarray(cells, np.uint8)
    if rng.random() < 0.3:
        shade = rng.uniform(0.6, 1.3, (3, 4)).astype(np.float32)
        light = cv2.resize(shade, (WIDTH, CARD_HEIGHT), interpolation=cv2.INTER_CUBIC)
        lit = np.asarray(moved, np.float32) * np.asarray(light, np.float32)[..., None]
        moved = np.asarray(np.clip(lit, 0, 255), np.uint8)
    for _ in range(int(rng.integers(0, 3))):
        y, x = int(rng.integers(CARD_HEIGHT)), int(rng.integers(WIDTH))
        tall, wide = int(rng.integers(12, 70)), int(rng.integers(12, 90))
        moved[y : y + tall, x : x + wide] = rng.integers(0, 256, 3)
        cover[y // 8 : (y + tall) // 8, x // 8 : (x + wide) // 8] = 0
    return moved, cover


def _spoilt(sheet: Image, rng: Generator) -> Image:
    """Do to some sheets what cameras' programs do: soften, sharpen, grain, compress."""
    drawn = rng.random()
    if drawn < 0.15:
        soft = cv2.GaussianBlur(sheet, (0, 0), float(rng.uniform(0.6, 1.3)))
        amount = float(rng.uniform(-0.6, 1.0))
        sheet = np.asarray(cv2.addWeighted(sheet, 1 + amount, soft, -amount, 0), np.uint8)
    if rng.random() < 0.15:
        sheet = sensor.noise(sheet, rng, float(rng.uniform(0.5, 6)))
    if rng.random() < 0.1:
        sheet = sensor.jpeg(sheet, int(rng.uniform(55, 95)))
    return sheet


def judged(network: nn.Module, sheets: NDArray[np.uint8]) -> tuple[Floats, Numbers]:
    """Return the suspicion against each whole sheet, and the likeliest kind of attack."""
    told: list[Floats] = []
    kinds: list[Numbers] = []
    with torch.no_grad():
        for start in range(0, len(sheets), 64):
            images = torch.from_numpy(np.array(sheets[start : start + 64]))
            values = images.permute(0, 3, 1, 2).float() / 127.5 - 1
            logits = network(values.to(memory_format=torch.channels_last)).float()
            told.append(suspicion(logits).numpy())
            kinds.append(logits[:, 1:].argmax(1).numpy() + 1)
    return np.concatenate(told), np.concatenate(kinds)
