"""Reports of a real centre: its worker is killed on the way, and files are checked without it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask_babel import force_locale
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from audit.cli import main as audit
from central.audit.log import sign_checkpoint
from central.commands.context import Context
from central.commands.reports import open_maker
from central.models import (
    Aspirante,
    AuditEntry,
    Auxiliar,
    Export,
    LogHead,
    Mail,
    MailKind,
    Packet,
    Receipt,
    Record,
    RoleGrant,
    Station,
    WorkState,
)
from central.reports.exports import ExportKind, FileFormat, Order, ask
from central.secrets import Secrets
from central.storage.opening import open_documents
from central.storage.sealing import Sealer
from domain.apoyo import State
from tests.centres import AUXILIAR, OTHER_AUXILIAR, OTHER_SOLICITUD, SOLICITUD, Centre, run
from wire.merkle import leaf_hash

_PATIENCE_S = 120


@pytest.fixture
def files(centre_folder: Path, centre: Centre) -> tuple[Path, Path]:
    """A list of receipts with its proof, and its signature, made by the centre.

    The log has receipts of two aspirantes among each other and hundreds of strangers; two are
    younger than its checkpoint.
    """
    station = centre.station()
    for number in range(12):
        is_other = number % 3 == 1
        station.receipt(
            station.apoyo(
                solicitud=OTHER_SOLICITUD if is_other else SOLICITUD,
                auxiliar=OTHER_AUXILIAR if is_other else AUXILIAR,
            )
        )
        if number == 9:
            with centre.database.write() as session:
                _lengthen_log(session, 10, 700)
                signer = Secrets(Path(centre.config.keys.folder)).signer("receipts")
                sign_checkpoint(session, signer, centre.clock.now())
    token = _ask(centre, ExportKind.RECEIPTS, FileFormat.PROOF)
    _make(centre)
    return _download(centre, token)


def _lengthen_log(session: Session, first: int, count: int) -> None:
    """Add receipts of nobody here, so that the log has tiles."""
    one = session.scalars(select(Receipt).limit(1)).one()
    session.add_all(
        Receipt(
            log_index=n,
            link=n.to_bytes(32, "big"),
            station_id=one.station_id,
            jws=str(n),
            leaf_hash=leaf_hash(str(n).encode()),
            issued_at=one.issued_at,
        )
        for n in range(first, count)
    )
    session.execute(select(LogHead)).scalar_one().size = count
    session.flush()


def _ask(centre: Centre, kind: ExportKind, file_format: FileFormat) -> str:
    sealer = Sealer(Secrets(Path(centre.config.keys.folder)).random("citizens"), "exports")
    with centre.database.write() as session:
        aspirante_id, user_id = session.execute(
            select(Aspirante.id, RoleGrant.user_id)
            .join(RoleGrant, RoleGrant.aspirante_id == Aspirante.id)
            .where(Aspirante.folio_solicitud == SOLICITUD)
        ).one()
        return ask(
            session,
            sealer,
            Order(kind, file_format),
            aspirante_id=aspirante_id,
            user_id=user_id,
            now=centre.clock.now(),
            most_waiting=10,
        )


def _worker(folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "central", "--config", "central.toml", "worker"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _make(centre: Centre) -> None:
    """Be the worker's hands for reports; no other duty is done."""
    secrets = Secrets(Path(centre.config.keys.folder))
    context = Context(centre.config, centre.database, secrets, centre.clock, "test")
    with centre.app.app_context(), force_locale("es_MX"):
        assert open_maker(context, "test").run_once() == 1


def _wait(centre: Centre, token: str, holds: Callable[[Export], bool]) -> Export:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        with centre.database.read() as session:
            export = session.scalars(select(Export).where(Export.token == token)).one()
        if holds(export):
            return export
        time.sleep(0.05)
    log = (centre.folder / "worker.log").read_text()
    raise AssertionError(f"{export.work_state} {export.done_permille}\n{log[-4000:]}")


def _download(centre: Centre, token: str) -> tuple[Path, Path]:
    content = open_documents(centre.config, Secrets(Path(centre.config.keys.folder))).read(token)
    file = centre.folder / "report.bin"
    file.write_bytes(content)
    signature = centre.folder / "report.bin.jws"
    with centre.database.read() as session:
        jws = session.scalars(select(Export.jws).where(Export.token == token)).one()
    signature.write_text(str(jws))
    return file, signature


def _key(file: Path, name: str) -> str:
    return str(file.parent / "keys" / f"{name}.pub.pem")


