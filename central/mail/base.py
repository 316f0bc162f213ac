"""What carries a letter away: one protocol, and the three answers of the other side."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side has the letter and answers for it."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now; the same letter may be taken later. The code names no person."""

    code: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never; trying again does not help. The code names no person."""

    code: str


Answer = Accepted | Postponed | Refused


class Transport(Protocol):
    """A way out for letters, for one thread at a time; it keeps its connection from one to next."""

    def open(self) -> None:
        """Make sure that a letter could leave, before anything is changed for its sake.

        Raises:
            MailUnavailableError: No letter would be taken now.
        """
        ...

    def send(self, message: EmailMessage) -> Answer:
        """Hand over one letter to the single address of its `To`.

        Raises:
            MailUnavailableError: No letter would be taken now; this one was not at fault.
        """
        ...

    def close(self) -> None:
        """End the connection, if there is one; the next letter opens another."""
        ...
