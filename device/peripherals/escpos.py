"""ESC/POS: the few commands a slip needs, as bytes, and what a printer answers.

Source: Epson's ESC/POS command reference; docs/hardware/printer.md lists each command with its
bytes. Only commands that printers of every make know are used: a QR code is sent as a picture.
"""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt
import zxingcpp

from device.peripherals.slips import Line, Qr, Rule, Slip, Style

Modules = npt.NDArray[np.bool_]

# Page 2 of ESC t is CP850 on practically every printer; it has all letters of Spanish.
CODE_PAGE, ENCODING = 2, "cp850"
INITIALISE = b"\x1b@"
FEED_AND_CUT = b"\x1dVB\x00"
# Answered in its turn, when everything before it has been worked off.
PAPER_STATUS = b"\x1dr\x01"
_SIZES = {Style.NORMAL: 0x00, Style.STRONG: 0x00, Style.LARGE: 0x11}
# Four bits a module, printed at twice the width and height where that fits: 8 dots, 1 mm at 203
# dots an inch.
_MODULE_BITS = 4
_DOUBLE = 3
_COLUMN_DOTS = 12
_QUIET_MODULES = 4


def realtime_status(n: int) -> bytes:
    """Return the request for one status byte, which a printer answers even when it is stopped."""
    return bytes((0x10, 0x04, n))


def encode(slip: Slip, columns: int) -> bytes:
    """Return everything a printer needs for one slip, from its reset to the cut."""
    out = bytearray(INITIALISE + bytes((0x1B, ord("t"), CODE_PAGE)))
    for block in slip.blocks:
        match block:
            case Line():
                out += _line(block, columns)
            case Rule():
                out += _text("-" * columns) + b"\n"
            case Qr():
                out += _aligned(centred=True) + raster(qr_modules(block.content), columns)
                out += _aligned(centred=False)
    return bytes(out + FEED_AND_CUT)


def qr_modules(content: str) -> Modules:
    """Return the modules of a QR code with its quiet zone: True is black."""
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    return np.asarray(np.pad(picture == 0, _QUIET_MODULES), np.bool_)


def raster(modules: Modules, columns: int) -> bytes:
    """Return modules as a picture (GS v 0), twice as large where the paper is wide enough.

    A module is half a byte, so that the picture has no bytes but 00, 0F, F0 and FF: a printer
    looks for real-time commands (10 04 …, 10 05 …, 10 14 …) in pictures too.
    """
    dots = np.kron(modules, np.ones((_MODULE_BITS, _MODULE_BITS), bool))
    rows = np.packbits(dots, axis=1)
    height, width = rows.shape
    size = _DOUBLE if 2 * dots.shape[1] <= columns * _COLUMN_DOTS else 0
    header = b"\x1dv0" + bytes((size, width & 0xFF, width >> 8, height & 0xFF, height >> 8))
    return header + rows.tobytes()


def printable(text: str) -> str:
    """Return text that the code page can show: no control character, no letter it lacks.

    A name in a policy must not be able to give the printer commands.
    """
    shown = []
    for letter in unicodedata.normalize("NFC", text):
        if unicodedata.category(letter).startswith("C"):
            continue
        shown.append(letter if _is_known(letter) else _plain(letter))
    return "".join(shown)


def _is_known(letter: str) -> bool:
    try:
        letter.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def _plain(letter: str) -> str:
    base = "".join(c for c in unicodedata.normalize("NFKD", letter) if ord(c) < 128)
    return base or "?"


def _line(line: Line, columns: int) -> bytes:
    strong = line.style is not Style.NORMAL
    out = _aligned(centred=line.is_centred) + bytes((0x1B, ord("E"), strong))
    out += bytes((0x1D, ord("!"), _SIZES[line.style]))
    clean = Line(printable(line.text), line.style, line.is_centred)
    for text in clean.wrapped(columns):
        out += _text(text) + b"\n"
    return out + b"\x1d!\x00\x1bE\x00" + _aligned(centred=False)


def _text(text: str) -> bytes:
    return printable(text).encode(ENCODING)


def _aligned(*, centred: bool) -> bytes:
    return bytes((0x1B, ord("a"), int(centred)))
