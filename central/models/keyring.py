"""Stations' public keys, looked up in the database by their names."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models.stations import Station, StationKey
from wire.keys import VerifyingKey

_ROLES = ("packet", "proof")


class StationKeyRing:
    """Every key a station ever had: evidence is checked with the key of its time.

    A revoked station's key is still found. What it delivers is kept in quarantine; whether a
    request of it is answered is decided by its state, not by hiding its key.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, kid: str) -> VerifyingKey | None:
        """Give the key of that name, or nothing."""
        row = self._session.execute(
            select(StationKey.public_pem, Station.id_dispositivo)
            .join(Station, Station.id == StationKey.station_id)
            .where(StationKey.kid == kid)
        ).one_or_none()
        return None if row is None else VerifyingKey(kid, row[0], _ROLES, row[1])
