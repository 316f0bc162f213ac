"""A report and its signature: is this file, to the last byte, what the centre made?"""

import hashlib
from pathlib import Path

from wire.keys import KeyRing
from wire.report import Report, require_bytes_of, verify_report

_AT_A_TIME = 1 << 20


def check_report(file: Path, signature: Path, keys: KeyRing) -> Report:
    """Check a file of any size; give what the centre said of it.

    Raises:
        OSError: One of the two cannot be read.
        ReportError: The signature does not hold, or is of another file.
    """
    token = signature.read_text("utf-8", errors="replace").strip()
    report = verify_report(token, keys)
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as content:
        while piece := content.read(_AT_A_TIME):
            digest.update(piece)
            size += len(piece)
    require_bytes_of(report, size=size, sha256=digest.hexdigest())
    return report
