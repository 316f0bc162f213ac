"""Batches of sheets of views, recoloured and turned as they are drawn."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from training.presentation_attack.network import suspicion
from training.presentation_attack.scenes import KINDS, Scenes
from training.presentation_attack.views import CARD_HEIGHT, PIECE

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
        picked += [int(rng.choice(attacks[n % len(attacks)])) for n in range(size - size // 2)]
        sheets = np.stack([varied(scenes.sheets[index], rng) for index in picked])
        yield {
            "image": torch.from_numpy(sheets),
            "kind": torch.from_numpy(scenes.kinds[np.array(picked)]),
        }


def varied(sheet: Image, rng: Generator) -> Image:
    """Return a sheet under another exposure, with its pieces turned and in another order."""
    changed = sheet.copy()
    _vary_card(changed[:CARD_HEIGHT], rng)
    for row in range(3):
        top = CARD_HEIGHT + row * PIECE
        for column, other in enumerate(rng.permutation(4)):
            piece = sheet[top : top + PIECE, int(other) * PIECE : (int(other) + 1) * PIECE]
            if rng.random() < 0.5:
                piece = piece[:, ::-1]
            piece = np.rot90(piece, int(rng.integers(4)))
            changed[top : top + PIECE, column * PIECE : (column + 1) * PIECE] = piece
    gains = rng.normal(1, 0.05, 3) * rng.uniform(0.8, 1.2)
    table = np.arange(256)[:, None] * gains + rng.uniform(-10, 10)
    curve = np.clip(table, 0, 255).astype(np.uint8)
    for channel in range(3):
        changed[..., channel] = curve[changed[..., channel], channel]
    if rng.random() < 0.1:
        noise = rng.standard_normal(changed.shape, dtype=np.float32) * np.float32(
            rng.uniform(0.5, 4)
        )
        changed = np.clip(changed + noise, 0, 255).astype(np.uint8)
    return changed


def _vary_card(card: Image, rng: Generator) -> None:
    """Move, turn and cover the view of the card, in place: no photograph is to be learnt by heart.

    Words read backwards are as good: it is not to read them.
    """
    varied_card = card
    for axis in (0, 1):
        if rng.random() < 0.5:
            varied_card = np.flip(varied_card, axis)
    shift = rng.integers(-5, 6, 2)
    card[:] = np.roll(varied_card, (int(shift[0]), int(shift[1])), (0, 1))
    height, width = card.shape[:2]
    for _ in range(int(rng.integers(0, 4))):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        tall, wide = int(rng.integers(12, 50)), int(rng.integers(12, 70))
        card[y : y + tall, x : x + wide] = rng.integers(0, 256, 3)


def judged(network: nn.Module, sheets: NDArray[np.uint8]) -> tuple[Floats, Numbers]:
    """Return the suspicion against each sheet, and the likeliest kind of attack."""
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
