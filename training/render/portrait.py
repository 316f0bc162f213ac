"""Procedural portraits: a face is a handful of numbers drawn from its seed, and nobody's likeness.

The same seed always gives the same features, so that the photo of the card, its ghost, and the
live photo show one invented person in different light, pose and clothes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.render.canvas import Colour, Image

SKINS: tuple[Colour, ...] = (
    (241, 206, 179),
    (229, 187, 152),
    (214, 166, 128),
    (198, 147, 108),
    (178, 126, 90),
    (156, 106, 74),
    (132, 88, 60),
    (108, 70, 48),
)
HAIRS: tuple[Colour, ...] = (
    (24, 20, 19),
    (34, 26, 23),
    (46, 33, 27),
    (66, 44, 30),
    (92, 62, 38),
    (128, 92, 56),
)
GREY_HAIR: Colour = (150, 148, 146)


@dataclass(frozen=True)
class Face:
    """Features of one invented face; lengths are in units of half the face's height."""

    skin: Colour
    hair: Colour
    hair_style: int
    width: float
    jaw: float
    eye_gap: float
    eye_size: float
    eye_height: float
    brow: float
    brow_tilt: float
    nose: float
    nose_width: float
    mouth: float
    lip: float
    beard: float
    moustache: float
    glasses: bool
    age: float
    freckles: bool
    iris: Colour


def invent_face(seed: int, sex: str, age_years: float) -> Face:
    """Give the features that belong to a seed."""
    rng = np.random.default_rng(seed)
    man = sex == "H" or (sex == "X" and rng.random() < 0.5)
    hair = np.array(HAIRS[int(rng.integers(len(HAIRS)))], float)
    grey = float(np.clip((age_years - 42) / 30 + rng.normal(0, 0.2), 0, 1))
    hair = hair * (1 - grey) + np.array(GREY_HAIR, float) * grey
    base = np.array(SKINS[int(rng.integers(len(SKINS)))], float) + rng.normal(0, 6, 3)
    styles = [0, 1, 1, 2, 2, 6] if man else [3, 3, 4, 4, 5, 2, 7]
    return Face(
        skin=_colour(base),
        hair=_colour(hair),
        hair_style=int(rng.choice(styles)),
        width=float(rng.uniform(0.68, 0.82)),
        jaw=float(rng.uniform(0.52, 0.8) + (0.06 if man else -0.04)),
        eye_gap=float(rng.uniform(0.27, 0.34)),
        eye_size=float(rng.uniform(0.095, 0.13)),
        eye_height=float(rng.uniform(-0.08, 0.02)),
        brow=float(rng.uniform(0.025, 0.055) * (1.3 if man else 0.9)),
        brow_tilt=float(rng.normal(0, 0.02)),
        nose=float(rng.uniform(0.28, 0.4)),
        nose_width=float(rng.uniform(0.11, 0.18)),
        mouth=float(rng.uniform(0.2, 0.29)),
        lip=float(rng.uniform(0.035, 0.07)),
        beard=float(rng.uniform(0.2, 0.8)) if man and rng.random() < 0.3 else 0.0,
        moustache=float(rng.uniform(0.3, 0.9)) if man and rng.random() < 0.4 else 0.0,
        glasses=bool(rng.random() < 0.06 + 0.1 * (age_years > 50)),
        age=float(np.clip((age_years - 25) / 50, 0, 1)),
        freckles=bool(rng.random() < 0.12),
        iris=_colour(np.array([70, 45, 30]) + rng.normal(0, 14, 3)),
    )


def _colour(values: NDArray[np.floating]) -> Colour:
    red, green, blue = np.clip(values, 4, 252)
    return int(red), int(green), int(blue)


def _shade(colour: Colour, factor: float) -> Colour:
    return _colour(np.array(colour, float) * factor)


