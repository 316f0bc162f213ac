"""Frames on which the finding of the card is measured, rendered once and kept under `var/`.

Each card is rendered once and photographed in every scene: at the three levels of difficulty, at
any turn, small, at the border of the frame, with a second credential and with another card beside
it. Frames without a credential come by kind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.report import ROOT
from device.inference.images import read_image
from training.backgrounds import background
from training.camera import LEVELS, Photograph, photograph
from training.camera.difficulty import Difficulty
from training.camera.geometry import draw_pose, lay
from training.frames import SIZES, save_jpeg
from training.negatives import KINDS, render_negative
from training.people import MODELS, invent_person
from training.render import RenderedCard, render_card

Image = npt.NDArray[np.uint8]

_MEDIUM = LEVELS["medium"]
_ROOM_FOR_TWO = replace(_MEDIUM, fill=(0.48, 0.62), clutter=0.3)
SCENES: dict[str, str | Difficulty] = {
    "easy": "easy",
    "medium": "medium",
    "hard": "hard",
    "turned": replace(_MEDIUM, upright=0.0),
    "small": replace(_MEDIUM, fill=(0.2, 0.36)),
    "border": replace(_MEDIUM, cut=1.0, fill=(0.7, 1.04)),
    "two": _ROOM_FOR_TWO,
    "beside": _ROOM_FOR_TWO,
}
_AS_LARGE_AS_MAY_BE_BESIDE = replace(_MEDIUM, fill=(0.3, 0.42))
EMPTY = "empty"  # the table alone


def frames(scene: str, *, seed: int, count: int) -> Iterator[tuple[dict[str, Any], Image]]:
    """Give truth and image of each frame of one scene; `none` are those without a credential."""
    folder = ROOT / "var" / "bench" / "finding" / f"{scene}-{seed}-{count}"
    if not (folder / "done").exists():
        _write(folder, scene, seed, count)
        (folder / "done").touch()
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        yield truth, read_image(folder / truth["frame"])


def _write(folder: Path, scene: str, seed: int, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made = _negatives(seed, count) if scene == "none" else _cards(scene, seed, count)
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for number, (truth, image) in enumerate(made):
            name = f"{number:05d}.jpg"
            save_jpeg(folder / name, image)
            lines.write(json.dumps(truth | {"frame": name}) + "\n")
    print(f"{scene}: {number + 1} frames rendered", file=sys.stderr)


def _cards(scene: str, seed: int, count: int) -> Iterator[tuple[dict[str, Any], Image]]:
    for index in range(count):
        card = _card(seed, index)
        rng = np.random.default_rng([seed, 1, index, sorted(SCENES).index(scene)])
        size = SIZES[int(rng.integers(len(SIZES)))]
        table = None
        if scene in ("two", "beside"):
            table = background(rng, *size)
            _lay_another(table, rng, _card(seed, index + 3) if scene == "two" else None)
        shot = photograph(
            card.image, card.mask, rng, difficulty=SCENES[scene], size=size, scene=table
        )
        yield _truth(card, shot), shot.image


def _card(seed: int, index: int) -> RenderedCard:
    rng = np.random.default_rng([seed, 0, index])
    model = MODELS[index // 2 % len(MODELS)]
    side = ("front", "back")[index % 2]
    return render_card(invent_person(rng, model=model), side, model, rng, fonts="all")


def _truth(card: RenderedCard, shot: Photograph) -> dict[str, Any]:
    return {
        "found": True,
        "corners": shot.corners.tolist(),
        "model": card.model,
        "side": card.side,
        "turn_deg": shot.conditions["turn_deg"],
        "header": " ".join(s.text for s in card.segments if s.role == "header"),
        "vigencia": card.fields.get("vigencia", card.mrz[1][8:10] if card.mrz else ""),
    }


def _lay_another(table: Image, rng: np.random.Generator, card: RenderedCard | None) -> None:
    """Lay a smaller credential, or a card of another kind, on the table, in place."""
    picture, mask = (
        (card.image, card.mask) if card is not None else render_negative(rng, kind="licence")
    )
    size = table.shape[0], table.shape[1]
    shape = picture.shape[0], picture.shape[1]
    corners = draw_pose(rng, _AS_LARGE_AS_MAY_BE_BESIDE, shape, size).corners
    # To one side: where the larger card covers it whole there are no two.
    side = float(rng.choice([-1, 1])) * 0.3
    corners = corners - corners.mean(axis=0) + (size[1] * (0.5 + side), size[0] * 0.5)
    flat, cover, _ = lay(picture, mask, corners, size)
    share = (cover.astype(np.float32) / 255)[..., None]
    table[:] = (table + share * (flat.astype(np.float32) - table)).astype(np.uint8)


def _negatives(seed: int, count: int) -> Iterator[tuple[dict[str, Any], Image]]:
    """Give every kind in turn, at the three levels in turn."""
    kinds = (*KINDS, EMPTY)
    for index in range(count):
        rng = np.random.default_rng([seed, 2, index])
        kind = kinds[index % len(kinds)]
        size = SIZES[int(rng.integers(len(SIZES)))]
        level = tuple(LEVELS)[index // len(kinds) % len(LEVELS)]
        if kind == EMPTY:
            picture = background(rng, 64, 100)
            mask = np.zeros(picture.shape[:2], np.uint8)
        else:
            picture, mask = render_negative(rng, kind=kind)
        shot = photograph(picture, mask, rng, difficulty=level, size=size)
        yield {"found": False, "kind": kind, "level": level}, shot.image
