"""What a station proves after an update, before the new release is kept.

It works on copies: the spool's database is copied and opened as the new program opens it, an apoyo
is sealed into a scratch spool under a key made for it, and the reader reads a picture of an
invented credential that ships with the program. Nothing of the station's own is written.
"""

from __future__ import annotations

import logging
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from device import bootstrap
from device.clock import SystemClock, read_boot_id, to_ms
from device.config import Config
from device.errors import NotEnrolledError, StationError
from device.inference.base import InferenceError
from device.inference.images import read_image
from device.keys import create_key, open_signer
from device.queue.assembly import Versions, open_sealer, open_spool
from device.queue.enrolment import Enrolment, EnrolmentStore, chain_start
from device.queue.glance import glance, open_reading
from device.queue.seal import ApoyoDraft
from wire.envelope import count_recipients
from wire.errors import WireError
from wire.packet import parse_packet
from wire.policy import Policy
from wire.record import Capture, Consent, Field, Images, Source

log = logging.getLogger(__name__)

TEST_CARD = Path(__file__).with_name("test_card.jpg")
_HELLO_S = 90.0
_LOOK_S = 1.0
_AGE_SECRET = b"AGE-SECRET-KEY-1"
_SCRATCH_EPOCH = "5c" * 16


class GateError(StationError):
    """The station does not do what it must; `code` is `gate.` + what."""

    code = "gate"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the copy of the database says of the station; None before it is enrolled."""

    enrolment: Enrolment | None
    policy: Policy | None
    token: str


def examine(config: Config, *, needs_hello: bool) -> dict[str, str]:
    """Run every check; give `ok` or a code for each, by name."""
    findings: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="acopio-gate-") as scratch:
        known = _Known(None, None, "")

        def database() -> None:
            nonlocal known
            known = _open_copy(config, Path(scratch) / "copy")

        checks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("database", database),
            ("camera", lambda: _take_picture(config)),
            ("test_card", lambda: _read_test_card(config)),
            ("seal", lambda: _seal(config, known, Path(scratch) / "seal")),
            ("secrets", lambda: _hold_no_opening_key(config)),
            ("hello", lambda: _await_hello(config) if needs_hello else None),
        )
        for name, check in checks:
            findings[name] = _outcome(name, check)
    return findings


def examine_reading(config: Config) -> dict[str, str]:
    """Read the test card alone: what a release of the networks has to do."""
    return {"test_card": _outcome("test_card", lambda: _read_test_card(config))}


def _outcome(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except (StationError, InferenceError, WireError) as error:
        log.error("gate.failed check=%s code=%s reason=%s", name, error.code, error)
        return error.code
    except (OSError, sqlite3.Error) as error:
        log.error("gate.failed check=%s code=gate.io reason=%s", name, type(error).__name__)
        return "gate.io"
    return "ok"


def _open_copy(config: Config, folder: Path) -> _Known:
    """Open a copy of the database: steps to this release's tables run on it, not on the data."""
    original = config.spool_folder / "spool.db"
    if not original.exists():
        return _Known(None, None, "")
    copied = replace(config, station=replace(config.station, data=str(folder)))
    copied.spool_folder.mkdir(parents=True)
    with (
        closing(open_reading(original)) as source,
        closing(sqlite3.connect(copied.spool_folder / "spool.db")) as target,
    ):
        source.backup(target)
    spool = open_spool(copied)
    try:
        spool.counts()
        store = EnrolmentStore(spool.database)
        enrolment, policy = store.current(), store.policy()
        spool.head(enrolment.epoch)
        # The policy's own signers, whatever keys the centre has turned to since.
        keys = {key.kid: key for key in (*enrolment.keys, *store.policy_ring().keys)}
        enrolment = replace(enrolment, keys=tuple(keys.values()))
        return _Known(enrolment, policy, store.get("policy") or "")
    except NotEnrolledError:
        return _Known(None, None, "")
    finally:
        spool.close()


