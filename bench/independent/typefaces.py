"""Typefaces of the independent set: families that no training renderer names.

The browser finds them by family name; Debian packages are listed in `.ci/packages.txt`. OCR-B has
one open design, so that the machine-readable zone shares it with training.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

SANS = (
    "Inter",
    "Clear Sans",
    "B612",
    "Karla",
    "Cabin",
    "PT Sans",
    "PT Sans Caption",
    "Manrope",
    "Go",
    "Universalis ADF Std",
    "Gillius ADF No2",
    "Andika",
    "Verana Sans",
    "Routed Gothic",
)
NARROW = ("PT Sans Narrow", "Gillius ADF No2 Cond", "Universalis ADF Std Cond")
SERIF = ("Caladea", "Charis SIL", "PT Serif", "Roboto Slab")
MONO = ("JetBrains Mono", "Fira Code", "Anonymous Pro", "Go Mono", "PT Mono", "B612 Mono")
DISPLAY = ("Sora", "League Spartan", "Play", "EB Garamond")
HAND = ("Kristi", "Kaushan Script", "Dancing Script")
MRZ = ("OCR B", "OCR B S")


class TypefaceMissingError(Exception):
    """Families of the set are not installed; the message names them."""


@cache
def require_installed() -> None:
    """Make sure that every family is there, or the frames would silently be of other type.

    Raises:
        TypefaceMissingError: fontconfig is absent, or lacks a family.
    """
    if shutil.which("fc-list") is None:
        raise TypefaceMissingError("fc-list is needed (Debian: apt-get install fontconfig)")
    listed = subprocess.run(
        ["fc-list", ":", "family"], capture_output=True, text=True, check=True
    ).stdout.replace("\\", "")
    known = {name.strip().casefold() for line in listed.splitlines() for name in line.split(",")}
    wanted = (*SANS, *NARROW, *SERIF, *MONO, *DISPLAY, *HAND, *MRZ)
    missing = [family for family in wanted if family.casefold() not in known]
    if missing:
        raise TypefaceMissingError(
            f"families not installed: {', '.join(missing)}; run .ci/system-packages independent"
        )
