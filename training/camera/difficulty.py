"""The three levels of difficulty, as numbers in one table."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["easy", "medium", "hard"]
Span = tuple[float, float]


@dataclass(frozen=True)
class Difficulty:
    """Spans from which the conditions of one photograph are drawn.

    Angles in degrees, lengths as shares of the card's or frame's size (`finger_reach` is how far
    a fingertip reaches over the card, as a share of its width), `noise` in grey levels of
    255, probabilities 0…1. `upright` is the share of photographs within 15° of upright; the rest
    turn by any angle.
    """

    tilt: Span
    upright: float
    fill: Span
    cut: float
    defocus: Span
    motion: Span
    motion_share: float
    exposure: Span
    unevenness: Span
    glare: float
    glare_strength: Span
    shadow: float
    noise: Span
    balance: float
    jpeg: Span
    finger: float
    finger_reach: Span
    clutter: float
    distortion: float


# defocus and motion are in pixels of a frame 1280 pixels wide.
LEVELS: dict[str, Difficulty] = {
    "easy": Difficulty(
        tilt=(0, 8),
        upright=0.9,
        fill=(0.62, 0.9),
        cut=0.0,
        defocus=(0.0, 0.7),
        motion=(0, 1.5),
        motion_share=0.1,
        exposure=(0.88, 1.1),
        unevenness=(0.0, 0.15),
        glare=0.08,
        glare_strength=(0.1, 0.3),
        shadow=0.15,
        noise=(0.5, 3.0),
        balance=0.05,
        jpeg=(86, 97),
        finger=0.1,
        finger_reach=(0.0, 0.018),
        clutter=0.3,
        distortion=0.01,
    ),
    "medium": Difficulty(
        tilt=(0, 18),
        upright=0.75,
        fill=(0.5, 0.92),
        cut=0.02,
        defocus=(0.2, 1.15),
        motion=(0, 3.0),
        motion_share=0.2,
        exposure=(0.72, 1.22),
        unevenness=(0.05, 0.3),
        glare=0.25,
        glare_strength=(0.15, 0.6),
        shadow=0.35,
        noise=(1.5, 6.0),
        balance=0.1,
        jpeg=(74, 95),
        finger=0.3,
        finger_reach=(0.005, 0.04),
        clutter=0.55,
        distortion=0.02,
    ),
    "hard": Difficulty(
        tilt=(4, 30),
        upright=0.5,
        fill=(0.36, 1.02),
        cut=0.15,
        defocus=(0.5, 2.1),
        motion=(0, 6.0),
        motion_share=0.35,
        exposure=(0.5, 1.45),
        unevenness=(0.1, 0.5),
        glare=0.5,
        glare_strength=(0.25, 1.0),
        shadow=0.6,
        noise=(3.0, 12.0),
        balance=0.13,
        jpeg=(52, 90),
        finger=0.5,
        finger_reach=(0.01, 0.09),
        clutter=0.8,
        distortion=0.035,
    ),
}