class TestReceipts:
    def test_are_proved_by_the_checker_alone(
        self, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        file, signature = files
        assert audit(["receipts", str(file), "--key", _key(file, "receipts")]) == 0
        said = capsys.readouterr().out
        for words in ("Correcto", SOLICITUD, "Acuses:", "700 hojas", "Posteriores"):
            assert words in said
        assert "Acuses:                           8\n" in said
        assert "En la bitácora firmada:           7\n" in said
        assert audit(["report", str(file), str(signature), "--key", _key(file, "reports")]) == 0
        assert "byte por byte" in capsys.readouterr().out

    def test_that_were_touched_are_refused_with_a_sentence(
        self, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file, signature = files
        key = _key(file, "receipts")
        lines = file.read_bytes().splitlines(keepends=True)
        leaf = json.loads(lines[1])
        other = json.loads(lines[2])
        touched = {
            "a receipt removed": [lines[0], *lines[2:]],
            "the last ones removed": lines[:4],
            "two exchanged": [lines[0], lines[2], lines[1], *lines[3:]],
            "a hash changed": [
                *lines[:2], _line({**other, "hash": "0" * 64}), *lines[3:],
            ],
            "a receipt of elsewhere": [
                lines[0], _line({**leaf, "jws": leaf["jws"][:-4] + "AAAA"}), *lines[2:],
            ],
            "a receipt in the place of another": [lines[0], _line({**leaf, "i": 1}), *lines[2:]],
            "no heading": lines[1:],
            "nothing": [],
        }  # fmt: skip
        assert "hash" in other
        for name, altered in touched.items():
            changed = tmp_path / "changed.jsonl"
            changed.write_bytes(b"".join(altered))
            assert audit(["receipts", str(changed), "--key", key]) == 1, name
            assert "NO ES CORRECTO" in capsys.readouterr().err
            report = ["report", str(changed), str(signature), "--key", _key(file, "reports")]
            assert audit(report) == 1, name
            assert "cambió al menos un byte" in capsys.readouterr().err

    def test_are_not_proved_by_another_key(
        self, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        file, signature = files
        assert audit(["receipts", str(file), "--key", _key(file, "reports")]) == 1
        assert "otra llave" in capsys.readouterr().err
        assert audit(["report", str(file), str(signature), "--key", _key(file, "receipts")]) == 1
        assert "otra llave" in capsys.readouterr().err
        assert audit(["report", str(file), "none.jws", "--key", _key(file, "reports")]) == 1
        assert "No se puede leer" in capsys.readouterr().err
        assert audit(["receipts", str(file), "--key", str(file)]) == 1
        assert "llave pública" in capsys.readouterr().err


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _fill(centre: Centre, count: int) -> None:
    """Add many records without a receipt: a report that takes a while."""
    now = centre.clock.now()
    with centre.database.write() as session:
        aspirante = session.scalars(
            select(Aspirante).where(Aspirante.folio_solicitud == SOLICITUD)
        ).one()
        auxiliar_id = session.scalars(
            select(Auxiliar.id).where(Auxiliar.aspirante_id == aspirante.id)
        ).one()
        station_id = session.scalars(select(Station.id)).one()
        packets = session.execute(
            insert(Packet).returning(Packet.id, sort_by_parameter_order=True),
            [
                {
                    "link": uuid4().bytes + uuid4().bytes, "station_id": station_id, "epoch": "x",
                    "seq": n + 1, "packet_id": str(uuid4()), "kind": "apoyo", "header_jws": "",
                    "size_bytes": 1, "sha256": b"0" * 32, "received_at": now,
                }
                for n in range(count)
            ],
        ).scalars()  # fmt: skip
        session.execute(
            insert(Record),
            [
                {
                    "packet_id": packet_id, "folio_registro": f"{SOLICITUD}-{AUXILIAR}-E1-{n:08d}",
                    "aspirante_id": aspirante.id, "office_id": aspirante.office_id,
                    "auxiliar_id": auxiliar_id, "station_id": station_id, "captured_at": now,
                    "clock_class": "anchored", "received_at": now, "received_on": now.date(),
                    "state": State.EN_PROCESAMIENTO, "reasons": [],
                    "work_state": WorkState.DONE, "next_try_at": now,
                }
                for n, packet_id in enumerate(packets, start=1)
            ],
        )  # fmt: skip


def test_a_worker_killed_in_mid_report_leaves_it_to_the_next_and_nothing_is_doubled(
    centre_folder: Path, centre: Centre
) -> None:
    settings = centre_folder / "central.toml"
    settings.write_text(settings.read_text() + "\n[reports]\nlease_s = 2\n[worker]\nidle_s = 0.1\n")
    centre.station()
    _fill(centre, 10_000)
    token = _ask(centre, ExportKind.RECEIPTS, FileFormat.XLSX)
    worker = _worker(centre_folder)
    try:
        _wait(centre, token, lambda export: export.work_state is WorkState.LEASED)
        until = time.monotonic() + _PATIENCE_S
        while not list((centre_folder / "documents").glob("??/.*.part")):
            assert time.monotonic() < until
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    interrupted = _wait(centre, token, lambda _: True)
    assert interrupted.work_state is WorkState.LEASED
    documents = open_documents(centre.config, Secrets(Path(centre.config.keys.folder)))
    # The test's clock stands still; the worker's does not: its lease runs out by itself.
    run(centre_folder, "worker", "--once")
    done = _wait(centre, token, lambda export: export.work_state is WorkState.DONE)
    assert done.rows == 10_000
    assert len(documents.read(token)) == done.size_bytes
    with centre.database.read() as session:
        assert session.scalar(select(func.count()).where(Mail.kind == MailKind.EXPORT)) == 1
        made = select(func.count()).where(AuditEntry.action == "export.made")
        assert session.scalar(made) == 1
    assert list((centre_folder / "documents" / "scratch").iterdir()) == []
    file, signature = _download(centre, token)
    assert audit(["report", str(file), str(signature), "--key", _key(file, "reports")]) == 0
