"""An invented centre and an enrolled station, with real keys, to test the queue and the wire."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pyrage import x25519

from device.config import Config, QueueConfig, ServerConfig, StationConfig
from device.keys import create_key, open_signer
from device.queue.assembly import Versions, open_sealer, open_spool
from device.queue.enrolment import Enrolment, EnrolmentStore, chain_start
from device.queue.points import CrashHook, no_crash
from device.queue.seal import ApoyoDraft, Sealer
from device.queue.spool import Spool
from wire.envelope import Recipient, open_part
from wire.keys import FixedKeyRing, SoftwareSigner, VerifyingKey, verifying_key
from wire.packet import Packet, parse_packet
from wire.policy import Auxiliar, Policy, Process, Settings, sign_policy
from wire.record import Capture, Consent, Field, Images, Record, Source, parse_images, parse_record

STATION = "EST01"
PROCESS = "P2026"
SOLICITUD = "S001"
AUXILIAR = "A0001"
EPOCH = "0123456789abcdef" * 2
NONCE = "n" * 24
VERSIONS = Versions("0.1.0-test", "models-1")
CLAVE = "GMVLMR80010501M100"


class FakeClock:
    """A clock that a test moves."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)) -> None:
        self.at = at
        self.mono_ms = 1_000

    def now(self) -> datetime:
        """Return the moment set."""
        return self.at

    def monotonic_ms(self) -> int:
        """Return the milliseconds set."""
        return self.mono_ms

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)
        self.mono_ms += int(seconds * 1000)


@dataclass(frozen=True)
class Centre:
    """The keys of an authority: what signs, and what opens."""

    signer: SoftwareSigner = field(default_factory=SoftwareSigner.generate)
    opening: x25519.Identity = field(default_factory=x25519.Identity.generate)
    recovery: x25519.Identity = field(default_factory=x25519.Identity.generate)

    @property
    def key(self) -> VerifyingKey:
        """Its one verifying key, good for every role of a centre."""
        return verifying_key(self.signer.public_pem, ("receipt", "policy", "time", "checkpoint"))

    @property
    def ring(self) -> FixedKeyRing:
        """Its keys, as a station holds them."""
        return FixedKeyRing((self.key,))

    @property
    def recipients(self) -> tuple[Recipient, Recipient]:
        """The opening and the recovery key, as a policy names them."""
        return (
            Recipient.named(str(self.opening.to_public())),
            Recipient.named(str(self.recovery.to_public())),
        )

    def policy(self, version: int = 1, **settings: Any) -> Policy:
        """Invent a policy with one process and one auxiliar."""
        opening, recovery = self.recipients
        return Policy(
            version=version,
            issued_ms=1,
            processes=(Process(PROCESS, "Proceso inventado", opening, recovery),),
            keys=(self.key,),
            auxiliares=(Auxiliar(AUXILIAR, SOLICITUD, PROCESS, "Persona inventada"),),
            settings=Settings(**settings),
        )

    def open(self, packet: Packet, *, with_recovery_key: bool = False) -> tuple[Record, Images]:
        """Open an apoyo, as the vault would."""
        identity = str(self.recovery if with_recovery_key else self.opening)
        record = parse_record(open_part(packet.part("record"), [identity]), packet.header)
        return record, parse_images(open_part(packet.part("images"), [identity]), record)


def station_config(folder: Path, **server: Any) -> Config:
    """Settings of a demo station that keeps everything under one folder."""
    return Config(
        station=StationConfig(data=str(folder), run=str(folder / "run"), environment="demo"),
        queue=QueueConfig(minimum_free_bytes=0, ballast_bytes=0),
        server=ServerConfig(**server),
    )


def enrol_directly(
    config: Config, centre: Centre, *, server: str = "http://127.0.0.1:9", **settings: Any
) -> Enrolment:
    """Enrol a station without a server, as if the centre had answered."""
    create_key(config.keys_folder, "station")
    spool = open_spool(config)
    enrolment = Enrolment(
        station=STATION,
        epoch=EPOCH,
        genesis=chain_start(STATION, EPOCH, NONCE),
        server=server,
        ca_pem="",
        public_pem=open_signer("file", config.keys_folder, "station").public_pem,
        key="station",
        keys=(centre.key,),
    )
    policy = sign_policy(centre.policy(**settings), centre.signer)
    EnrolmentStore(spool.database).save(enrolment, policy, opened_ms=1)
    spool.close()
    return enrolment


@dataclass
class Station:
    """An open station: spool, store and sealer."""

    config: Config
    clock: FakeClock
    spool: Spool
    store: EnrolmentStore
    sealer: Sealer

    def close(self) -> None:
        """End as a process would."""
        self.sealer.close()
        self.spool.close()

    def packet(self, link: str) -> Packet:
        """Read and verify one sealed packet."""
        data = self.spool.path_of(link).read_bytes()
        return parse_packet(data, self.store.current().own_ring())


def open_station(
    config: Config,
    *,
    clock: FakeClock | None = None,
    crash: CrashHook = no_crash,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Station:
    """Open a station's queue; `sealer.start()` is left to the test."""
    clock = clock or FakeClock()
    spool = open_spool(config)
    sealer = open_sealer(config, clock, VERSIONS, spool=spool, entropy=entropy, crash=crash)
    return Station(config, clock, spool, EnrolmentStore(spool.database), sealer)


def draft(clave: str = CLAVE, *, size: int = 3_000) -> ApoyoDraft:
    """Invent one finished visit; the pictures are random bytes."""
    capture = Capture(
        model="G",
        fields={
            "clave_elector": Field(clave, Source.TEXT, 0.99, side="front", box=(1, 2, 30, 4)),
            "domicilio": Field(("CALLE INVENTADA 1", "COL. NINGUNA"), Source.TEXT, 0.9),
        },
        consent=Consent("aviso-1", 1_700_000_000_000),
        captured_ms=1_700_000_000_000,
        mrz=("I" * 30, "D" * 30, "M" * 30),
        checks=("vigencia.expired",),
        qualities={"front.focus": 0.8},
        timings_ms={"read": 80},
    )
    images = Images(os.urandom(size), os.urandom(size), os.urandom(size), os.urandom(100))
    return ApoyoDraft(PROCESS, SOLICITUD, AUXILIAR, "ses-1", capture, images)
