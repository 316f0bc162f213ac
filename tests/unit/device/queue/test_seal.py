"""Sealing and recovery, cut in-process at every named point; the campaign kills real processes."""

import contextlib
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from device.errors import CaptureRefusedError, DiskFullError, SealError
from device.queue import files
from device.queue.chain import Sealed
from device.queue.points import RECOVERY_POINTS, SEAL_POINTS
from device.queue.schema import State
from device.queue.seal import ApoyoDraft
from device.queue.verify import verify_spool
from tests.stations import (
    AUXILIAR,
    CLAVE,
    EPOCH,
    NONCE,
    PROCESS,
    SOLICITUD,
    STATION,
    Centre,
    Station,
    draft,
    enrol_directly,
    open_station,
    station_config,
)
from wire.packet import ClockClass, Kind, genesis
from wire.record import Field, Source

CENTRE = Centre()
# Invented, of the right form.
NUMBERS = {"cic": "123456789", "numero_ocr": "0001000000001"}


class Cut(BaseException):
    """Power is gone: nothing between here and the end of the process runs."""


class Scissors:
    """Cuts at one point, once."""

    def __init__(self, point: str | None = None) -> None:
        self.point = point
        self.seen: list[str] = []

    def __call__(self, point: str) -> None:
        self.seen.append(point)
        if point == self.point:
            raise Cut(point)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data of an enrolled station."""
    enrol_directly(station_config(tmp_path), CENTRE)
    return tmp_path


def station(folder: Path, scissors: Scissors | None = None) -> Station:
    return open_station(station_config(folder), crash=scissors or Scissors())


def started(folder: Path) -> Station:
    opened = station(folder)
    opened.sealer.start()
    return opened


def chain_is_sound(opened: Station) -> bool:
    return verify_spool(opened.spool, opened.store).findings == ()


class TestASealedApoyo:
    def test_can_be_opened_by_the_authority_alone(self, folder: Path) -> None:
        opened, visit = started(folder), draft()
        sealed = opened.sealer.seal(visit)
        packet = opened.packet(sealed.link)
        for with_recovery_key in (False, True):
            record, images = CENTRE.open(packet, with_recovery_key=with_recovery_key)
            assert record.capture == visit.capture
            assert images == visit.images

    def test_leaves_no_plaintext_anywhere_on_the_disk(self, folder: Path) -> None:
        opened, visit = started(folder), draft()
        opened.sealer.seal(visit)
        needles = (CLAVE.encode(), b"CALLE INVENTADA", visit.images.front[:24])
        for path in folder.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert not any(needle in content for needle in needles), path.name

    def test_begins_the_chain_at_the_genesis_and_links_on(self, folder: Path) -> None:
        opened = started(folder)
        first, second = (opened.packet(opened.sealer.seal(draft()).link) for _ in range(2))
        assert (first.header.seq, first.header.prev) == (1, genesis(STATION, EPOCH, NONCE))
        assert (second.header.seq, second.header.prev) == (2, first.link)
        assert chain_is_sound(opened)

    def test_says_who_what_and_under_which_notice(self, folder: Path) -> None:
        opened = started(folder)
        header = opened.packet(opened.sealer.seal(draft()).link).header
        assert (header.process, header.auxiliar, header.notice) == (PROCESS, AUXILIAR, "aviso-1")
        assert header.folio == f"{SOLICITUD}-{AUXILIAR}-{STATION}-00000001"
        assert header.clock is ClockClass.UNKNOWN

    def test_never_gets_a_folio_twice(self, folder: Path) -> None:
        opened = started(folder)
        folios = [opened.sealer.seal(draft()).folio for _ in range(3)]
        opened.close()
        opened = started(folder)
        folios.append(opened.sealer.seal(draft()).folio)
        assert [str(folio)[-8:] for folio in folios] == [f"{n:08d}" for n in (1, 2, 3, 4)]

    def test_writes_in_the_agreed_order(self, folder: Path) -> None:
        scissors = Scissors()
        opened = station(folder, scissors)
        opened.sealer.seal(draft())
        assert tuple(scissors.seen) == SEAL_POINTS


class TestTheHint:
    def test_knows_who_was_captured_for_whom(self, folder: Path) -> None:
        opened = started(folder)
        assert not opened.sealer.captured(SOLICITUD, {"clave_elector": CLAVE})
        opened.sealer.seal(draft())
        assert opened.sealer.captured(SOLICITUD, {"clave_elector": CLAVE})
        assert not opened.sealer.captured("S002", {"clave_elector": CLAVE})
        assert not opened.sealer.captured(SOLICITUD, {"clave_elector": CLAVE[:-1] + "1"})

    def test_knows_a_credential_by_any_of_its_numbers(self, folder: Path) -> None:
        opened = started(folder)
        one = draft()
        numbers = {name: Field(value, Source.MRZ, 0.99) for name, value in NUMBERS.items()}
        capture = replace(one.capture, fields={**one.capture.fields, **numbers})
        opened.sealer.seal(replace(one, capture=capture))
        for name, value in NUMBERS.items():
            assert opened.sealer.captured(SOLICITUD, {name: value}) == {State.SEALED}
        assert not opened.sealer.captured(SOLICITUD, {"cic": NUMBERS["numero_ocr"]})
        assert not opened.sealer.captured(SOLICITUD, {})

    def test_does_not_outlive_a_void(self, folder: Path) -> None:
        opened = started(folder)
        sealed = opened.sealer.seal(draft())
        opened.sealer.note(Kind.VOID, process=PROCESS, target=sealed.link, reason="withdrawn")
        assert not opened.sealer.captured(SOLICITUD, {"clave_elector": CLAVE})

    def test_is_no_plain_digest_of_the_clave(self, folder: Path) -> None:
        opened = started(folder)
        opened.sealer.seal(draft())
        row = opened.spool.database.one("SELECT hint FROM hints")
        assert row is not None
        assert row["hint"] != hashlib.sha256(CLAVE.encode()).digest()
        assert len(row["hint"]) == 32

    def test_of_the_first_release_is_still_known(self, folder: Path) -> None:
        opened = started(folder)
        opened.sealer.seal(draft())
        with opened.spool.database.write() as connection:
            connection.execute("DROP TRIGGER packets_keep_identity")
            connection.execute("UPDATE packets SET hint = (SELECT hint FROM hints)")
            connection.execute("DROP TABLE hints")
            connection.execute("PRAGMA user_version = 1")
        opened.close()
        again = started(folder)
        assert again.sealer.captured(SOLICITUD, {"clave_elector": CLAVE}) == {State.SEALED}
        assert verify_spool(again.spool, again.store).findings == ()


class TestACut:
    @pytest.mark.parametrize("point", SEAL_POINTS)
    def test_while_sealing_loses_nothing_and_doubles_nothing(
        self, folder: Path, point: str
    ) -> None:
        opened = started(folder)
        before = opened.sealer.seal(draft())
        opened.close()
        opened = station(folder, Scissors(point))
        with pytest.raises(Cut):
            opened.sealer.seal(draft())
        opened.close()

        opened = started(folder)
        after = opened.sealer.seal(draft())

        rows = opened.spool.chain(EPOCH)
        kinds = [row.kind for row in rows]
        assert (rows[0].link, rows[-1].link) == (before.link, after.link)
        assert kinds in (
            [Kind.APOYO, Kind.APOYO],
            [Kind.APOYO, Kind.GAP, Kind.APOYO],
            [Kind.APOYO, Kind.APOYO, Kind.APOYO],
        )
        expected = {"seal.begun": 2}.get(point, 3)
        assert len(rows) == expected
        assert chain_is_sound(opened)
        assert len({row.folio for row in rows if row.folio}) == kinds.count(Kind.APOYO)

    @pytest.mark.parametrize(
        "point", ["seal.file_synced", "seal.renamed", "seal.folder_synced", "seal.written"]
    )
    def test_after_the_file_is_complete_adopts_it_and_says_so(
        self, folder: Path, point: str
    ) -> None:
        opened = station(folder, Scissors(point))
        with pytest.raises(Cut):
            opened.sealer.seal(draft())
        opened.close()
        opened = station(folder)
        (adopted,) = opened.sealer.start().adopted
        assert adopted.is_recovered
        assert adopted.folio == f"{SOLICITUD}-{AUXILIAR}-{STATION}-00000001"
        record, _ = CENTRE.open(opened.packet(adopted.link))
        assert record.folio == adopted.folio

    @pytest.mark.parametrize("point", ["seal.reserved", "seal.signed", "seal.torn"])
    def test_before_that_declares_a_gap_with_the_same_packet_id(
        self, folder: Path, point: str
    ) -> None:
        opened = station(folder, Scissors(point))
        with pytest.raises(Cut):
            opened.sealer.seal(draft())
        reserved = opened.spool.reservation()
        opened.close()
        opened = station(folder)
        (gap,) = opened.sealer.start().gaps
        header = opened.packet(gap.link).header
        assert reserved is not None
        assert (header.kind, header.reason) == (Kind.GAP, "crash")
        assert (header.seq, header.packet_id) == (reserved.seq, reserved.packet_id)
        assert opened.spool.counts()[State.GAPPED] == 1
        assert not opened.sealer.captured(SOLICITUD, {"clave_elector": CLAVE})

    @pytest.mark.parametrize("sealing", ["seal.torn", "seal.renamed"])
    @pytest.mark.parametrize("point", [*RECOVERY_POINTS, *SEAL_POINTS[2:]])
    def test_while_recovering_is_recovered_too(
        self, folder: Path, sealing: str, point: str
    ) -> None:
        opened = station(folder, Scissors(sealing))
        with pytest.raises(Cut):
            opened.sealer.seal(draft())
        opened.close()
        opened = station(folder, Scissors(point))
        with contextlib.suppress(Cut):
            opened.sealer.start()
        opened.close()

        opened = started(folder)
        (row,) = opened.spool.chain(EPOCH)
        assert row.kind is (Kind.GAP if sealing == "seal.torn" else Kind.APOYO)
        assert opened.spool.reservation() is None
        assert chain_is_sound(opened)

    def test_is_recovered_once_and_then_no_more(self, folder: Path) -> None:
        opened = station(folder, Scissors("seal.renamed"))
        with pytest.raises(Cut):
            opened.sealer.seal(draft())
        opened.close()
        opened = started(folder)
        again = opened.sealer.start()
        assert (again.adopted, again.gaps) == ((), ())


class TestRecovery:
    def test_does_not_adopt_a_packet_with_one_wrong_bit(self, folder: Path) -> None:
        opened = station(folder, Scissors("seal.renamed"))
        with pytest.raises(Cut):
            opened.sealer.seal(draft())
        opened.close()
        (path,) = (folder / "spool" / "packets").iterdir()
        damaged = bytearray(path.read_bytes())
        damaged[-1] ^= 1
        path.write_bytes(bytes(damaged))

        found = station(folder).sealer.start()

        assert [gap.kind for gap in found.gaps] == [Kind.GAP]
        assert found.unknown_files == (path.name,)
        assert (folder / "spool" / "unknown" / path.name).exists()  # kept as evidence

    def test_sets_files_aside_that_nobody_knows(self, folder: Path) -> None:
        opened = station(folder)
        (opened.spool.packets / "stray.acp").write_bytes(b"x")
        (opened.spool.temporary / "stray.new").write_bytes(b"x")
        assert opened.sealer.start().unknown_files == ("stray.acp", "stray.new")
        assert opened.sealer.start().unknown_files == ()

    def test_notices_a_file_that_is_gone(self, folder: Path) -> None:
        opened = started(folder)
        sealed = opened.sealer.seal(draft())
        opened.spool.path_of(sealed.link).unlink()
        (missing,) = opened.sealer.start().missing
        assert missing.link == sealed.link
        assert opened.spool.counts()[State.CORRUPT] == 1

    def test_does_not_mistake_a_delivered_packet_for_a_missing_one(self, folder: Path) -> None:
        opened = started(folder)
        opened.sealer.seal(draft())
        (row,) = opened.spool.waiting(1)
        opened.spool.lease(row)  # the delivery was faster than the look at the folder
        assert not opened.spool.mark_missing(row, "file.missing")
        assert opened.spool.counts()[State.SENDING] == 1


class TestARefusal:
    def test_of_a_faulty_draft_takes_no_seq(self, folder: Path) -> None:
        opened, visit = started(folder), draft()
        visit.capture.timings_ms["read"] = -1  # type: ignore[index]  # a fault of the caller
        with pytest.raises(SealError) as caught:
            opened.sealer.seal(visit)
        assert caught.value.code == "seal.capture"
        assert opened.spool.chain(EPOCH) == []

    def test_of_images_too_large_takes_no_seq(self, folder: Path) -> None:
        opened = started(folder)
        with pytest.raises(SealError) as caught:
            opened.sealer.seal(draft(size=3 << 20))
        assert caught.value.code == "seal.too_large"
        assert opened.spool.chain(EPOCH) == []

    def test_of_an_unknown_process_takes_no_seq(self, folder: Path) -> None:
        opened, visit = started(folder), draft()
        other = ApoyoDraft("OTHER", SOLICITUD, AUXILIAR, "s", visit.capture, visit.images)
        with pytest.raises(CaptureRefusedError):
            opened.sealer.seal(other)
        assert opened.spool.chain(EPOCH) == []

    def test_of_a_malformed_folio_takes_no_seq(self, folder: Path) -> None:
        opened, visit = started(folder), draft()
        other = ApoyoDraft(PROCESS, "s-1", AUXILIAR, "s", visit.capture, visit.images)
        with pytest.raises(SealError):
            opened.sealer.seal(other)
        assert opened.spool.chain(EPOCH) == []

    def test_comes_when_the_centre_knows_a_later_head(self, folder: Path) -> None:
        opened = started(folder)
        opened.store.set("server_seq", "1")
        with pytest.raises(CaptureRefusedError) as caught:
            opened.sealer.seal(draft())
        assert caught.value.code == "capture.behind"

    def test_of_new_visits_says_why(self, folder: Path) -> None:
        opened = started(folder)
        assert opened.sealer.refusal() is None
        opened.store.set("is_revoked", "1")
        refusal = opened.sealer.refusal()
        assert refusal is not None
        assert refusal.code == "capture.revoked"


class TestAFullDisk:
    def fail(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        real, left = files.write_synced, [times]

        def write(path: Path, data: bytes, crash: object) -> None:
            if left[0]:
                left[0] -= 1
                path.write_bytes(data[:100])
                raise DiskFullError("no space left")
            real(path, data, lambda _point: None)

        monkeypatch.setattr(files, "write_synced", write)

    def test_keeps_nothing_of_what_it_refused(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = started(folder)
        self.fail(monkeypatch, 1)
        with pytest.raises(DiskFullError):
            opened.sealer.seal(draft())
        assert list(opened.spool.temporary.iterdir()) == []
        after = opened.sealer.seal(draft())
        kinds = [row.kind for row in opened.spool.chain(EPOCH)]
        assert kinds == [Kind.GAP, Kind.APOYO]
        assert opened.spool.find(after.link) is not None
        assert chain_is_sound(opened)

    def test_still_seals_the_current_one_from_the_space_kept_aside(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = started(folder)
        ballast = opened.spool.folder / "ballast"
        ballast.write_bytes(b"x")
        self.fail(monkeypatch, 1)
        sealed = opened.sealer.seal(draft())
        assert opened.spool.path_of(sealed.link).exists()
        assert not ballast.exists()


class TestANote:
    def test_travels_encrypted_with_its_reason_in_clear(self, folder: Path) -> None:
        opened = started(folder)
        sealed: Sealed = opened.sealer.note(
            Kind.EVENT, process=PROCESS, reason="clock.jump", numbers={"by_ms": 9000}
        )
        packet = opened.packet(sealed.link)
        assert packet.header.reason == "clock.jump"
        assert [part.name for part in packet.parts] == ["detail"]

    def test_opens_and_closes_a_session_without_parts(self, folder: Path) -> None:
        opened = started(folder)
        for kind in (Kind.SESSION_OPEN, Kind.SESSION_CLOSE):
            sealed = opened.sealer.note(kind, process=PROCESS, auxiliar=AUXILIAR, session="ses-1")
            assert opened.packet(sealed.link).parts == ()
        assert chain_is_sound(opened)


def test_verification_names_what_was_tampered_with(folder: Path) -> None:
    opened = started(folder)
    first, second = (opened.sealer.seal(draft()) for _ in range(2))
    path = opened.spool.path_of(first.link)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    opened.spool.path_of(second.link).unlink()
    found = [(f.seq, f.code) for f in verify_spool(opened.spool, opened.store).findings]
    assert found == [(1, "file.hash"), (2, "file.missing")]
    assert json.dumps(found)
