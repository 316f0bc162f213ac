"""Reports as files: asked for here, made by the worker (`central.reports.making`), fetched here.

Every query carries the aspirantes of who asks. What is asked for, made and fetched is in the audit
trail; the rows stay when the files are gone.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_type_hints
from uuid import uuid4

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from central.audit import trail
from central.errors import ConflictError, InvalidInputError, NotFoundError
from central.models import Export, WorkState
from central.models.database import lock_for_transaction
from central.reports.detail import Asked, By
from central.reports.detail import asked as read_asked
from central.reports.record_filter import RecordFilter
from central.storage.documents import Documents
from central.storage.sealing import Sealer

PAGE_SIZE = 25
SEALER_PURPOSE = "exports"
_UNFINISHED = (WorkState.WAITING, WorkState.LEASED)


class ExportKind(StrEnum):
    """What a report lists."""

    DETAIL = "detail"
    RECORDS = "records"
    AUXILIARES = "auxiliares"
    RECEIPTS = "receipts"


class FileFormat(StrEnum):
    """What a report becomes. `PROOF` is for receipts alone: what `acopio-audit` checks."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    PROOF = "jsonl"


class Taken(StrEnum):
    """What of a report is downloaded."""

    FILE = "file"
    SIGNATURE = "signature"


class Progress(StrEnum):
    """Where a report stands, as people see it."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for. The filter of a list of records may name a person, so it hides."""

    kind: ExportKind
    format: FileFormat
    detail: Asked | None = None
    records: RecordFilter | None = field(default=None, repr=False)
    with_names: bool = False

    def __post_init__(self) -> None:
        if self.format is FileFormat.PROOF and self.kind is not ExportKind.RECEIPTS:
            raise InvalidInputError("only receipts are proved so", field="format")
        if (self.kind is ExportKind.DETAIL) != (self.detail is not None):
            raise InvalidInputError("nothing to count by", field="by")


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One report in the list of an aspirante's own."""

    token: str
    folio_solicitud: str
    time_zone: str
    kind: ExportKind
    format: FileFormat
    progress: Progress
    done_permille: int
    asked_by: str = field(repr=False)
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    rows: int | None
    size_bytes: int | None
    sha256: str
    error: str
    # Names of citizens are in it.
    is_personal: bool
    # Of a Reporte detallado: what it counts by, and its first and last day.
    by: tuple[By, ...]
    period: tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class ExportPage:
    """Some reports, newest first; `older_than` leads to the page of older ones."""

    rows: tuple[ExportRow, ...]
    older_than: str | None

    @property
    def is_moving(self) -> bool:
        """Say whether one of them is still to come."""
        return any(row.progress in (Progress.WAITING, Progress.MAKING) for row in self.rows)


def ask(
    session: Session,
    sealer: Sealer,
    order: Order,
    *,
    aspirante_id: int,
    user_id: int,
    now: datetime,
    most_waiting: int,
) -> str:
    """Write a report down for the worker to make; give its token.

    Args:
        session: A session that writes; the caller commits.
        sealer: Seals what may name a person.
        order: What is asked for.
        aspirante_id: Whose it is: one of the aspirantes of who asks.
        user_id: Who asks.
        now: The present.
        most_waiting: How many unfinished ones the aspirante may have.

    Raises:
        ConflictError: So many are unfinished already.
    """
    lock_for_transaction(session, f"acopio/exports/{aspirante_id}".encode("ascii"))
    unfinished = session.scalar(
        select(func.count())
        .select_from(Export)
        .where(Export.aspirante_id == aspirante_id, Export.work_state.in_(_UNFINISHED))
    )
    if (unfinished or 0) >= most_waiting:
        raise ConflictError("too many reports are unfinished", code="export.waiting")
    token = str(uuid4())
    sealed = None
    if order.records is not None:
        sealed = sealer.seal(_pack(order.records), token)
    session.add(
        Export(
            token=token,
            aspirante_id=aspirante_id,
            user_id=user_id,
            kind=order.kind.value,
            format=order.format.value,
            parameters=_parameters(order),
            parameters_sealed=sealed,
            next_try_at=now,
            created_at=now,
        )
    )
    _write(session, token, "export.requested", f"user:{user_id}", now, _parameters_said(order))
    return token


def order_of(export: Export, sealer: Sealer) -> Order:
    """Read what was asked for.

    Raises:
        SecretError: The filter was sealed with a secret that was replaced since.
    """
    stored = export.parameters
    counted = None
    if "by" in stored:
        counted = read_asked(stored["by"], _day(stored["from"]), _day(stored["to"]))
    filtered = None
    if export.parameters_sealed is not None:
        filtered = _unpack(sealer.open(export.parameters_sealed, export.token))
    return Order(
        ExportKind(export.kind),
        FileFormat(export.format),
        counted,
        filtered,
        bool(stored.get("names")),
    )


