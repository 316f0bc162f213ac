"""Frames of the lamps' line: eleven bytes, always, with a CRC over all but the first.

Every frame has one length, so that a wrong byte can never move the end of a frame: a single
wrong byte is a burst of at most eight bits, and CRC-16 notices every burst of up to sixteen. The
table of fields is in docs/hardware/lamps.md.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

START = 0xA5
PAYLOAD_BYTES = 6
FRAME_BYTES = 5 + PAYLOAD_BYTES
# CRC-16/IBM-3740, known as CCITT-FALSE: polynomial 0x1021, from 0xFFFF; "123456789" gives 0x29B1.
_CRC_START = 0xFFFF


@dataclass(frozen=True)
class Frame:
    """One message: what is asked or answered, its number, and six bytes."""

    command: int
    number: int
    payload: bytes


def crc(content: bytes) -> int:
    """Return the CRC-16/IBM-3740 of some bytes."""
    return binascii.crc_hqx(content, _CRC_START)


def encode(frame: Frame) -> bytes:
    """Return the bytes of a frame; a short payload is filled with zeros."""
    assert len(frame.payload) <= PAYLOAD_BYTES
    body = bytes((frame.command, frame.number)) + frame.payload.ljust(PAYLOAD_BYTES, b"\0")
    return bytes((START,)) + body + crc(body).to_bytes(2, "big")


class FrameReader:
    """Finds frames among garbage; it keeps less than one frame and counts what belongs to none."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self.garbage = 0

    def feed(self, chunk: bytes) -> list[Frame]:
        """Return the frames that end in this chunk."""
        self._begun += chunk
        found = []
        while self._skip_to_start() and len(self._begun) >= FRAME_BYTES:
            body, said = (
                self._begun[1 : FRAME_BYTES - 2],
                self._begun[FRAME_BYTES - 2 : FRAME_BYTES],
            )
            if crc(bytes(body)).to_bytes(2, "big") == said:
                found.append(Frame(body[0], body[1], bytes(body[2:])))
                del self._begun[:FRAME_BYTES]
            else:
                # Not a frame: its true start may be among these very bytes.
                del self._begun[:1]
                self.garbage += 1
        return found

    def drop(self) -> None:
        """Forget what has begun."""
        self.garbage += len(self._begun)
        self._begun.clear()

    def _skip_to_start(self) -> bool:
        start = self._begun.find(START)
        skipped = len(self._begun) if start < 0 else start
        self.garbage += skipped
        del self._begun[:skipped]
        return bool(self._begun)
