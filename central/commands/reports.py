"""The worker's part in reports: a thread of its own, for a large one takes minutes."""

from __future__ import annotations

import logging
import re
import threading
from pathlib import Path
from types import TracebackType

from flask import Flask
from flask_babel import force_locale

from central.commands.context import Context
from central.commands.pauses import pause_s
from central.portal import language
from central.portal.words import PortalWords
from central.reports.exports import SEALER_PURPOSE, FileFormat
from central.reports.making import ReportMaker, Stores
from central.reports.tables.base import TableWriter
from central.reports.tables.csv_table import CsvTable
from central.reports.tables.pdf_table import PdfTable
from central.reports.tables.xlsx_table import XlsxTable
from central.storage.citizens import CitizenSealer
from central.storage.opening import open_documents
from central.storage.sealing import Sealer

_log = logging.getLogger(__name__)

_TOKENS = re.compile(r":root\s*\{[^}]*\}")


def open_maker(context: Context, owner: str) -> ReportMaker:
    """Build what makes reports.

    Raises:
        SecretError: A key is missing or readable by others.
    """
    config, secret = context.config, context.secrets.random("citizens")
    writers: dict[FileFormat, TableWriter] = {
        FileFormat.CSV: CsvTable(),
        FileFormat.XLSX: XlsxTable(),
        FileFormat.PDF: PdfTable(tokens(), config.reports.pdf_rows),
    }
    stores = Stores(
        database=context.database,
        documents=open_documents(config, context.secrets),
        sealer=Sealer(secret, SEALER_PURPOSE),
        citizens=CitizenSealer(secret),
        scratch=Path(config.storage.documents) / "scratch",
    )
    signer = context.secrets.signer("reports")
    return ReportMaker(stores, writers, PortalWords(), signer, config.reports, context.clock, owner)


def tokens() -> str:
    """Give the colours of the portal's own style sheet, so that a printed page has them too."""
    sheet = Path(language.__file__).parent / "static" / "acopio.css"
    return "\n".join(_TOKENS.findall(sheet.read_text(encoding="utf-8")))


class ReportThread:
    """Makes reports beside the other duties until it is stopped, in Spanish."""

    def __init__(self, maker: ReportMaker, idle_s: float) -> None:
        self._maker = maker
        self._idle_s = idle_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reports")

    def __enter__(self) -> ReportThread:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._maker.stop()
        self._thread.join()

    def _run(self) -> None:
        app = Flask("central")
        language.register(app)
        with app.app_context(), force_locale(language.DEFAULT):
            failures = 0
            while not self._stopping.is_set():
                try:
                    made = self._maker.run_once()
                    failures = 0
                except Exception:  # noqa: BLE001  (it survives: it logs, waits longer, and counts)
                    failures += 1
                    made = 0
                    _log.exception("duty.failed duty=reports failures=%d", failures)
                if not made:
                    self._stopping.wait(pause_s(self._idle_s, failures))
