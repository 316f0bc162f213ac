"""Photographs of invented people as a station's camera takes them: good ones, and each way to fail.

Every kind but `good` and `bystander` has one fault, so that whoever judges photographs can be asked
for it by name.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.backgrounds import background, dull_colour, room
from training.camera.sensor import defocus, noise
from training.render import coverings
from training.render.portrait import Face, Pen, draw_portrait, invent_face

Image = NDArray[np.uint8]
Over = Callable[[Pen, Face], None]
Kind = Literal[
    "good",
    "empty_room",
    "two_people",
    "bystander",
    "far",
    "cut",
    "turned",
    "leaning",
    "sunglasses",
    "closed_eyes",
    "hair_over_eyes",
    "mask",
    "blurred",
    "dark",
    "bright",
    "side_light",
    "screen",
    "print",
    "grey_print",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

_WORN: dict[Kind, Over] = {
    "sunglasses": coverings.sunglasses,
    "closed_eyes": coverings.closed_eyes,
    "hair_over_eyes": coverings.fringe,
    "mask": coverings.face_mask,
}


def live_photo(
    kind: Kind, face: Face, rng: Generator, *, size: tuple[int, int] = (960, 1280)
) -> Image:
    """Photograph a person; `size` is (height, width) of the picture."""
    image = background(rng, *size)
    match kind:
        case "empty_room":
            pass
        case "two_people":
            _stand(image, _stranger(rng), rng, scale=rng.uniform(0.75, 0.85), x=0.76)
            _stand(image, face, rng, scale=rng.uniform(0.8, 0.9), x=0.3)
        case "bystander":
            _stand(image, _stranger(rng), rng, scale=rng.uniform(0.25, 0.36), x=0.86, y=0.3)
            _stand(image, face, rng, x=0.45)
        case "far":
            _stand(image, face, rng, scale=rng.uniform(0.24, 0.34))
        case "cut":
            side = float(rng.choice([0.1, 0.9]))
            _stand(image, face, rng, x=side)
        case "screen":
            image = _held_up(_screen(face, rng), rng, size)
        case "print" | "grey_print":
            image = _held_up(_paper(face, rng, grey=kind == "grey_print"), rng, size)
        case "turned":
            degrees = float(rng.choice([-1, 1]) * rng.uniform(42, 58))
            _stand(image, face, rng, over=partial(coverings.turn_head, degrees=degrees))
        case _:
            _stand(image, face, rng, over=_WORN.get(kind))
            image = _spoilt(image, kind, rng)
    return noise(image, rng, float(rng.uniform(1, 3)))


def _stranger(rng: Generator) -> Face:
    return invent_face(int(rng.integers(1 << 30)), "X", float(rng.uniform(18, 80)))


def _stand(
    image: Image,
    face: Face,
    rng: Generator,
    *,
    scale: float = 1.0,
    x: float = 0.5,
    y: float = 0.45,
    over: Over | None = None,
) -> None:
    """Put a person before the camera, the head at a share of the picture's width and height."""
    height, width = image.shape[:2]
    tall, wide = int(scale * height), int(scale * height * 4 / 3)
    top, left = int(y * height - 0.45 * tall), int(x * width - 0.5 * wide)
    pad = wide
    room_around = cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REFLECT)
    part = room_around[pad + top : pad + top + tall, pad + left : pad + left + wide]
    drawn, cover = draw_portrait(
        face, rng, tall, wide, ground=np.asarray(part, np.uint8), live=True, over=over
    )
    part[:] = drawn
    # One who stands farther away shows more of the body: it goes on as it ends.
    body = np.flatnonzero(cover[-1] > 0.5) + pad + left
    room_around[pad + top + tall :, body] = room_around[pad + top + tall - 1, body]
    image[:] = room_around[pad : pad + height, pad : pad + width]