def page(
    session: Session,
    aspirante_ids: Sequence[int],
    *,
    now: datetime,
    older_than: str | None = None,
    limit: int = PAGE_SIZE,
) -> ExportPage:
    """Give one page of the reports of some aspirantes, newest first.

    Raises:
        NotFoundError: The page is to begin after a report that is not there for who asks.
    """
    query = _own(aspirante_ids).order_by(Export.id.desc()).limit(limit + 1)
    if older_than is not None:
        query = query.where(Export.id < find(session, aspirante_ids, older_than).id)
    found = session.scalars(query).all()
    rows = tuple(_row(export, now) for export in found[:limit])
    return ExportPage(rows, rows[-1].token if len(found) > limit else None)


def find(session: Session, aspirante_ids: Sequence[int], token: str) -> Export:
    """Give one report of one's own.

    Raises:
        NotFoundError: There is no such report for who asks.
    """
    export = session.scalar(_own(aspirante_ids).where(Export.token == token))
    if export is None:
        raise NotFoundError("no such report")
    return export


def take(
    session: Session,
    aspirante_ids: Sequence[int],
    token: str,
    what: Taken,
    *,
    user_id: int,
    now: datetime,
) -> Export:
    """Give a finished report, and note who takes it; the caller commits before anything is sent.

    Raises:
        NotFoundError: There is no such file for who asks, or it is not ready, or gone.
    """
    export = find(session, aspirante_ids, token)
    if progress_of(export, now) is not Progress.READY:
        raise NotFoundError("the report has no file")
    _write(session, token, "export.downloaded", f"user:{user_id}", now, {"what": what.value})
    return export


def sweep(session: Session, documents: Documents, *, now: datetime) -> int:
    """Delete the files that are past their time; give how many. The rows stay as the log."""
    expired = session.scalars(
        select(Export)
        .where(Export.expires_at <= now, Export.removed_at.is_(None))
        .order_by(Export.id)
        .limit(500)
    ).all()
    for export in expired:
        documents.delete(export.token)
        export.removed_at, export.parameters_sealed = now, None
    return len(expired)


def progress_of(export: Export, now: datetime) -> Progress:
    """Say where a report stands."""
    match export.work_state:
        case WorkState.WAITING:
            return Progress.WAITING
        case WorkState.LEASED:
            return Progress.MAKING
        case WorkState.DEAD:
            return Progress.FAILED
        case WorkState.DONE:
            is_over = export.expires_at is not None and export.expires_at <= now
            return Progress.EXPIRED if is_over else Progress.READY


def _own(aspirante_ids: Sequence[int]) -> Select[Export]:
    return (
        select(Export)
        .where(Export.aspirante_id.in_(aspirante_ids))
        .options(joinedload(Export.aspirante), joinedload(Export.user))
    )


def _row(export: Export, now: datetime) -> ExportRow:
    return ExportRow(
        token=export.token,
        folio_solicitud=export.aspirante.folio_solicitud,
        time_zone=export.aspirante.process.time_zone,
        kind=ExportKind(export.kind),
        format=FileFormat(export.format),
        progress=progress_of(export, now),
        done_permille=export.done_permille,
        asked_by=export.user.name,
        created_at=export.created_at,
        finished_at=export.finished_at,
        expires_at=export.expires_at,
        rows=export.rows,
        size_bytes=export.size_bytes,
        sha256="" if export.sha256 is None else export.sha256.hex(),
        error=export.last_error or "",
        is_personal=bool(export.parameters.get("names")),
        by=tuple(By(one) for one in export.parameters.get("by", ())),
        period=(_day(export.parameters.get("from")), _day(export.parameters.get("to"))),
    )


def _parameters(order: Order) -> dict[str, Any]:
    if order.detail is not None:
        begin, end = order.detail.received_from, order.detail.received_to
        return {
            "by": [one.value for one in order.detail.by],
            "from": None if begin is None else begin.isoformat(),
            "to": None if end is None else end.isoformat(),
        }
    return {"names": order.with_names} if order.kind is ExportKind.RECORDS else {}


def _parameters_said(order: Order) -> dict[str, trail.Detail]:
    """Give what the audit trail says of an order: nothing of a filter that may name a person."""
    said: dict[str, trail.Detail] = {"kind": order.kind.value, "format": order.format.value}
    if order.detail is not None:
        said["by"] = [one.value for one in order.detail.by]
    if order.kind is ExportKind.RECORDS:
        said["names"] = order.with_names
        said["filtered"] = order.records not in (None, RecordFilter())
    return said


def _write(
    session: Session,
    token: str,
    action: str,
    actor: str,
    now: datetime,
    details: Mapping[str, trail.Detail],
) -> None:
    trail.write(
        session,
        at=now,
        actor=actor,
        action=action,
        subject_kind="export",
        subject=token,
        details=details,
    )


def _pack(wanted: RecordFilter) -> bytes:
    return json.dumps(dataclasses.asdict(wanted), default=date.isoformat).encode()


def _unpack(packed: bytes) -> RecordFilter:
    """Read a filter back; a field that a later release added has its default."""
    hints = get_type_hints(RecordFilter)
    stored = json.loads(packed)
    return RecordFilter(
        **{name: _as(hints[name], value) for name, value in stored.items() if name in hints}
    )


def _as(hint: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    for kind in getattr(hint, "__args__", (hint,)):
        if kind is date:
            return date.fromisoformat(value)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return kind(value)
    return value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
