"""Frames with their truth: to evaluate the reader, and to play the citizens of the demo.

`python -m training.frames --out DIR --count N --seed S` writes JPEG frames and `truth.jsonl`, one
JSON object a line with the keys of `acopio-station read` that have a truth: `frame`, `found`,
`corners`, `model`, `side`, `fields`, `mrz`, `barcodes`; besides `hidden` (fields that no reader
can see whole), `citizen` (number of the invented
person, so that a front finds its back), `difficulty`, `presentation`, `size` and `conditions`.
Each frame depends on the seed and its own number only.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.backgrounds import background, room
from training.camera import LEVELS, Photograph, photograph, sensor
from training.camera import light as scene_light
from training.camera.presentation import Presentation
from training.fonts import FontsMissingError, Split
from training.negatives import render_negative
from training.people import MODELS, Person, invent_person
from training.render import RenderedCard, invent_style, render_card
from training.render.marks import signature
from training.render.portrait import draw_portrait, invent_face

Image = NDArray[np.uint8]

# (height, width) of the frames, drawn evenly.
SIZES = ((960, 1280), (960, 1280), (1200, 1600), (1080, 1920))


@dataclass(frozen=True)
class Frame:
    """A photograph of one side, with the card that was photographed."""

    photograph: Photograph
    card: RenderedCard

    @property
    def image(self) -> Image:
        """Give the frame, RGB."""
        return self.photograph.image

    def hidden(self) -> set[str]:
        """Name the fields, and `mrz`, that a finger or the frame's border hides in part."""
        names = set()
        for segment in self.card.segments:
            name = "mrz" if segment.role == "mrz" else segment.field
            if name is not None and self.photograph.hides(segment.box):
                names.add(name)
        return names

    def truth(self, name: str) -> dict[str, Any]:
        """Give what a perfect reader would say of this frame, saved as `name`."""
        card, shot = self.card, self.photograph
        return {
            "frame": name,
            "found": True,
            "corners": [[round(float(x), 2), round(float(y), 2)] for x, y in shot.corners],
            "model": card.model,
            "side": card.side,
            "fields": card.fields,
            "mrz": card.mrz,
            "barcodes": [
                {key: value for key, value in code.items() if key != "box"}
                for code in card.barcodes
            ],
            "hidden": sorted(self.hidden()),
            "difficulty": shot.conditions["difficulty"],
            "presentation": shot.conditions["presentation"],
            "size": [shot.image.shape[1], shot.image.shape[0]],
            "conditions": shot.conditions,
        }


@dataclass(frozen=True)
class CitizenFrames:
    """What one visit shows the station: both sides, the live face, and a signature.

    `face` is an RGB frame; `signature` is dark ink on white, RGB.
    """

    person: Person
    front: Frame
    back: Frame
    face: Image
    signature: Image


def citizen_frames(
    person: Person,
    rng: Generator,
    *,
    difficulty: str = "easy",
    size: tuple[int, int] = (960, 1280),
    presentation: Presentation = "original",
    fonts: Split = "all",
) -> CitizenFrames:
    """Photograph both sides of one card on one table, and the person it belongs to."""
    style = invent_style(rng, person.model, fonts=fonts)
    table = background(rng, *size)
    sides = []
    for side in ("front", "back"):
        card = render_card(person, side, person.model, rng, style=style)
        shot = photograph(
            card.image,
            card.mask,
            rng,
            difficulty=difficulty,
            size=size,
            presentation=presentation,
            scene=table,
        )
        sides.append(Frame(shot, card))
    ink = signature(person.hand_seed, 1000, 360)
    page = np.repeat((255 - ink)[..., None], 3, axis=2)
    return CitizenFrames(person, sides[0], sides[1], live_photo(person, rng, size=size), page)


def live_photo(person: Person, rng: Generator, *, size: tuple[int, int] = (960, 1280)) -> Image:
    """Draw the person before the station's camera, in a room, with the light of the place."""
    height, width = size
    face = invent_face(person.face_seed, person.sexo, float(person.edad))
    picture, _ = draw_portrait(
        face,
        rng,
        height,
        width,
        ground=room(rng, height, width),
        zoom=float(rng.uniform(0.78, 1.0)),
        live=True,
    )
    lit = picture * scene_light.illumination(rng, height, width, 0.25)[..., None]
    image = sensor.expose(
        lit.astype(np.float32), sensor.balance_gains(rng, 0.05, float(rng.uniform(0.9, 1.1))), 1.0
    )
    image = sensor.defocus(image, float(rng.uniform(0.3, 1.0)))
    image = sensor.noise(image, rng, float(rng.uniform(1.5, 4)))
    return sensor.jpeg(image, int(rng.integers(82, 95)))


