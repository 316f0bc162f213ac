"""Writes an invented history into the centre's database as intake and verification would have.

Every apoyo has its packet, its signed receipt in the log, its citizen sealed, its way through the
states and its place in the counts. Only the sealed bytes of the packets are missing: nobody could
open 28,000 invented credentials.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from central.models import (
    AccountKind,
    Aspirante,
    Auxiliar,
    AuxiliarState,
    Citizen,
    CitizenWord,
    LogHead,
    Packet,
    Process,
    Receipt,
    Record,
    RegisterSection,
    RegisterVersion,
    ReviewState,
    StateChange,
    Station,
    StationState,
    WorkState,
)
from central.models.aspirantes import folded_name
from central.models.database import Database
from central.reports.recount import repair
from central.storage.citizens import CitizenNames, CitizenSealer, citizen_key
from demo.history import DAYS, Campaign, Event, Section, events
from domain.apoyo import OPEN_STATES, SituacionRegistral, State
from domain.folio import FolioRegistro
from training.people import MEN, SURNAMES, WOMEN
from wire.keys import Signer
from wire.merkle import leaf_hash
from wire.receipt import Receipt as ReceiptClaims
from wire.receipt import sign_receipt

_CHUNK = 500
_SITUACIONES = {
    State.PADRON: SituacionRegistral.PADRON,
    State.BAJA: SituacionRegistral.BAJAS,
    State.NO_ENCONTRADO: SituacionRegistral.DATOS_NO_ENCONTRADOS,
    State.EN_PROCESAMIENTO: SituacionRegistral.SIN_RESPUESTA,
}
_REVIEWS = {
    State.EN_MESA_DE_CONTROL: ReviewState.PENDING,
    State.INCONSISTENCIA: ReviewState.REJECTED,
}
_PACKET_BYTES = 600_000


@dataclass(frozen=True, slots=True)
class Keys:
    """What the centre would have sealed and signed with."""

    citizens: CitizenSealer
    register_secret: bytes
    receipts: Signer


def write_sections(database: Database, sections: Sequence[Section]) -> None:
    """Give the newest register these secciones: the base of every threshold."""
    with database.write() as session:
        version = session.execute(select(func.max(RegisterVersion.id))).scalar_one()
        known = set(
            session.execute(
                select(RegisterSection.entidad, RegisterSection.seccion).where(
                    RegisterSection.version_id == version
                )
            ).tuples()
        )
        session.execute(
            insert(RegisterSection),
            [
                {
                    "version_id": version,
                    "entidad": one.entidad,
                    "seccion": one.seccion,
                    "distrito": one.distrito,
                    "municipio": one.municipio,
                    "lista_nominal": one.lista_nominal,
                    "padron": int(one.lista_nominal * 1.03),
                }
                for one in sections
                if (one.entidad, one.seccion) not in known
            ],
        )


def write_campaign(
    database: Database,
    keys: Keys,
    rng: Generator,
    campaign: Campaign,
    sections: Sequence[Section],
    now: dt.datetime,
    progress: Callable[[int], None],
) -> None:
    """Write all that happened for one aspirante, who is registered already."""
    with database.write() as session:
        aspirante = session.execute(
            select(Aspirante).where(Aspirante.folio_solicitud == campaign.folio)
        ).scalar_one()
        zone = ZoneInfo(session.get_one(Process, aspirante.process_id).time_zone)
        here = now.astimezone(zone)
        told = list(events(rng, campaign, sections, here))
        ledger = _Ledger(session, keys, rng, aspirante, zone)
        ledger.add_people(campaign, told, now)
        for start in range(0, len(told), _CHUNK):
            ledger.add(told[start : start + _CHUNK])
            progress(len(told[start : start + _CHUNK]))
        progress(campaign.apoyos - len(told))  # what lies after this hour has not happened


def count(database: Database) -> None:
    """Make the counts of the reports from what was written."""
    with database.write() as session:
        repair(session)


class _Ledger:
    """Adds apoyos of one aspirante; numbers go on where the tables end."""

    def __init__(
        self, session: Session, keys: Keys, rng: Generator, aspirante: Aspirante, zone: ZoneInfo
    ) -> None:
        self._session = session
        self._keys = keys
        self._rng = rng
        self._aspirante = aspirante
        self._zone = zone
        self._next_id = session.execute(select(func.max(Record.id))).scalar_one() or 0
        self._next_packet = session.execute(select(func.max(Packet.id))).scalar_one() or 0
        self._log_size = session.execute(select(LogHead.size)).scalar_one()
        self._seq: dict[int, int] = {}
        self._people: list[tuple[int, str]] = []
        self._stations: list[tuple[int, str]] = []

    def add_people(self, campaign: Campaign, told: Sequence[Event], now: dt.datetime) -> None:
        """Register the auxiliares and stations of a campaign."""
        first: dict[int, dt.datetime] = {}
        for event in told:
            first.setdefault(event.auxiliar, event.captured_at)
        opened = now - dt.timedelta(days=DAYS + 12)
        people = [
            self._auxiliar(campaign, number, first.get(number), opened)
            for number in range(campaign.auxiliares)
        ]
        stations = [
            Station(
                process_id=self._aspirante.process_id,
                id_dispositivo=f"{campaign.folio[-2:]}E{number + 1:02d}",
                state=StationState.ACTIVE,
                created_at=opened,
                enrolled_at=opened,
                last_hello_at=now - dt.timedelta(minutes=float(self._rng.exponential(40))),
            )
            for number in range(campaign.stations)
        ]
        self._session.add_all([*people, *stations])
        self._session.flush()
        self._people = [(one.id, one.id_auxiliar) for one in people]
        self._stations = [(one.id, one.id_dispositivo) for one in stations]

    def add(self, told: Sequence[Event]) -> None:
        """Add some apoyos, in the order of their reception."""
        packets: list[dict[str, Any]] = []
        receipts: list[dict[str, Any]] = []
        changes: list[dict[str, Any]] = []
        records: list[Record] = []
        citizens: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        for event in told:
            record = self._record(event)
            names = self._names(event)
            if event.state is not State.EN_PROCESAMIENTO:
                record.citizen_key = citizen_key(self._keys.register_secret, names.clave_elector)
                sealed = self._keys.citizens.seal(self._aspirante.id, record.id, names)
                citizens.append({"record_id": record.id, "sealed": sealed})
                digests = self._keys.citizens.words(self._aspirante.id, names)
                words += [
                    {"aspirante_id": self._aspirante.id, "digest": one, "record_id": record.id}
                    for one in digests
                ]
            records.append(record)
            packets.append(self._packet(event, record))
            receipts.append(self._receipt(event, packets[-1]))
            changes += _changes(event, record)
        self._session.execute(insert(Packet), packets)
        self._session.add_all(records)
        self._session.flush()
        self._session.execute(insert(StateChange), changes)
        self._session.execute(insert(Receipt), receipts)
        if citizens:
            self._session.execute(insert(Citizen), citizens)
            self._session.execute(insert(CitizenWord), words)
        self._session.execute(update(LogHead).values(size=self._log_size))
        self._session.expunge_all()

    def _auxiliar(
        self, campaign: Campaign, number: int, first: dt.datetime | None, opened: dt.datetime
    ) -> Auxiliar:
        is_active = first is not None or self._rng.random() < 0.15
        state = AuxiliarState.ACTIVE if is_active else AuxiliarState.INVITED
        if not is_active and self._rng.random() < 0.1:
            state = AuxiliarState.DEACTIVATED
        registered = opened + dt.timedelta(days=float(self._rng.uniform(0, 9)))
        code = f"{campaign.folio[-2:]}A{number + 1:03d}"
        names = (self._given_name(), self._surname(), self._surname())
        return Auxiliar(
            process_id=self._aspirante.process_id,
            aspirante_id=self._aspirante.id,
            id_auxiliar=code,
            nombres=names[0],
            apellido_paterno=names[1],
            apellido_materno=names[2],
            name_folded=folded_name(*names),
            born_on=dt.date(1955, 1, 1) + dt.timedelta(days=int(self._rng.integers(18_000))),
            email=f"auxiliar.{code.lower()}@acopio.example",
            account_kind=AccountKind.GOOGLE if self._rng.random() < 0.8 else AccountKind.FACEBOOK,
            situacion_registral=SituacionRegistral.LISTA_NOMINAL.value,
            state=state,
            invited_at=registered + dt.timedelta(minutes=6),
            activated_at=registered + dt.timedelta(hours=1) if is_active else None,
            deactivated_at=(
                registered + dt.timedelta(days=20) if state is AuxiliarState.DEACTIVATED else None
            ),
            created_at=registered,
        )

    def _record(self, event: Event) -> Record:
        self._next_id += 1
        self._next_packet += 1
        auxiliar_id, id_auxiliar = self._people[event.auxiliar]
        station_id, id_dispositivo = self._stations[event.station]
        seq = self._seq[station_id] = self._seq.get(station_id, 0) + 1
        folio = FolioRegistro(self._aspirante.folio_solicitud, id_auxiliar, id_dispositivo, seq)
        is_known = event.state not in (State.EN_PROCESAMIENTO, State.NO_ENCONTRADO)
        return Record(
            id=self._next_id,
            packet_id=self._next_packet,
            folio_registro=str(folio),
            aspirante_id=self._aspirante.id,
            office_id=self._aspirante.office_id,
            auxiliar_id=auxiliar_id,
            station_id=station_id,
            captured_at=event.captured_at,
            clock_class="anchored",
            received_at=event.received_at,
            received_on=event.received_at.astimezone(self._zone).date(),
            state=event.state,
            review_state=_review(event),
            valid=None if event.state in OPEN_STATES else event.state is State.LISTA_NOMINAL,
            reasons=list(event.reasons),
            verified_at=event.decided_at,
            situacion_registral=_SITUACIONES.get(event.state, SituacionRegistral.LISTA_NOMINAL),
            motivo_baja=event.motivo,
            entidad=event.section.entidad if is_known else None,
            distrito=event.section.distrito if is_known else None,
            municipio=event.section.municipio if is_known else None,
            seccion=event.section.seccion if is_known else None,
            work_state=WorkState.DONE,
            next_try_at=event.received_at,
        )

    def _packet(self, event: Event, record: Record) -> dict[str, Any]:
        digest = hashlib.sha256(record.folio_registro.encode()).digest()
        return {
            "id": record.packet_id,
            "link": digest,
            "station_id": record.station_id,
            "epoch": digest[:16].hex(),
            "seq": self._seq[record.station_id],
            "packet_id": f"00000000-0000-7000-8000-{record.id:012d}",
            "kind": "apoyo",
            "header_jws": "",
            "size_bytes": _PACKET_BYTES,
            "sha256": digest,
            "received_at": event.received_at,
        }

    def _receipt(self, event: Event, packet: dict[str, Any]) -> dict[str, Any]:
        index = self._log_size
        self._log_size += 1
        claims = ReceiptClaims(
            link=packet["link"].hex(),
            station=self._stations[event.station][1],
            epoch=packet["epoch"],
            seq=packet["seq"],
            size=_PACKET_BYTES,
            sha256=packet["sha256"].hex(),
            received_ms=int(event.received_at.timestamp() * 1000),
            log_index=index,
            log_size=self._log_size,
        )
        token = sign_receipt(claims, self._keys.receipts)
        return {
            "log_index": index,
            "link": packet["link"],
            "station_id": packet["station_id"],
            "jws": token,
            "leaf_hash": leaf_hash(token.encode("ascii")),
            "issued_at": event.received_at,
        }

    def _names(self, event: Event) -> CitizenNames:
        letters = "".join(np.array(list("BCDFGHJKLMNPQRSTVWXYZ"))[self._rng.integers(0, 21, 6)])
        born = dt.date(1945, 1, 1) + dt.timedelta(days=int(self._rng.integers(22_000)))
        serial = int(self._rng.integers(1000))
        sex = "HM"[int(self._rng.integers(2))]
        clave = f"{letters}{born:%y%m%d}{event.section.entidad:02d}{sex}{serial:03d}"
        return CitizenNames(self._given_name(), self._surname(), self._surname(), clave)

    def _given_name(self) -> str:
        given = WOMEN if self._rng.random() < 0.52 else MEN
        count = 2 if self._rng.random() < 0.45 else 1
        return " ".join(given[int(n)] for n in self._rng.integers(0, len(given), count))

    def _surname(self) -> str:
        return SURNAMES[int(self._rng.integers(len(SURNAMES)))].replace("_", " ")


def _review(event: Event) -> ReviewState:
    if event.state is State.LISTA_NOMINAL and event.was_reviewed:
        return ReviewState.APPROVED
    return _REVIEWS.get(event.state, ReviewState.NOT_ASKED)


def _changes(event: Event, record: Record) -> Iterable[dict[str, Any]]:
    yield {
        "record_id": record.id,
        "before": None,
        "after": State.EN_PROCESAMIENTO.value,
        "reasons": [],
        "made_by": "intake",
        "made_at": event.received_at,
    }
    if event.decided_at is None:
        return
    before = State.EN_PROCESAMIENTO
    if event.was_reviewed:
        yield {
            "record_id": record.id,
            "before": before.value,
            "after": State.EN_MESA_DE_CONTROL.value,
            "reasons": ["review.sample"],
            "made_by": "verification",
            "made_at": event.received_at + dt.timedelta(minutes=3),
        }
        before = State.EN_MESA_DE_CONTROL
    yield {
        "record_id": record.id,
        "before": before.value,
        "after": event.state.value,
        "reasons": list(event.reasons),
        "made_by": "user:1" if event.was_reviewed else "verification",
        "made_at": event.decided_at,
    }
