"""How verification and review ask the vault; they never see its key."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from typing import BinaryIO, cast

from central.errors import VaultRefusedError, VaultUnavailableError
from central.vault.protocol import (
    OpenAnswer,
    OpenRequest,
    PartName,
    Purpose,
    read_exactly,
    receive,
    send,
)
from wire.errors import ShapeError

# Codes that tell of the vault's own trouble, not of the record.
_PASSING = frozenset({"vault.unavailable", "storage", "storage.io", "database.not_ready"})


class VaultClient:
    """One connection, opened when needed and again after a failure; for one thread."""

    def __init__(self, path: Path, *, timeout_s: float) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._stream: BinaryIO | None = None

    def open_record(self, link: bytes, *, actor: str) -> bytes:
        """Give the plaintext of a packet's `record` part, for verification.

        Raises:
            VaultUnavailableError: The vault does not answer; later it may.
            VaultRefusedError: It will not open this one; `code` says why.
        """
        return self._open(OpenRequest(link.hex(), PartName.RECORD, Purpose.VERIFICATION, actor))

    def open_for_review(self, link: bytes, part: PartName, *, actor: str) -> bytes:
        """Give the plaintext of one part for a reviewer, `user:<number>`.

        Raises:
            VaultUnavailableError: The vault does not answer; later it may.
            VaultRefusedError: It will not open this one; `code` says why.
        """
        return self._open(OpenRequest(link.hex(), part, Purpose.REVIEW, actor))

    def open_for_hearing(self, link: bytes, *, actor: str) -> bytes:
        """Give the plaintext of a packet's `images` part for an aspirante, `user:<number>`.

        Raises:
            VaultUnavailableError: The vault does not answer; later it may.
            VaultRefusedError: It will not open this one; `code` says why.
        """
        return self._open(OpenRequest(link.hex(), PartName.IMAGES, Purpose.HEARING, actor))

    def close(self) -> None:
        """Hang up."""
        stream, self._stream = self._stream, None
        if stream is not None:
            # Closing flushes: what a dead vault could not be sent fails once more here.
            with contextlib.suppress(OSError):
                stream.close()

    def _open(self, request: OpenRequest) -> bytes:
        fresh = self._stream is None
        try:
            return self._ask(request)
        except VaultUnavailableError:
            self.close()
            if fresh:
                raise
        # The vault was restarted since the last request: its old connection is dead.
        try:
            return self._ask(request)
        except VaultUnavailableError:
            self.close()
            raise

    def _ask(self, request: OpenRequest) -> bytes:
        try:
            stream = self._connect()
            send(stream, request)
            answer = receive(stream, OpenAnswer)
            if answer is None:
                raise VaultUnavailableError("the vault hung up")
            if not answer.code:
                return read_exactly(stream, answer.size)
        except OSError as error:
            raise VaultUnavailableError(f"the vault does not answer: {error.strerror}") from error
        except ShapeError as error:
            raise VaultUnavailableError("the vault speaks another protocol") from error
        if answer.code in _PASSING:
            raise VaultUnavailableError(answer.message)
        raise VaultRefusedError(answer.message, code=answer.code)

    def _connect(self) -> BinaryIO:
        if self._stream is None:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(self._timeout_s)
                connection.connect(str(self._path))
                self._stream = cast(BinaryIO, connection.makefile("rwb"))
            finally:
                connection.close()  # the stream keeps the socket open
        return self._stream
