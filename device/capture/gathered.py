"""What both sides said, brought together, and written as the record wants it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from device.capture.live_photo import FacePhoto
from device.capture.session import Reviewing, Shot
from device.capture.signature import Signature, Unsigned
from device.capture.witnesses import sides_differ
from device.inference.model_of_card import of_both
from device.inference.reading import Reading
from domain.credential.checks import cross_checks
from domain.credential.text import fold
from wire.record import IDENTIFIERS, Attack, Capture, Field, Images, Source, as_values

_MOST_BARCODES = 16


def shown_value(value: str | tuple[str, ...]) -> str:
    """Return a field's value as one text, the domicilio by lines."""
    return value if isinstance(value, str) else "\n".join(value)


def to_capture(
    case: Reviewing,
    *,
    captured_ms: int,
    visit_ms: int,
    versions: Mapping[str, str],
    today: date,
    code: str = "",
) -> Capture:
    """Return the record of a visit, without the packet around it.

    Args:
        case: The visit at its last step.
        captured_ms: The station's clock, milliseconds since 1970.
        visit_ms: How long the visit took.
        versions: Programs and models that took part.
        today: The day against which the vigencia is held.
        code: The citizen's code, which their slip shows.
    """
    front, back = case.front.reading, case.back.reading
    mrz = back.mrz or front.mrz or ()
    found = checks(case.fields, mrz, today=today)
    model = of_both(front.model, back.model)
    qualities = _qualities(front, "front") | _qualities(back, "back")
    if case.face is not None:
        qualities |= {f"face.{name}": value for name, value in case.face.qualities.items()}
    if isinstance(case.signature, Signature):
        qualities["signature.ink"] = case.signature.ink
    return Capture(
        model=model.value if model is not None else "new",
        fields=dict(case.fields),
        consent=case.consent,
        captured_ms=captured_ms,
        mrz=tuple(mrz),
        barcodes=_barcodes(case),
        edits=case.edits,
        checks=found,
        attacks=tuple(_attacks(front, "front") + _attacks(back, "back") + _face_copy(case.face)),
        qualities=qualities,
        timings_ms={
            **{f"front.{stage}": round(ms) for stage, ms in front.ms.items()},
            **{f"back.{stage}": round(ms) for stage, ms in back.ms.items()},
            "visit": visit_ms,
        },
        versions=dict(versions),
        flags=_flags(case, found),
        code=code,
    )


def to_images(case: Reviewing) -> Images:
    """Return the pictures of a visit."""
    return Images(
        front=case.front.photo,
        back=case.back.photo,
        face=case.face.jpeg if case.face is not None else None,
        signature=case.signature.png if isinstance(case.signature, Signature) else None,
    )


def checks(fields: Mapping[str, Field], mrz: tuple[str, ...], *, today: date) -> tuple[str, ...]:
    """Return the codes of what disagrees in the fields as they will be sealed."""
    return cross_checks(as_values(fields), list(mrz) or None, today=today)


def _barcodes(case: Reviewing) -> tuple[dict[str, str], ...]:
    scanned = [code.to_json() for code in case.scans]
    seen = [code.to_json() for shot in (case.front, case.back) for code in shot.reading.barcodes]
    return tuple((scanned + seen)[:_MOST_BARCODES])


def _qualities(reading: Reading, side: str) -> dict[str, float]:
    if reading.quality is None:
        return {}
    return {
        f"{side}.{name}": float(value)
        for name, value in reading.quality.to_json().items()
        if isinstance(value, bool | int | float)
    }


def _attacks(reading: Reading, image: str) -> list[Attack]:
    attack = reading.attack
    if attack is None:
        return []
    score = min(max(float(attack.score), 0.0), 1.0)
    return [Attack(image, attack.kind or "none", score, attack.detected)]


def _face_copy(face: FacePhoto | None) -> list[Attack]:
    """Return how much the live photo looks like a photo of a photo, where that was looked at."""
    if face is None or face.copy is None:
        return []
    return [Attack("face", "screen", face.copy, "face.screen" in face.codes)]


def _flags(case: Reviewing, found: tuple[str, ...]) -> tuple[str, ...]:
    flags = [f"front.{reason}" for reason in case.front.reasons]
    flags += [f"back.{reason}" for reason in case.back.reasons]
    flags += _fallback(case.front, "front") + _fallback(case.back, "back")
    if case.front.reading.model is None and case.back.reading.model is None:
        flags.append("model.unknown")
    if not any(name in case.fields for name in IDENTIFIERS):
        flags.append("identifiers.missing")
    flags += case.warned
    flags += _edited(case)
    if sides_differ(found):
        flags.append("sides.differ")
    if case.face is None:
        flags.append("face.none")
    else:
        flags += case.face.codes
        flags += [] if case.face.is_good else ["face.kept_unaccepted"]
    if isinstance(case.signature, Unsigned):
        flags += ["signature.cannot_sign", f"signature.{case.signature.reason}"]
    codes = {fold(flag).lower().replace("-", "_").replace(" ", "_")[:64] for flag in flags}
    return tuple(sorted(codes))[:32]


def _edited(case: Reviewing) -> list[str]:
    """Return whether something was typed, and whether another reading was chosen."""
    after = [case.fields.get(edit.name) for edit in case.edits]
    typed = any(field is None or field.source is Source.TYPED for field in after)
    chosen = any(field is not None and field.source is not Source.TYPED for field in after)
    return ["fields.typed"] * typed + ["fields.chosen"] * chosen


def _fallback(shot: Shot, side: str) -> list[str]:
    return [] if shot.is_accepted else [f"{side}.kept_unaccepted"]
