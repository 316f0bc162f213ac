"""One visit as a union of named cases; each case carries what it has, and nothing it has not.

    consent → front → back → confirm → live_photo → signature → summary → sealed
    cancelled from anywhere, refused with the credential

A case is frozen; its methods return the next one. Frames and fields live in these values alone:
when a visit is cancelled or sealed nothing holds them any more, and a power cut loses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from device.capture.errors import TypingRefusedError
from device.capture.live_photo import FacePhoto
from device.capture.offers import merged_fields, offered_fields
from device.capture.scanned import ScannedCode, with_code, with_numbers
from device.capture.signature import Signature, Unsigned
from device.capture.typed import typed_value
from device.inference.reading import Reading
from domain.credential.fields import FIELD_NAMES, Side
from wire.policy import Process
from wire.record import Consent, Edit, Field, Source


class Step(StrEnum):
    """Where a visit stands; the value names its page."""

    CONSENT = "consent"
    FRONT = "front"
    BACK = "back"
    CONFIRM = "confirm"
    LIVE_PHOTO = "live_photo"
    SIGNATURE = "signature"
    SUMMARY = "summary"
    SEALED = "sealed"
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(frozen=True)
class Shot:
    """One attempt at one side. `photo` and `card` (rectified) are JPEG.

    `reasons` say why it was not accepted; empty is accepted.
    """

    photo: bytes = field(repr=False)
    card: bytes | None = field(repr=False)
    reading: Reading = field(repr=False)
    reasons: tuple[str, ...]
    attempt: int

    @property
    def is_accepted(self) -> bool:
        return not self.reasons

    @property
    def is_suspected(self) -> bool:
        """Whether it looks like a copy or a screen: a hint for people, never a verdict."""
        return self.reading.attack is not None and self.reading.attack.detected


@dataclass(frozen=True)
class Cancelled:
    """The visit ended without a record; `reason` is a code."""

    at: Step
    reason: str
    step: Step = Step.CANCELLED


@dataclass(frozen=True)
class Refused:
    """The credential is not one to go on with: nothing was kept. `reason` is a code.

    `ground` is the legal ground as the process words it, empty where it left that to the station.
    """

    at: Step
    reason: str
    ground: str = ""
    step: Step = Step.REFUSED


@dataclass(frozen=True)
class Sealed:
    """The record is safe: the seal's last commit returned.

    `code` is the citizen's; it is nowhere else outside the record, and gone when the page is left.
    """

    folio: str
    link: str
    code: str = field(default="", repr=False)
    sealed_ms: int = 0
    step: Step = Step.SEALED


@dataclass(frozen=True, kw_only=True)
class Open:
    """A visit that goes on: the process that rules it, and when it began (monotonic, ms)."""

    process: Process
    began_ms: int


@dataclass(frozen=True, kw_only=True)
class AwaitingConsent(Open):
    """The person reads the notice."""

    step: Step = Step.CONSENT

    def agree(self, consent: Consent) -> AwaitingFront:
        """Go on with the person's consent."""
        return AwaitingFront(process=self.process, began_ms=self.began_ms, consent=consent)


@dataclass(frozen=True, kw_only=True)
class Consented(Open):
    """The person agreed; `scans` are the codes that the scanner gave since."""

    consent: Consent
    scans: tuple[ScannedCode, ...] = field(default=(), repr=False)

    def _known(self, kind: type[Consented]) -> dict[str, Any]:
        """Return what is handed on to the next case: everything that `kind` has."""
        return {member.name: getattr(self, member.name) for member in fields(kind)}

    def _confirming(self, front: Shot, back: Shot) -> Confirming:
        """Go on with both sides."""
        read = merged_fields(front.reading, back.reading)
        told = with_numbers(read, _zone(front, back), self.scans)
        known = self._known(Consented)
        return Confirming(**known, front=front, back=back, fields=MappingProxyType(told))


@dataclass(frozen=True, kw_only=True)
class Shooting(Consented):
    """A side is being photographed; `last` is the latest attempt that was not accepted."""

    attempts: int = 0
    last: Shot | None = None

    @property
    def may_keep(self) -> bool:
        """Say whether the latest photo may be kept although the gate did not take it."""
        return self.last is not None and self.attempts >= self.process.attempts_before_fallback


@dataclass(frozen=True, kw_only=True)
class AwaitingFront(Shooting):
    """The front is to be photographed; `back` is there when only the front is taken again."""

    back: Shot | None = None
    step: Step = Step.FRONT

    def take(self, shot: Shot) -> AwaitingFront | AwaitingBack | Confirming:
        """Go on with an accepted shot, or count the attempt."""
        if not shot.is_accepted:
            return replace(self, attempts=shot.attempt, last=shot)
        return self._with(shot)

    def keep(self) -> AwaitingBack | Confirming:
        """Go on with the latest shot although it was not accepted."""
        assert self.last is not None
        return self._with(self.last)

    def _with(self, front: Shot) -> AwaitingBack | Confirming:
        if self.back is not None:
            return self._confirming(front, self.back)
        return AwaitingBack(**self._known(Consented), front=front)


@dataclass(frozen=True, kw_only=True)
class AwaitingBack(Shooting):
    """The back is to be photographed."""

    front: Shot
    step: Step = Step.BACK

    def take(self, shot: Shot) -> AwaitingBack | Confirming:
        """Go on with an accepted shot, or count the attempt."""
        if not shot.is_accepted:
            return replace(self, attempts=shot.attempt, last=shot)
        return self._confirming(self.front, shot)

    def keep(self) -> Confirming:
        """Go on with the latest shot although it was not accepted."""
        assert self.last is not None
        return self._confirming(self.front, self.last)

    def scanned(self, code: ScannedCode) -> AwaitingBack:
        """Keep a code that was scanned."""
        return replace(self, scans=with_code(self.scans, code))


