"""The life of a file of auxiliares: its dry run, its import, and what becomes of its people."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from central.audit import trail
from central.errors import NotFoundError
from central.models import Aspirante, Auxiliar, AuxiliarBatch, AuxiliarState, BatchState
from central.models.database import Database
from central.roster.candidates import read_candidate
from central.roster.files.checking import CheckedFile, CheckedRow, check_rows, with_conflicts
from central.roster.files.columns import Column
from central.roster.files.limits import Limits
from central.roster.files.reader import read_file
from central.roster.files.refusals import Refusal
from central.roster.files.sealed import open_file, seal_file
from central.roster.registration import conflicts, register_all, settings_of
from central.storage.sealing import Sealer
from domain.apoyo import SituacionRegistral

_log = logging.getLogger(__name__)

# How long rows are kept that nobody imported.
KEPT_FOR = timedelta(days=1)
LIST_SIZE = 20


@dataclass(frozen=True, slots=True)
class Keys:
    """What seals the rows of files and the claves of people."""

    files: Sealer
    claves: Sealer
    register_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the people of a file have come; each step counts those of the step before."""

    registered: int
    asked: int
    in_lista_nominal: int
    invited: int
    activated: int
    deactivated: int
    # Those with whom the centre still has something to do by itself.
    waiting: int


def check_file(
    session: Session,
    aspirante_id: int,
    content: bytes,
    *,
    user_id: int,
    limits: Limits,
    keys: Keys,
    now: datetime,
) -> AuxiliarBatch | Refusal:
    """Read a file and keep what its dry run found; nobody comes in yet.

    The same file given again, while it is not imported, takes the place of the first.
    """
    aspirante = session.get_one(Aspirante, aspirante_id)
    asks_register = settings_of(aspirante).register_check
    today = now.astimezone(ZoneInfo(aspirante.process.time_zone)).date()
    # A file is read for a second: nobody else who writes waits for that.
    session.commit()
    needed = {Column.NOMBRES, Column.BORN_ON, Column.EMAIL, Column.ACCOUNT_KIND}
    if asks_register:
        needed.add(Column.CLAVE_ELECTOR)
    sheet = read_file(content, limits, needed=frozenset(needed))
    if isinstance(sheet, Refusal):
        return sheet
    draft = check_rows(sheet, today=today, asks_register=asks_register)
    found = conflicts(session, aspirante, draft.candidates, register_secret=keys.register_secret)
    checked = with_conflicts(draft.file, found)
    digest = hashlib.sha256(content).digest()
    batch = _same_file(session, aspirante_id, digest)
    if batch is None:
        batch = AuxiliarBatch(
            token=str(uuid4()),
            aspirante_id=aspirante_id,
            state=BatchState.CHECKED,
            file_sha256=digest,
        )
        session.add(batch)
    batch.user_id, batch.created_at = user_id, now
    _keep(batch, checked, keys)
    session.flush()
    trail.write(
        session,
        at=now,
        actor=f"user:{user_id}",
        action="auxiliar_file.checked",
        subject_kind="auxiliar_file",
        subject=batch.token,
        details={"rows": batch.rows, "good": batch.good},
    )
    session.commit()
    return batch


def find_batch(session: Session, aspirante_ids: Sequence[int], token: str) -> AuxiliarBatch:
    """Give a file by its token.

    Raises:
        NotFoundError: There is none for who asks.
    """
    batch = session.scalar(
        select(AuxiliarBatch).where(
            AuxiliarBatch.token == token, AuxiliarBatch.aspirante_id.in_(aspirante_ids)
        )
    )
    if batch is None:
        raise NotFoundError("no such file", code="auxiliar_file.unknown")
    return batch


