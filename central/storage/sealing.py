"""Texts and files at rest that a copy of the database or of the disk must not show."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from central.errors import SecretError

_NONCE_BYTES = 12
# What sealing adds: the nonce, and GCM's tag of 16 bytes.
OVERHEAD_BYTES = _NONCE_BYTES + 16


class Sealer:
    """Seals bytes (AES-256-GCM) with a key of its own for each purpose, derived from one secret.

    The context (the number of a row, a token) is bound in: what was sealed for one opens nowhere
    else.
    """

    def __init__(self, secret: bytes, purpose: str) -> None:
        derivation = HKDF(hashes.SHA256(), 32, salt=None, info=f"acopio/{purpose}".encode())
        self._cipher = AESGCM(derivation.derive(secret))

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt; the same bytes never look the same twice."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt.

        Raises:
            SecretError: Sealed with another secret, for another purpose or context, or altered.
        """
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, body, context.encode())
        except (InvalidTag, ValueError) as error:  # a nonce cut short is no nonce
            raise SecretError("it does not open with this secret", code="secret.sealed") from error
