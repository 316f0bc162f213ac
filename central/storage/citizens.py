"""Names and clave of who gave an apoyo: sealed for the database, searchable by whole words.

The key of an aspirante is derived from one secret, so a copy of the database shows nobody, and what
is opened for one aspirante opens nothing of another's. Words are keyed digests: equal words of one
field and one aspirante have equal digests; accents and case do not matter.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from central.errors import SecretError
from domain.credential.text import fold

_NONCE_BYTES = 12
_DIGEST_BYTES = 16
_NAME_FIELDS = ("nombres", "apellido_paterno", "apellido_materno")


@dataclass(frozen=True, slots=True)
class CitizenNames:
    """Who gave an apoyo, as captured; hides itself in `repr`."""

    nombres: str = field(repr=False)
    apellido_paterno: str = field(repr=False)
    apellido_materno: str = field(repr=False)
    clave_elector: str = field(repr=False)


class CitizenSealer:
    """Seals, opens and digests names, with a key of their own for each aspirante."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._keys: dict[bytes, bytes] = {}

    def seal(self, aspirante_id: int, record_id: int, names: CitizenNames) -> bytes:
        """Encrypt the names of one record (AES-256-GCM; the record's number is bound in)."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(
            [names.nombres, names.apellido_paterno, names.apellido_materno, names.clave_elector]
        ).encode("utf-8")
        cipher = AESGCM(self._key(aspirante_id, b"names"))
        return nonce + cipher.encrypt(nonce, plain, str(record_id).encode("ascii"))

    def open(self, aspirante_id: int, record_id: int, sealed: bytes) -> CitizenNames:
        """Decrypt the names of one record.

        Raises:
            SecretError: Sealed with another secret, for another aspirante or record, or altered.
        """
        cipher = AESGCM(self._key(aspirante_id, b"names"))
        try:
            plain = cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], str(record_id).encode("ascii")
            )
        except InvalidTag as error:
            raise SecretError("names do not open with this secret", code="secret.names") from error
        return CitizenNames(*json.loads(plain))

    def words(self, aspirante_id: int, names: CitizenNames) -> frozenset[bytes]:
        """Digest every word of the three names and the clave, for the search index."""
        found = {
            self._digest(aspirante_id, name, word)
            for name in _NAME_FIELDS
            for word in fold(getattr(names, name)).split()
        }
        if names.clave_elector:
            found.add(self._digest(aspirante_id, "clave_elector", fold(names.clave_elector)))
        return frozenset(found)

    def wanted(self, aspirante_id: int, field_name: str, text: str) -> frozenset[bytes]:
        """Digest what somebody searches for in one field; a record must have all of them."""
        return frozenset(
            self._digest(aspirante_id, field_name, word) for word in fold(text).split()
        )

    def _digest(self, aspirante_id: int, field_name: str, word: str) -> bytes:
        key = self._key(aspirante_id, b"words")
        return hmac.digest(key, f"{field_name}={word}".encode(), "sha256")[:_DIGEST_BYTES]

    def _key(self, aspirante_id: int, purpose: bytes) -> bytes:
        context = b"acopio/citizens/" + purpose + b"/" + str(aspirante_id).encode("ascii")
        if context not in self._keys:
            derivation = HKDF(hashes.SHA256(), 32, salt=None, info=context)
            self._keys[context] = derivation.derive(self._secret)
        return self._keys[context]


def citizen_key(register_secret: bytes, clave_elector: str) -> bytes:
    """Digest a clave de elector: equal for one citizen, and says nothing without the secret."""
    text = f"citizen={fold(clave_elector)}".encode()
    return hmac.new(register_secret, text, hashlib.sha256).digest()
