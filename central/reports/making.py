"""The worker's hands for reports: takes one, makes its file, signs it, and says that it is ready.

A file is written sealed and appears in the transaction that ends its lease: whoever is killed, in
whatever moment, leaves a report that another worker begins anew, and never two files of one.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from central.audit import trail
from central.config import ReportsConfig
from central.errors import CentralError
from central.mail.outbox import post_export
from central.models import Export, RollupDay
from central.models.database import Database
from central.models.work import claim, finish, give_back, held
from central.reports import listings
from central.reports.detail import By
from central.reports.exports import ExportKind, FileFormat, Order, order_of, sweep
from central.reports.listings import Words
from central.reports.proof import write_proof
from central.reports.record_filter import RecordFilter
from central.reports.sums import counts
from central.reports.tables.base import Column, Row, Sink, Table, TableWriter, Watermark
from central.storage.citizens import CitizenSealer
from central.storage.documents import Documents, Draft
from central.storage.filesystem import as_storage_error
from central.storage.sealing import Sealer
from domain.clock import Clock
from wire.keys import Signer
from wire.report import Report, sign_report

_log = logging.getLogger(__name__)

_TITLES = {
    ExportKind.DETAIL: "Reporte detallado",
    ExportKind.RECORDS: "Consulta de registros",
    ExportKind.AUXILIARES: "Consulta de auxiliares",
    ExportKind.RECEIPTS: "Lista de acuses",
}
_BACKOFF_S = 10
_MOST_DOUBLINGS = 10

T = TypeVar("T")


class LeaseLostError(Exception):
    """Another worker has the report by now, or this one is to stop: the file is not finished."""


@dataclass(frozen=True, slots=True)
class Stores:
    """What a report is made from, and where it goes."""

    database: Database
    documents: Documents
    sealer: Sealer
    citizens: CitizenSealer
    # A private folder for what libraries must put on the disk meanwhile.
    scratch: Path


class ReportMaker:
    """Makes one report at a time; any number of workers may have one."""

    def __init__(
        self,
        stores: Stores,
        writers: Mapping[FileFormat, TableWriter],
        words: Words,
        signer: Signer,
        config: ReportsConfig,
        clock: Clock,
        owner: str,
    ) -> None:
        self._stores = stores
        self._writers = writers
        self._words = words
        self._signer = signer
        self._config = config
        self._clock = clock
        self._owner = owner
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Let go of the report in the making; another worker, or a later start, begins it anew."""
        self._stopping.set()

    def run_once(self) -> int:
        """Make the oldest report that waits; give how many were taken up."""
        with self._stores.database.write() as session:
            taken = claim(
                session,
                Export,
                self._owner,
                most=1,
                lease_s=self._config.lease_s,
                now=self._clock.now(),
            )
        for export_id in taken:
            self._make(export_id)
        return len(taken)

    def sweep(self) -> int:
        """Delete the files that are past their time, and what killed workers left behind."""
        self._stores.documents.sweep(older_than_s=24 * 3600)
        with self._stores.database.write() as session:
            return sweep(session, self._stores.documents, now=self._clock.now())

    def _make(self, export_id: int) -> None:
        with self._stores.database.read() as session:
            export = session.get_one(Export, export_id)
            token, tries = export.token, export.tries
        if tries > self._config.tries:
            # It never came to an end: whoever made it was killed, each time.
            self._give_back(export_id, "export.killed")
            return
        # What a killed worker left of this very report.
        for left in self._stores.scratch.glob(f"{token}-*"):
            shutil.rmtree(left, ignore_errors=True)
        # Its own: a worker that lost its lease clears away only what it made itself.
        scratch = self._stores.scratch / f"{token}-{uuid4().hex[:8]}"
        try:
            with as_storage_error():
                scratch.mkdir(parents=True, mode=0o700)
            with (
                _Heartbeat(self._renew, export_id, self._config.lease_s / 3) as beat,
                self._stores.documents.draft(token) as draft,
            ):
                content = _Hashing(draft)
                rows = self._write(export_id, content, scratch, beat)
                self._end(export_id, draft, content, rows)
        except LeaseLostError:
            self._give_back(export_id, "export.interrupted", counts_as_failure=False)
        except CentralError as error:
            _log.warning("export.failed export=%s code=%s", token, error.code)
            self._give_back(export_id, error.code)
        except Exception:  # noqa: BLE001  (one report never stops the others)
            _log.exception("export.failed export=%s code=export.fault", token)
            self._give_back(export_id, "export.fault")
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _write(self, export_id: int, content: _Hashing, scratch: Path, beat: _Heartbeat) -> int:
        with self._stores.database.read() as session:
            export = session.get_one(Export, export_id)
            order = order_of(export, self._stores.sealer)
            mark = _watermark(export)
            expected = self._expected(session, export)

            def counted(rows: Iterator[T]) -> Iterator[T]:
                for number, row in enumerate(rows):
                    beat.note(number, expected)
                    if self._stopping.is_set() or beat.is_lost:
                        raise LeaseLostError
                    yield row

            if order.format is FileFormat.PROOF:
                return write_proof(session, export.aspirante, mark, content, self._words, counted)
            columns, rows = self._listing(session, export, order)
            table = Table(
                title=_TITLES[order.kind],
                facts=_facts(export, order),
                columns=columns,
                rows=counted(rows),
                watermark=mark,
            )
            with as_storage_error():  # libraries put rows on the disk meanwhile
                return self._writers[order.format].write(table, content, scratch=scratch)

    def _listing(
        self, session: Session, export: Export, order: Order
    ) -> tuple[tuple[Column, ...], Iterator[Row]]:
        words, own = self._words, export.aspirante_id
        match order.kind:
            case ExportKind.DETAIL if order.detail is not None:
                return listings.detail_columns(order.detail, words), listings.detail_rows(
                    session, own, order.detail, words
                )
            case ExportKind.RECORDS:
                rows = listings.record_rows(
                    session,
                    own,
                    order.records or RecordFilter(),
                    self._stores.citizens,
                    words,
                    with_names=order.with_names,
                )
                return listings.record_columns(with_names=order.with_names), rows
            case ExportKind.AUXILIARES:
                return listings.auxiliar_columns(words), listings.auxiliar_rows(session, own, words)
            case _:
                return listings.RECEIPT_COLUMNS, listings.receipt_rows(session, own, words)

    def _expected(self, session: Session, export: Export) -> int:
        """Give the most rows that there can be, 0 where that says nothing of the progress."""
        if export.kind in (ExportKind.DETAIL, ExportKind.AUXILIARES):
            return 0
        days = session.execute(counts(RollupDay, "day", export.aspirante_id))
        return sum(int(count) for _day, _state, count in days)

    def _renew(self, export_id: int, done_permille: int) -> bool:
        """Hold the report for longer; say whether it is still ours."""
        now = self._clock.now()
        with self._stores.database.write() as session:
            export = held(session, Export, export_id, self._owner)
            if export is None:
                return False
            export.lease_until = now + timedelta(seconds=self._config.lease_s)
            export.done_permille = max(export.done_permille, done_permille)
        return True

    def _end(self, export_id: int, draft: Draft, content: _Hashing, rows: int) -> None:
        now = self._clock.now()
        with self._stores.database.write() as session:
            export = held(session, Export, export_id, self._owner)
            if export is None:
                raise LeaseLostError
            export.rows, export.size_bytes = rows, content.size
            export.sha256 = content.digest.digest()
            export.jws = sign_report(_signed(export, now), self._signer)
            export.done_permille, export.finished_at = 1000, now
            export.expires_at = now + timedelta(days=self._config.keep_days)
            finish(export)
            trail.write(
                session,
                at=now,
                actor=f"worker:{self._owner}",
                action="export.made",
                subject_kind="export",
                subject=export.token,
                details={"rows": rows, "sha256": content.digest.hexdigest()},
            )
            post_export(session, export, now=now)
            session.flush()
            # Last: the row is ours and locked, so nobody else publishes under this token.
            draft.publish()
        _log.info("export.made export=%s rows=%d size_bytes=%d", export.token, rows, content.size)

    def _give_back(self, export_id: int, code: str, *, counts_as_failure: bool = True) -> None:
        now = self._clock.now()
        with self._stores.database.write() as session:
            export = held(session, Export, export_id, self._owner)
            if export is None:
                return
            wait_s = (
                _BACKOFF_S * 2 ** min(export.tries, _MOST_DOUBLINGS) if counts_as_failure else 0
            )
            is_given_up = give_back(
                export,
                code=code,
                again_at=now + timedelta(seconds=wait_s),
                counts=counts_as_failure,
                most_tries=self._config.tries,
            )
            export.done_permille = 0
            if is_given_up:
                # Nobody takes it up again: what was searched for may be a name.
                export.parameters_sealed = None
                _log.error("export.given_up export=%s code=%s", export.token, code)
                trail.write(
                    session,
                    at=now,
                    actor=f"worker:{self._owner}",
                    action="export.given_up",
                    subject_kind="export",
                    subject=export.token,
                    details={"code": code},
                )


