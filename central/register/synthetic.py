"""A register kept in our own database, for the demo, the tests and rehearsals.

A row is found by a digest of the clave that needs a secret; the clave itself is nowhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from central.errors import RegisterUnavailableError
from central.models.database import Database
from central.models.register import MotivoBaja, RegisterEntry, newest_version
from central.register.base import Answer, Place, Question
from domain.apoyo import SituacionRegistral
from domain.credential.text import fold

SITUACIONES = {
    "L": SituacionRegistral.LISTA_NOMINAL,
    "P": SituacionRegistral.PADRON,
    "B": SituacionRegistral.BAJAS,
}
_KEY_BYTES = 16


class SyntheticRegister:
    """Answers from the newest complete import."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._secret = secret

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer in the order asked."""
        keys = [entry_key(self._secret, question.clave_elector) for question in questions]
        try:
            with self._database.read() as session:
                version = session.scalar(select(newest_version()))
                if version is None:
                    raise RegisterUnavailableError("no register was imported")
                rows = session.execute(
                    select(RegisterEntry, MotivoBaja.label)
                    .outerjoin(MotivoBaja, MotivoBaja.id == RegisterEntry.motivo_id)
                    .where(RegisterEntry.version_id == version, RegisterEntry.key.in_(keys))
                )
                found = {entry.key: _answer(entry, label) for entry, label in rows}
        except DBAPIError as error:
            raise RegisterUnavailableError("the register does not answer") from error
        unknown = Answer(SituacionRegistral.DATOS_NO_ENCONTRADOS, None, None, version)
        return [found.get(key, unknown) for key in keys]


def entry_key(secret: bytes, clave_elector: str) -> bytes:
    """Digest a clave de elector for the look-up: it has too few bits for a plain hash."""
    text = f"register={fold(clave_elector)}".encode()
    return hmac.digest(secret, text, "sha256")[:_KEY_BYTES]


def _answer(entry: RegisterEntry, motivo: str | None) -> Answer:
    return Answer(
        situacion=SITUACIONES[entry.situacion],
        place=Place(entry.entidad, entry.distrito, entry.municipio, entry.seccion),
        motivo_baja=motivo,
        version_id=entry.version_id,
    )