@dataclass
class Pen:
    """Draws in face units: x to the right, y down, the face's centre at 0, 0."""

    image: Image
    mask: Image
    cx: float
    cy: float
    unit: float
    turn: float

    def at(self, x: float, y: float) -> tuple[int, int]:
        c, s = np.cos(self.turn), np.sin(self.turn)
        px = self.cx + self.unit * (x * c - y * s)
        py = self.cy + self.unit * (x * s + y * c)
        return int(px * 16), int(py * 16)

    def blob(
        self,
        points: list[tuple[float, float]],
        colour: Colour,
        soft: float = 0.0,
        opacity: float = 1.0,
        *,
        body: bool = True,
    ) -> None:
        """Fill a smooth closed curve through the points."""
        dense = _smooth(points)
        outline = np.array([self.at(x, y) for x, y in dense], np.int32)
        if body:
            cv2.fillPoly(self.mask, [outline], 255, cv2.LINE_AA, 4)
        if not soft and opacity >= 1:
            cv2.fillPoly(self.image, [outline], colour, cv2.LINE_AA, 4)
            return
        sigma = soft * self.unit
        # A wide blur needs no fine grid: it is drawn at a quarter of the scale.
        step = 4 if sigma > 5 else 1
        pad = int(sigma * 3) + 2
        x0, y0 = np.maximum(outline.min(axis=0) // 16 - pad, 0)
        x1, y1 = outline.max(axis=0) // 16 + pad
        x1, y1 = min(x1, self.image.shape[1]), min(y1, self.image.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        cover = np.zeros((-(-(y1 - y0) // step), -(-(x1 - x0) // step)), np.uint8)
        local = (outline - np.array([x0, y0]) * 16) // step
        cv2.fillPoly(cover, [local.astype(np.int32)], 255, cv2.LINE_AA, 4)
        if soft:
            cover = cv2.GaussianBlur(cover, (0, 0), max(0.3, sigma / step))  # type: ignore[assignment]
        if step > 1:
            cover = cv2.resize(cover, (int(x1 - x0), int(y1 - y0)))  # type: ignore[assignment]
        window = self.image[y0:y1, x0:x1]
        alpha = cover[..., None].astype(np.float32) * (opacity / 255)
        window[:] = (window + alpha * (np.array(colour, np.float32) - window)).astype(np.uint8)

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        soft: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        points = [(x + rx * float(np.cos(t)), y + ry * float(np.sin(t))) for t in turns]
        self.blob(points, colour, soft, opacity, body=False)

    def line(
        self, points: list[tuple[float, float]], colour: Colour, width: float, opacity: float = 1.0
    ) -> None:
        path = np.array([self.at(x, y) for x, y in points], np.int32)
        thick = max(1, round(width * self.unit))
        if opacity >= 1:
            cv2.polylines(self.image, [path], False, colour, thick, cv2.LINE_AA, 4)
            return
        layer = self.image.copy()
        cv2.polylines(layer, [path], False, colour, thick, cv2.LINE_AA, 4)
        cv2.addWeighted(layer, opacity, self.image, 1 - opacity, 0, dst=self.image)


def _smooth(points: list[tuple[float, float]]) -> NDArray[np.floating]:
    corners = np.array(points, float)
    for _ in range(3):  # Chaikin's corner cutting
        following = np.roll(corners, -1, axis=0)
        corners = np.stack(
            [0.75 * corners + 0.25 * following, 0.25 * corners + 0.75 * following], axis=1
        ).reshape(-1, 2)
    return corners


def draw_portrait(
    face: Face,
    rng: Generator,
    height: int,
    width: int,
    *,
    ground: Colour | Image = (235, 235, 235),
    zoom: float = 1.0,
    live: bool = False,
    over: Callable[[Pen, Face], None] | None = None,
) -> tuple[Image, NDArray[np.float32]]:
    """Draw head and shoulders; return the picture and the person's coverage 0…1.

    `ground` is a plain colour or a picture of the same size. `live` asks for a freer pose, as in
    a photo taken at a station instead of a studio. `over` draws what is worn over the face.
    """
    image = np.empty((height, width, 3), np.uint8)
    image[:] = np.array(ground, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    loose = 2.2 if live else 1.0
    unit = 0.29 * min(height, width * 1.2) * zoom
    pen = Pen(
        image,
        mask,
        width * (0.5 + rng.normal(0, 0.012 * loose)),
        height * (0.45 + rng.normal(0, 0.012 * loose)),
        unit,
        float(rng.normal(0, 0.02 * loose)),
    )
    _hair_behind(pen, face)
    _shoulders(pen, face, rng)
    _head(pen, face, rng)
    _features(pen, face, rng)
    _hair_front(pen, face, rng)
    if face.glasses and (live or rng.random() < 0.4):
        _glasses(pen, face)
    if over is not None:
        over(pen, face)
    side = rng.uniform(-1, 1) * (0.22 if live else 0.1)
    ramp = np.linspace(1 - side, 1 + side, width, dtype=np.float32)[None, :, None]
    lit = np.where(mask[..., None] > 0, image * ramp, image)
    grain = rng.standard_normal((height // 2 + 1, width // 2 + 1, 1)).astype(np.float32) * 3
    rough = lit + cv2.resize(grain, (width, height))[..., None]
    soft = cv2.GaussianBlur(rough, (0, 0), max(0.4, unit / 180))
    return np.clip(soft, 0, 255).astype(np.uint8), (mask / 255).astype(np.float32)


def _outline(face: Face) -> list[tuple[float, float]]:
    w, j = face.width, face.jaw
    half = [
        (0.0, -1.02),
        (w * 0.55, -0.95),
        (w * 0.95, -0.6),
        (w * 1.02, -0.1),
        (w * 0.98, 0.3),
        (w * 0.6 + j * 0.32, 0.62),
        (j * 0.55, 0.92),
        (0.16, 1.06),
    ]
    return half + [(-x, y) for x, y in reversed(half) if x > 0]


def _hair_behind(pen: Pen, face: Face) -> None:
    if face.hair_style in (3, 4):
        drop = 1.75 if face.hair_style == 3 else 1.0
        w = face.width + 0.24
        pen.blob(
            [
                (0, -1.36),
                (w * 0.8, -1.14),
                (w * 1.02, -0.4),
                (w * 1.08, 0.5),
                (w * 0.98, drop),
                (w * 0.5, drop + 0.14),
                (-w * 0.5, drop + 0.14),
                (-w * 0.98, drop),
                (-w * 1.08, 0.5),
                (-w * 1.02, -0.4),
                (-w * 0.8, -1.14),
            ],
            _shade(face.hair, 0.78),
        )
    if face.hair_style == 5:
        pen.blob(
            [(-0.3, -1.62), (0.3, -1.62), (0.42, -1.3), (0.2, -1.1), (-0.2, -1.1), (-0.42, -1.3)],
            _shade(face.hair, 0.9),
        )


def _shoulders(pen: Pen, face: Face, rng: Generator) -> None:
    neck = face.jaw * 0.62
    cloth = _colour(rng.uniform(20, 235, 3) * rng.uniform(0.5, 1))
    wide = 1.75 + (0.15 if face.jaw > 0.7 else 0)
    pen.blob(
        [
            (-neck, 1.28),
            (neck, 1.28),
            (wide * 0.8, 1.62),
            (wide, 2.1),
            (wide, 3.2),
            (-wide, 3.2),
            (-wide, 2.1),
            (-wide * 0.8, 1.62),
        ],
        cloth,
    )
    neckline = 1.62 + float(rng.uniform(0, 0.2))
    pen.blob(
        [
            (-neck, 0.5),
            (neck, 0.5),
            (neck * 1.05, 1.4),
            (0.3, neckline),
            (-0.3, neckline),
            (-neck * 1.05, 1.4),
        ],
        _shade(face.skin, 0.88),
    )
    pen.blob(
        [(-neck * 0.9, 0.8), (neck * 0.9, 0.8), (neck * 0.8, 1.2), (-neck * 0.8, 1.2)],
        _shade(face.skin, 0.66),
        0.06,
        0.7,
        body=False,
    )
    if rng.random() < 0.5:
        pen.line([(-neck * 1.1, 1.38), (-0.12, 1.8)], _shade(cloth, 0.7), 0.06)
        pen.line([(neck * 1.1, 1.38), (0.12, 1.8)], _shade(cloth, 0.7), 0.06)


def _head(pen: Pen, face: Face, rng: Generator) -> None:
    for side in (-1, 1):
        x = side * face.width * 1.02
        pen.blob(
            [(x - 0.06, -0.12), (x + 0.09 * side + 0.02, -0.16), (x + 0.1 * side, 0.1), (x, 0.24)],
            _shade(face.skin, 0.9),
        )
    around = pen.image.copy()
    pen.blob(_outline(face), face.skin)
    for side in (-1, 1):
        pen.oval(side * face.width * 0.85, 0.15, 0.22, 0.7, _shade(face.skin, 0.78), 0.12, 0.55)
        pen.oval(side * face.width * 0.5, 0.28, 0.2, 0.16, _shade(face.skin, 1.08), 0.1, 0.5)
    pen.oval(0, -0.55, 0.4, 0.22, _shade(face.skin, 1.1), 0.14, 0.55)
    pen.oval(0, 0.86, face.jaw * 0.4, 0.12, _shade(face.skin, 1.06), 0.08, 0.5)
    if face.freckles:
        for _ in range(26):
            x, y = rng.normal(0, 0.3), 0.18 + rng.normal(0, 0.1)
            pen.oval(float(x), float(y), 0.012, 0.012, _shade(face.skin, 0.7), 0.0, 0.6)
    if face.beard:
        shadow = _shade(face.hair, 1.1)
        pen.blob(
            [
                (-face.width * 0.9, 0.3),
                (-0.34, 0.45),
                (0.34, 0.45),
                (face.width * 0.9, 0.3),
                (face.jaw * 0.7, 0.85),
                (0.2, 1.07),
                (-0.2, 1.07),
                (-face.jaw * 0.7, 0.85),
            ],
            shadow,
            0.06,
            face.beard * 0.8,
            body=False,
        )
    # Soft shades must not spill over the hair and the wall behind.
    inside = np.zeros(pen.mask.shape, np.uint8)
    edge = np.array([pen.at(x, y) for x, y in _smooth(_outline(face))], np.int32)
    cv2.fillPoly(inside, [edge], 255, cv2.LINE_AA, 4)
    cv2.copyTo(around, 255 - inside, pen.image)


def _features(pen: Pen, face: Face, rng: Generator) -> None:
    ey = face.eye_height - 0.08
    es = face.eye_size
    dark = _shade(face.skin, 0.55)
    for side in (-1, 1):
        x = side * face.eye_gap
        pen.oval(x, ey, es * 1.9, es * 1.25, _shade(face.skin, 0.82), 0.05, 0.65)
        pen.blob(
            [
                (x - es * 1.3, ey + 0.01),
                (x - es * 0.3, ey - es * 0.75),
                (x + es * 0.5, ey - es * 0.7),
                (x + es * 1.3, ey),
                (x + es * 0.3, ey + es * 0.6),
                (x - es * 0.5, ey + es * 0.55),
            ],
            (236, 231, 226),
            body=False,
        )
        pen.oval(x, ey - 0.005, es * 0.52, es * 0.55, face.iris)
        pen.oval(x, ey - 0.005, es * 0.26, es * 0.27, (12, 10, 10))
        pen.oval(x + es * 0.18, ey - es * 0.2, es * 0.1, es * 0.1, (250, 250, 250))
        pen.line(
            [
                (x - es * 1.25, ey),
                (x - es * 0.6, ey - es * 0.55),
                (x, ey - es * 0.72),
                (x + es * 0.7, ey - es * 0.5),
                (x + es * 1.25, ey),
            ],
            _shade(face.hair, 0.7),
            0.026,
        )
        if face.age > 0.3:
            pen.line(
                [(x - es, ey + es * 1.25), (x + es * 0.6, ey + es * 1.35)],
                dark,
                0.015,
                0.25 + 0.3 * face.age,
            )
        inner, outer = x - side * es * 1.2, x + side * es * 1.6
        lift = ey - es * 2.0
        pen.blob(
            [
                (inner, lift + 0.03 + face.brow_tilt),
                (x, lift - 0.03),
                (outer, lift + 0.04 - face.brow_tilt),
                (x, lift - 0.03 + face.brow * 1.6),
                (inner, lift + 0.03 + face.brow * 1.6),
            ],
            _shade(face.hair, 0.9),
            0.012,
            0.9,
            body=False,
        )
    tip = ey + face.nose + 0.1
    w = face.nose_width
    pen.line(
        [(-w * 0.45, ey + 0.02), (-w * 0.4, ey + face.nose * 0.5), (-w * 0.8, tip)],
        dark,
        0.03,
        0.28,
    )
    pen.oval(
        0.02, ey + face.nose * 0.55, w * 0.3, face.nose * 0.5, _shade(face.skin, 1.12), 0.04, 0.6
    )
    pen.oval(0, tip, w * 1.15, 0.07, _shade(face.skin, 0.86), 0.03, 0.7)
    for side in (-1, 1):
        pen.oval(side * w * 0.55, tip + 0.03, w * 0.24, 0.022, _shade(face.skin, 0.4), 0.008, 0.9)
    my = tip + 0.27
    m, lip = face.mouth, face.lip
    red = _colour(np.array(face.skin, float) * [0.86, 0.6, 0.58])
    smile = float(rng.normal(0.0, 0.012))
    pen.blob(
        [
            (-m, my - smile),
            (-m * 0.3, my - lip),
            (0, my - lip * 0.7),
            (m * 0.3, my - lip),
            (m, my - smile),
            (0, my + 0.01),
        ],
        _shade(red, 0.88),
        0.006,
        0.95,
        body=False,
    )
    pen.blob(
        [
            (-m * 0.9, my),
            (0, my + 0.005),
            (m * 0.9, my),
            (m * 0.4, my + lip * 1.3),
            (-m * 0.4, my + lip * 1.3),
        ],
        red,
        0.006,
        0.95,
        body=False,
    )
    pen.line([(-m, my - smile), (0, my + 0.008), (m, my - smile)], _shade(red, 0.5), 0.016)
    pen.oval(0, my + lip * 1.3 + 0.05, m * 0.5, 0.03, _shade(face.skin, 0.8), 0.03, 0.6)
    if face.age > 0.25:
        for side in (-1, 1):
            pen.line(
                [(side * w * 1.3, tip - 0.02), (side * m * 1.25, my + 0.02)],
                dark,
                0.02,
                0.15 + 0.35 * face.age,
            )
    if face.age > 0.6:
        for row in range(3):
            y = -0.62 + row * 0.1
            pen.line([(-0.3, y), (0, y - 0.02), (0.3, y)], dark, 0.014, 0.22)
    if face.moustache:
        pen.blob(
            [
                (-m * 1.1, my - 0.02),
                (-m * 0.5, tip + 0.09),
                (0, tip + 0.12),
                (m * 0.5, tip + 0.09),
                (m * 1.1, my - 0.02),
                (0, my - lip),
            ],
            _shade(face.hair, 0.95),
            0.02,
            face.moustache,
            body=False,
        )


def _hair_front(pen: Pen, face: Face, rng: Generator) -> None:
    style, w = face.hair_style, face.width
    hair = face.hair
    # Where the hairline runs belongs to the face, not to the picture.
    lean = 0.1 * np.sin(face.jaw * 50)
    if style == 6:  # bald on top
        for side in (-1, 1):
            pen.blob(
                [
                    (side * w * 1.04, -0.62),
                    (side * w * 1.1, -0.25),
                    (side * w * 1.04, 0.12),
                    (side * w * 0.94, -0.3),
                ],
                hair,
                0.03,
                0.9,
            )
        return
    if style in (0, 1, 2):  # cropped, short, full
        top = (-1.13, -1.24, -1.38)[style]
        side_y = (-0.32, -0.22, -0.05)[style]
        line = -0.66 - (0.05 if style == 0 else 0.0)
        pen.blob(
            [
                (-w * 1.04, side_y),
                (-w * 1.1, -0.7),
                (-w * 0.8, top * 0.92),
                (lean, top),
                (w * 0.8, top * 0.92),
                (w * 1.1, -0.7),
                (w * 1.04, side_y),
                (w * 0.95, -0.45),
                (w * 0.8, line - 0.02),
                (lean + 0.15, line - 0.14),
                (-w * 0.45, line),
                (-w * 0.8, line - 0.02),
                (-w * 0.95, -0.45),
            ],
            hair,
            0.012,
            0.97,
        )
        arc = [(-0.75, line - 0.1), (-0.35, line - 0.2), (0.1, line - 0.24), (0.6, line - 0.16)]
    elif style == 7:  # fringe
        pen.blob(
            [
                (-w * 1.12, 0.3),
                (-w * 1.16, -0.7),
                (0, -1.4),
                (w * 1.16, -0.7),
                (w * 1.12, 0.3),
                (w * 0.93, -0.2),
                (w * 0.6, -0.4),
                (lean, -0.36),
                (-w * 0.6, -0.4),
                (-w * 0.93, -0.2),
            ],
            hair,
        )
        arc = [(-0.6, -0.9), (-0.2, -1.04), (0.3, -1.02), (0.65, -0.85)]
    else:  # long, shoulder-length or tied back, parted
        part = 0.22 if face.eye_gap > 0.305 else -0.22
        low = {3: 0.95, 4: 0.6, 5: -0.25}[style]
        for side in (-1, 1):
            pen.blob(
                [
                    (part, -0.86),
                    (part - side * 0.04, -1.3),
                    (side * w * 0.62, -1.26),
                    (side * w * 1.14, -0.72),
                    (side * w * 1.2, low),
                    (side * w * 1.0, low - 0.2),
                    (side * w * 0.99, -0.1),
                    (side * w * 0.82, -0.58),
                ],
                hair,
            )
        arc = [(-0.62, -0.92), (-0.3, -1.08), (0.3, -1.1), (0.62, -0.92)]
    for _ in range(5):
        shift = rng.normal(0, 0.035, 2)
        pen.line(
            [(x * w / 0.75 + shift[0], y + shift[1]) for x, y in arc],
            _shade(hair, 1.35),
            0.016,
            0.22,
        )


def _glasses(pen: Pen, face: Face) -> None:
    y, r = face.eye_height - 0.07, face.eye_size * 1.9
    frame = (40, 36, 36)
    for side in (-1, 1):
        x = side * face.eye_gap
        turns = np.linspace(0, 2 * np.pi, 24)
        pen.line(
            [(x + r * float(np.cos(t)), y + r * 0.8 * float(np.sin(t))) for t in turns], frame, 0.03
        )
        pen.line([(side * (face.eye_gap + r), y), (side * face.width, y - 0.05)], frame, 0.028)
    pen.line([(-face.eye_gap + r, y), (face.eye_gap - r, y)], frame, 0.03)
