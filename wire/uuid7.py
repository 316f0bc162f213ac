"""Identifiers that sort by the time of their making."""

from uuid import UUID

_MAX_MS = (1 << 48) - 1


def uuid7(unix_ms: int, entropy: bytes) -> UUID:
    """Build a UUID version 7.

    Source: RFC 9562, section 5.7: 48 bits of milliseconds since 1970, version, variant, 74 random
    bits.

    Args:
        unix_ms: Milliseconds since 1970-01-01 UTC, 0 to 2^48 - 1.
        entropy: Ten random bytes, of which 74 bits are used.

    Raises:
        ValueError: The time is out of range or the entropy is not ten bytes.
    """
    if not 0 <= unix_ms <= _MAX_MS:
        raise ValueError("time is outside 48 bits of milliseconds")
    if len(entropy) != 10:
        raise ValueError("entropy is not ten bytes")
    random = int.from_bytes(entropy, "big")
    random_a = random >> 68
    random_b = random & ((1 << 62) - 1)
    value = unix_ms << 80 | 7 << 76 | random_a << 64 | 0b10 << 62 | random_b
    return UUID(int=value)
