"""The one way in which auxiliares come in, one by the form or thousands from a file.

Who comes in is `registered`; `central.roster.situation` then asks the register and invites. Where
the process does not ask the register they are invited at once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, inspect, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from central.audit import trail
from central.mail.outbox import post_activations
from central.models import Aspirante, Auxiliar, AuxiliarState
from central.models.database import lock_for_transaction
from central.models.settings import AuxiliarSettings, read_settings
from central.roster.candidates import Candidate
from central.storage.sealing import Sealer
from domain.citizen_code import ALPHABET
from domain.credential.text import fold

# What a clave is sealed for until the register has answered; the context is the id auxiliar.
CLAVE_PURPOSE = "auxiliares/clave"

# 29^6: a few hundred million, so a second draw is as good as never needed.
_ID_LENGTH = 6
_MOST_DRAWS = 5
# Values in one look-up, under what both databases take.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Registration:
    """What became of some candidates, by their place among them.

    Attributes:
        added: The id auxiliar of each who came in.
        refused: For the others, the codes of `conflicts`.
    """

    added: Mapping[int, str]
    refused: Mapping[int, Mapping[str, str]]


def settings_of(aspirante: Aspirante) -> AuxiliarSettings:
    """Give what the process of an aspirante asks of its auxiliares."""
    return read_settings(aspirante.process.settings).auxiliares


def conflicts(
    session: Session,
    aspirante: Aspirante,
    candidates: Sequence[Candidate],
    *,
    register_secret: bytes,
    besides: int | None = None,
) -> dict[int, dict[str, str]]:
    """Give, by place, which fields name somebody who captures in this process already.

    `besides` is the number of an auxiliar who does not count: the one that is corrected.

    The codes end in `.own` for an auxiliar of the same aspirante, in `.taken` for one of another,
    which is not said; in `.repeated` for one named before among the candidates themselves.
    """
    values: dict[str, list[Any]] = {
        "email": [candidate.email for candidate in candidates],
        "clave_elector": [
            clave_key(register_secret, candidate.clave_elector) if candidate.clave_elector else b""
            for candidate in candidates
        ],
    }
    columns: dict[str, Any] = {"email": Auxiliar.email, "clave_elector": Auxiliar.clave_key}
    found: dict[int, dict[str, str]] = {}
    for name, keys in values.items():
        owners = _owners(session, aspirante, columns[name], {key for key in keys if key}, besides)
        seen: set[Any] = set()
        for place, key in enumerate(keys):
            if not key:
                continue
            code = None
            if key in owners:
                code = "own" if owners[key] == aspirante.id else "taken"
            elif key in seen:
                code = "repeated"
            seen.add(key)
            if code is not None:
                found.setdefault(place, {})[name] = f"{name}.{code}"
    return found


def register_all(
    session: Session,
    aspirante: Aspirante,
    candidates: Sequence[Candidate],
    *,
    batch_id: int | None,
    now: datetime,
    made_by: str,
    sealer: Sealer,
    register_secret: bytes,
) -> Registration:
    """Let candidates without mistakes in, in the caller's transaction.

    The database decides who is an auxiliar already, also against somebody who writes at the same
    moment. The caller commits, or rolls back when `refused` is not what it wants.

    Args:
        session: A session that writes.
        aspirante: For whom they are to capture.
        candidates: People in whom `mistakes` found nothing.
        batch_id: The file they came in; None for the form.
        now: The present.
        made_by: The actor of the audit trail.
        sealer: Seals for `CLAVE_PURPOSE`.
        register_secret: Keys the digests of claves.
    """
    asks_register = settings_of(aspirante).register_check
    lock_places(session, aspirante.process_id)
    refused = conflicts(session, aspirante, candidates, register_secret=register_secret)
    waiting = [place for place in range(len(candidates)) if place not in refused]
    added: dict[int, str] = {}
    for _draw in range(_MOST_DRAWS):
        if not waiting:
            break
        drawn = {new_id_auxiliar(): place for place in waiting}
        rows = []
        for code, place in drawn.items():
            candidate = candidates[place]
            row = _row(aspirante, candidate, code, batch_id=batch_id, now=now)
            if asks_register and candidate.clave_elector:
                row["clave_key"] = clave_key(register_secret, candidate.clave_elector)
                row["clave_sealed"] = sealer.seal(candidate.clave_elector.encode(), code)
            rows.append(row)
        added.update((drawn[code], code) for code in _insert(session, rows))
        waiting = [place for place in waiting if place not in added]
        # Somebody was quicker; who is left without a conflict drew an id that was taken.
        late = conflicts(
            session, aspirante, [candidates[n] for n in waiting], register_secret=register_secret
        )
        refused.update((waiting[n], codes) for n, codes in late.items())
        waiting = [place for place in waiting if place not in refused]
    else:
        if waiting:
            raise AssertionError("no free id auxiliar was drawn")
    trail.write_all(
        session,
        sorted(added.values()),
        at=now,
        actor=made_by,
        action="auxiliar.added",
        subject_kind="auxiliar",
        details={"batch": batch_id},
    )
    if not asks_register:
        _invite(session, aspirante, added.values(), now)
    return Registration(added, refused)


def lock_places(session: Session, process_id: int) -> None:
    """Let one transaction at a time add auxiliares to a process.

    Two that insert the same people in another order would wait for each other for ever.
    """
    lock_for_transaction(session, f"acopio/auxiliares/{process_id}".encode("ascii"))


def clave_key(register_secret: bytes, clave_elector: str) -> bytes:
    """Digest the clave of an auxiliar: equal for one person, and no citizen's key of a record."""
    text = f"auxiliar={fold(clave_elector)}".encode()
    return hmac.digest(register_secret, text, "sha256")


