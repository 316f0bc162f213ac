"""Parts and what is in them: sealed to two keys, bound to their packet."""

import dataclasses
import io
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage import x25519

from tests.stations import AUXILIAR, EPOCH, PROCESS, SOLICITUD, STATION, Centre, draft
from tests.unit.wire.test_packet import header
from wire.envelope import (
    PADDING_BYTES,
    Recipient,
    count_recipients,
    open_part,
    pad,
    seal_part,
)
from wire.errors import EnvelopeError, RecordError
from wire.record import (
    Detail,
    Images,
    Record,
    build_detail,
    build_images,
    build_record,
    list_images,
    parse_detail,
    parse_images,
    parse_record,
)

CENTRE = Centre()
DRAFT = draft()
SEALED = seal_part(bytes(5 * PADDING_BYTES), CENTRE.recipients)


def record(**changes: Any) -> Record:
    good = Record(
        STATION,
        EPOCH,
        1,
        header().packet_id,
        PROCESS,
        SOLICITUD,
        AUXILIAR,
        header().folio or "",
        DRAFT.capture,
        list_images(DRAFT.images),
    )
    return dataclasses.replace(good, **changes)


class TestAPart:
    @pytest.mark.parametrize(
        "identity", [str(CENTRE.opening), str(CENTRE.recovery)], ids=["opening", "recovery"]
    )
    def test_opens_with_either_key(self, identity: str) -> None:
        content = pad(b"text", b" ")
        assert open_part(seal_part(content, CENTRE.recipients), [identity]) == content

    def test_does_not_open_with_another_key(self) -> None:
        sealed = seal_part(pad(b"text", b" "), CENTRE.recipients)
        with pytest.raises(EnvelopeError) as caught:
            open_part(sealed, [str(x25519.Identity.generate())])
        assert caught.value.code == "envelope.not_opened"

    @given(st.data())
    def test_does_not_open_when_cut_or_altered(self, data: st.DataObject) -> None:
        sealed = SEALED
        cut = data.draw(st.integers(0, len(sealed) - 1))
        with pytest.raises(EnvelopeError):
            open_part(sealed[:cut], [str(CENTRE.opening)])
        # the ciphertext's chunks begin after the header; the last stanza may be a meaningless one
        position = data.draw(st.integers(sealed.index(b"\n--- ") + 60, len(sealed) - 1))
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(EnvelopeError):
            open_part(bytes(altered), [str(CENTRE.opening)])

    @given(st.integers(1, 70_000))
    def test_shows_only_how_many_16_kib_it_has(self, size: int) -> None:
        assert len(pad(b"x" * size, b" ")) % PADDING_BYTES == 0
        assert len(pad(b"x" * size, b" ")) - size < PADDING_BYTES

    @pytest.mark.parametrize("content", [b"", b"x", bytes(PADDING_BYTES + 1)])
    def test_is_not_sealed_unpadded(self, content: bytes) -> None:
        with pytest.raises(EnvelopeError):
            seal_part(content, CENTRE.recipients)

    def test_is_not_sealed_to_nobody_or_under_a_wrong_name(self) -> None:
        with pytest.raises(EnvelopeError):
            seal_part(bytes(PADDING_BYTES), ())
        named_wrong = Recipient("0" * 32, CENTRE.recipients[0].recipient)
        with pytest.raises(EnvelopeError):
            seal_part(bytes(PADDING_BYTES), (named_wrong,))

    def test_shows_how_many_recipients_it_has(self) -> None:
        assert count_recipients(seal_part(bytes(PADDING_BYTES), CENTRE.recipients)) == 2
        assert count_recipients(b"age-encryption.org/v1\n") == 0
        assert count_recipients(b"") == 0

    @pytest.mark.skipif(shutil.which("age") is None, reason="Debian's `age` is not installed")
    def test_opens_with_debians_age(self, tmp_path: Path) -> None:
        (tmp_path / "key").write_text(str(CENTRE.recovery))
        (tmp_path / "part").write_bytes(seal_part(build_record(record()), CENTRE.recipients))
        done = subprocess.run(
            ["age", "-d", "-i", tmp_path / "key", tmp_path / "part"],
            check=True,
            capture_output=True,
        )
        assert parse_record(done.stdout, header()) == record()


