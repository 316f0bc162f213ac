"""What a notice says, before it is addressed."""

from __future__ import annotations

from dataclasses import dataclass

from central.mail.letter import Block


@dataclass(frozen=True, slots=True)
class Draft:
    """Subject, the line that lists of letters show, and the body."""

    subject: str
    summary: str
    blocks: tuple[Block, ...]
