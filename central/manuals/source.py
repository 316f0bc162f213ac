"""Where the manuals lie, what each is called, and what its PDF was made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PICTURES = FOLDER / "pictures"
LANGUAGE = "es-MX"
# In the order in which they are offered.
SLUGS = ("aspirantes", "auxiliares", "mesa-de-control", "tecnicos", "emergencias")
# What shapes a PDF besides its text and its pictures.
_SHAPE = ("pages.py", "printing.py", "print.css")
_PICTURE = re.compile(r"!\[[^\]]*\]\(\.\./pictures/([a-z0-9-]+\.webp)(?: \"[^\"]*\")?\)")


@dataclass(frozen=True, slots=True)
class Manual:
    """One manual as it was written: its first heading is its title, then comes its summary."""

    slug: str
    text: str

    @property
    def title(self) -> str:
        """The first heading."""
        return self.text.split("\n", 1)[0].removeprefix("# ").strip()

    @property
    def summary(self) -> str:
        """The first paragraph: for whom it is."""
        return " ".join(self.text.split("\n\n", 2)[1].split())

    @property
    def pictures(self) -> tuple[str, ...]:
        """The files of its pictures, in order."""
        return tuple(_PICTURE.findall(self.text))

    @property
    def pdf(self) -> Path:
        """Where its PDF lies."""
        return FOLDER / "pdf" / f"{self.slug}.pdf"

    @property
    def digest(self) -> str:
        """SHA-256 of everything its PDF is made of; the PDF carries it."""
        shape = (FOLDER / name for name in _SHAPE)
        pictures = (PICTURES / name for name in self.pictures)
        return _digest([self.text.encode(), *_contents(shape), *_contents(pictures)])


@lru_cache(maxsize=len(SLUGS))
def read_manual(slug: str) -> Manual | None:
    """Give the manual of a name; None when there is none."""
    if slug not in SLUGS:
        return None
    return Manual(slug, (FOLDER / "es" / f"{slug}.md").read_text(encoding="utf-8"))


def manuals() -> tuple[Manual, ...]:
    """Give all manuals."""
    return tuple(manual for slug in SLUGS if (manual := read_manual(slug)) is not None)


def _contents(paths: Iterable[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()
