"""What a station may fetch at any time: its policy, and what became of its packets."""

from __future__ import annotations

from sqlalchemy import select

from central.errors import StationRefusedError
from central.intake.policy import PolicyOffice
from central.models import Outcome, Receipt, Station
from central.models.database import Database
from wire.api import Outcome as WireOutcome
from wire.api import ReceiptItem, ReceiptsAnswer

_PAGE = 200


class StationFeed:
    """Answers for one station at a time, by its id de dispositivo."""

    def __init__(self, database: Database, policies: PolicyOffice) -> None:
        self._database = database
        self._policies = policies

    def policy(self, station: str) -> str:
        """Give the policy in force of the station's process, signed."""
        with self._database.read() as session:
            process_id = session.execute(
                select(Station.process_id).where(Station.id_dispositivo == station)
            ).scalar_one_or_none()
        if process_id is None:
            raise StationRefusedError("no such station")
        return self._policies.current(process_id)[1]

    def outcomes(self, station: str, after: int) -> ReceiptsAnswer:
        """Give the outcomes after a cursor, at most 200, oldest first."""
        with self._database.read() as session:
            rows = session.execute(
                select(Outcome.id, Outcome.link, Outcome.kind, Outcome.reason, Receipt.jws)
                .join(Station, Station.id == Outcome.station_id)
                .outerjoin(Receipt, Receipt.link == Outcome.link)
                .where(Station.id_dispositivo == station, Outcome.id > after)
                .order_by(Outcome.id)
                .limit(_PAGE + 1)
            ).all()
        page = rows[:_PAGE]
        items = tuple(
            ReceiptItem(
                cursor=row.id,
                link=row.link.hex(),
                outcome=WireOutcome(row.kind),
                receipt=row.jws if row.kind == "stored" else None,
                reason=row.reason,
            )
            for row in page
        )
        return ReceiptsAnswer(
            items=items, after=page[-1].id if page else after, has_more=len(rows) > _PAGE
        )
