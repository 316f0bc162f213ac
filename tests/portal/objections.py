"""Two inconformidades in the invented world: one of the aspirante, one of another."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import (
    Objection,
    ObjectionAttachment,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
    Record,
    RoleGrant,
)
from central.review.contest import reasons_of
from central.storage.documents import Documents
from central.storage.sealing import Sealer
from tests.portal.vault import picture

OWN_OBJECTION, OTHER_OBJECTION = "INC-2222-3333-4444", "INC-5555-6666-7777"


def put_objections(
    session: Session,
    own: str,
    foreign: str,
    sealer: Sealer,
    documents: Documents,
    now: datetime,
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Contest a record of each; give the record and the token of the document, of both."""
    return (
        (own, _put(session, OWN_OBJECTION, own, sealer, documents, now)),
        (foreign, _put(session, OTHER_OBJECTION, foreign, sealer, documents, now)),
    )


def _put(
    session: Session,
    folio: str,
    folio_registro: str,
    sealer: Sealer,
    documents: Documents,
    now: datetime,
) -> str:
    """Contest one record, with a picture as document and the images open; give its token."""
    record = session.scalars(select(Record).where(Record.folio_registro == folio_registro)).one()
    user_id = session.scalars(
        select(RoleGrant.user_id).where(RoleGrant.aspirante_id == record.aspirante_id)
    ).one()
    objection = Objection(
        folio=folio,
        aspirante_id=record.aspirante_id,
        user_id=user_id,
        statement=sealer.seal(
            "La persona recogió su credencial antes de la captación.".encode(), folio
        ),
        state=ObjectionState.IN_REVIEW,
        submitted_at=now - timedelta(days=1),
        review_began_at=now - timedelta(hours=5),
        images_until=now + timedelta(hours=48),
    )
    session.add(objection)
    session.flush()
    session.add(
        ObjectionRecord(
            objection_id=objection.id,
            record_id=record.id,
            outcome=ObjectionOutcome.PENDING,
            reasons=list(reasons_of(record)),
        )
    )
    content = picture(300, 200, "#ffffff", kind="PNG")
    token = documents.put(content)
    session.add(
        ObjectionAttachment(
            objection_id=objection.id,
            token=token,
            name=sealer.seal(b"comprobante.png", token),
            media_type="image/png",
            size_bytes=len(content),
            sha256=sha256(content).digest(),
        )
    )
    return token
