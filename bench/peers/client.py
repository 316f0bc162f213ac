"""Asks a peer in its own process, one frame at a time, held to one thread."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.peers.text import PeerLine
from bench.report import ROOT

# The environment that `make peers` sets up.
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class PeerError(Exception):
    """A peer does not start, or went away; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer read in one frame; times are those of the reading alone."""

    lines: tuple[PeerLine, ...]
    cpu_ms: float
    wall_ms: float
    failure: str | None = None


class Peer:
    """One running peer; a context manager that ends its process."""

    def __init__(self, name: str, python: Path = PYTHON) -> None:
        """Start the peer.

        Raises:
            PeerError: Its environment is missing, or it cannot be loaded there.
        """
        self.name = name
        try:
            self._process = subprocess.Popen(
                [str(python), "-m", "bench.peers.worker", name],
                cwd=ROOT,
                env=os.environ | _ONE_THREAD,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        except OSError as error:
            raise PeerError(f"{python}: {error.strerror}; `make peers` sets it up") from error
        hello = self._next()
        if "error" in hello:
            raise PeerError(str(hello["error"]))
        self.version = str(hello["version"])

    def read(self, image: Path, corners: Sequence[Sequence[float]] | None) -> Answer:
        """Return what the peer reads: of the flat card by its true corners, or of the frame."""
        assert self._process.stdin is not None
        request = {"image": str(image), "corners": corners}
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise PeerError(f"{self.name} ended: {error.strerror}") from error
        return answer_of(self._next())

    def _next(self) -> Mapping[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerError(f"{self.name} ended with {self._process.wait()}")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def answer_of(said: Mapping[str, Any]) -> Answer:
    """Return a worker's answer as values."""
    return Answer(
        tuple(PeerLine.of(line) for line in said["lines"]),
        float(said["cpu_ms"]),
        float(said["wall_ms"]),
        said.get("failure"),
    )
