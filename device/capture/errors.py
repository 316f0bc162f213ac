"""Errors of a visit.

CaptureError (StationError)
├── WrongStepError       the visit is somewhere else: a second tap, an old page
├── TypingRefusedError   the process takes no typed data
├── SignatureError       the strokes are no signature
├── SignInError          no auxiliar came in; `code` says why
└── ActivationError      no password was set; `code` says why
"""

from __future__ import annotations

from device.errors import StationError


class CaptureError(StationError):
    """A visit cannot do what was asked."""

    code = "capture.error"


class WrongStepError(CaptureError):
    """The visit stands at another step."""

    code = "capture.wrong_step"


class TypingRefusedError(CaptureError):
    """A field was typed although the process allows none."""

    code = "capture.typing_refused"


class SignatureError(CaptureError):
    """The strokes are malformed, or too little ink; `code` says which."""

    code = "signature"


class SignInError(CaptureError):
    """`code`: `sign_in.` + `wrong locked inactive expired not_activated no_policy`.

    `wait_s` is how long a locked one has to wait.
    """

    code = "sign_in"

    def __init__(self, message: str, *, code: str | None = None, wait_s: int = 0) -> None:
        super().__init__(message, code=code)
        self.wait_s = wait_s


class ActivationError(CaptureError):
    """`code`: `activation.…`, the centre's own or this station's, or `password.…`."""

    code = "activation"