class _Heartbeat:
    """Holds the lease while a file is made: laying out a PDF says nothing for many seconds."""

    def __init__(self, renew: Callable[[int, int], bool], export_id: int, every_s: float) -> None:
        self._renew = renew
        self._export_id = export_id
        self._every_s = every_s
        self._ended = threading.Event()
        self._permille = 0
        self.is_lost = False
        self._thread = threading.Thread(target=self._beat, name="export-lease", daemon=True)

    def __enter__(self) -> _Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def note(self, done: int, expected: int) -> None:
        """Remember how far the file is; the end is said by who ends it."""
        if expected:
            self._permille = min(990, 1000 * done // expected)

    def _beat(self) -> None:
        # The first beat comes soon, so that people see that it moves.
        pause_s = min(1.0, self._every_s)
        while not self._ended.wait(pause_s):
            try:
                self.is_lost = not self._renew(self._export_id, self._permille)
            except Exception:  # noqa: BLE001  (the database may answer again before it runs out)
                _log.exception("export.lease_not_renewed")
            if self.is_lost:
                return
            pause_s = min(2 * pause_s, self._every_s)


class _Hashing:
    """A draft that is hashed and measured on its way."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        self.size += len(content)
        return self._sink.write(content)

    def flush(self) -> None:
        self._sink.flush()


def _watermark(export: Export) -> Watermark:
    return Watermark(
        export=export.token,
        made_for=export.user.name,
        made_at=export.created_at,
        zone=ZoneInfo(export.aspirante.process.time_zone),
    )


def _facts(export: Export, order: Order) -> tuple[tuple[str, str], ...]:
    aspirante = export.aspirante
    facts = [
        ("Proceso", aspirante.process.name),
        ("Cargo", aspirante.office.name),
        ("Folio de la solicitud", aspirante.folio_solicitud),
        ("Aspirante", aspirante.name),
    ]
    if order.detail is not None:
        facts.append(("Agrupado por", listings.by_fact(order.detail)))
        facts.append(
            ("Periodo", listings.period_fact(order.detail.received_from, order.detail.received_to))
        )
        if By.CAUSE in order.detail.by:
            facts.append(("Nota", "Un apoyo con dos causas se cuenta en cada una de ellas."))
    if order.records not in (None, RecordFilter()):
        facts.append(("Filtros", "Los de la consulta desde la que se pidió"))
    if order.with_names:
        facts.append(("Datos personales", "Contiene nombres de personas: guárdelo como tal."))
    return tuple(facts)


def _signed(export: Export, now: datetime) -> Report:
    return Report(
        export=export.token,
        kind=export.kind,
        format=export.format,
        folio_solicitud=export.aspirante.folio_solicitud,
        rows=export.rows or 0,
        size=export.size_bytes or 0,
        sha256=(export.sha256 or b"").hex(),
        made_ms=int(now.timestamp() * 1000),
    )