def _take_picture(config: Config) -> None:
    camera = bootstrap.open_camera(config.camera, SystemClock())
    try:
        camera.capture(timeout_s=config.camera.timeout_s)
    finally:
        camera.close()


def _read_test_card(config: Config) -> None:
    reader = bootstrap.open_reader(config.inference, choice=bootstrap.variants_file(config))
    reading = reader.read(read_image(TEST_CARD), today=None)
    if not is_test_card(reading.mrz):
        raise GateError("the test card is not read as it is printed", code="gate.test_card")


def is_test_card(mrz: tuple[str, ...] | None) -> bool:
    """Say whether these are the lines of the test card that ships with the program."""
    return mrz == tuple(TEST_CARD.with_suffix(".txt").read_text("ascii").split())


def _seal(config: Config, known: _Known, folder: Path) -> None:
    """Seal one apoyo as the kiosk does, and look at the packet as a thief would."""
    if known.enrolment is None or known.policy is None or not known.policy.processes:
        return  # not enrolled yet: there is nobody to seal to
    scratch = replace(
        config,
        station=replace(config.station, data=str(folder), signer="file"),
        queue=replace(config.queue, minimum_free_bytes=0, ballast_bytes=0),
    )
    create_key(scratch.keys_folder, "gate")
    station, process = known.enrolment.station, known.policy.processes[0]
    clock, spool = SystemClock(), open_spool(scratch)
    try:
        enrolment = replace(
            known.enrolment,
            epoch=_SCRATCH_EPOCH,
            genesis=chain_start(station, _SCRATCH_EPOCH, "gate" * 6),
            public_pem=open_signer("file", scratch.keys_folder, "gate").public_pem,
            key="gate",
        )
        EnrolmentStore(spool.database).save(enrolment, known.token, opened_ms=to_ms(clock.now()))
        sealer = open_sealer(scratch, clock, Versions("gate"), spool=spool)
        try:
            sealer.start()
            sealed = sealer.seal(scratch_draft(process.id, to_ms(clock.now())))
        finally:
            sealer.close()
        data = spool.path_of(sealed.link).read_bytes()
    finally:
        spool.close()
    packet = parse_packet(data, enrolment.own_ring())
    counts = {count_recipients(packet.part(part.name)) for part in packet.header.parts}
    if counts != {2} or _mark() in data:
        raise GateError("a sealed apoyo can be read by others", code="gate.seal")


def scratch_draft(process: str, now_ms: int) -> ApoyoDraft:
    """Invent an apoyo for a scratch queue: the test card, and nobody's data."""
    picture = TEST_CARD.read_bytes()
    capture = Capture(
        model="new",
        fields={"clave_elector": Field("GMVLMR80010501M100", Source.TEXT, 1.0)},
        consent=Consent("gate", now_ms),
        captured_ms=now_ms,
    )
    images = Images(picture, picture, picture, picture[:100])
    return ApoyoDraft(process, "GATE", "GATE", "gate", capture, images)


def _mark() -> bytes:
    """Give bytes of the picture that only its plain text has."""
    picture = TEST_CARD.read_bytes()
    middle = len(picture) // 2
    return picture[middle : middle + 32]


def _hold_no_opening_key(config: Config) -> None:
    """No file among the station's keys opens what it seals; only the authority's vault has one."""
    for path in _small_files(config.keys_folder):
        try:
            content = path.read_bytes()
        except PermissionError:
            continue  # a key of another user of the station; its own processes look at it
        if _AGE_SECRET in content.upper():
            raise GateError(f"{path.name} opens sealed records", code="gate.secrets")


def _small_files(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if path.is_file())
    except (FileNotFoundError, PermissionError):
        return


def _await_hello(config: Config) -> None:
    """Wait until the delivery, as the new release has it, was answered by the centre."""
    until, boot = time.monotonic() + _HELLO_S, read_boot_id()
    while glance(config.spool_folder).contact_boot != boot:
        if time.monotonic() > until:
            raise GateError("the centre did not answer the new release", code="gate.hello")
        time.sleep(_LOOK_S)