class TestTheRecord:
    @pytest.mark.parametrize("code", ["", "23456ABCDE"])
    def test_has_the_code_of_the_citizens_slip_or_none(self, code: str) -> None:
        written = record(capture=dataclasses.replace(DRAFT.capture, code=code))
        assert parse_record(build_record(written), header()).capture.code == code

    @pytest.mark.parametrize("code", ["23456ABCD", "23456abcde", "23456ABCDO", "23456ABCDEF"])
    def test_has_no_other_code(self, code: str) -> None:
        with pytest.raises(RecordError):
            build_record(record(capture=dataclasses.replace(DRAFT.capture, code=code)))

    def test_is_read_back_exactly(self) -> None:
        assert parse_record(build_record(record()), header()) == record()

    def test_hides_what_a_person_is_called_when_it_is_shown(self) -> None:
        assert "GMVLMR" not in repr(record())
        assert "CALLE" not in repr(record())

    @pytest.mark.parametrize(
        "change",
        [
            {"station": "EST02"},
            {"epoch": "f" * 32},
            {"seq": 2},
            {"packet_id": "018bcfe5-6800-7000-8000-000000000009"},
            {"process": "P2"},
            {"auxiliar": "A2"},
            {"folio": "S001-A0001-EST01-00000002"},
        ],
    )
    def test_of_another_packet_is_refused(self, change: dict[str, Any]) -> None:
        with pytest.raises(RecordError) as caught:
            parse_record(build_record(record(**change)), header())
        assert caught.value.code == "record.transplanted"

    def test_that_is_not_as_agreed_is_refused(self) -> None:
        with pytest.raises(RecordError):
            parse_record(pad(b'{"v":1}', b" "), header())
        with pytest.raises(RecordError):
            build_record(record(v=2))


class TestTheImages:
    def test_are_read_back_exactly(self) -> None:
        assert parse_images(build_images(DRAFT.images), record()) == DRAFT.images

    def test_are_a_plain_tar_for_any_program(self) -> None:
        with tarfile.open(fileobj=io.BytesIO(build_images(DRAFT.images))) as tar:
            assert tar.getnames() == ["front.jpg", "back.jpg", "face.jpg", "signature.png"]

    def test_may_lack_face_and_signature(self) -> None:
        images = Images(b"front", b"back")
        listed = record(images=list_images(images))
        assert parse_images(build_images(images), listed) == images

    def test_exchanged_for_others_are_refused(self) -> None:
        with pytest.raises(RecordError):
            parse_images(build_images(draft().images), record())

    def test_without_one_that_the_record_lists_are_refused(self) -> None:
        fewer = dataclasses.replace(DRAFT.images, face=None)
        with pytest.raises(RecordError):
            parse_images(build_images(fewer), record())

    @pytest.mark.parametrize("name", ["../../etc/passwd", "front.jpg/x", "other.jpg"])
    def test_with_a_foreign_name_are_refused(self, name: str) -> None:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        with pytest.raises(RecordError):
            parse_images(pad(archive.getvalue(), b"\0"), record())

    def test_that_are_links_are_refused(self) -> None:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            member = tarfile.TarInfo("front.jpg")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(member)
        with pytest.raises(RecordError):
            parse_images(pad(archive.getvalue(), b"\0"), record())

    @given(st.binary(max_size=2000))
    def test_that_are_no_archive_are_refused(self, content: bytes) -> None:
        with pytest.raises(RecordError):
            parse_images(content, record())


def test_a_detail_is_bound_to_its_packet() -> None:
    detail = Detail(STATION, EPOCH, 1, header().packet_id, "clock.jump", {"by_ms": 9}, {"a": "b"})
    assert parse_detail(build_detail(detail), header()) == detail
    with pytest.raises(RecordError):
        parse_detail(build_detail(dataclasses.replace(detail, seq=2)), header())
