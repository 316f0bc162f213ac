"""The use cases of a station: who is signed in, and the one visit that goes on.

One lock orders them: two taps on one button do one thing, and the second meets another step.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from device.camera.base import Image
from device.capture import signature
from device.capture.acceptance import accepted
from device.capture.attendance import Attendance, Closed, SignedIn
from device.capture.citizen_code import draw_code
from device.capture.errors import SignatureError, WrongStepError
from device.capture.gathered import to_capture, to_images
from device.capture.live_photo import FacePhoto
from device.capture.photographer import Photographer
from device.capture.scanned import ScannedCode
from device.capture.seals import Seals
from device.capture.session import (
    AwaitingBack,
    AwaitingConsent,
    AwaitingFront,
    AwaitingLivePhoto,
    AwaitingSignature,
    Cancelled,
    Case,
    Confirming,
    Open,
    Refused,
    Reviewing,
    Sealed,
    Shot,
)
from device.capture.shutter import Seen
from device.capture.warnings import Caution, Condition
from device.capture.watch import Watch
from device.errors import CaptureRefusedError, NotEnrolledError
from device.inference.reader import Preview
from device.queue.overview import Counts
from device.queue.seal import ApoyoDraft
from domain.clock import Clock
from domain.credential.fields import Side
from wire.policy import Policy
from wire.record import Consent

log = logging.getLogger(__name__)

C = TypeVar("C", bound=Open)


@dataclass(frozen=True)
class DeskSettings:
    """After how long without a touch a visit ends, the station locks, the session is closed."""

    idle_s: int = 900
    sign_out_s: int = 14_400
    visit_timeout_s: int = 300
    language: str = "es_MX"


class Desk:
    """One station: at most one auxiliar, and at most one visit."""

    def __init__(
        self,
        *,
        photographer: Photographer,
        sealer: Seals,
        policy: Callable[[], Policy],
        clock: Clock,
        new_session: Callable[[], str],
        versions: Mapping[str, str],
        settings: DeskSettings | None = None,
        new_code: Callable[[], str] = draw_code,
        condition: Callable[[], Condition] | None = None,
    ) -> None:
        self._photographer = photographer
        self._sealer = sealer
        self._policy = policy
        self._clock = clock
        self._versions = versions
        self._settings = settings or DeskSettings()
        self._attendance = Attendance(sealer, policy, clock, new_session)
        self._new_code = new_code
        self._watch = Watch(sealer, policy, condition)
        self._lock = threading.RLock()
        self._case: Case | None = None
        self._visits = 0
        self._touched_ms = clock.monotonic_ms()

    # -- who is here ---------------------------------------------------------------------------

    @property
    def signed_in(self) -> SignedIn | None:
        """Return who may work; an auxiliar who was away for a while unlocks the station first."""
        with self._lock:
            self._end_what_was_left()
            return self._attendance.here

    def is_attended(self) -> bool:
        """Say whether somebody signed in and has not left; ends nothing, whoever asks."""
        return self._attendance.here is not None

    def sign_in(self, name: str, password: str) -> SignedIn:
        """Sign an auxiliar in; another one who was here is signed out.

        Raises:
            SignInError: The leaf's code says why.
        """
        with self._lock:
            here = self._attendance.check(name, password)
            self.sign_out()
            self._attendance.enter(here)
            self._touch()
            return here

    def sign_out(self, *, reason: str = "signed_out") -> None:
        """End the visit and the session of the auxiliar, if there are any."""
        with self._lock:
            self._cancel(reason)
            self._case = None
            self._attendance.leave()

    @property
    def locked_out(self) -> SignedIn | None:
        """Return whose session waits behind the lock."""
        with self._lock:
            self._end_what_was_left()
            return self._attendance.locked_out

    def lock(self, *, reason: str = "locked") -> None:
        """Wipe the visit and let nobody work until the auxiliar is back."""
        with self._lock:
            self._cancel(reason)
            self._case = None
            self._attendance.lock()

    def unlock(self, password: str) -> SignedIn:
        """Let the auxiliar go on.

        Raises:
            SignInError: The leaf's code says why.
        """
        with self._lock:
            here = self._attendance.unlock(password)
            self._touch()
            return here

    def stay(self) -> None:
        """Note that the auxiliar is there although the visit did not move."""
        with self._lock:
            self._require_auxiliar()
            self._touch()

    def left_s(self) -> float:
        """Return how long an untouched station keeps what is on its screen."""
        with self._lock:
            settings = self._settings
            limit_s = min(settings.idle_s, settings.sign_out_s)
            if isinstance(self._case, Open):
                limit_s = min(limit_s, settings.visit_timeout_s)
            return max(0.0, limit_s - self._untouched_s())

    def session_counts(self) -> Counts:
        """Count what was sealed in the session that goes on."""
        with self._lock:
            return self._attendance.counts()

    @property
    def closed(self) -> Closed | None:
        """Return the session that was ended last, until somebody signs in."""
        with self._lock:
            return self._attendance.closed

    # -- the visit -----------------------------------------------------------------------------

    @property
    def case(self) -> Case | None:
        """Return where the visit stands, None between visits."""
        with self._lock:
            self._end_what_was_left()
            return self._case

    @property
    def visit(self) -> int | None:
        """Return the number of this visit since the start, until its last page is left."""
        return self._visits if isinstance(self.case, Open | Sealed) else None

    def refusal(self) -> CaptureRefusedError | None:
        """Say why no visit may begin now, or nothing."""
        try:
            return self._sealer.refusal() or self._watch.refusal(self._attendance.here)
        except NotEnrolledError:
            return CaptureRefusedError("no policy yet", code="capture.policy")

    def start(self) -> AwaitingConsent:
        """Begin a visit with the settings the process has now.

        Raises:
            CaptureRefusedError: The station takes none now; its code says why.
            WrongStepError: Nobody is signed in, or a visit goes on.
        """
        with self._lock:
            here = self._require_auxiliar()
            if isinstance(self._case, Open):
                raise WrongStepError("a visit goes on")
            refusal = self.refusal()
            if refusal is not None:
                raise refusal
            process = self._policy().process(here.process.id)
            if process is None:
                raise CaptureRefusedError("the process ended", code="capture.policy")
            self._attendance.renew(process)
            case = AwaitingConsent(process=process, began_ms=self._clock.monotonic_ms())
            self._case = case
            self._visits += 1
            self._touch()
            return case

    def agree(self, *, language: str | None = None) -> None:
        """Note the person's consent to the notice they were shown.

        Args:
            language: Of the screen they agreed on; the station's own when left out.

        Raises:
            WrongStepError: The visit stands elsewhere.
        """
        with self._lock:
            case = self._at(AwaitingConsent)
            consent = Consent(
                notice=case.process.notice,
                accepted_ms=self._wall_ms(),
                language=language or self._settings.language,
            )
            self._case = case.agree(consent)

    def shoot(self, side: Side) -> Shot:
        """Take a burst of one side and read it; an accepted one leads on.

        Raises:
            CameraError: No frame.
            WrongStepError: The visit stands elsewhere.
        """
        with self._photographer.shooting:
            with self._lock:
                case = self._at_side(side)
            shot = self._photographer.side(side, case, today=self.today())
            with self._lock:
                self._require_unchanged(case)
                self._go_on_with(case.take(shot))
                self._touch()
            return shot

    def scan(self, code: ScannedCode) -> None:
        """Keep a code that was scanned; WrongStepError unless the back is photographed or read."""
        with self._photographer.shooting, self._lock:
            self._end_what_was_left()
            if not isinstance(self._case, AwaitingBack | Confirming):
                raise WrongStepError("no code is scanned now")
            self._case = self._case.scanned(code)
            self._touch()

    def keep(self, side: Side) -> None:
        """Go on with the last photo of a side although it was not accepted.

        Raises:
            WrongStepError: There is none, or another attempt comes first.
        """
        with self._lock:
            case = self._at_side(side)
            if not case.may_keep:
                raise WrongStepError("another attempt comes first")
            self._go_on_with(case.keep())

    def retake(self, side: Side) -> None:
        """Go back from the fields to photograph one side again.

        Raises:
            WrongStepError: The visit stands elsewhere.
        """
        with self._lock:
            self._case = self._at(Confirming).retake(side)

    def confirm(self, typed: Mapping[str, str]) -> None:
        """Go on with the fields as shown, as another reading offers them, or as typed.

        Raises:
            TypingRefusedError: A text was never read and the process allows no typing.
            WrongStepError: The visit stands elsewhere.
        """
        with self._lock:
            case = self._at(Confirming)
            at_ms = self._clock.monotonic_ms() - case.began_ms
            warned = tuple(caution.code for caution in self.person_warnings())
            self._case = case.confirm(typed, at_ms=at_ms, today=self.today(), warned=warned)

    def warnings(self) -> tuple[Caution, ...]:
        """Return what the auxiliar should know of the station before a visit."""
        with self._lock:
            return self._watch.station(self._attendance.here)

    def person_warnings(self) -> tuple[Caution, ...]:
        """Return what to tell the person while they compare their data."""
        with self._lock:
            case, here = self._case, self._attendance.here
            if not isinstance(case, Confirming) or here is None:
                return ()
            return self._watch.person(case.fields, here.auxiliar)

    def shoot_face(self) -> FacePhoto:
        """Take a live photo; it is shown with its advice.

        Raises:
            CameraError: No frame.
            WrongStepError: The visit stands elsewhere.
        """
        with self._photographer.shooting:
            with self._lock:
                case = self._at(AwaitingLivePhoto)
            photo = self._photographer.face()
            with self._lock:
                self._require_unchanged(case)
                self._case = case.take(photo)
                self._touch()
            return photo

    def accept_face(self) -> None:
        """Go on with the photo shown, or without one where the process needs none.

        Raises:
            WrongStepError: There is no photo yet, another attempt comes first, or the visit stands
                elsewhere.
        """
        with self._lock:
            case = self._at(AwaitingLivePhoto)
            if not case.may_go_on:
                raise WrongStepError("a photo, or another one, comes first")
            self._case = case.accept()

    def sign(self, strokes: str) -> None:
        """Go on with the signature drawn.

        Raises:
            SignatureError: The strokes are malformed, or too little.
            WrongStepError: The visit stands elsewhere.
        """
        with self._lock:
            case = self._at(AwaitingSignature)
            self._case = case.sign(signature.draw(signature.parse_strokes(strokes)))

    def go_on_unsigned(self, reason: str) -> None:
        """Go on without a signature, for a reason the reviewers are told.

        Raises:
            SignatureError: The process asks for a signature, or there is no such reason.
            WrongStepError: The visit stands elsewhere.
        """
        with self._lock:
            case = self._at(AwaitingSignature)
            if not case.process.unsigned_allowed:
                raise SignatureError("a signature is asked for", code="signature.required")
            self._case = case.sign(signature.Unsigned(reason))

    def sign_again(self) -> None:
        """Go back from the summary to the pad.

        Raises:
            WrongStepError: The visit stands elsewhere.
        """
        with self._lock:
            self._case = self._at(Reviewing).sign_again()

    def seal(self) -> Sealed:
        """Seal the visit; when this returns the record is durable. A second call changes nothing.

        Raises:
            QueueError: It was not sealed and the visit stands where it stood.
            WrongStepError: The visit stands elsewhere.
        """
        with self._lock:
            if isinstance(self._case, Sealed):
                return self._case
            case = self._at(Reviewing)
            here, code, now_ms = self._require_auxiliar(), self._new_code(), self._wall_ms()
            draft = ApoyoDraft(
                process=case.process.id,
                solicitud=here.auxiliar.solicitud,
                auxiliar=here.auxiliar.id,
                session=here.session,
                capture=to_capture(
                    case,
                    captured_ms=now_ms,
                    visit_ms=self._clock.monotonic_ms() - case.began_ms,
                    versions=self._versions,
                    today=self.today(),
                    code=code,
                ),
                images=to_images(case),
            )
            sealed = self._sealer.seal(draft)
            done = Sealed(sealed.folio or "", sealed.link, code, now_ms)
            self._case = done
            self._touch()
            return done

    def cancel(self, reason: str = "cancelled") -> None:
        """End the visit without a record; nothing of it stays."""
        with self._lock:
            self._cancel(reason)

    def clear(self) -> None:
        """Leave the last page of a visit that is over."""
        with self._lock:
            if not isinstance(self._case, Open):
                self._case = None

    def guide(self, image: Image, *, classify: bool = False) -> Preview | None:
        """Return guidance for a preview frame, None when the reader is busy or absent."""
        return self._photographer.guide(image, classify=classify)

    @property
    def finds_faces(self) -> bool:
        """Say whether this station looks for faces."""
        return self._photographer.finds_faces

    def guide_face(self, image: Image) -> Seen | None:
        """Return what the live photo still lacks, None where nothing looks for faces."""
        return self._photographer.guide_face(image)

    # -- inside --------------------------------------------------------------------------------

    def _at(self, kind: type[C]) -> C:
        self._end_what_was_left()
        if not isinstance(self._case, kind):
            raise WrongStepError(f"the visit is not at {kind.__name__}")
        self._touch()
        return self._case

    def _go_on_with(self, case: Case) -> None:
        """Go on, or end the visit where the credential is not one to go on with."""
        self._case = accepted(case, today=self.today())
        if isinstance(self._case, Refused):
            log.info("visit.refused step=%s reason=%s", self._case.at.value, self._case.reason)

    def _at_side(self, side: Side) -> AwaitingFront | AwaitingBack:
        return self._at(AwaitingFront) if side is Side.FRONT else self._at(AwaitingBack)

    def _require_unchanged(self, case: Open) -> None:
        if self._case is not case:
            raise WrongStepError("the visit went elsewhere while the camera worked")

    def _require_auxiliar(self) -> SignedIn:
        self._end_what_was_left()
        here = self._attendance.here
        if here is None:
            raise WrongStepError("nobody is signed in")
        return here

    def _cancel(self, reason: str) -> None:
        if isinstance(self._case, Open):
            at = self._case.step
            self._case = Cancelled(at=at, reason=reason)
            log.info("visit.cancelled step=%s reason=%s", at.value, reason)

    def _end_what_was_left(self) -> None:
        idle_s = self._untouched_s()
        if isinstance(self._case, Open) and idle_s > self._settings.visit_timeout_s:
            self._cancel("left")
        if idle_s > self._settings.sign_out_s:
            self.sign_out(reason="idle")
        elif idle_s > self._settings.idle_s and self._attendance.here is not None:
            self.lock(reason="idle")

    def _untouched_s(self) -> float:
        return (self._clock.monotonic_ms() - self._touched_ms) / 1000

    def _touch(self) -> None:
        self._touched_ms = self._clock.monotonic_ms()

    def today(self) -> date:
        """The day by the station's clock, against which a vigencia is held."""
        return self._clock.now().date()

    def _wall_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)