def _spoilt(image: Image, kind: Kind, rng: Generator) -> Image:
    height, width = image.shape[:2]
    match kind:
        case "blurred":
            return defocus(image, float(rng.uniform(8, 11)) * width / 1280)
        case "dark":
            return _lit(image, rng.uniform(0.1, 0.17))
        case "bright":
            return _lit(image, rng.uniform(3.2, 4.2))
        case "side_light":
            across = (np.arange(width, dtype=np.float32) / width - 0.5) * rng.choice([-1, 1])
            fall = 0.16 + 0.95 / (1 + np.exp(-across * 40))
            return _lit(image, fall[None, :, None])
        case "leaning":
            angle = float(rng.choice([-1, 1]) * rng.uniform(30, 40))
            turn = cv2.getRotationMatrix2D((width / 2, height * 0.45), angle, 1.0)
            turned = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
            return np.asarray(turned, np.uint8)
    return image


def _lit(image: Image, factor: float | NDArray[np.float32]) -> Image:
    return np.clip(image.astype(np.float32) * factor, 0, 255).astype(np.uint8)


def _portrait(face: Face, rng: Generator, height: int, width: int) -> Image:
    ground = background(rng, height, width)
    image, _ = draw_portrait(face, rng, height, width, ground=ground, live=True)
    return image


def _screen(face: Face, rng: Generator) -> Image:
    """Show a face on a telephone: dark rim, and pixels that beat against those of the camera."""
    height, width = 720, 520
    pitch = float(rng.uniform(2.5, 5.0))
    columns = np.arange(width, dtype=np.float32)[None, :, None] / pitch
    rows = np.arange(height, dtype=np.float32)[:, None, None] / pitch
    thirds = np.array([0, 1 / 3, 2 / 3], np.float32)
    raster = (0.8 + 0.35 * np.sin(2 * np.pi * (columns + thirds))) * (
        0.92 + 0.12 * np.sin(2 * np.pi * rows)
    )
    tint = np.array([0.95, 1.0, 1.1], np.float32)
    shown = _lit(_portrait(face, rng, height, width), raster * tint)
    rim = int(rng.uniform(14, 34))
    dark = tuple(int(value) for value in rng.uniform(6, 40, 3))
    return np.asarray(
        cv2.copyMakeBorder(shown, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=dark), np.uint8
    )


def _paper(face: Face, rng: Generator, *, grey: bool) -> Image:
    """Print a face with a white border."""
    picture = _portrait(face, rng, 700, 540)
    if grey:
        tone = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        picture = np.repeat(np.asarray(tone, np.uint8)[..., None], 3, axis=2)
    rim = int(rng.uniform(24, 60))
    white = tuple(int(value) for value in rng.uniform(222, 248) - np.array([0, 2, 8]))
    return np.asarray(
        cv2.copyMakeBorder(picture, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=white), np.uint8
    )


def _held_up(flat: Image, rng: Generator, size: tuple[int, int]) -> Image:
    """Hold something flat before the camera, a little askew, with fingers at its lower edge."""
    height, width = size
    image = room(rng, height, width)
    tall = height * rng.uniform(0.78, 0.92)
    wide = tall * flat.shape[1] / flat.shape[0]
    centre = np.array([width * rng.uniform(0.44, 0.56), height * 0.5])
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (wide / 2, tall / 2)
    corners = (centre + half + rng.normal(0, 0.012, (4, 2)) * height).astype(np.float32)
    rows, columns = flat.shape[:2]
    whole = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    lay = cv2.getPerspectiveTransform(whole, corners)
    cover = cv2.warpPerspective(np.full((rows, columns), 255, np.uint8), lay, (width, height))
    laid = cv2.warpPerspective(flat, lay, (width, height), flags=cv2.INTER_LINEAR)
    share = (cover.astype(np.float32) / 255)[..., None]
    image[:] = (image + share * (laid.astype(np.float32) - image)).astype(np.uint8)
    skin = tuple(int(value) for value in dull_colour(rng, 110, 200) * (1.0, 0.78, 0.62))
    for along in (0.3, 0.42):
        x, y = corners[3] + (corners[2] - corners[3]) * along
        axes = (int(0.022 * height), int(0.05 * height))
        cv2.ellipse(image, (int(x), int(y)), axes, 0, 0, 360, skin, -1, cv2.LINE_AA)
    return image
