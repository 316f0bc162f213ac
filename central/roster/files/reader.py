"""A file as it was uploaded: what it is by its bytes, never by its name, and the rows in it."""

from __future__ import annotations

import re

from central.roster.files.columns import Column
from central.roster.files.encoding import decode
from central.roster.files.limits import Limits
from central.roster.files.refusals import Cause, FileRefusedError, Refusal
from central.roster.files.separated import read_separated
from central.roster.files.sheet import Sheet, sheet_of
from central.roster.files.table import Table
from central.roster.files.workbook import read_workbook

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# Compound File Binary: .xls and .doc of old, and everything that Office locks with a password.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OLD_WORD = "WordDocument".encode("utf-16-le")
_KINDS = (
    (b"%PDF", Cause.PDF),
    (b"\x89PNG", Cause.IMAGE),
    (b"\xff\xd8\xff", Cause.IMAGE),
    (b"GIF8", Cause.IMAGE),
    (b"BM", Cause.IMAGE),
    (b"RIFF", Cause.IMAGE),
    (b"II*\x00", Cause.IMAGE),
    (b"MM\x00*", Cause.IMAGE),
    (b"{\\rtf", Cause.DOCUMENT),
    (b"Rar!", Cause.ARCHIVE),
    (b"7z\xbc\xaf", Cause.ARCHIVE),
    (b"\x1f\x8b", Cause.ARCHIVE),
)
# Photos of telephones say what they are behind their first length.
_HEIF = re.compile(rb"\A.{4}ftyp(heic|heix|mif1|msf1|avif)", re.DOTALL)
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|head|meta|table|style|body|!--)", re.IGNORECASE)
_MAIL = re.compile(r"\s*mime-version:", re.IGNORECASE)
_CONTACTS = re.compile(r"\s*begin:vcard", re.IGNORECASE)


def read_file(content: bytes, limits: Limits, *, needed: frozenset[Column]) -> Sheet | Refusal:
    """Give the rows of a file, or the one reason why it cannot be read.

    Args:
        content: Its bytes.
        limits: How large it may be.
        needed: Columns that must be there.
    """
    try:
        return sheet_of(_table(content, limits), limits, needed=needed)
    except FileRefusedError as error:
        return error.refusal


def _table(content: bytes, limits: Limits) -> Table:
    if not content.strip():
        raise FileRefusedError(Cause.EMPTY)
    if content.startswith(_COMPOUND):
        raise FileRefusedError(_compound(content))
    for mark, cause in _KINDS:
        if content.startswith(mark) and (mark != b"BM" or b"\x00" in content[:64]):
            raise FileRefusedError(cause)
    if _HEIF.match(content):
        raise FileRefusedError(Cause.IMAGE)
    if content.startswith(_ZIP):
        _check_size(content, limits.workbook_bytes)
        return read_workbook(content, limits)
    _check_size(content, limits.text_bytes)
    text = decode(content)
    if not text.strip():
        raise FileRefusedError(Cause.EMPTY)
    if _MARKUP.match(text) or _MAIL.match(text):
        raise FileRefusedError(Cause.MARKUP)
    if _CONTACTS.match(text):
        raise FileRefusedError(Cause.CONTACTS)
    return read_separated(text, limits)


def _check_size(content: bytes, most: int) -> None:
    if len(content) > most:
        raise FileRefusedError(Cause.TOO_BIG, most_bytes=most)


def _compound(content: bytes) -> Cause:
    if _LOCKED in content:
        return Cause.PASSWORD
    return Cause.DOCUMENT if _OLD_WORD in content else Cause.OLD_EXCEL
