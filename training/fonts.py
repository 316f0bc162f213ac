"""Open typefaces that Debian packages install, sorted by the part they can play on a card.

Nothing is downloaded: the folders where Debian puts fonts are scanned once. A machine with only
DejaVu, Liberation and OCR-B can render; every further family adds variety.
"""

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["sans", "narrow", "serif", "mono", "mrz"]
Split = Literal["train", "held", "all"]

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/usr/share/texmf/fonts/opentype"),
)

# Debian packages without which no card can be rendered, and one file of each.
REQUIRED = {
    "fonts-dejavu-core": "DejaVuSans.ttf",
    "fonts-liberation": "LiberationSans-Regular.ttf",
    "fonts-ocr-b": "OCRB.otf",
}

# Families kept apart: networks never train on them, so that a test can ask for unseen type.
HELD_OUT = frozenset({"Carlito", "TeX Gyre Heros Condensed", "Hack", "Noto Serif", "Quicksand"})


class FontsMissingError(Exception):
    """Fonts that the renderer cannot do without are not installed; the message names packages."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """One font file: `weight` is 400 for regular and 700 for bold."""

    family: str
    kind: Kind
    weight: int
    path: str


# family, kind, {file name: weight}. OCRBX, OCRBE, OCRBF and OCRBL are inverted, outlined or
# slanted drawings of OCR-B and OCR-A has no accents: they are left out on purpose.
_FAMILIES: tuple[tuple[str, Kind, dict[str, int]], ...] = (
    ("Arimo", "sans", {"Arimo-Regular.ttf": 400, "Arimo-Bold.ttf": 700}),
    ("Cantarell", "sans", {"Cantarell-Regular.otf": 400, "Cantarell-Bold.otf": 700}),
    ("Carlito", "sans", {"Carlito-Regular.ttf": 400, "Carlito-Bold.ttf": 700}),
    ("DejaVu Sans", "sans", {"DejaVuSans.ttf": 400, "DejaVuSans-Bold.ttf": 700}),
    (
        "DejaVu Condensed",
        "narrow",
        {"DejaVuSansCondensed.ttf": 400, "DejaVuSansCondensed-Bold.ttf": 700},
    ),
    ("Dosis", "sans", {"Dosis-Medium.otf": 500, "Dosis-Bold.otf": 700}),
    ("FreeSans", "sans", {"FreeSans.ttf": 400, "FreeSansBold.ttf": 700}),
    ("Lato", "sans", {"Lato-Regular.ttf": 400, "Lato-Medium.ttf": 500, "Lato-Bold.ttf": 700}),
    (
        "Liberation Sans",
        "sans",
        {"LiberationSans-Regular.ttf": 400, "LiberationSans-Bold.ttf": 700},
    ),
    (
        "Liberation Narrow",
        "narrow",
        {"LiberationSansNarrow-Regular.ttf": 400, "LiberationSansNarrow-Bold.ttf": 700},
    ),
    (
        "Montserrat",
        "sans",
        {"Montserrat-Regular.otf": 400, "Montserrat-Medium.otf": 500, "Montserrat-Bold.otf": 700},
    ),
    ("Nimbus Sans", "sans", {"NimbusSans-Regular.otf": 400, "NimbusSans-Bold.otf": 700}),
    (
        "Nimbus Sans Narrow",
        "narrow",
        {"NimbusSansNarrow-Regular.otf": 400, "NimbusSansNarrow-Bold.otf": 700},
    ),
    ("Noto Sans", "sans", {"NotoSans-Regular.ttf": 400, "NotoSans-Bold.ttf": 700}),
    (
        "Noto Sans Display",
        "sans",
        {"NotoSansDisplay-Regular.ttf": 400, "NotoSansDisplay-Bold.ttf": 700},
    ),
    (
        "Open Sans",
        "sans",
        {"OpenSans-Regular.ttf": 400, "OpenSans-Semibold.ttf": 600, "OpenSans-Bold.ttf": 700},
    ),
    ("Open Sans Condensed", "narrow", {"OpenSans-CondBold.ttf": 700}),
    ("Quicksand", "sans", {"Quicksand-Medium.ttf": 500, "Quicksand-Bold.ttf": 700}),
    (
        "Roboto",
        "sans",
        {"Roboto-Regular.ttf": 400, "Roboto-Medium.ttf": 500, "Roboto-Bold.ttf": 700},
    ),
    (
        "Roboto Condensed",
        "narrow",
        {
            "RobotoCondensed-Regular.ttf": 400,
            "RobotoCondensed-Medium.ttf": 500,
            "RobotoCondensed-Bold.ttf": 700,
        },
    ),
    (
        "TeX Gyre Adventor",
        "sans",
        {"texgyreadventor-regular.otf": 400, "texgyreadventor-bold.otf": 700},
    ),
    ("TeX Gyre Heros", "sans", {"texgyreheros-regular.otf": 400, "texgyreheros-bold.otf": 700}),
    (
        "TeX Gyre Heros Condensed",
        "narrow",
        {"texgyreheroscn-regular.otf": 400, "texgyreheroscn-bold.otf": 700},
    ),
    ("Ubuntu", "sans", {"Ubuntu-R.ttf": 400, "Ubuntu-M.ttf": 500, "Ubuntu-B.ttf": 700}),
    ("DejaVu Serif", "serif", {"DejaVuSerif.ttf": 400, "DejaVuSerif-Bold.ttf": 700}),
    (
        "Liberation Serif",
        "serif",
        {"LiberationSerif-Regular.ttf": 400, "LiberationSerif-Bold.ttf": 700},
    ),
    ("Noto Serif", "serif", {"NotoSerif-Regular.ttf": 400, "NotoSerif-Bold.ttf": 700}),
    ("TeX Gyre Schola", "serif", {"texgyreschola-regular.otf": 400, "texgyreschola-bold.otf": 700}),
    ("Cousine", "mono", {"Cousine-Regular.ttf": 400, "Cousine-Bold.ttf": 700}),
    ("DejaVu Sans Mono", "mono", {"DejaVuSansMono.ttf": 400, "DejaVuSansMono-Bold.ttf": 700}),
    ("FreeMono", "mono", {"FreeMonoBold.ttf": 700}),
    ("Hack", "mono", {"Hack-Regular.ttf": 400, "Hack-Bold.ttf": 700}),
    ("Inconsolata", "mono", {"Inconsolata.otf": 500}),
    (
        "Liberation Mono",
        "mono",
        {"LiberationMono-Regular.ttf": 400, "LiberationMono-Bold.ttf": 700},
    ),
    ("Nimbus Mono", "mono", {"NimbusMonoPS-Bold.otf": 700}),
    ("OCR-B", "mrz", {"OCRB.otf": 400, "OCRBS.otf": 400}),
)


@functools.cache
def installed() -> tuple[Typeface, ...]:
    """List every known typeface found on this machine, in a fixed order.

    Raises:
        FontsMissingError: A required Debian package is absent; the message names all of them.
    """
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for root, _, names in sorted(os.walk(folder)):
            for name in names:
                found.setdefault(name, f"{root}/{name}")
    missing = [package for package, name in REQUIRED.items() if name not in found]
    if missing:
        raise FontsMissingError(f"install these packages first: {' '.join(missing)}")
    return tuple(
        Typeface(family, kind, weight, found[name])
        for family, kind, files in _FAMILIES
        for name, weight in files.items()
        if name in found
    )


@functools.cache
def faces(
    kinds: tuple[Kind, ...], split: Split = "all", heaviest: int = 1000, lightest: int = 0
) -> tuple[Typeface, ...]:
    """List installed typefaces of these kinds within a span of weights.

    When the machine has none of the wanted split, every installed one of the kind is given:
    a small machine renders with less variety instead of failing.
    """
    of_kind = [
        face for face in installed() if face.kind in kinds and lightest <= face.weight <= heaviest
    ]
    if not of_kind:
        of_kind = [face for face in installed() if face.kind in kinds]
    wanted = [
        face for face in of_kind if split == "all" or (face.family in HELD_OUT) == (split == "held")
    ]
    return tuple(wanted or of_kind)
