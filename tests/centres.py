"""A real centre in a temporary folder, and a station that speaks to it as the wire says."""

import contextlib
import io
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from central.app import create_app
from central.cli import main
from central.config import Config, read_config
from central.models.database import Database
from central.register.synthetic import SyntheticRegister
from central.secrets import Secrets, read_private
from central.storage.citizens import CitizenSealer
from central.storage.opening import open_blobs
from central.vault.client import VaultClient
from central.vault.opening import Opener, read_identities
from central.vault.server import VaultServer
from central.verification.verifier import Verifier
from domain.folio import FolioRegistro
from wire import api
from wire.api import EnrolAnswer, EnrolRequest, HelloAnswer, HelloRequest
from wire.claim import Claim, parse_claim
from wire.envelope import seal_part
from wire.keys import FixedKeyRing, SoftwareSigner
from wire.packet import ClockClass, Header, Kind, Packet, Part, build_packet, genesis
from wire.policy import Policy, verify_policy
from wire.proof import NONCE_HEADER, PROOF_HEADER, sign_proof
from wire.record import (
    Attack,
    Capture,
    Consent,
    Field,
    Images,
    Record,
    Source,
    build_images,
    build_record,
    list_images,
)
from wire.uuid7 import uuid7

URL = "https://centre.test"
PROCESS = "PEF2027"
SOLICITUD = "SOL001"
OTHER_SOLICITUD = "SOL002"
AUXILIAR = "AUX01"
OTHER_AUXILIAR = "AUX02"
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)

# Invented claves: the form holds, and nobody has them.
IN_LISTA = [f"EJPRLS900101{entidad:02d}M{n:03d}" for entidad in (9, 20) for n in range(20)]
IN_PADRON = "EJPRLS91010109M100"
REMOVED = "EJPRLS92010109M200"
UNKNOWN = "EJPRLS93010109M300"

_JPEG = b"\xff\xd8\xff" + b"invented picture " * 40
_boot = itertools.count(1)


@dataclass
class FakeClock:
    """A clock that a test moves."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Return the moment set."""
        return self.at

    def monotonic_ms(self) -> int:
        """Return the milliseconds since the first moment."""
        return int((self.at - NOW).total_seconds() * 1000) + 1_000

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


def run(folder: Path, *arguments: str) -> str:
    """Run a command of `acopio-central`; give what it printed. It must succeed."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = main(["--config", str(folder / "central.toml"), *arguments])
    assert status == 0, output.getvalue()
    return output.getvalue()


def register_csv(path: Path) -> Path:
    """Write a small register: two entidades, somebody in padrón only, somebody removed."""
    lines = [
        "clave_elector,situacion_registral,motivo_baja,entidad,distrito,municipio,seccion",
        *(
            f"{clave},Lista Nominal,,{int(clave[12:14])},5,15,{1000 + n}"
            for n, clave in enumerate(IN_LISTA)
        ),
        f"{IN_PADRON},Padrón,,9,5,15,1000",
        f"{REMOVED},Bajas,Defunción,9,5,15,1000",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def found_centre(folder: Path, database_url: str, settings: str = "") -> Path:
    """Prepare a centre with a process, two aspirantes, an auxiliar each, and a register."""
    run(folder, "init", "--database", database_url, "--stations-url", URL)
    run(folder, "import-register", str(register_csv(folder / "register.csv")))
    toml = folder / "process.toml"
    toml.write_text(settings or "[review]\nsample_permille = 0\n", encoding="utf-8")
    run(
        folder, "process", "add", "--code", PROCESS, "--name", "Proceso inventado",
        "--starts", "2026-11-01", "--ends", "2026-12-31", "--settings", str(toml),
        "--office", "PRES:Presidencia:nacional", "--office", "DIP:Diputación:entidad",
    )  # fmt: skip
    for folio, auxiliar in ((SOLICITUD, AUXILIAR), (OTHER_SOLICITUD, OTHER_AUXILIAR)):
        run(
            folder, "aspirante", "add", "--process", PROCESS, "--office", "PRES",
            "--folio", folio, "--name", "Persona Inventada", "--email", f"{folio}@ejemplo.mx",
            "--threshold", "presidencia",
        )  # fmt: skip
        run(
            folder, "auxiliar", "add", "--aspirante", folio, "--id", auxiliar,
            "--nombres", "Prueba", "--paterno", "Inventada", "--email", f"{auxiliar}@ejemplo.mx",
        )  # fmt: skip
    return folder


@dataclass
class Centre:
    """A centre in this process: web application, vault thread, and a worker's hands."""

    folder: Path
    clock: FakeClock
    config: Config
    app: Flask
    database: Database
    stop: list[Callable[[], None]] = field(default_factory=list)

    @classmethod
    def open(cls, folder: Path, clock: FakeClock | None = None) -> "Centre":
        """Open the centre of a folder that `found_centre` prepared."""
        clock = clock or FakeClock()
        config = read_config(folder / "central.toml")
        app = create_app(config, clock)
        centre = cls(folder, clock, config, app, Database(config.database.url))
        centre.stop.append(centre.database.close)
        centre.stop.append(app.extensions["acopio"].database.close)
        return centre

    def close(self) -> None:
        """Stop the threads and close the connections."""
        for stop in reversed(self.stop):
            stop()
        self.stop.clear()

    def start_vault(self, **options: Any) -> VaultServer:
        """Let a vault answer on the socket of the configuration."""
        settings = self.config.vault
        identities = read_identities(read_private(Path(settings.identity)))
        opener = Opener(
            self.database,
            open_blobs(self.config),
            options.get("identities", identities),
            self.clock,
            images_per_hour=options.get("images_per_hour", 10),
        )
        server = VaultServer(Path(settings.socket), opener, ())
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        self.stop.append(stop)
        return server

    def verifier(self, owner: str = "test") -> Verifier:
        """Give a worker's hands."""
        secrets = Secrets(Path(self.config.keys.folder))
        vault = VaultClient(Path(self.config.vault.socket), timeout_s=5)
        self.stop.append(vault.close)
        return Verifier(
            self.database,
            vault,
            SyntheticRegister(self.database, secrets.random("register")),
            self.sealer(),
            secrets.random("register"),
            self.config.worker,
            self.clock,
            owner,
        )

    def sealer(self) -> CitizenSealer:
        """Give what opens and searches names."""
        return CitizenSealer(Secrets(Path(self.config.keys.folder)).random("citizens"))

    def claim(self, station: str) -> Claim:
        """Make a claim file for a station and read it."""
        path = self.folder / f"{station}.claim"
        run(
            self.folder,
            "station",
            "claim",
            "--process",
            PROCESS,
            "--id",
            station,
            "--out",
            str(path),
        )
        return parse_claim(path.read_bytes())

    def station(self, name: str = "E1", **options: Any) -> "Station":
        """Enrol a station and give it."""
        station = Station(self.app.test_client(), self.claim(name), self.clock, **options)
        station.enrol()
        return station


