"""A letter before it has a form: what it says, to whom, and why to them.

Text and HTML are drawn from the same blocks, so neither says more than the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from central.models import MailKind


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, one a line."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """What to do, in order."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type, large; hidden in `repr`."""

    label: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing to click; its address is written out, too."""

    label: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """What must not be overlooked."""

    text: str


Block = Paragraph | Facts | Steps | Code | Button | Note


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """Whom to call or write; empty where the process names nobody."""

    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person."""

    kind: MailKind
    to: str = field(repr=False)
    to_name: str = field(repr=False)
    subject: str
    # What a list of letters shows after the subject.
    summary: str
    greeting: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    # Why it went to this person, and what to do if it was not meant for them.
    why: str
    help: HelpDesk = HelpDesk()
    # The page where these letters are turned off; empty where they cannot be.
    choice_url: str = ""
    # It holds a code or a link that is good once: no two of its copies are the same letter.
    has_secret: bool = False