@dataclass(frozen=True, kw_only=True)
class Read(Consented):
    """Both sides are there, with their fields and what was changed by hand."""

    front: Shot = field(repr=False)
    back: Shot = field(repr=False)
    fields: Mapping[str, Field] = field(repr=False)
    edits: tuple[Edit, ...] = field(default=(), repr=False)
    # Codes of the warnings that were shown with the fields.
    warned: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Confirming(Read):
    """The person and the auxiliar compare the fields with the card."""

    step: Step = Step.CONFIRM

    def retake(self, side: Side) -> AwaitingFront | AwaitingBack:
        """Photograph one side again; what was typed is read again too."""
        if side is Side.FRONT:
            return AwaitingFront(**self._known(Consented), back=self.back)
        return AwaitingBack(**self._known(Consented), front=self.front)

    def scanned(self, code: ScannedCode) -> Confirming:
        """Keep a code that was scanned, and take from it a number that was not read."""
        scans = with_code(self.scans, code)
        told = with_numbers(self.fields, _zone(self.front, self.back), scans)
        return replace(self, scans=scans, fields=MappingProxyType(told))

    def offers(self, today: date) -> dict[str, tuple[Field, ...]]:
        """Return everything that was read of each field, the likeliest first."""
        return offered_fields(self.front.reading, self.back.reading, today=today)

    def confirm(
        self,
        typed: Mapping[str, str],
        *,
        at_ms: int,
        today: date,
        warned: tuple[str, ...] = (),
    ) -> AwaitingLivePhoto:
        """Go on with the fields as they are, as another reading offers them, or as typed.

        Args:
            typed: Texts by field; a field left out or unchanged keeps its value, an empty text
                removes it. Names that are no field are ignored.
            at_ms: Milliseconds since the visit began.
            today: The day by which the century of a birth is known.
            warned: Codes of the warnings that were shown with the fields.

        Raises:
            TypingRefusedError: A text was never read and the process allows no typed data.
        """
        offers = self.offers(today)
        told, edits = dict(self.fields), []
        for name in FIELD_NAMES:
            if name not in typed:
                continue
            before = told[name].value if name in told else None
            after = typed_value(name, typed[name])
            if after == before:
                continue
            read = next((offer for offer in offers.get(name, ()) if offer.value == after), None)
            if read is None and not self.process.typed_data_allowed:
                raise TypingRefusedError(f"{name} was typed")
            edits.append(Edit(name, before, after, at_ms))
            if after is None:
                del told[name]
            else:
                told[name] = read or typed_field(after)
        settled = {
            "fields": MappingProxyType(told),
            "edits": self.edits + tuple(edits),
            "warned": warned,
        }
        return AwaitingLivePhoto(**self._known(Read) | settled)


@dataclass(frozen=True, kw_only=True)
class AwaitingLivePhoto(Read):
    """The person's photo is to be taken; `photo` is the latest one, good or bad."""

    photo: FacePhoto | None = field(default=None, repr=False)
    attempts: int = 0
    step: Step = Step.LIVE_PHOTO

    def take(self, photo: FacePhoto) -> AwaitingLivePhoto:
        """Show a photo and count the attempt."""
        return replace(self, photo=photo, attempts=self.attempts + 1)

    @property
    def may_go_on(self) -> bool:
        """Say whether the photo is good or was tried often enough, or the process needs none."""
        if self.photo is None:
            return not self.process.live_photo_required
        return self.photo.is_good or self.attempts >= self.process.attempts_before_fallback

    def accept(self) -> AwaitingSignature:
        """Go on with the photo shown, or without one where none is needed."""
        assert self.may_go_on
        return AwaitingSignature(**self._known(Read), face=self.photo)


@dataclass(frozen=True, kw_only=True)
class AwaitingSignature(Read):
    """The person signs."""

    face: FacePhoto | None = field(repr=False)
    step: Step = Step.SIGNATURE

    def sign(self, signature: Signature | Unsigned) -> Reviewing:
        """Go on with the signature, or with the reason why there is none."""
        return Reviewing(**self._known(Read), face=self.face, signature=signature)


@dataclass(frozen=True, kw_only=True)
class Reviewing(Read):
    """Everything is there; it only waits for the seal."""

    face: FacePhoto | None = field(repr=False)
    signature: Signature | Unsigned = field(repr=False)
    step: Step = Step.SUMMARY

    def sign_again(self) -> AwaitingSignature:
        """Go back to the pad."""
        return AwaitingSignature(**self._known(Read), face=self.face)


OpenCase = (
    AwaitingConsent
    | AwaitingFront
    | AwaitingBack
    | Confirming
    | AwaitingLivePhoto
    | AwaitingSignature
    | Reviewing
)
Case = OpenCase | Sealed | Cancelled | Refused


def typed_field(value: str | tuple[str, ...]) -> Field:
    """Return a field typed by hand: nothing was measured, so its confidence is 0."""
    return Field(value, Source.TYPED, 0.0)


def _zone(front: Shot, back: Shot) -> tuple[str, ...]:
    return tuple(back.reading.mrz or front.reading.mrz or ())
