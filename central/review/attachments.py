"""Files beside the statement of an inconformidad: what they are is told by their bytes."""

import io
import re
from dataclasses import dataclass, field
from hashlib import sha256

from PIL import Image, UnidentifiedImageError

from central.errors import InvalidInputError

MOST_FILES = 5
MOST_BYTES = 5 * 1024 * 1024

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
_OF_FORMAT = {"JPEG": JPEG, "PNG": PNG}
_PDF_HEAD = re.compile(rb"%PDF-[12]\.[0-9]")
# A reader looks for the end of the file here, and so do we.
_PDF_TAIL_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it was given: its name as the person wrote it, and what its bytes are."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)
    media_type: str

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes."""
        return sha256(self.content).digest()


def read_attachment(name: str, content: bytes) -> Attachment:
    """Accept a file.

    Raises:
        InvalidInputError: It is empty, too large, or neither PDF, JPG nor PNG; `code` says which.
    """
    if not content:
        raise InvalidInputError("the file is empty", field="files", code="attachment.empty")
    if len(content) > MOST_BYTES:
        raise InvalidInputError("the file is too large", field="files", code="attachment.size")
    media_type = _pdf(content) or _picture(content)
    if media_type is None:
        raise InvalidInputError("neither PDF, JPG nor PNG", field="files", code="attachment.type")
    return Attachment(name[:200], content, media_type)


def _pdf(content: bytes) -> str | None:
    is_whole = b"%%EOF" in content[-_PDF_TAIL_BYTES:]
    return PDF if _PDF_HEAD.match(content) and is_whole else None


def _picture(content: bytes) -> str | None:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(_OF_FORMAT)) as picture:
            picture.verify()
            return _OF_FORMAT[str(picture.format)]
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None  # what the library says of a file that is not what its first bytes promise
