"""The rule of the live photo: what was measured in, codes of what could be better out.

Every code names what the person or the auxiliar can change. The limits are set on invented faces
and looked at on few others: docs/live-photo.md says how well they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from device.inference.face_quality import FaceQuality
from device.inference.faces import Face, turn_of

# Every code, the most urgent first: who is there, then light, then pose, then sharpness.
CODES: tuple[str, ...] = (
    "face.several",
    "face.empty",
    "face.dark",
    "face.absent",
    "face.cut",
    "face.small",
    "face.turned",
    "face.bright",
    "face.uneven",
    "face.eyes_hidden",
    "face.covered",
    "face.blurred",
    "face.screen",
    "face.not_checked",
)
# What informs and asks for no other photo.
INFORMS = frozenset({"face.not_checked"})


@dataclass(frozen=True, slots=True)
class FaceLimits:
    """Where the gate closes. Shares are 0…1; see `FaceQuality` for what is measured.

    `least_height` is the face's height (brows to chin) over the picture's; `least_eye_distance_px`
    holds for the photo, not the preview. A second face counts from `another` of the height of the
    first: bystanders are smaller. `head_above` and `head_beside` are what of the head must be in
    the picture around the face, in heights and widths of it.
    """

    least_height: float = 0.25
    least_eye_distance_px: float = 60.0
    another: float = 0.5
    head_above: float = 0.15
    head_beside: float = 0.05
    most_yaw: float = 20.0
    most_pitch: float = 30.0
    most_roll: float = 20.0
    least_sharpness: float = 0.2
    least_highlights: float = 50.0
    most_lightness: float = 228.0
    most_burnt: float = 0.15
    most_unevenness: float = 0.45
    least_eyes: float = 0.25
    # A cloth has another colour than the skin and shows no lips; a beard shows them.
    least_mouth: float = 0.3
    most_lower_colour: float = 16.0


DEFAULT_LIMITS = FaceLimits()


def in_order(codes: Sequence[str]) -> tuple[str, ...]:
    """Return codes with the most urgent first."""
    return tuple(sorted(set(codes), key=CODES.index))


def place_codes(
    faces: Sequence[Face], size: tuple[int, int], limits: FaceLimits = DEFAULT_LIMITS
) -> list[str]:
    """Return what is wrong with how many faces there are and where the first one is.

    `size` is (height, width) of the picture; the faces are the largest first, one at least.
    """
    height, width = size
    face = faces[0]
    x, y, face_width, face_height = face.box
    codes = []
    if any(other.box[3] >= limits.another * face_height for other in faces[1:]):
        codes.append("face.several")
    beside, above = limits.head_beside * face_width, limits.head_above * face_height
    if x < beside or x + face_width + beside > width or y < above or y + face_height > height:
        codes.append("face.cut")
    if face_height < limits.least_height * height:
        codes.append("face.small")
    assert face.mesh is not None  # the first face has one
    turn = turn_of(face.mesh)
    if (
        abs(turn.yaw) > limits.most_yaw
        or abs(turn.pitch) > limits.most_pitch
        or abs(turn.roll) > limits.most_roll
    ):
        codes.append("face.turned")
    return codes


def is_coarse(face: Face, limits: FaceLimits = DEFAULT_LIMITS) -> bool:
    """Say whether a photo has too few pixels of a face for anybody to compare it."""
    return face.eye_distance < limits.least_eye_distance_px


def quality_codes(quality: FaceQuality, limits: FaceLimits = DEFAULT_LIMITS) -> list[str]:
    """Return what is wrong with how the face can be seen."""
    is_burnt = quality.burnt > limits.most_burnt or quality.lightness > limits.most_lightness
    is_dark = quality.highlights < limits.least_highlights
    failed = {
        "face.dark": is_dark,
        "face.bright": is_burnt,
        "face.uneven": quality.unevenness > limits.most_unevenness,
        "face.eyes_hidden": quality.eyes < limits.least_eyes,
        "face.blurred": quality.sharpness < limits.least_sharpness,
        # Burnt skin has lost its colour, and the lips with it.
        "face.covered": not is_burnt
        and quality.mouth < limits.least_mouth
        and quality.lower_colour > limits.most_lower_colour,
    }
    return [code for code, is_failed in failed.items() if is_failed]
