"""Reads a folder of samples from the test suites of others, which are never committed here.

An image beside a text file of its name is a barcode with that content (zxing-cpp keeps its samples
so, Apache 2.0). Any other image is a document that is no credencial para votar: passports, visas
and cards (PassportEye's samples, MIT). From those nothing may be given.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.report import percentile, share, table
from device.inference.barcodes import read_barcodes
from device.inference.base import Image, ImageError
from device.inference.images import read_image
from device.inference.reader import CardReader

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"})


@dataclass(frozen=True, slots=True)
class CodeSample:
    """One barcode: was it read, and did anything come out that is not in it."""

    folder: str
    read: bool
    wrong: bool
    ms: float


@dataclass(frozen=True, slots=True)
class DocumentSample:
    """One foreign document: was it taken for a credential, accepted, and what was given of it."""

    name: str
    found: bool
    accepted: bool
    given: tuple[str, ...]


def read_samples(reader: CardReader, folder: Path) -> str:
    """Return the tables of everything under a folder."""
    codes: list[CodeSample] = []
    documents: list[DocumentSample] = []
    for path in images(folder):
        content = content_of(path)
        if content is not None:
            sample = _code(path, content)
            codes += [] if sample is None else [sample]
        else:
            document = _document(reader, path)
            documents += [] if document is None else [document]
    return f"{code_table(codes)}\n\n{document_table(documents)}"


def images(folder: Path) -> Iterator[Path]:
    """Give every image under a folder, in order."""
    yield from sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES)


def content_of(path: Path) -> bytes | None:
    """Return what the file beside a sample says is in it; None for what is no barcode."""
    for suffix in (".bin", ".txt"):
        beside = path.with_suffix(suffix)
        if beside.exists():
            return beside.read_bytes()
    return None


def _code(path: Path, content: bytes) -> CodeSample | None:
    packed = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if packed is None:
        return None
    grey: Image = np.asarray(packed, np.uint8)
    begun = time.thread_time_ns()
    found = [code.payload for code in read_barcodes(grey)]
    spent = (time.thread_time_ns() - begun) / 1e6
    expected = _encodings(content)
    return CodeSample(
        path.parent.name,
        any(payload in expected for payload in found),
        any(payload not in expected for payload in found),
        spent,
    )


def _encodings(content: bytes) -> set[bytes]:
    """Return the bytes a code may hold for a content: a text file says it in UTF-8."""
    # It may also end in a line break that the code has not.
    forms = {content, content.rstrip(b"\r\n")}
    for encoding in ("latin-1", "shift_jis", "gb18030"):
        for form in tuple(forms):
            with suppress(UnicodeError):
                forms.add(form.decode("utf-8").encode(encoding))
    return forms


def _document(reader: CardReader, path: Path) -> DocumentSample | None:
    try:
        reading = reader.read(read_image(path), today=None)
    except ImageError:
        return None
    given = sorted(reading.fields) + (["mrz"] if reading.mrz is not None else [])
    return DocumentSample(path.name, reading.found, reading.accepted, tuple(given))


def code_table(samples: list[CodeSample]) -> str:
    """Return one row a folder: a suite keeps one kind of difficulty in each."""
    rows = [["barcodes of", "images", "content right", "other content", "ms, median"]]
    for name in sorted({s.folder for s in samples}):
        group = [s for s in samples if s.folder == name]
        rows.append(
            [
                name,
                str(len(group)),
                share(sum(s.read for s in group), len(group)),
                str(sum(s.wrong for s in group)),
                f"{percentile([s.ms for s in group], 0.5):.1f}",
            ]
        )
    return table(rows)


def document_table(samples: list[DocumentSample]) -> str:
    """Return how many foreign documents were taken for a credential, and each that was."""
    found = [s for s in samples if s.found]
    lines = [
        f"Documents that are no credential: {len(samples)}.",
        f"Taken for one: {share(len(found), len(samples))} %.",
        f"Accepted by the gate: {share(sum(s.accepted for s in samples), len(samples))} %.",
        f"With a value given: {share(sum(bool(s.given) for s in samples), len(samples))} %.",
    ]
    lines += [f"- {s.name}: {', '.join(s.given) or 'no value'}" for s in found]
    return "\n".join(lines)
