"""What a document is, its bytes tell."""

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from central.errors import InvalidInputError
from central.review.attachments import JPEG, MOST_BYTES, PDF, PNG, read_attachment
from tests.portal.vault import picture


def _pdf() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (20, 20)).save(target, "PDF")
    return target.getvalue()


_KINDS = [
    (_pdf(), PDF),
    (picture(60, 50, "#ffffff"), JPEG),
    (picture(60, 50, "#ffffff", kind="PNG"), PNG),
]


@pytest.mark.parametrize(("content", "media_type"), _KINDS, ids=[kind for _, kind in _KINDS])
@pytest.mark.parametrize("name", ["acta.pdf", "foto.exe", "", "../../etc/passwd"])
def test_a_name_promises_nothing(content: bytes, media_type: str, name: str) -> None:
    assert read_attachment(name, content).media_type == media_type


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "attachment.empty"),
        (b"%PDF-1.7\n" + b"x" * MOST_BYTES + b"%%EOF", "attachment.size"),
        (b"%PDF-1.7\ncut in the middle", "attachment.type"),
        (picture(60, 50, "#ffffff", kind="GIF"), "attachment.type"),
        (picture(60, 50, "#ffffff", kind="PNG")[:60], "attachment.type"),
        (b"<html><script>alert(1)</script></html>", "attachment.type"),
        (b"PK\x03\x04 a document of an office", "attachment.type"),
        (b"MZ a program called acta.pdf", "attachment.type"),
    ],
)
def test_what_is_not_pdf_jpg_or_png_is_refused_by_its_cause(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_attachment("acta.pdf", content)
    assert refused.value.code == code


@given(st.binary(max_size=2000))
def test_no_bytes_end_otherwise_than_accepted_or_refused(content: bytes) -> None:
    for head in (b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"):
        with contextlib.suppress(InvalidInputError):
            assert read_attachment("x", head + content).media_type in (PDF, JPEG, PNG)
