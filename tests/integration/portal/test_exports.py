"""Mis archivos: asked for on a page, made by a worker, downloaded, checked, swept."""

import csv
import hashlib
import io
import itertools
import re
from datetime import timedelta
from typing import Any

import pytest
from flask_babel import force_locale
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, update

from central.errors import BlobMissingError, StorageError
from central.models import AuditEntry, Export, Mail, MailKind, Record, WorkState
from central.reports.detail import By
from central.reports.making import ReportMaker
from central.reports.tables.base import Sink, Table
from domain.apoyo import State
from tests.portal.reports import (
    FOREIGN_EXPORT,
    OWN_EXPORT,
    make_all,
    open_world_maker,
    parts_of,
)
from tests.portal.visitor import Visitor
from tests.portal.world import World
from wire.keys import FixedKeyRing, verifying_key
from wire.report import require_bytes_of, verify_report


def ask(visitor: Visitor, **order: str) -> None:
    visitor.get("/reports/files")
    answer = visitor.post("/reports/files", **order)
    assert (answer.status_code, answer.location) == (303, "/reports/files"), answer.text


def newest(world: World) -> Export:
    with world.database.read() as session:
        return session.scalars(select(Export).order_by(Export.id.desc()).limit(1)).one()


def lines_of(content: bytes) -> list[list[str]]:
    """Give the titles and the rows of a CSV, without its heading block."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return lines[lines.index([]) + 1 :]


def made(world: World, visitor: Visitor, **order: str) -> bytes:
    ask(visitor, **order)
    assert make_all(world) == 1
    token = newest(world).token
    answer = visitor.get(f"/reports/files/{token}/file")
    assert answer.status_code == 200
    return bytes(answer.data)


class TestKinds:
    def test_the_list_of_receipts_has_every_own_record_and_nothing_of_a_person(
        self, world: World, aspirante: Visitor
    ) -> None:
        content = made(world, aspirante, kind="receipts", format="csv")
        titles, *rows = lines_of(content)
        assert titles[:4] == [
            "Folio de registro", "Enlace (SHA-256)", "Estado del apoyo", "Índice del acuse",
        ]  # fmt: skip
        assert [row[0] for row in rows] == world.own
        assert all(row[1] == hashlib.sha256(row[0].encode()).hexdigest() for row in rows)
        assert {row[2] for row in rows} >= {"En Lista Nominal", "Duplicado", "En procesamiento"}
        assert "MUÑOZ" not in content.decode("utf-8-sig")

    def test_the_detail_counts_each_own_record_once(self, world: World, aspirante: Visitor) -> None:
        order = {"kind": "detail", "by": "auxiliar", "then": "station"}
        titles, *rows = lines_of(made(world, aspirante, format="csv", **order))
        assert titles[:3] == ["Id auxiliar", "Id dispositivo", "Enviados"]
        assert [row[:2] for row in rows] == [["AUX01", "E7"], ["AUX02", "E7"]]
        for row in rows:
            assert int(row[2]) == sum(int(cell) for cell in row[3:12])
        assert sum(int(row[2]) for row in rows) == len(world.own)

    def test_records_of_the_present_filter_have_names_only_where_they_are_asked_for(
        self, world: World, aspirante: Visitor
    ) -> None:
        order = {"kind": "records", "format": "csv", "situacion": "Bajas"}
        without = made(world, aspirante, **order)
        titles, *rows = lines_of(without)
        assert {row[0] for row in rows} == set(world.by_state[State.BAJA])
        assert "Nombre(s)" not in titles
        assert all("Defunción" in row for row in rows)
        assert "Aurora" not in str(newest(world).parameters)
        with_names = made(world, aspirante, **order, names="yes")
        titles, *named = lines_of(with_names)
        assert titles[1:4] == ["Nombre(s)", "Apellido Paterno", "Apellido Materno"]
        assert {row[0] for row in named} == {row[0] for row in rows}
        assert all(row[1] for row in named)
        assert "Contiene nombres de personas" in with_names.decode("utf-8-sig")
        assert "Tiene datos personales" in aspirante.get("/reports/files").text

    def test_a_name_that_is_sought_lies_sealed_and_finds_its_records(
        self, world: World, aspirante: Visitor
    ) -> None:
        content = made(world, aspirante, kind="records", format="csv", apellido_paterno="muñoz")
        assert len(lines_of(content)) > 1
        export = newest(world)
        assert export.parameters_sealed is not None
        with world.database.read() as session:
            trail = session.scalars(select(AuditEntry).where(AuditEntry.subject == export.token))
            said = [entry.details for entry in trail]
        assert "muñoz" not in f"{export.parameters} {said}".lower()
        assert b"mu\\u00f1oz" not in export.parameters_sealed
        assert said[0]["filtered"] is True

    def test_auxiliares_come_as_a_workbook(self, world: World, aspirante: Visitor) -> None:
        content = made(world, aspirante, kind="auxiliares", format="xlsx")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Datos")
        titles, *rows = sheet.to_python()
        assert titles[:3] == ["Id auxiliar", "Nombre", "Estado"]
        assert [row[0] for row in rows][:2] == ["AUX01", "AUX02"]
        assert rows[0][2] == "Activo"

    def test_a_pdf_says_who_asked_and_its_number_on_the_page(
        self, world: World, aspirante: Visitor
    ) -> None:
        content = made(world, aspirante, kind="detail", by="day", format="pdf")
        text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        assert "Aurora Ejemplo Prueba" in text
        assert newest(world).token in text
        assert "Día de recepción" in text

    @pytest.mark.parametrize(
        "order",
        [
            {"kind": "nothing", "format": "csv"},
            {"kind": "receipts", "format": "exe"},
            {"kind": "auxiliares", "format": "jsonl"},
            {"kind": "detail", "format": "csv", "by": "name"},
            {},
        ],
    )
    def test_what_is_not_offered_is_refused_and_not_written_down(
        self, world: World, aspirante: Visitor, order: dict[str, str]
    ) -> None:
        before = newest(world).id
        aspirante.get("/reports/files")
        assert aspirante.post("/reports/files", **order).status_code == 422
        assert newest(world).id == before


class TestTheFile:
    def test_is_what_the_centre_signed(self, world: World, aspirante: Visitor) -> None:
        content = made(world, aspirante, kind="receipts", format="csv")
        token = newest(world).token
        signature = aspirante.get(f"/reports/files/{token}/signature").text
        pem = Visitor(world.app).get("/reports/files/keys/reports.pub.pem").text
        report = verify_report(signature, FixedKeyRing((verifying_key(pem, ("report",)),)))
        digest = hashlib.sha256(content).hexdigest()
        require_bytes_of(report, size=len(content), sha256=digest)
        assert (report.export, report.folio_solicitud) == (token, "GOB001")
        assert report.rows == len(world.own)
        assert token.encode() in content
        assert digest in aspirante.get("/reports/files").text

    def test_leaves_its_traces_from_the_asking_to_each_download(
        self, world: World, aspirante: Visitor
    ) -> None:
        made(world, aspirante, kind="receipts", format="csv")
        token = newest(world).token
        aspirante.get(f"/reports/files/{token}/signature")
        with world.database.read() as session:
            acts = session.scalars(
                select(AuditEntry).where(AuditEntry.subject == token).order_by(AuditEntry.id)
            ).all()
            letters = session.scalars(select(Mail).where(Mail.kind == MailKind.EXPORT)).all()
        assert [(act.action, act.details.get("what")) for act in acts] == [
            ("export.requested", None),
            ("export.made", None),
            ("export.downloaded", "file"),
            ("export.downloaded", "signature"),
        ]
        assert [letter.details for letter in letters] == [{"token": token}]

    def test_of_another_is_as_absent_as_one_that_never_was(
        self, world: World, aspirante: Visitor, other_aspirante: Visitor
    ) -> None:
        for what in ("file", "signature"):
            answers = [
                aspirante.get(f"/reports/files/{token}/{what}")
                for token in (FOREIGN_EXPORT, "0c0c0c0c-0000-4000-8000-00000000000c", "x")
            ]
            assert {answer.status_code for answer in answers} == {404}
        assert other_aspirante.get(f"/reports/files/{FOREIGN_EXPORT}/file").status_code == 200
        assert FOREIGN_EXPORT not in aspirante.get("/reports/files").text

    def test_that_is_not_ready_cannot_be_had(self, world: World, aspirante: Visitor) -> None:
        ask(aspirante, kind="receipts", format="csv")
        token = newest(world).token
        assert aspirante.get(f"/reports/files/{token}/file").status_code == 404
        page = aspirante.get("/reports/files").text
        assert "En espera" in page
        assert "data-renew-s" in page
        assert "<progress" in page

    def test_goes_when_its_days_are_over_and_its_entry_stays(
        self, world: World, aspirante: Visitor
    ) -> None:
        made(world, aspirante, kind="receipts", format="csv")
        token = newest(world).token
        with world.database.write() as session:
            session.execute(
                update(Export)
                .where(Export.token == token)
                .values(expires_at=world.clock.now() - timedelta(seconds=1))
            )
        assert aspirante.get(f"/reports/files/{token}/file").status_code == 404
        maker = open_world_maker(world)
        assert (maker.sweep(), maker.sweep()) == (1, 0)
        with pytest.raises(BlobMissingError):
            parts_of(world).documents.read(token)
        page = aspirante.get("/reports/files").text
        assert "Vencido" in page
        assert token in page
        assert OWN_EXPORT in page


class TestTheQueue:
    def test_takes_no_more_than_it_can_hold(self, world: World, aspirante: Visitor) -> None:
        for _ in range(10):
            ask(aspirante, kind="receipts", format="csv")
        aspirante.get("/reports/files")
        answer = aspirante.post("/reports/files", kind="receipts", format="csv")
        assert answer.status_code == 409
        assert "Espera a que uno esté listo" in answer.text

    def test_a_failure_is_tried_again_and_in_the_end_told_with_its_code(
        self, world: World, aspirante: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_self: object, _table: Table, _sink: Sink, **_options: object) -> int:
            raise StorageError("full", code="storage.full")

        monkeypatch.setattr("central.reports.tables.csv_table.CsvTable.write", full)
        ask(aspirante, kind="receipts", format="csv")
        for _ in range(3):
            assert make_all(world) == 1
            world.clock.time += timedelta(minutes=2)
        assert make_all(world) == 0
        assert newest(world).work_state is WorkState.DEAD
        page = aspirante.get("/reports/files").text
        assert "no se pudo preparar" in page
        assert "storage.full" in page

    def test_who_lost_the_lease_leaves_no_file_and_the_next_one_makes_it_once(
        self, world: World, aspirante: Visitor
    ) -> None:
        ask(aspirante, kind="receipts", format="csv")
        with world.app.app_context(), force_locale("es_MX"):
            slow = open_world_maker(world, "slow")
            _lose_lease(world, slow)
            assert slow.run_once() == 1
            token = newest(world).token
            with pytest.raises(BlobMissingError):
                parts_of(world).documents.read(token)
            _give_to_anybody(world)
            assert make_all(world) == 1
        content = parts_of(world).documents.read(token)
        assert len(lines_of(content)) == 1 + len(world.own)
        with world.database.read() as session:
            letters = session.scalar(select(func.count()).where(Mail.kind == MailKind.EXPORT))
        assert letters == 1

    def test_what_kills_every_worker_is_given_up_and_keeps_nothing_of_the_search(
        self, world: World, aspirante: Visitor
    ) -> None:
        ask(aspirante, kind="receipts", format="csv")
        with world.database.write() as session:
            # As workers leave it that were killed, one after the other.
            session.execute(update(Export).values(tries=99, parameters_sealed=b"a name"))
        with world.app.app_context(), force_locale("es_MX"):
            assert make_all(world) == 1
        dead = newest(world)
        assert (dead.work_state, dead.last_error) == (WorkState.DEAD, "export.killed")
        assert dead.parameters_sealed is None

    def test_a_worker_that_is_told_to_stop_gives_the_report_back_uncounted(
        self, world: World, aspirante: Visitor
    ) -> None:
        ask(aspirante, kind="receipts", format="csv")
        with world.app.app_context(), force_locale("es_MX"):
            maker = open_world_maker(world)
            maker.stop()
            assert maker.run_once() == 1
        given_back = newest(world)
        assert (given_back.work_state, given_back.tries) == (WorkState.WAITING, 0)
        assert make_all(world) == 1


def _lose_lease(world: World, maker: ReportMaker) -> None:
    """Let the lease go to somebody else as soon as the rows are written."""
    original = maker._write

    def write(*arguments: Any) -> int:
        rows = original(*arguments)
        with world.database.write() as session:
            session.execute(
                update(Export)
                .where(Export.work_state == WorkState.LEASED)
                .values(lease_owner="another")
            )
        return rows

    maker._write = write  # type: ignore[assignment,method-assign]  # the same arguments, unnamed


def _give_to_anybody(world: World) -> None:
    with world.database.write() as session:
        session.execute(
            update(Export)
            .where(Export.work_state == WorkState.LEASED)
            .values(lease_until=world.clock.now() - timedelta(seconds=1))
        )


class TestDetailedPage:
    def test_is_a_link_to_each_view(self, world: World, aspirante: Visitor) -> None:
        page = aspirante.get("/reports/detailed?by=state").text
        assert "57,121" in page
        page = aspirante.get("/reports/detailed?by=day&from=2026-11-05&to=2026-11-05").text
        assert len(re.findall(r'<th scope="row">', page)) == 1
        page = aspirante.get("/reports/detailed?by=auxiliar&then=cause").text
        assert "más de una vez al mismo aspirante" in page
        assert "Motivo de la baja: Defunción." in page

    def test_counts_by_each_pair(self, aspirante: Visitor) -> None:
        for by, then in itertools.product(By, ["", *By]):
            answer = aspirante.get(f"/reports/detailed?by={by}&then={then}")
            assert answer.status_code == 200, (by, then)

    def test_a_pair_that_would_keep_one_waiting_is_offered_as_a_file(
        self, aspirante: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("central.reports.detail.MOST_AT_ONCE", 10)
        page = aspirante.get("/reports/detailed?by=station&then=day").text
        assert "cada uno de los 71,389 apoyos" in page
        assert 'value="csv"' in page
        assert "57,121" in aspirante.get("/reports/detailed?by=auxiliar").text

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("by=name", "Elige una de las opciones"),
            ("from=ayer", "Escribe el día como"),
            ("from=2026-11-09&to=2026-11-01", "es anterior al primero"),
        ],
    )
    def test_a_mistake_is_told_beside_its_field(
        self, aspirante: Visitor, query: str, sentence: str
    ) -> None:
        answer = aspirante.get(f"/reports/detailed?{query}")
        assert answer.status_code == 422
        assert sentence in answer.text

    def test_records_add_up_to_what_the_counts_of_records_say(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.read() as session:
            expected = session.scalar(
                select(func.count()).where(Record.folio_registro.in_(world.own))
            )
        assert expected == len(world.own)
        page = aspirante.get("/reports/detailed?by=station&then=day").text
        shown = re.findall(r'data-label="Enviados" class="number"><span class="value">(\d+)', page)
        assert sum(map(int, shown)) == expected
