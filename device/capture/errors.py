"""Errors of a visit.

CaptureError (StationError)
├── WrongStepError       the visit is somewhere else: a second tap, an old page
├── TypingRefusedError   the process takes no typed data
├── SignatureError       the strokes are no signature
└── SignInError          no auxiliar came in; `code` says why
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
    """`code`: `sign_in.` + `wrong locked inactive expired not_activated no_policy`."""

    code = "sign_in"
