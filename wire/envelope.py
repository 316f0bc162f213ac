"""Parts that the station writes and cannot read: age v1 files, padded so that length says little.

Format: https://age-encryption.org/v1 (C2SP). The padding is what each content ignores by itself
(spaces after JSON, zeros after a tar archive), so Debian's `age -d` gives a file ready for use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import pyrage
from pyrage import x25519

from wire.errors import EnvelopeError
from wire.keys import recipient_kid
from wire.shape import Limits

PADDING_BYTES = 16 * 1024
_MAGIC = b"age-encryption.org/v1\n"
_STANZA = b"-> X25519 "
_END_OF_HEADER = b"\n--- "
_MAX_HEADER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key that parts are sealed to; its secret half is with the authority alone."""

    kid: Annotated[str, Limits(pattern=r"[0-9a-f]{32}")]
    recipient: Annotated[str, Limits(pattern=r"age1[02-9ac-hj-np-z]{58}")]

    @classmethod
    def named(cls, recipient: str) -> "Recipient":
        """Name an age recipient by its digest."""
        return cls(recipient_kid(recipient), recipient)


def pad(content: bytes, filler: bytes) -> bytes:
    """Lengthen content to the next multiple of 16 KiB with its own kind of nothing."""
    return content + filler * (-len(content) % PADDING_BYTES)


def seal_part(padded: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Encrypt one padded part to every recipient, in memory.

    Raises:
        EnvelopeError: The content is empty or not padded, there is no recipient, or a kid does not
            belong to its key.
    """
    if not padded or len(padded) % PADDING_BYTES:
        raise EnvelopeError("part is not padded to 16 KiB", code="envelope.padding")
    if not recipients:
        raise EnvelopeError("part has no recipient", code="envelope.recipients")
    for number, recipient in enumerate(recipients):
        if recipient_kid(recipient.recipient) != recipient.kid:
            raise EnvelopeError(
                f"kid of recipient {number} is not that of its key", code="envelope.recipients"
            )
    try:
        keys = [x25519.Recipient.from_str(recipient.recipient) for recipient in recipients]
        return bytes(pyrage.encrypt(padded, keys))
    except (pyrage.RecipientError, pyrage.EncryptError) as error:
        raise EnvelopeError("a recipient's key is malformed", code="envelope.recipients") from error


def open_part(ciphertext: bytes, identities: Sequence[str]) -> bytes:
    """Decrypt one part with any of the secret keys (`AGE-SECRET-KEY-1…`), to memory.

    Returns:
        The whole padded content; nothing is given unless the last chunk authenticated.

    Raises:
        EnvelopeError: No key opens it, it was altered or cut, or it is not padded.
    """
    try:
        keys = [x25519.Identity.from_str(identity) for identity in identities]
    except pyrage.IdentityError as error:
        raise EnvelopeError("a secret key is malformed", code="envelope.identity") from error
    try:
        padded = bytes(pyrage.decrypt(ciphertext, keys))
    except pyrage.DecryptError as error:
        raise EnvelopeError(
            "part does not open: wrong key or altered", code="envelope.not_opened"
        ) from error
    if not padded or len(padded) % PADDING_BYTES:
        raise EnvelopeError("part is not padded to 16 KiB", code="envelope.padding")
    return padded


def count_recipients(ciphertext: bytes) -> int:
    """Count the X25519 recipients of an age file; 0 when it is not an age file.

    Who they are cannot be seen from outside, by design of the format; how many can.
    """
    header, found, _ = ciphertext[:_MAX_HEADER_BYTES].partition(_END_OF_HEADER)
    if not found or not header.startswith(_MAGIC):
        return 0
    return sum(line.startswith(_STANZA) for line in header.split(b"\n"))