def new_id_auxiliar() -> str:
    """Draw an id auxiliar in which no letter looks like another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(_ID_LENGTH))


def _row(
    aspirante: Aspirante, candidate: Candidate, code: str, *, batch_id: int | None, now: datetime
) -> dict[str, Any]:
    return {
        "process_id": aspirante.process_id,
        "aspirante_id": aspirante.id,
        "batch_id": batch_id,
        "id_auxiliar": code,
        "nombres": candidate.nombres,
        "apellido_paterno": candidate.apellido_paterno,
        "apellido_materno": candidate.apellido_materno,
        "born_on": candidate.born_on,
        "telefono_movil": candidate.telefono_movil,
        "email": candidate.email,
        "account_kind": candidate.account_kind,
        "clave_key": None,
        "clave_sealed": None,
        "state": AuxiliarState.REGISTERED,
        "created_at": now,
    }


def _insert(session: Session, rows: list[dict[str, Any]]) -> list[str]:
    """Insert the rows that no unique value stands against; give their ids auxiliar."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    build: Any = sqlite_insert if is_sqlite else postgresql_insert
    statement = (
        build(cast(Table, inspect(Auxiliar).local_table))
        .on_conflict_do_nothing()
        .returning(Auxiliar.id_auxiliar)
    )
    return list(session.connection().execute(statement, rows).scalars())


def _owners(
    session: Session, aspirante: Aspirante, column: Any, keys: Iterable[Any], besides: int | None
) -> dict[Any, int]:
    ordered = sorted(keys)
    owners: dict[Any, int] = {}
    for begin in range(0, len(ordered), _CHUNK):
        rows = session.execute(
            select(column, Auxiliar.aspirante_id).where(
                Auxiliar.process_id == aspirante.process_id,
                column.in_(ordered[begin : begin + _CHUNK]),
                Auxiliar.id != (besides or 0),
            )
        )
        owners.update((key, owner) for key, owner in rows)
    return owners


def _invite(session: Session, aspirante: Aspirante, codes: Iterable[str], now: datetime) -> None:
    ordered = sorted(codes)
    for begin in range(0, len(ordered), _CHUNK):
        ids = session.scalars(
            select(Auxiliar.id).where(Auxiliar.id_auxiliar.in_(ordered[begin : begin + _CHUNK]))
        )
        post_activations(session, dict.fromkeys(ids, aspirante.id), now=now)
