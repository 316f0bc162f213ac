"""The second factor of the authority's people: a six-digit code of a clock (TOTP, RFC 6238)."""

from datetime import datetime
from hmac import compare_digest

import pyotp
import segno

from central.models import User
from central.storage.sealing import Sealer

SEALED_FOR = "totp"
ISSUER = "Acopio"
_STEP_S = 30
# Codes of the step before and after: a telephone's clock may be half a minute off.
_WINDOW = 1


def begin_enrolment(user: User, sealer: Sealer) -> None:
    """Give a person a new secret, not confirmed yet; the caller commits."""
    secret = pyotp.random_base32()
    user.totp_sealed = sealer.seal(secret.encode("ascii"), _context(user))
    user.totp_last_step = None


def is_enrolled(user: User) -> bool:
    """Say whether the person has shown a code of their secret."""
    return user.totp_sealed is not None and user.totp_last_step is not None


def forget(user: User) -> None:
    """Take the second factor away; the next sign-in begins a new one. The caller commits."""
    user.totp_sealed = user.totp_last_step = None


def secret_of(user: User, sealer: Sealer) -> str | None:
    """Give the secret, to be shown while it is enrolled.

    Raises:
        SecretError: It was sealed with another secret of the centre.
    """
    if user.totp_sealed is None:
        return None
    return sealer.open(user.totp_sealed, _context(user)).decode("ascii")


def address_of(user: User, secret: str) -> str:
    """Give the `otpauth:` address that an authenticator opens."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """Draw that address as a QR, for the camera of a telephone: an `svg` element without styles."""
    drawn: str = segno.make(address, error="m").svg_inline(omitsize=True, dark="#000")
    return drawn


def step_of(user: User, code: str, sealer: Sealer, *, now: datetime) -> int | None:
    """Give the step whose code this is, later than any step used before; None when it is not one.

    The caller keeps the step as `totp_last_step`, so that a code is good once.
    """
    secret = secret_of(user, sealer)
    if secret is None:
        return None
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // _STEP_S
    wanted = "".join(code.split())
    found = None
    for step in range(present - _WINDOW, present + _WINDOW + 1):
        is_same = compare_digest(totp.generate_otp(step).encode(), wanted.encode())
        if is_same and (user.totp_last_step is None or step > user.totp_last_step):
            found = step
    return found


def _context(user: User) -> str:
    return f"user:{user.id}"
