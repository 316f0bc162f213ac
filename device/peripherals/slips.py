"""What is printed: the citizen's slip, the close-out slip, and a test slip.

A slip is a list of blocks; `escpos` makes bytes of it and `to_text` what a person can read. The
words come through the catalogue of whoever composes it. No slip has anything about a person.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from domain.citizen_code import grouped

Translate = Callable[[str], str]


class Style(Enum):
    """How a line is set."""

    NORMAL = "normal"
    STRONG = "strong"
    LARGE = "large"  # twice as wide and as high


@dataclass(frozen=True)
class Line:
    """One paragraph; too long for the paper, it goes on in the next line."""

    text: str
    style: Style = Style.NORMAL
    is_centred: bool = False

    def wrapped(self, columns: int) -> list[str]:
        """Return its lines on a paper of so many columns."""
        width = columns // 2 if self.style is Style.LARGE else columns
        return textwrap.wrap(self.text, width, break_on_hyphens=False) or [""]

    def as_text(self, columns: int) -> list[str]:
        """Return its lines as plain text."""
        lines = self.wrapped(columns)
        return [line.center(columns).rstrip() for line in lines] if self.is_centred else lines


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True)
class Qr:
    """A QR code; `caption` says what it is where none can be shown."""

    content: str
    caption: str


Block = Line | Rule | Qr


@dataclass(frozen=True)
class Slip:
    """A strip of paper, cut at its end."""

    blocks: tuple[Block, ...]

    def to_text(self, columns: int) -> str:
        """Return the slip as plain text, with `[caption]` for a QR code."""
        lines: list[str] = []
        for block in self.blocks:
            match block:
                case Rule():
                    lines.append("-" * columns)
                case Qr():
                    lines += Line(f"[{block.caption}]", is_centred=True).as_text(columns)
                case Line():
                    lines += block.as_text(columns)
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class CitizenSlip:
    """What a person takes home. `address` is that of the citizen page, or empty."""

    folio: str
    code: str
    saved_at: str
    process: str
    aspirante: str
    help_desk: str = ""
    address: str = ""

    def compose(self, _: Translate) -> Slip:
        """Return the slip in the language of `_`."""
        blocks: list[Block] = [
            Line("Acopio", Style.LARGE, is_centred=True),
            Line(_("Receipt of your apoyo ciudadano"), is_centred=True),
            Rule(),
            Line(self.process),
            Line(self.aspirante, Style.STRONG),
            Line(self.saved_at),
            Rule(),
            Line(_("Folio"), is_centred=True),
            Line(self.folio, Style.STRONG, is_centred=True),
            Line(_("Your code"), is_centred=True),
            Line(grouped(self.code), Style.LARGE, is_centred=True),
        ]
        if self.address:
            blocks += [
                Qr(self.page, _("QR code of the page for citizens")),
                Line(_("Scan the code to see how your apoyo goes on."), is_centred=True),
            ]
        blocks += [Rule(), Line(_("Keep folio and code. Whoever has both can ask for your apoyo."))]
        if self.help_desk:
            blocks.append(Line(_("Help: %s") % self.help_desk))
        return Slip(tuple(blocks))

    @property
    def page(self) -> str:
        """Return the address with folio and code behind `#`: no server's log ever sees them."""
        return f"{self.address}#{self.folio}.{self.code}"


@dataclass(frozen=True)
class CloseOutSlip:
    """What proves, on paper, where the chain of a station stood when a session was closed.

    `counts` gives a number for each line as people read it; `verification` is the text of the QR
    code, empty for none.
    """

    station: str
    epoch: str
    first_seq: int
    last_seq: int
    head: str
    closed_at: str
    counts: Mapping[str, int]
    auxiliar: str = ""
    process: str = ""
    verification: str = ""

    def compose(self, _: Translate) -> Slip:
        """Return the slip in the language of `_`."""
        blocks: list[Block] = [
            Line("Acopio", Style.LARGE, is_centred=True),
            Line(_("Close of session"), Style.STRONG, is_centred=True),
            Line(self.closed_at, is_centred=True),
            Rule(),
            Line(_("Station: %s") % self.station),
        ]
        if self.process:
            blocks.append(Line(_("Process: %s") % self.process))
        if self.auxiliar:
            blocks.append(Line(_("Auxiliar: %s") % self.auxiliar))
        blocks += [
            Line(_("Epoch: %s") % self.epoch),
            Line(_("Packets: %(first)d to %(last)d") % self._packets()),
            Rule(),
            *(Line(f"{name}: {count}") for name, count in self.counts.items()),
            Rule(),
            Line(_("Head of the chain"), is_centred=True),
            Line(self.head[:16], Style.STRONG, is_centred=True),
        ]
        if self.verification:
            blocks.append(Qr(self.verification, _("QR code of the close")))
        blocks.append(Line(_("Keep this slip: it shows what this station had saved.")))
        return Slip(tuple(blocks))

    def _packets(self) -> dict[str, int]:
        return {"first": self.first_seq, "last": self.last_seq}


@dataclass(frozen=True)
class SampleSlip:
    """What a technician prints to see that paper, letters and QR code come out well."""

    station: str
    printed_at: str

    def compose(self, _: Translate) -> Slip:
        """Return the slip in the language of `_`."""
        return Slip(
            (
                Line(_("Print test"), Style.LARGE, is_centred=True),
                Line(_("Station: %s") % self.station),
                Line(self.printed_at),
                Rule(),
                Line("áéíóúüñ ÁÉÍÓÚÜÑ ¿? ¡! 0123456789"),
                Line("áéíóúüñ ÁÉÍÓÚÜÑ", Style.STRONG),
                Qr("ACOPIO-TEST", _("QR code")),
            )
        )
