"""A simulated camera: one call photographs a card in a scene, another spoils a crop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.backgrounds import background
from training.camera import light, sensor
from training.camera.difficulty import LEVELS, Difficulty
from training.camera.geometry import distort, draw_pose, homography_of
from training.camera.occlusion import hold
from training.camera.presentation import Laid, Presentation, Shown, Text, lay_shown, present
from training.clutter import clutter

__all__ = ["LEVELS", "Photograph", "degrade", "photograph"]

Image = NDArray[np.uint8]
HIDDEN_STEP = 6


@dataclass(frozen=True)
class Photograph:
    """One frame: `corners` are TL, TR, BR, BL of the card's own orientation in frame pixels.

    `homography` takes card pixels to frame pixels; it is exact at the corners and, where the lens
    bends, off by at most a few pixels between them. `conditions` says what was simulated.
    `hidden` is 255 where fingers or the frame's border keep the card from being seen, in card
    pixels divided by `HIDDEN_STEP`.
    """

    image: Image
    corners: NDArray[np.float64]
    homography: NDArray[np.float64]
    conditions: dict[str, Any]
    hidden: Image

    def hides(self, box: tuple[int, int, int, int], share: float = 0.08) -> bool:
        """Tell whether more than `share` of a box in card pixels is covered or out of frame."""
        x0, y0, x1, y1 = (v // HIDDEN_STEP for v in box)
        window = self.hidden[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
        return bool(window.size and window.mean() > 255 * share)


def photograph(
    card_image: Image,
    mask: Image,
    rng: Generator,
    *,
    difficulty: str | Difficulty = "medium",
    size: tuple[int, int] = (960, 1280),
    presentation: Presentation = "original",
    scene: Image | None = None,
    texts: Sequence[Text] = (),
    shown: Shown | None = None,
    mosaic: bool = False,
) -> Photograph:
    """Photograph a card; `size` is (height, width) of the frame, `scene` replaces the background.

    `difficulty` is a level's name, or spans of one's own.
    `texts` are the card's words, which some presentations set again; `shown` replaces what
    `presentation` would make. With `mosaic` each pixel of the sensor sees one colour only.

    Raises:
        KeyError: No such difficulty.
    """
    level = difficulty if isinstance(difficulty, Difficulty) else LEVELS[difficulty]
    height, width = size
    if shown is None:
        shown = present(card_image, mask, presentation, rng, texts)
    frame = background(rng, height, width) if scene is None else scene.copy()
    pose = draw_pose(rng, level, (card_image.shape[0], card_image.shape[1]), size)
    corners = pose.corners
    if rng.random() < level.clutter:
        clutter(frame, rng)
    fingers = bool(rng.random() < level.finger)
    if fingers and rng.random() < 0.5:
        hold(frame, corners, rng, (0.1, 0.3))  # the fingers behind, which the card covers
    # A pattern that the lens will blur must not fold into moiré first.
    blur = None if shown.surface is None else _drawn_blur(level, rng, size)
    laid = lay_shown(shown, corners, size, blur or 0.0)
    flat, cover, homography = laid.flat, laid.cover, laid.homography
    _drop_shadow(frame, cover, rng)
    _compose(frame, flat, cover, rng)
    seen = np.full(size, 255, np.uint8)
    if fingers:
        seen -= hold(frame, corners, rng, level.finger_reach)
    conditions: dict[str, Any] = {
        "difficulty": difficulty if isinstance(difficulty, str) else "own",
        "presentation": presentation,
        "tilt_deg": pose.tilt_deg,
        "turn_deg": pose.turn_deg,
        "fill": pose.fill,
        "fingers": fingers,
    }
    hidden = _hidden(seen, homography, (card_image.shape[0], card_image.shape[1]))
    lit = _light(frame, laid, corners, level, rng, conditions)
    exposure = float(rng.uniform(*level.exposure))
    conditions["exposure"] = exposure
    image = sensor.expose(
        lit, sensor.balance_gains(rng, level.balance, exposure), float(rng.uniform(0.85, 1.2))
    )
    if mosaic:
        image = sensor.mosaic(image)
    bend = float(rng.uniform(-1, 1)) * level.distortion
    if abs(bend) > 0.003:
        image, corners = distort(image, corners, bend)
        homography = homography_of(corners, (card_image.shape[0], card_image.shape[1]))
    image = _sense(image, level, rng, conditions, blur)
    return Photograph(image, corners, homography, conditions, hidden)


def _drawn_blur(level: Difficulty, rng: Generator, size: tuple[int, int]) -> float:
    return float(rng.uniform(*level.defocus)) * size[1] / 1280


def _hidden(seen: Image, homography: NDArray[np.float64], card: tuple[int, int]) -> Image:
    shrink = np.diag([1 / HIDDEN_STEP, 1 / HIDDEN_STEP, 1.0])
    target = (card[1] // HIDDEN_STEP, card[0] // HIDDEN_STEP)
    return 255 - cv2.warpPerspective(seen, shrink @ np.linalg.inv(homography), target)  # type: ignore[return-value]


def _drop_shadow(frame: Image, cover: Image, rng: Generator) -> None:
    depth = float(rng.uniform(0.1, 0.55))
    shift = (int(rng.integers(-14, 15)), int(rng.integers(-4, 15)))
    spread = float(rng.uniform(3, 18))
    x, y, w, h = cv2.boundingRect(cover)
    reach = int(spread * 2) + 16
    x0, y0 = max(0, x - reach), max(0, y - reach)
    x1, y1 = min(frame.shape[1], x + w + reach), min(frame.shape[0], y + h + reach)
    if not w or not h:
        return
    window = frame[y0:y1, x0:x1]
    quarter = (max(2, (x1 - x0) // 4), max(2, (y1 - y0) // 4))
    small = cv2.resize(cover[y0:y1, x0:x1], quarter, interpolation=cv2.INTER_AREA)
    matrix = np.array([[1, 0, shift[0] / 4], [0, 1, shift[1] / 4]], np.float32)
    moved = cv2.warpAffine(small, matrix, quarter)
    soft = cv2.GaussianBlur(moved, (0, 0), spread / 4)
    factor = (255 - cv2.resize(soft, (x1 - x0, y1 - y0)) * depth).astype(np.uint8)
    window[:] = cv2.multiply(window, cv2.merge([factor] * 3), scale=1 / 255)


def _compose(frame: Image, flat: Image, cover: Image, rng: Generator) -> None:
    x, y, w, h = cv2.boundingRect(cover)
    if not w or not h:
        return
    alpha = cover[y : y + h, x : x + w]
    # The cut side of the plastic shows as a thin bright or dark rim.
    rim = cv2.subtract(alpha, cv2.erode(alpha, np.ones((3, 3), np.uint8)))
    window = frame[y : y + h, x : x + w]
    card = flat[y : y + h, x : x + w].astype(np.float32)
    tone = float(rng.uniform(60, 250))
    card += (rim.astype(np.float32) * (rng.uniform(0.1, 0.6) / 255))[..., None] * (tone - card)
    share = (alpha.astype(np.float32) / 255)[..., None]
    window[:] = (window + share * (card - window)).astype(np.uint8)


def _light(
    frame: Image,
    laid: Laid,
    corners: NDArray[np.float64],
    level: Difficulty,
    rng: Generator,
    conditions: dict[str, Any],
) -> NDArray[np.float32]:
    height, width = frame.shape[:2]
    cover = laid.cover
    factor = light.illumination(rng, height, width, float(rng.uniform(*level.unevenness)))
    low, high = corners.min(axis=0), corners.max(axis=0)
    conditions["shadow"] = bool(rng.random() < level.shadow)
    if conditions["shadow"]:
        factor = factor * light.shadow(rng, height, width, rng.uniform(low, high))
    if laid.glow is not None:  # what shines by itself needs no lamp, and knows no shadow
        factor = factor + laid.glow * (1 - factor)
    lit = frame.astype(np.float32)
    lit *= factor[..., None]
    conditions["glare"] = 0.0
    if rng.random() < level.glare:
        strength = float(rng.uniform(*level.glare_strength))
        conditions["glare"] = strength
        added = light.glare(rng, height, width, rng.uniform(low, high))
        # Plastic mirrors; the table around it hardly does.
        mirror = cover if laid.gloss is None else cover * laid.gloss
        added *= (0.25 + 0.75 / 255 * mirror) * strength
        lit += added[..., None] * (np.maximum(255 - lit, 0) * 0.9 + 25)
    return lit


def _sense(
    image: Image,
    level: Difficulty,
    rng: Generator,
    conditions: dict[str, Any],
    blur: float | None,
) -> Image:
    scale = image.shape[1] / 1280
    size = (image.shape[0], image.shape[1])
    conditions["defocus_px"] = _drawn_blur(level, rng, size) if blur is None else blur
    image = sensor.defocus(image, conditions["defocus_px"])
    conditions["motion_px"] = 0.0
    if rng.random() < level.motion_share:
        conditions["motion_px"] = float(rng.uniform(*level.motion)) * scale
        image = sensor.motion(image, conditions["motion_px"], float(rng.uniform(0, np.pi)))
    conditions["noise"] = float(rng.uniform(*level.noise))
    image = sensor.noise(image, rng, conditions["noise"])
    conditions["jpeg"] = int(rng.uniform(*level.jpeg))
    return sensor.jpeg(image, conditions["jpeg"])


def degrade(image: Image, rng: Generator, strength: float) -> Image:
    """Spoil a crop of any size, RGB or grey, without moving it; `strength` 0…1.

    Blur scales with the height of the crop, taken as one line of text or a card of 810 pixels.
    """
    grey = image.ndim == 2
    picture: Image = np.repeat(image[..., None], 3, axis=2) if grey else image.copy()
    height, width = picture.shape[:2]
    unit = min(1.6, max(0.7, height / 40))
    picture = sensor.defocus(picture, float(rng.uniform(0, 1.25) * strength * unit))
    if rng.random() < 0.3 * strength + 0.05:
        length = float(rng.uniform(0, 4.5) * strength * unit)
        picture = sensor.motion(picture, length, float(rng.uniform(0, np.pi)))
    factor = light.illumination(rng, height, width, float(rng.uniform(0, 0.5)) * strength)
    if rng.random() < 0.3 * strength:
        factor = factor * light.shadow(rng, height, width, rng.uniform((0, 0), (width, height)))
    lit: NDArray[np.float32] = picture.astype(np.float32) * factor[..., None]
    if rng.random() < 0.3 * strength:
        added = light.glare(rng, height, width, rng.uniform((0, 0), (width, height)))
        lit += (255 - lit).clip(0) * added[..., None] * float(rng.uniform(0.1, 0.75)) * strength
    contrast = 1 - float(rng.uniform(0, 0.45)) * strength
    lit = ((lit - 128) * contrast + 128 + float(rng.normal(0, 16)) * strength).clip(0)
    gains = sensor.balance_gains(
        rng, 0.1 * strength, 1 + float(rng.uniform(-0.35, 0.25)) * strength
    )
    picture = sensor.expose(lit, gains, float(rng.uniform(0.85, 1.2)))
    picture = sensor.noise(picture, rng, float(rng.uniform(0.5, 1 + 10 * strength)))
    if rng.random() < 0.8:
        picture = sensor.jpeg(picture, int(rng.uniform(92 - 45 * strength, 97)))
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if grey else picture  # type: ignore[return-value]