def evaluation_frame(
    seed: int,
    index: int,
    *,
    difficulty: str,
    fonts: Split = "all",
    size: tuple[int, int] | None = None,
) -> Frame:
    """Give frame `index` of a run: front at even numbers and back at odd ones.

    Models follow each other, two frames of one citizen each. `difficulty` may be "mixed".
    """
    citizen = index // 2
    rng = np.random.default_rng([seed, 0, citizen])
    person = invent_person(rng, model=MODELS[citizen % len(MODELS)])
    style = invent_style(rng, person.model, fonts=fonts)
    rng = np.random.default_rng([seed, 1, index])
    card = render_card(person, ("front", "back")[index % 2], person.model, rng, style=style)
    level = str(rng.choice(sorted(LEVELS))) if difficulty == "mixed" else difficulty
    chosen = SIZES[int(rng.integers(len(SIZES)))] if size is None else size
    shot = photograph(card.image, card.mask, rng, difficulty=level, size=chosen)
    return Frame(shot, card)


def negative_frame(seed: int, index: int, *, difficulty: str) -> Image:
    """Give a frame without a credential: another card, a paper, or only the table."""
    rng = np.random.default_rng([seed, 2, index])
    level = str(rng.choice(sorted(LEVELS))) if difficulty == "mixed" else difficulty
    height, width = SIZES[int(rng.integers(len(SIZES)))]
    if rng.random() < 0.2:
        image = background(rng, height, width)
        return sensor.jpeg(sensor.noise(image, rng, 3.0), 90)
    picture, mask = render_negative(rng)
    return photograph(picture, mask, rng, difficulty=level, size=(height, width)).image


def write_frames(
    out: Path,
    *,
    count: int,
    seed: int,
    difficulty: str,
    negatives: int = 0,
    fonts: Split = "all",
    size: tuple[int, int] | None = None,
) -> Iterator[dict[str, Any]]:
    """Write frames and their truth into `out`; give the truth of each once it is on disk."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for index in range(count):
            frame = evaluation_frame(seed, index, difficulty=difficulty, fonts=fonts, size=size)
            name = f"{index:05d}_{frame.card.model}_{frame.card.side}.jpg"
            truth = frame.truth(name) | {"citizen": index // 2}
            save_jpeg(out / name, frame.image)
            lines.write(json.dumps(truth, ensure_ascii=False) + "\n")
            yield truth
        for index in range(negatives):
            name = f"{index:05d}_none.jpg"
            save_jpeg(out / name, negative_frame(seed, index, difficulty=difficulty))
            truth = {"frame": name, "found": False, "difficulty": difficulty}
            lines.write(json.dumps(truth) + "\n")
            yield truth


def save_jpeg(path: Path, image: Image, quality: int = 95) -> None:
    """Write an RGB image.

    Raises:
        OSError: The file could not be written.
    """
    packed = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    path.write_bytes(packed.tobytes())


def main(arguments: list[str] | None = None) -> int:
    """Write frames as the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m training.frames", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=28, help="frames with a credential")
    parser.add_argument("--negatives", type=int, default=0, help="further frames without one")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--difficulty", choices=[*LEVELS, "mixed"], default="medium")
    parser.add_argument("--fonts", choices=["train", "held", "all"], default="all")
    parser.add_argument("--size", help="WIDTHxHEIGHT; several sizes without it")
    options = parser.parse_args(arguments)
    size = None
    if options.size:
        width, _, height = options.size.partition("x")
        size = (int(height), int(width))
    try:
        written = sum(
            1
            for _ in write_frames(
                options.out,
                count=options.count,
                seed=options.seed,
                difficulty=options.difficulty,
                negatives=options.negatives,
                fonts=options.fonts,
                size=size,
            )
        )
    except FontsMissingError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{written} frames in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
