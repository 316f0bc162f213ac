"""The three levels of difficulty as one table of numbers.

Calibrated so that a known recogniser, given the true corners, reaches the exactness published for
another independent set: see docs/evaluation-data.md.
"""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[float, float]


@dataclass(frozen=True)
class Tier:
    """What the scene and the camera may do; spans are drawn evenly."""

    share: Span
    """Size of the card as a share of what the frame has room for."""
    px_per_mm: float
    """Fewest pixels on a millimetre of the card; more on frames wider than 1600."""
    tilt_deg: float
    roll_deg: float
    """Around one of the four upright orientations."""
    free_roll: float
    """Probability of any roll at all."""
    cut: float
    """Probability that the card leaves the frame a little."""
    lens_bend: float
    defocus_px: Span
    """Blur of the middle of the card, on a frame 1280 wide."""
    depth_blur: float
    """How much of the blur comes with distance from the plane in focus."""
    motion_px: Span
    waviness: float
    """Slope of the laminate's waves, in radians."""
    glare: float
    """Probability that a lamp or a window mirrors in the card."""
    glare_light: Span
    """Radiance of what mirrors, white paper being 1."""
    shadow: float
    shadow_depth: Span
    fingers: float
    uneven: Span
    """Share of the light that comes from one near lamp."""
    exposure: Span
    brightest: float
    """Level of the card's paper that no exposure exceeds; the sensor clips at 1."""
    balance_error: float
    electrons: Span
    """Full well at this gain: fewer electrons, more noise."""
    denoise: Span
    sharpen: Span
    jpeg: tuple[int, int]
    wear: Span
    held: float
    """Probability that a hand holds the card before a far background."""


TIERS: dict[str, Tier] = {
    "easy": Tier(
        share=(0.66, 0.94),
        px_per_mm=8.5,
        tilt_deg=9,
        roll_deg=7,
        free_roll=0.0,
        cut=0.0,
        lens_bend=0.015,
        defocus_px=(0.3, 0.65),
        depth_blur=0.2,
        motion_px=(0.0, 0.8),
        waviness=0.004,
        glare=0.1,
        glare_light=(0.5, 3.0),
        shadow=0.1,
        shadow_depth=(0.1, 0.3),
        fingers=0.1,
        uneven=(0.0, 0.35),
        exposure=(0.8, 1.05),
        brightest=0.9,
        balance_error=0.05,
        electrons=(5000, 14000),
        denoise=(0.0, 0.3),
        sharpen=(0.2, 0.8),
        jpeg=(84, 95),
        wear=(0.0, 0.2),
        held=0.15,
    ),
    "medium": Tier(
        share=(0.58, 0.9),
        px_per_mm=7.5,
        tilt_deg=18,
        roll_deg=20,
        free_roll=0.2,
        cut=0.0,
        lens_bend=0.03,
        defocus_px=(0.35, 0.8),
        depth_blur=0.35,
        motion_px=(0.0, 1.3),
        waviness=0.008,
        glare=0.35,
        glare_light=(1.0, 7.0),
        shadow=0.35,
        shadow_depth=(0.15, 0.5),
        fingers=0.35,
        uneven=(0.1, 0.6),
        exposure=(0.6, 1.15),
        brightest=1.05,
        balance_error=0.12,
        electrons=(1800, 7000),
        denoise=(0.0, 0.6),
        sharpen=(0.1, 1.1),
        jpeg=(72, 92),
        wear=(0.1, 0.6),
        held=0.35,
    ),
    "hard": Tier(
        share=(0.52, 0.88),
        px_per_mm=7.2,
        tilt_deg=28,
        roll_deg=45,
        free_roll=0.5,
        cut=0.12,
        lens_bend=0.05,
        defocus_px=(0.35, 0.85),
        depth_blur=0.4,
        motion_px=(0.0, 1.6),
        waviness=0.012,
        glare=0.6,
        glare_light=(1.5, 14.0),
        shadow=0.55,
        shadow_depth=(0.25, 0.7),
        fingers=0.5,
        uneven=(0.2, 0.8),
        exposure=(0.42, 1.35),
        brightest=1.12,
        balance_error=0.2,
        electrons=(900, 3600),
        denoise=(0.2, 0.9),
        sharpen=(0.0, 1.4),
        jpeg=(58, 86),
        wear=(0.3, 1.0),
        held=0.45,
    ),
}
