"""Writes letters into a folder instead of sending them: a stand-in for the demo and the tests."""

from __future__ import annotations

import os
import re
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path

from central.errors import MailUnavailableError
from central.mail.base import Accepted, Answer

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9.-]+")


class FolderTransport:
    """One file `.eml` a letter, for its own user alone: letters hold codes and links."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        """Nothing is to be opened."""

    def send(self, message: EmailMessage) -> Answer:
        """Write one letter; the same letter again replaces its file.

        Raises:
            MailUnavailableError: The folder cannot be written.
        """
        name = _NOT_IN_A_NAME.sub("_", str(message["Message-ID"]).strip("<>").partition("@")[0])
        path = self._folder / f"{name}.eml"
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
                file.write(message.as_bytes(policy=SMTP_POLICY))
            temporary.replace(path)
        except OSError as error:
            raise MailUnavailableError(
                "the folder cannot be written", code="mail.folder"
            ) from error
        return Accepted()

    def close(self) -> None:
        """Nothing is open."""