def rows_of(batch: AuxiliarBatch, keys: Keys) -> CheckedFile | None:
    """Give what is kept of a file; None once it was dropped."""
    return None if batch.content is None else open_file(keys.files, batch.token, batch.content)


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A file as a list shows it: without its rows, which are large."""

    token: str
    state: BatchState
    rows: int
    good: int
    created_at: datetime
    is_kept: bool


def list_batches(
    session: Session, aspirante_id: int, *, before: str | None = None
) -> tuple[list[ListedBatch], str | None]:
    """Give the files of an aspirante, newest first, and the token where the next page begins."""
    query = select(
        AuxiliarBatch.token,
        AuxiliarBatch.state,
        AuxiliarBatch.rows,
        AuxiliarBatch.good,
        AuxiliarBatch.created_at,
        AuxiliarBatch.content.is_not(None),
    ).where(AuxiliarBatch.aspirante_id == aspirante_id)
    if before is not None:
        query = query.where(AuxiliarBatch.id < find_batch(session, [aspirante_id], before).id)
    found = session.execute(query.order_by(AuxiliarBatch.id.desc()).limit(LIST_SIZE + 1)).all()
    shown = [ListedBatch(*row) for row in found[:LIST_SIZE]]
    return shown, shown[-1].token if len(found) > LIST_SIZE else None


def import_good(
    session: Session, batch: AuxiliarBatch, *, user_id: int, keys: Keys, now: datetime
) -> bool:
    """Let the good rows of a file in, all of them or nobody; a second time changes nothing.

    Returns:
        Whether they are in. False: meanwhile some became auxiliares by another way; the dry run
        says who, and nothing was imported.
    """
    batch = locked(session, batch)
    file = rows_of(batch, keys) if batch.state is BatchState.CHECKED else None
    if file is None or not file.good:
        # It is in, or its rows were dropped: its page says which.
        session.commit()
        return True
    good = [place for place, row in enumerate(file.rows) if row.is_good]
    candidates = [read_candidate(_texts(file, file.rows[place]))[0] for place in good]
    registration = register_all(
        session,
        session.get_one(Aspirante, batch.aspirante_id),
        candidates,
        batch_id=batch.id,
        now=now,
        made_by=f"user:{user_id}",
        sealer=keys.claves,
        register_secret=keys.register_secret,
    )
    if registration.refused:
        session.rollback()
        batch = locked(session, batch)
        found = {good[place]: codes for place, codes in registration.refused.items()}
        _keep(batch, with_conflicts(file, found), keys)
        session.commit()
        return False
    batch.state, batch.imported_at = BatchState.IMPORTED, now
    left = tuple(row for row in file.rows if not row.is_good)
    # What came in lies with the auxiliares; what did not may still be mended.
    batch.content = seal_file(keys.files, batch.token, replace(file, rows=left)) if left else None
    trail.write(
        session,
        at=now,
        actor=f"user:{user_id}",
        action="auxiliar_file.imported",
        subject_kind="auxiliar_file",
        subject=batch.token,
        details={"added": len(registration.added), "left": len(left)},
    )
    session.commit()
    return True


def discard(session: Session, batch: AuxiliarBatch, *, user_id: int, now: datetime) -> None:
    """Forget the rows of a file that did not come in."""
    batch = locked(session, batch)
    if batch.content is not None:
        batch.content = None
        trail.write(
            session,
            at=now,
            actor=f"user:{user_id}",
            action="auxiliar_file.discarded",
            subject_kind="auxiliar_file",
            subject=batch.token,
        )
    session.commit()


def progress(session: Session, batch: AuxiliarBatch) -> Progress:
    """Count the people of a file by how far they have come."""
    is_listed = Auxiliar.situacion_registral == SituacionRegistral.LISTA_NOMINAL.value
    counted = session.execute(
        select(
            func.count(),
            _count(Auxiliar.situacion_registral.is_not(None) | Auxiliar.invited_at.is_not(None)),
            _count(is_listed | Auxiliar.invited_at.is_not(None)),
            _count(Auxiliar.invited_at.is_not(None)),
            _count(Auxiliar.activated_at.is_not(None)),
            _count(Auxiliar.state == AuxiliarState.DEACTIVATED),
            _count(
                (Auxiliar.state == AuxiliarState.REGISTERED)
                & (Auxiliar.situacion_registral.is_(None) | is_listed)
            ),
        ).where(Auxiliar.batch_id == batch.id, Auxiliar.aspirante_id == batch.aspirante_id)
    ).one()
    return Progress(*(int(value or 0) for value in counted))


def drop_stale(database: Database, now: datetime) -> int:
    """Forget the rows of files that are older than a day; give of how many files."""
    with database.write() as session:
        dropped = session.execute(
            update(AuxiliarBatch)
            .where(AuxiliarBatch.content.is_not(None), AuxiliarBatch.created_at < now - KEPT_FOR)
            .values(content=None)
            .returning(AuxiliarBatch.id)
            .execution_options(synchronize_session=False)
        ).all()
    if dropped:
        _log.info("auxiliar_files.dropped files=%d", len(dropped))
    return len(dropped)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _keep(batch: AuxiliarBatch, file: CheckedFile, keys: Keys) -> None:
    batch.rows, batch.good = len(file.rows), file.good
    batch.content = seal_file(keys.files, batch.token, file)


def _same_file(session: Session, aspirante_id: int, sha256: bytes) -> AuxiliarBatch | None:
    return session.scalars(
        select(AuxiliarBatch)
        .where(
            AuxiliarBatch.aspirante_id == aspirante_id,
            AuxiliarBatch.file_sha256 == sha256,
            AuxiliarBatch.state == BatchState.CHECKED,
        )
        .order_by(AuxiliarBatch.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def locked(session: Session, batch: AuxiliarBatch) -> AuxiliarBatch:
    """Take a file for a change: of two that press a button, one waits and finds it done."""
    return session.execute(
        select(AuxiliarBatch)
        .where(AuxiliarBatch.id == batch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _texts(file: CheckedFile, row: CheckedRow) -> dict[str, str]:
    return {
        column.value: cell
        for column, cell in zip(file.columns, row.cells, strict=False)
        if column is not None
    }
