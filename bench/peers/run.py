"""Lets a peer read a set of frames, with the help of the true corners or without, and scores it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.peers.client import PYTHON, Answer, Peer
from bench.peers.reading import PeerReading, read_lines
from bench.scoring import Score, score

# What `--peers` may name, in the order of the tables.
PEERS = ("rapidocr", "tesseract", "passporteye")
TITLES = {"rapidocr": "RapidOCR", "tesseract": "Tesseract", "passporteye": "PassportEye"}


@dataclass(frozen=True, slots=True)
class PeerRun:
    """What one peer made of all frames; `helped` is with the true corners given."""

    name: str
    version: str
    helped: bool
    scores: tuple[Score, ...]
    failures: int = 0

    @property
    def title(self) -> str:
        return f"{TITLES[self.name]}, {'true corners' if self.helped else 'raw frame'}"


def run_peer(
    name: str,
    frames: Iterable[tuple[Path, Mapping[str, Any]]],
    *,
    helped: bool,
    python: Path = PYTHON,
) -> PeerRun:
    """Let a peer read frames, each with its line of truth; without a card there is no help.

    Raises:
        PeerError: The peer does not run here.
    """
    scores, failures = [], 0
    with Peer(name, python) as peer:
        for path, truth in frames:
            if helped and not truth["found"]:
                continue
            answer = peer.read(path, truth["corners"] if helped else None)
            failures += answer.failure is not None
            scores.append(score_answer(truth, answer, helped=helped))
        return PeerRun(name, peer.version, helped, tuple(scores), failures)


def score_answer(truth: Mapping[str, Any], answer: Answer, *, helped: bool) -> Score:
    """Return the score of one answer; reading the lines costs the peer nothing."""
    read: PeerReading = read_lines(answer.lines, is_card=helped)
    return score(truth, read.as_reading(cpu_ms=answer.cpu_ms))
