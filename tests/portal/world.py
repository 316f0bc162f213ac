"""Invented aspirantes, auxiliares and records in every state, and a portal that shows them."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from central import portal
from central.config import (
    Config,
    DatabaseConfig,
    KeysConfig,
    PortalConfig,
    ProviderConfig,
    ServerConfig,
    StorageConfig,
)
from central.models import (
    Aspirante,
    Auxiliar,
    AuxiliarState,
    Base,
    Citizen,
    CitizenWord,
    MotivoBaja,
    Office,
    Packet,
    Process,
    Receipt,
    Record,
    Release,
    ReleaseState,
    ReviewState,
    Ring,
    RoleGrant,
    StateChange,
    Station,
    StationState,
    StationUpdate,
    ThresholdRow,
    ThresholdUnit,
    User,
    WorkState,
)
from central.models.database import Database
from central.review.objections import PURPOSE
from central.review.pictures import PictureDesk
from central.secrets import Secrets, write_private
from central.services import Services, install
from central.storage.citizens import CitizenNames, CitizenSealer
from central.storage.opening import open_documents
from central.storage.sealing import Sealer
from domain.apoyo import SituacionRegistral, State
from tests.portal.batches import put_batches
from tests.portal.counts import write_counts
from tests.portal.fleet import add_order
from tests.portal.objections import put_objections
from tests.portal.people import OTHER_EMAIL, OWN_EMAIL, add_people
from tests.portal.reports import FOREIGN_EXPORT, OWN_EXPORT, add_finished, make_keys
from tests.portal.vault import InventedVault

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
FACEBOOK_SECRET = "the client secret"

_FIRST = ("MARÍA JOSÉ", "JUAN", "XIMENA", "ÍÑIGO", "LUISA", "PEDRO", "SOFÍA", "TOMÁS", "ITZEL")
_PATERNO = ("MUÑOZ", "DE LA CRUZ", "PÉREZ", "ZÚÑIGA", "GARCÍA", "LÓPEZ", "NÚÑEZ", "EJEMPLO")
_MATERNO = ("PRUEBA", "SÁNCHEZ", "ÁVILA", "", "TORRES", "MONTES", "RÍOS")
_SITUACIONES = {
    State.LISTA_NOMINAL: SituacionRegistral.LISTA_NOMINAL,
    State.DUPLICADO: SituacionRegistral.LISTA_NOMINAL,
    State.PADRON: SituacionRegistral.PADRON,
    State.BAJA: SituacionRegistral.BAJAS,
    State.NO_ENCONTRADO: SituacionRegistral.DATOS_NO_ENCONTRADOS,
    State.FUERA_DE_AMBITO: SituacionRegistral.LISTA_NOMINAL,
    State.INCONSISTENCIA: SituacionRegistral.LISTA_NOMINAL,
    State.EN_PROCESAMIENTO: SituacionRegistral.SIN_RESPUESTA,
    State.EN_MESA_DE_CONTROL: SituacionRegistral.LISTA_NOMINAL,
}
_REASONS = {
    State.DUPLICADO: ["duplicate.same_aspirante"],
    State.FUERA_DE_AMBITO: ["scope.outside"],
    State.INCONSISTENCIA: ["period.delivered_late"],
    State.EN_MESA_DE_CONTROL: ["check.curp.check_digit", "review.sample"],
}


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def monotonic_ms(self) -> int:
        return int((self.time - NOW) / timedelta(milliseconds=1))


@dataclass
class World:
    """The portal, its database, and the folios of what lies in it."""

    app: Flask
    database: Database
    clock: TestClock
    citizens: CitizenSealer
    own: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    by_state: dict[State, list[str]] = field(default_factory=dict)
    # The record of the inconformidad of each, and the token of its document.
    contested: tuple[str, str] = ("", "")
    foreign_contested: tuple[str, str] = ("", "")


def build_world(
    folder: Path,
    database_url: str,
    *,
    public_url: str = "http://127.0.0.1:8080",
    issuer: str | None = None,
    providers: tuple[ProviderConfig, ...] = (),
    copy_of: "World | None" = None,
) -> World:
    """Build a portal over an empty database, or over the copy of another world's database.

    Keys lie in `folder`; a copy needs those of the world it was copied from. With an issuer, the
    local sign-in is configured.
    """
    secrets = Secrets(folder / "keys")
    for name in ("web", "citizens", "register"):
        write_private(secrets.folder / f"{name}.secret", os.urandom(32).hex().encode())
    make_keys(secrets)
    if issuer is not None:
        local = ProviderConfig("local", "una cuenta local", "openid", issuer, "acopio-portal")
        providers = (local, *providers)
    if any(provider.kind == "facebook" for provider in providers):
        write_private(secrets.folder / "provider-facebook.secret", FACEBOOK_SECRET.encode())
    config = Config(
        database=DatabaseConfig(database_url),
        keys=KeysConfig(str(secrets.folder)),
        storage=StorageConfig(documents=str(folder / "documents")),
        server=ServerConfig(public_url=public_url),
        portal=PortalConfig(providers=providers),
    )
    database = Database(database_url)
    moving = TestClock()
    citizens = CitizenSealer(secrets.random("citizens"))
    app = Flask("central", static_folder=None, template_folder=None)
    app.secret_key = secrets.random("web")
    absent = cast(Any, None)
    install(
        app,
        Services(
            config=config,
            clock=moving,
            database=database,
            secrets=secrets,
            citizens=citizens,
            documents=open_documents(config, secrets),
            nonces=absent,
            enrolment=absent,
            activation=absent,
            feed=absent,
            intake=absent,
            releases=absent,
            pictures=PictureDesk(database, moving, InventedVault),
        ),
    )
    portal.register(app)
    world = World(app, database, moving, citizens)
    if copy_of is not None:
        return replace(copy_of, app=app, database=database, clock=moving, citizens=citizens)
    Base.metadata.create_all(database.writer())
    with database.write() as session:
        _populate(session, world)
        own, other = session.scalars(select(Aspirante).order_by(Aspirante.id))
        put_batches(session, own, other, secrets.random("citizens"), NOW)
        world.contested, world.foreign_contested = put_objections(
            session,
            world.by_state[State.PADRON][0],
            world.foreign[0],
            Sealer(secrets.random("citizens"), PURPOSE),
            open_documents(config, secrets),
            NOW,
        )
    return world


@contextlib.contextmanager
def copied(world: World, file: Path) -> Iterator[World]:
    """Give a copy of a world on SQLite, in a file of its own, to be changed."""
    folder = Path(world.database.engine.url.database or "").parent
    with sqlite3.connect(folder / "acopio.db") as whole, sqlite3.connect(file) as part:
        whole.backup(part)
    copy = build_world(folder, f"sqlite:///{file}", copy_of=world)
    try:
        yield copy
    finally:
        copy.database.close()


def _add_releases(session: Session, station: Station) -> None:
    """Add one release that may go on, with what a station said of it, and one that was halted."""
    for number, state in ((1, ReleaseState.OFFERED), (2, ReleaseState.HALTED)):
        release = Release(
            kind="system",
            version=f"1.{number}",
            number=number,
            compatible="acopio-station-pi5-trixie",
            is_critical=number == 2,
            sha256=bytes([number]) * 32,
            size_bytes=1,
            manifest="{}",
            state=state,
            halted_by="returned" if state is ReleaseState.HALTED else None,
            ring=Ring.CANARY,
            reached_at=NOW - timedelta(days=3),
            added_at=NOW - timedelta(days=5),
            expires_at=NOW + timedelta(days=300),
        )
        session.add(release)
        session.flush()
        session.add(
            StationUpdate(
                release_id=release.id,
                station_id=station.id,
                state="kept" if number == 1 else "returned",
                code="" if number == 1 else "gate.camera",
                ring=Ring.CANARY,
                changed_at=NOW - timedelta(days=2),
            )
        )


def _populate(session: Session, world: World) -> None:
    process = Process(
        code="PEL-2027",
        name="Proceso electoral local de la demostración",
        kind="Candidatura Independiente",
        starts_at=NOW - timedelta(days=20),
        ends_at=NOW + timedelta(days=10),
        deliver_until=NOW + timedelta(days=11),
        settings={},
        created_at=NOW - timedelta(days=30),
    )
    office = Office(process=process, code="GOB", name="Gubernatura", scope="entidad")
    threshold = ThresholdRow(
        process_id=0,
        name="Gubernatura",
        base="lista_nominal",
        percentage="3/100",
        base_total=2_000_000,
        unit="entidad",
        minimum_units=3,
        unit_percentage="1/100",
        units=[ThresholdUnit(unit_code=f"{n:02d}", base_total=1_000_000) for n in (9, 15, 21, 29)],
    )
    for label in (
        "Cancelación de trámite",
        "Datos irregulares",
        "Defunción",
        "Domicilio irregular",
        "Duplicado",
        "Migración",
        "Pérdida de nacionalidad",
        "Pérdida de vigencia",
    ):
        session.add(MotivoBaja(label=label))
    session.add_all([process, office])
    session.flush()
    threshold.process_id = process.id
    session.add(threshold)
    session.flush()
    station = Station(
        process_id=process.id,
        id_dispositivo="E7",
        state=StationState.ACTIVE,
        created_at=NOW - timedelta(days=20),
    )
    session.add(station)
    session.flush()
    add_order(session, station, now=NOW)
    own = _aspirante(session, process, office, "GOB001", "Aurora Ejemplo Prueba", OWN_EMAIL)
    own.threshold = threshold
    other = _aspirante(session, process, office, "GOB002", "Otro Ejemplo Ficticio", OTHER_EMAIL)
    add_people(session, now=NOW)
    auxiliares = [
        _auxiliar(session, own, "AUX01", AuxiliarState.ACTIVE),
        _auxiliar(session, own, "AUX02", AuxiliarState.INVITED),
    ]
    foreign = _auxiliar(session, other, "AUX09", AuxiliarState.ACTIVE)
    session.flush()
    places = [state for state in State for _ in range(8 if state is State.LISTA_NOMINAL else 3)]
    for number, state in enumerate(places, start=1):
        folio = _record(session, world, own, auxiliares[number % 2], station, number, state)
        world.own.append(folio)
        world.by_state.setdefault(state, []).append(folio)
    for number in (501, 502):
        world.foreign.append(
            _record(session, world, other, foreign, station, number, State.LISTA_NOMINAL)
        )
    _add_releases(session, station)
    write_counts(session, own, auxiliares[0], station)
    add_finished(session, world, own, OWN_EXPORT)
    add_finished(session, world, other, FOREIGN_EXPORT)


def _aspirante(
    session: Session, process: Process, office: Office, folio: str, name: str, email: str
) -> Aspirante:
    aspirante = Aspirante(
        process_id=process.id,
        office_id=office.id,
        folio_solicitud=folio,
        name=name,
        email=email,
        created_at=NOW - timedelta(days=20),
    )
    user = User(email=email, name=name, created_at=NOW - timedelta(days=20))
    session.add_all([aspirante, user])
    session.flush()
    grant = RoleGrant(
        user=user, role="aspirante", aspirante_id=aspirante.id, granted_at=NOW - timedelta(days=20)
    )
    session.add(grant)
    return aspirante


def _auxiliar(session: Session, own: Aspirante, code: str, state: AuxiliarState) -> Auxiliar:
    auxiliar = Auxiliar(
        process_id=own.process_id,
        aspirante=own,
        id_auxiliar=code,
        nombres="ANA",
        apellido_paterno="EJEMPLO",
        apellido_materno=code,
        email=f"{code.lower()}@acopio.example",
        state=state,
        activated_at=NOW - timedelta(days=12) if state is AuxiliarState.ACTIVE else None,
        created_at=NOW - timedelta(days=15),
    )
    session.add(auxiliar)
    return auxiliar


def _record(
    session: Session,
    world: World,
    aspirante: Aspirante,
    auxiliar: Auxiliar,
    station: Station,
    number: int,
    state: State,
) -> str:
    folio = f"{aspirante.folio_solicitud}-{auxiliar.id_auxiliar}-E7-{number:08d}"
    link = sha256(folio.encode()).digest()
    received = NOW - timedelta(days=number % 9, hours=number % 5)
    decided = state not in (State.EN_PROCESAMIENTO, State.EN_MESA_DE_CONTROL)
    packet = Packet(
        link=link,
        station=station,
        epoch="e1",
        seq=number,
        packet_id=f"00000000-0000-7000-8000-{number:012d}",
        kind="apoyo",
        header_jws="",
        size_bytes=600_000,
        sha256=link,
        received_at=received,
    )
    record = Record(
        packet=packet,
        folio_registro=folio,
        aspirante=aspirante,
        office_id=aspirante.office_id,
        auxiliar=auxiliar,
        station=station,
        captured_at=received - timedelta(hours=3),
        clock_class="anchored",
        received_at=received,
        received_on=received.date(),
        state=state,
        review_state=ReviewState.APPROVED if decided else ReviewState.PENDING,
        valid=(state is State.LISTA_NOMINAL) if decided else None,
        reasons=_REASONS.get(state, []),
        verified_at=None if state is State.EN_PROCESAMIENTO else received + timedelta(minutes=2),
        situacion_registral=_SITUACIONES[state],
        motivo_baja="Defunción" if state is State.BAJA else None,
        entidad=None if state is State.EN_PROCESAMIENTO else 9,
        seccion=None if state is State.EN_PROCESAMIENTO else 1234,
        work_state=WorkState.DONE,
        next_try_at=received,
    )
    session.add(record)
    session.flush()
    session.add(
        Receipt(
            log_index=number,
            link=link,
            station_id=station.id,
            jws="",
            leaf_hash=link,
            issued_at=received + timedelta(seconds=1),
        )
    )
    _history(session, record)
    if state is not State.EN_PROCESAMIENTO:
        _citizen(session, world, record, number)
    return folio


def _history(session: Session, record: Record) -> None:
    steps: list[tuple[str | None, str, str, timedelta]] = [
        (None, "en_procesamiento", "intake", timedelta(0))
    ]
    if record.state is not State.EN_PROCESAMIENTO:
        steps.append(("en_procesamiento", record.state.value, "verification", timedelta(minutes=2)))
    for before, after, made_by, wait in steps:
        session.add(
            StateChange(
                record_id=record.id,
                before=before,
                after=after,
                reasons=[],
                made_by=made_by,
                made_at=record.received_at + wait,
            )
        )


def _citizen(session: Session, world: World, record: Record, number: int) -> None:
    names = CitizenNames(
        _FIRST[number % len(_FIRST)],
        _PATERNO[number % len(_PATERNO)],
        _MATERNO[number % len(_MATERNO)],
        "",
    )
    aspirante_id = record.aspirante_id
    session.add(
        Citizen(record_id=record.id, sealed=world.citizens.seal(aspirante_id, record.id, names))
    )
    for digest in world.citizens.words(aspirante_id, names):
        session.add(CitizenWord(aspirante_id=aspirante_id, digest=digest, record_id=record.id))
