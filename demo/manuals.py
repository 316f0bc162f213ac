"""`python -m demo.manuals`: the pictures of the manuals, taken from the running product.

Those of the station come from `demo.screens`, those of the portal from `demo.portal_pictures`, the
wiring from its drawing. Each is kept only if a manual shows it, as a WebP small enough to travel
in a PDF.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from central.manuals.source import PICTURES, manuals
from demo.chromium import mexican_page
from demo.portal_pictures import take_portal
from demo.screens import ROOT, Variant, take_screens

_SCREEN = (Variant("", (1024, 600)),)
_WIDTH = 800
# A slip is narrow: its letters need every dot.
_MOST_BYTES = 60_000
_QUALITIES = (90, 82, 74, 66, 58, 50)


def main() -> int:
    """Take the pictures; give the exit status."""
    folder = ROOT / "var" / "manuals"
    shutil.rmtree(folder, ignore_errors=True)
    keep(take_screens(folder / "station", _SCREEN))
    keep(take_portal(ROOT, folder / "portal"))
    keep([draw(ROOT / "docs" / "hardware" / "wiring.svg", folder / "cableado.png")])
    return 0


def keep(taken: Iterable[Path]) -> None:
    """Make pictures of the manuals of those that a manual shows."""
    wanted = {name for manual in manuals() for name in manual.pictures}
    for path in taken:
        name = name_of(path)
        if name in wanted:
            _shrink(path, PICTURES / name)


def draw(drawing: Path, target: Path) -> Path:
    """Make a picture of a drawing, as a browser shows it."""
    with mexican_page() as page:
        page.set_viewport_size({"width": 1000, "height": 670})
        page.goto(drawing.as_uri())
        page.screenshot(path=target)
    return target


def name_of(path: Path) -> str:
    """Give the name of a picture in the manuals; a station's loses its place in the walk."""
    return re.sub(r"^kiosk-(?:\d\d-)?", "estacion-", path.stem) + ".webp"


def _shrink(source: Path, target: Path) -> None:
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    if picture.width > _WIDTH:
        height = round(picture.height * _WIDTH / picture.width)
        picture = picture.resize((_WIDTH, height), Image.Resampling.LANCZOS)
    for quality in _QUALITIES:
        picture.save(target, "WEBP", quality=quality, method=6)
        if target.stat().st_size <= _MOST_BYTES:
            return


if __name__ == "__main__":
    sys.exit(main())
