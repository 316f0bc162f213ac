"""Fills the synthetic register from a CSV file; the same file again changes nothing."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from central.errors import InvalidInputError
from central.models.database import Database
from central.models.register import MotivoBaja, RegisterEntry, RegisterSection, RegisterVersion
from central.register.synthetic import SITUACIONES, entry_key
from domain.credential.clave_elector import parse_clave_elector
from domain.credential.text import fold
from domain.errors import ClaveElectorError

COLUMNS = (
    "clave_elector",
    "situacion_registral",
    "motivo_baja",
    "entidad",
    "distrito",
    "municipio",
    "seccion",
)
_BATCH = 5_000
_LETTERS = {fold(situacion.value): letter for letter, situacion in SITUACIONES.items()}
_MAXIMA = {"entidad": 32, "distrito": 999, "municipio": 999, "seccion": 9999}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `is_new` is false when the file was imported before."""

    version_id: int
    entries: int
    is_new: bool


@dataclass(slots=True)
class _Section:
    distrito: int
    municipio: int
    lista_nominal: int = 0
    padron: int = 0


def import_register(database: Database, secret: bytes, path: Path, now: datetime) -> Imported:
    """Read a CSV of the register into a new version, seen by look-ups once it is complete.

    Rows are committed in batches; an import that was cut begins again from the start.

    Raises:
        InvalidInputError: A line cannot be accepted; its number and column are named, and
            nothing of the file is used.
    """
    digest = _sha256(path)
    with database.write() as session:
        version_id, entries, complete = _version(session, path, digest, now)
        motivos = dict(iter(session.execute(select(MotivoBaja.label, MotivoBaja.id))))
    if complete:
        return Imported(version_id, entries, is_new=False)
    known = {fold(label): number for label, number in motivos.items()}
    sections: dict[tuple[int, int], _Section] = {}
    count = 0
    for batch in _batches(_rows(path, secret, known, sections)):
        with database.write() as session:
            session.execute(
                insert(RegisterEntry), [{**row, "version_id": version_id} for row in batch]
            )
        count += len(batch)
    with database.write() as session:
        _write_sections(session, version_id, sections)
        session.execute(
            update(RegisterVersion)
            .where(RegisterVersion.id == version_id)
            .values(entries=count, complete=True, imported_at=now)
        )
    return Imported(version_id, count, is_new=True)


def _version(session: Session, path: Path, digest: bytes, now: datetime) -> tuple[int, int, bool]:
    version = session.execute(
        select(RegisterVersion).where(RegisterVersion.source_sha256 == digest)
    ).scalar_one_or_none()
    if version is None:
        version = RegisterVersion(
            label=path.name[:80], source_sha256=digest, entries=0, complete=False, imported_at=now
        )
        session.add(version)
        session.flush()
    elif not version.complete:
        for table in (RegisterEntry, RegisterSection):
            session.execute(delete(table).where(table.version_id == version.id))
    return version.id, version.entries, version.complete


def _rows(
    path: Path,
    secret: bytes,
    motivos: dict[str, int],
    sections: dict[tuple[int, int], _Section],
) -> Iterator[dict[str, Any]]:
    seen: set[bytes] = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames is None or set(reader.fieldnames) != set(COLUMNS):
            raise InvalidInputError(f"columns must be {', '.join(COLUMNS)}", field="1")
        for number, line in enumerate(reader, start=2):
            row = _row(line, number, secret, motivos)
            if row["key"] in seen:
                raise InvalidInputError(
                    f"line {number}: the clave appears twice", field="clave_elector"
                )
            seen.add(row["key"])
            _count(row, sections)
            yield row


def _row(
    line: dict[str, str], number: int, secret: bytes, motivos: dict[str, int]
) -> dict[str, Any]:
    letter = _LETTERS.get(fold(line["situacion_registral"] or ""))
    if letter is None:
        raise _bad(number, "situacion_registral")
    motivo = fold(line["motivo_baja"] or "")
    if bool(motivo) != (letter == "B") or (motivo and motivo not in motivos):
        raise _bad(number, "motivo_baja")
    try:
        parse_clave_elector(line["clave_elector"] or "")
    except ClaveElectorError as error:
        raise _bad(number, "clave_elector") from error
    places: dict[str, int] = {}
    for column, maximum in _MAXIMA.items():
        text = line[column] or ""
        if not text.isdecimal() or not 1 <= int(text) <= maximum:
            raise _bad(number, column)
        places[column] = int(text)
    return {
        "key": entry_key(secret, line["clave_elector"]),
        "situacion": letter,
        "motivo_id": motivos.get(motivo),
        **places,
    }


def _bad(number: int, column: str) -> InvalidInputError:
    return InvalidInputError(f"line {number}: {column} cannot be accepted", field=column)


def _count(row: dict[str, Any], sections: dict[tuple[int, int], _Section]) -> None:
    section = sections.setdefault(
        (row["entidad"], row["seccion"]), _Section(row["distrito"], row["municipio"])
    )
    # Whoever is in the Lista Nominal is in the padrón too; those removed are in neither.
    section.lista_nominal += row["situacion"] == "L"
    section.padron += row["situacion"] in "LP"


def _write_sections(
    session: Session, version_id: int, sections: dict[tuple[int, int], _Section]
) -> None:
    rows = [
        {
            "version_id": version_id,
            "entidad": entidad,
            "seccion": seccion,
            "distrito": section.distrito,
            "municipio": section.municipio,
            "lista_nominal": section.lista_nominal,
            "padron": section.padron,
        }
        for (entidad, seccion), section in sections.items()
    ]
    if rows:
        session.execute(insert(RegisterSection), rows)


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _sha256(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise InvalidInputError(
            f"{path}: cannot be read: {error.strerror}", field="path"
        ) from error
