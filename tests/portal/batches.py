"""Files of auxiliares in the invented world: one checked, one imported, one of another."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import Aspirante, AuxiliarBatch, BatchState, User
from central.roster.files.checking import check_rows
from central.roster.files.limits import Limits
from central.roster.files.reader import read_file
from central.roster.files.refusals import Refusal
from central.roster.files.sealed import PURPOSE, seal_file
from central.storage.sealing import Sealer
from tests.portal.files import people, person, text

CHECKED = "11111111-1111-4111-8111-111111111111"
IMPORTED = "22222222-2222-4222-8222-222222222222"
OF_ANOTHER = "33333333-3333-4333-8333-333333333333"
NOBODY = "99999999-9999-4999-8999-999999999999"


def put_batches(
    session: Session, own: Aspirante, other: Aspirante, secret: bytes, now: datetime
) -> None:
    """Add the three files; nobody came in by them."""
    user_id = session.scalars(select(User.id).where(User.email == own.email)).one()
    sealer = Sealer(secret, PURPOSE)
    for token, aspirante, state in (
        (CHECKED, own, BatchState.CHECKED),
        (IMPORTED, own, BatchState.IMPORTED),
        (OF_ANOTHER, other, BatchState.CHECKED),
    ):
        content = text([*people(3, first=700), person(710, born="31/02/1990")]).encode()
        sheet = read_file(content, Limits(), needed=frozenset())
        assert not isinstance(sheet, Refusal)
        file = check_rows(sheet, today=now.date(), asks_register=True).file
        session.add(
            AuxiliarBatch(
                token=token,
                aspirante_id=aspirante.id,
                user_id=user_id,
                state=state,
                content=seal_file(sealer, token, file),
                file_sha256=sha256(token.encode()).digest(),
                rows=len(file.rows),
                good=file.good,
                created_at=now,
                imported_at=now if state is BatchState.IMPORTED else None,
            )
        )
