"""Typefaces for synthetic lines, from Debian's font packages, with families held out.

Packages: fonts-dejavu-core, fonts-dejavu-extra, fonts-liberation, fonts-freefont-ttf,
fonts-roboto-unhinted, fonts-lato, fonts-open-sans, fonts-croscore, fonts-crosextra-carlito,
fonts-urw-base35, fonts-texgyre, fonts-cantarell, fonts-dosis, fonts-quicksand, fonts-hack,
fonts-inconsolata, fonts-ocr-a, fonts-ocr-b, fonts-noto-core, fonts-lmodern, fonts-cmu,
fonts-thai-tlwg-ttf, fonts-arundina, fonts-opendin, fonts-tuffy, fonts-gfs-neohellenic,
fonts-oxygen, fonts-mplus, fonts-yanone-kaffeesatz, fonts-linuxlibertine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

from training.text_recogniser.alphabet import ALPHABET

_ROOTS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))

# Debian's OCR-B comes with outlined, inverted and oblique cuts as well: those print no credential.
_MRZ = ("OCRB.otf", "OCRBS.otf")

# (file name, weight). Credentials are set in plain sans serifs; the rest keeps the net from
# learning one design by heart.
_SANS: dict[str, float] = {
    "LiberationSans-Regular.ttf": 3,
    "LiberationSans-Bold.ttf": 3,
    "LiberationSansNarrow-Regular.ttf": 2,
    "LiberationSansNarrow-Bold.ttf": 2,
    "Arimo-Regular.ttf": 1,
    "Arimo-Bold.ttf": 1,
    "NimbusSans-Regular.otf": 2,
    "NimbusSans-Bold.otf": 2,
    "NimbusSansNarrow-Regular.otf": 2,
    "NimbusSansNarrow-Bold.otf": 2,
    "texgyreheros-regular.otf": 1,
    "texgyreheros-bold.otf": 1,
    "texgyreheroscn-regular.otf": 1,
    "texgyreheroscn-bold.otf": 1,
    "texgyreadventor-regular.otf": 1,
    "texgyreadventor-bold.otf": 1,
    "URWGothic-Book.otf": 1,
    "FreeSans.ttf": 1,
    "FreeSansBold.ttf": 1,
    "DejaVuSans.ttf": 1,
    "DejaVuSans-Bold.ttf": 1,
    "DejaVuSansCondensed.ttf": 2,
    "DejaVuSansCondensed-Bold.ttf": 1,
    "Roboto-Light.ttf": 1,
    "Roboto-Regular.ttf": 2,
    "Roboto-Medium.ttf": 1,
    "Roboto-Bold.ttf": 2,
    "Roboto-Black.ttf": 1,
    "RobotoCondensed-Light.ttf": 1,
    "RobotoCondensed-Regular.ttf": 2,
    "RobotoCondensed-Bold.ttf": 2,
    "Lato-Light.ttf": 1,
    "Lato-Regular.ttf": 2,
    "Lato-Bold.ttf": 2,
    "Lato-Black.ttf": 1,
    "Cantarell-Regular.otf": 1,
    "Cantarell-Bold.otf": 1,
    "Dosis-Medium.otf": 1,
    "Dosis-Bold.otf": 1,
    "Quicksand-Bold.ttf": 1,
    "NotoSans-Regular.ttf": 2,
    "NotoSans-Bold.ttf": 2,
    "NotoSansDisplay-Regular.ttf": 1,
    "NotoSansDisplay-Bold.ttf": 1,
    "Oxygen-Sans.ttf": 1,
    "Oxygen-Sans-Bold.ttf": 1,
    "OSP-DIN.ttf": 1,
    "Tuffy.ttf": 1,
    "Tuffy_Bold.ttf": 1,
    "ArundinaSans.ttf": 1,
    "ArundinaSans-Bold.ttf": 1,
    "Mplus1-Regular.otf": 1,
    "Mplus1-Medium.otf": 1,
    "Mplus1-Bold.otf": 1,
    "Mplus2-Regular.otf": 0.7,
    "Mplus2-Bold.otf": 0.7,
    "YanoneKaffeesatz-Regular.otf": 0.7,
    "YanoneKaffeesatz-Bold.otf": 0.7,
    "GFSNeohellenic.otf": 0.5,
    "GFSNeohellenicBold.otf": 0.5,
    "LinBiolinum_R.otf": 0.7,
    "LinBiolinum_RB.otf": 0.7,
    "lmsans10-regular.otf": 0.7,
    "lmsans10-bold.otf": 0.7,
    "lmsansdemicond10-regular.otf": 0.7,
    "cmunss.ttf": 0.5,
    "cmunsx.ttf": 0.5,
    "Garuda.ttf": 1,
    "Garuda-Bold.ttf": 1,
    "Loma.ttf": 1,
    "Loma-Bold.ttf": 1,
    "Umpush.ttf": 0.7,
    "Umpush-Bold.ttf": 0.7,
    "Waree.ttf": 0.7,
    "Sawasdee-Bold.ttf": 0.5,
    "Laksaman.ttf": 0.7,
    "Laksaman-Bold.ttf": 0.7,
    "Roboto-Italic.ttf": 0.5,
    "LiberationSans-BoldItalic.ttf": 0.5,
}
_SERIF: dict[str, float] = {
    "LiberationSerif-Regular.ttf": 0.7,
    "LiberationSerif-Bold.ttf": 0.7,
    "NotoSerif-Regular.ttf": 0.7,
    "FreeSerif.ttf": 0.5,
    "C059-Roman.otf": 0.4,
    "URWBookman-Light.otf": 0.4,
    "DejaVuSerifCondensed.ttf": 0.5,
}
_MONO: dict[str, float] = {
    "LiberationMono-Regular.ttf": 1,
    "LiberationMono-Bold.ttf": 1,
    "DejaVuSansMono.ttf": 1,
    "FreeMonoBold.ttf": 0.7,
    "Hack-Regular.ttf": 0.7,
    "Inconsolata.otf": 0.7,
    "OCRA.ttf": 0.7,
    "texgyrecursor-bold.otf": 0.5,
    "OxygenMono-Regular.ttf": 0.7,
    "ArundinaSansMono.ttf": 0.7,
    "ArundinaSansMono-Bold.ttf": 0.7,
    "MplusCode60-Regular.otf": 0.7,
    "MplusCode60-Bold.otf": 0.7,
    "MplusCode50-Medium.otf": 0.5,
    "lmmono10-regular.otf": 0.7,
    "cmuntt.ttf": 0.5,
    "cmuntb.ttf": 0.5,
    "TlwgMono-Bold.ttf": 0.7,
    "TlwgTypist-Bold.ttf": 0.5,
}
# Whole families that no training line may use.
_HELD_OUT: dict[str, float] = {
    "OpenSans-Regular.ttf": 2,
    "OpenSans-Semibold.ttf": 2,
    "OpenSans-Bold.ttf": 2,
    "OpenSans-CondBold.ttf": 1,
    "Carlito-Regular.ttf": 2,
    "Carlito-Bold.ttf": 2,
    "texgyrepagella-regular.otf": 0.5,
    "Comfortaa-Bold.ttf": 0.5,
}
_HELD_OUT_MONO: dict[str, float] = {"Cousine-Regular.ttf": 1, "Cousine-Bold.ttf": 1}


class TypefaceError(RuntimeError):
    """Fonts without which no line can be drawn are not installed."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """One font file, with the characters of the alphabet that it can print."""

    path: str
    weight: float
    characters: frozenset[str]

    def prints(self, text: str) -> bool:
        """Whether the font has every character of a text."""
        return self.characters.issuperset(text)


@dataclass(frozen=True, slots=True)
class Typefaces:
    """The typefaces of one split."""

    text: tuple[Typeface, ...]
    mono: tuple[Typeface, ...]
    mrz: tuple[Typeface, ...]


@cache
def typefaces(*, held_out: bool = False) -> Typefaces:
    """Find the typefaces of training, or those held out from it.

    A machine with DejaVu, Liberation and OCR-B draws lines; a training run wants `missing()` to
    be empty. OCR-B has one design alone, so both splits share it for the MRZ.

    Raises:
        TypefaceError: None of the fonts for a part is installed; the message names some.
    """
    text, mono = (_HELD_OUT, _HELD_OUT_MONO) if held_out else ({**_SANS, **_SERIF}, _MONO)
    if held_out and not any(name in _installed() for name in text):
        text, mono = {**_SANS, **_SERIF}, _MONO

    def load(weights: dict[str, float]) -> tuple[Typeface, ...]:
        found = tuple(
            _typeface(_installed()[name], weight)
            for name, weight in weights.items()
            if name in _installed()
        )
        if not found:
            raise TypefaceError(f"no font installed of {', '.join(list(weights)[:4])}")
        return found

    mono = mono if any(name in _installed() for name in mono) else _MONO
    return Typefaces(load(text), load(mono), load(dict.fromkeys(_MRZ, 1.0)))


def missing() -> tuple[str, ...]:
    """Files of typefaces that a training run uses and this machine does not have."""
    wanted = [*_SANS, *_SERIF, *_MONO, *_MRZ, *_HELD_OUT, *_HELD_OUT_MONO]
    return tuple(sorted(name for name in wanted if name not in _installed()))


@cache
def _installed() -> dict[str, Path]:
    return {path.name: path for root in _ROOTS for path in sorted(root.rglob("*.?t?"))}


def _typeface(path: Path, weight: float) -> Typeface:
    with TTFont(path, lazy=True, fontNumber=0) as font:
        known = font.getBestCmap()
    wanted = ALPHABET + ALPHABET.lower()
    return Typeface(str(path), weight, frozenset(c for c in wanted if ord(c) in known))


@cache
def font(path: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A font at a size, kept: opening one costs more than printing a line."""
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)


@cache
def capital_height(path: str) -> float:
    """Height of a capital H as a share of the font's nominal size."""
    box = font(path, 200).getbbox("H")
    return float(box[3] - box[1]) / 200
