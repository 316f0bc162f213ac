"""Passwords of the authority's people: Argon2id, and the same work for who is not known."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from central.errors import InvalidInputError

# The library's own choice: 64 MiB, three passes.
_HASHER = PasswordHasher()
SHORTEST, LONGEST = 12, 200


def hash_password(password: str) -> str:
    """Give the verifier of a new password.

    Raises:
        InvalidInputError: It is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInputError(
            f"a password has {SHORTEST} to {LONGEST} characters", field="password"
        )
    return _HASHER.hash(password)


def is_password(verifier: str | None, password: str) -> bool:
    """Say whether a password is right; it takes as long where there is no verifier at all."""
    may_be = verifier is not None and len(password) <= LONGEST
    try:
        return _HASHER.verify(verifier or _nobodys(), password[:LONGEST]) and may_be
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """Give the verifier of a password that nobody knows and nothing keeps."""
    return _HASHER.hash(secrets.token_urlsafe())