class Station:
    """A station as the wire sees it: it seals, signs and asks, and nothing else."""

    def __init__(self, client: FlaskClient, claim: Claim, clock: FakeClock) -> None:
        self.client = client
        self.claim = claim
        self.clock = clock
        self.signer = SoftwareSigner.generate()
        self.keys = FixedKeyRing(claim.keys)
        self.nonce = ""
        self.seq = 0
        self.registro = 0
        self.prev = ""
        self.epoch = ""
        self.anchor: str | None = None
        self.policy: Policy | None = None
        self._entropy = next(_boot) << 32

    @property
    def name(self) -> str:
        """Its id de dispositivo."""
        return self.claim.station

    def enrol(self) -> EnrolAnswer:
        """Enrol with the claim."""
        request = EnrolRequest(
            station=self.name,
            code=self.claim.code,
            public_key_pem=self.signer.public_pem,
            software="0.1.0",
        )
        response = self.call("POST", "/enrol", api.to_json(request))
        assert response.status_code == 200, response.data
        answer = api.from_json(EnrolAnswer, response.data)
        if self.epoch != answer.epoch:
            self.epoch, self.prev = answer.epoch, genesis(self.name, answer.epoch, answer.nonce)
            self.seq = 0
        self.policy = verify_policy(answer.policy, self.keys)
        return answer

    def hello(self, **changes: Any) -> TestResponse:
        """Say hello."""
        values: dict[str, Any] = {
            "station": self.name,
            "epoch": self.epoch,
            "head_seq": self.seq,
            "head_link": self.prev,
            "boot_id": "0" * 32,
            "boot_n": 1,
            "mono_ms": 1,
            "wall_ms": _ms(self.clock.now()),
            "clock": ClockClass.ANCHORED,
            "software": "0.1.0",
            "models": "m1",
            "policy_version": 1,
            "nonce": "station-nonce",
            **changes,
        }
        return self.call("POST", "/hello", api.to_json(HelloRequest(**values)))

    def greeted(self, **changes: Any) -> HelloAnswer:
        """Say hello and read the answer."""
        response = self.hello(**changes)
        assert response.status_code == 200, response.data
        return api.from_json(HelloAnswer, response.data)

    def apoyo(
        self,
        clave: str | None = IN_LISTA[0],
        *,
        solicitud: str = SOLICITUD,
        auxiliar: str = AUXILIAR,
        nombres: str = "LUISA",
        attack: float | None = None,
        flags: tuple[str, ...] = (),
        record_of: str | None = None,
        images: Images | None = None,
        **claims: Any,
    ) -> Packet:
        """Seal one invented apoyo and put it at the end of the chain."""
        self.registro += 1
        folio = FolioRegistro(solicitud, auxiliar, self.name, self.registro).compose()
        header = self._header(Kind.APOYO, folio=folio, auxiliar=auxiliar, session="s1", **claims)
        images = images or Images(
            front=_JPEG, back=_JPEG + b"b", face=_JPEG + b"f", signature=b"\x89PNG"
        )
        fields = {
            "nombres": _field(nombres),
            "apellido_paterno": _field("PEÑA"),
            "apellido_materno": _field("PRUEBA"),
        }
        if clave is not None:
            fields["clave_elector"] = _field(clave)
        attacks = () if attack is None else (Attack("front", "photocopy", attack, attack >= 0.5),)
        record = Record(
            station=header.station,
            epoch=header.epoch,
            seq=header.seq,
            packet_id=header.packet_id,
            process=header.process,
            solicitud=solicitud,
            auxiliar=auxiliar,
            folio=record_of or folio,
            capture=Capture(
                model="E",
                fields=fields,
                consent=Consent("1", header.wall_ms),
                captured_ms=header.wall_ms,
                attacks=attacks,
                flags=flags,
            ),
            images=list_images(images),
        )
        return self._close(header, {"record": build_record(record), "images": build_images(images)})

    def other(self, kind: Kind, **claims: Any) -> Packet:
        """Seal a packet of another kind, without parts."""
        return self._close(self._header(kind, **claims), {})

    def deliver(self, packet: Packet, *, chunk: int = api.MAX_CHUNK_BYTES) -> TestResponse:
        """Upload a packet from the start, in chunks; give the last answer."""
        data = packet.to_bytes()
        response: TestResponse | None = None
        for offset in range(0, len(data), chunk):
            response = self.put(packet.link, data[offset : offset + chunk], offset, len(data))
            if response.status_code not in (200, 204):
                return response
        assert response is not None
        return response

    def receipt(self, packet: Packet) -> str:
        """Upload a packet and give its receipt."""
        response = self.deliver(packet)
        assert response.status_code == 200, response.data
        return api.from_json(api.UploadAnswer, response.data).receipt

    def put(self, link: str, chunk: bytes, offset: int, length: int) -> TestResponse:
        """Upload one chunk."""
        headers = {api.OFFSET_HEADER: str(offset), api.LENGTH_HEADER: str(length)}
        return self.call("PUT", f"/packets/{link}", chunk, headers)

    def head(self, link: str) -> TestResponse:
        """Ask how much of a packet is there."""
        return self.call("HEAD", f"/packets/{link}")

    def outcomes(self, after: int = 0) -> api.ReceiptsAnswer:
        """Ask for receipts and outcomes."""
        response = self.call("GET", f"/receipts?after={after}")
        assert response.status_code == 200, response.data
        return api.from_json(api.ReceiptsAnswer, response.data)

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Send one request with its proof, and once more with the nonce of a 401."""
        for _attempt in range(2):
            proof = self.proof(method, path, body)
            response = self.client.open(
                api.PREFIX + path,
                method=method,
                data=body,
                headers={**(headers or {}), PROOF_HEADER: proof},
                base_url=URL,
            )
            self.nonce = response.headers.get(NONCE_HEADER, self.nonce)
            if response.status_code != 401:
                return response
        return response

    def proof(self, method: str, path: str, body: bytes) -> str:
        """Sign one request."""
        return sign_proof(
            method=method,
            url=URL + api.PREFIX + path,
            body=body,
            nonce=self.nonce,
            station=self.name,
            issued_s=int(self.clock.now().timestamp()),
            jti=self._uuid(),
            signer=self.signer,
        )

    def _header(self, kind: Kind, **claims: Any) -> Header:
        recipients: tuple[str, ...] = ()
        if kind is Kind.APOYO:
            recipients = tuple(recipient.kid for recipient in self._recipients())
        values: dict[str, Any] = {
            "kind": kind,
            "station": self.name,
            "process": PROCESS,
            "epoch": self.epoch,
            "seq": self.seq + 1,
            "prev": self.prev,
            "packet_id": self._uuid(),
            "software": "0.1.0",
            "models": "m1",
            "boot_id": "0" * 32,
            "boot_n": 1,
            "mono_ms": 1,
            "wall_ms": _ms(self.clock.now()),
            "clock": ClockClass.ANCHORED,
            "anchor": self.anchor,
            "recipients": recipients,
            **claims,
        }
        return Header(**values)

    def _close(self, header: Header, parts: Mapping[str, bytes]) -> Packet:
        sealed = [
            Part(name, seal_part(content, self._recipients())) for name, content in parts.items()
        ]
        packet = build_packet(header, sealed, self.signer)
        self.seq, self.prev = header.seq, packet.link
        return packet

    def _recipients(self) -> tuple[Any, ...]:
        assert self.policy is not None
        process = self.policy.processes[0]
        return process.opening, process.recovery

    def _uuid(self) -> str:
        self._entropy += 1
        return str(uuid7(_ms(self.clock.now()), self._entropy.to_bytes(10, "big")))


def _field(value: str) -> Field:
    return Field(value=value, source=Source.TEXT, confidence=0.99, side="front")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
