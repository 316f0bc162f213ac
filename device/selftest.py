"""The self-test behind `doctor`: each part is opened and used once, and left as it was."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from device import bootstrap
from device.clock import SystemClock, sureness
from device.config import Config
from device.errors import StationError
from device.inference.base import InferenceError
from device.keys import open_signer
from device.peripherals.base import PeripheralError, Ready, Unused
from device.queue import files
from device.queue.assembly import open_spool
from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from wire.errors import WireError
from wire.packet import ClockClass

_MIB = 1 << 20
# A device that is there answers well within this.
_ANSWER_S = 3.0


@dataclass(frozen=True)
class Finding:
    """What one check found, as a technician reads it."""

    subject: str
    is_good: bool
    text: str
    # `ok`, or the stable code of a fault.
    code: str = "ok"

    @property
    def mark(self) -> str:
        """Return the sign in front of the line."""
        return "✓" if self.is_good else "✗"


def examine(config: Config) -> list[Finding]:
    """Run every check; one that fails says why and does not keep the others from running."""
    checks: tuple[tuple[str, Callable[[Config], str]], ...] = (
        ("cámara", _camera),
        ("modelos", _models),
        ("rostros", _faces),
        ("disco", _disk),
        ("cola", _spool),
        ("alta", _enrolment),
        ("reloj", _clock),
        ("impresora", _peripheral("printer")),
        ("lector", _peripheral("scanner")),
        ("lámpara", _peripheral("lamps")),
    )
    return [_checked(subject, check, config) for subject, check in checks]


def page(findings: list[Finding], *, software: str) -> str:
    """Return the readiness page: one HTML file that needs nothing else."""
    rows = "\n".join(
        f"<tr><td>{finding.mark}</td><th scope='row'>{html.escape(finding.subject)}</th>"
        f"<td>{html.escape(finding.text)}</td></tr>"
        for finding in findings
    )
    ready = all(finding.is_good for finding in findings)
    verdict = "Lista para capturar" if ready else "No está lista"
    written = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return (
        "<!doctype html><html lang='es-MX'><meta charset='utf-8'>"
        f"<title>Estación: {verdict}</title>"
        "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;"
        "padding:0 1rem}td,th{text-align:left;padding:.5rem .8rem;border-top:1px solid #ccc}"
        "</style>"
        f"<h1>{verdict}</h1><table>{rows}</table>"
        f"<p>Acopio {html.escape(software)} · {written}</p></html>\n"
    )


def _checked(subject: str, check: Callable[[Config], str], config: Config) -> Finding:
    try:
        return Finding(subject, True, check(config))
    except (StationError, InferenceError, WireError) as error:
        return Finding(subject, False, f"[{error.code}] {error}", error.code)
    except OSError as error:
        return Finding(subject, False, f"[{type(error).__name__}] {error}", "io")


def _camera(config: Config) -> str:
    camera = bootstrap.open_camera(config.camera, SystemClock())
    try:
        started = time.perf_counter()
        frame = camera.capture(timeout_s=config.camera.timeout_s)
        elapsed_ms = (time.perf_counter() - started) * 1000
    finally:
        camera.close()
    height, width = frame.image.shape[:2]
    return f"{config.camera.driver}: {width}×{height} px en {elapsed_ms:.0f} ms"


def _models(config: Config) -> str:
    bootstrap.open_reader(config.inference, choice=bootstrap.variants_file(config))
    digest = bootstrap.models_digest(bootstrap.models_toml(config.inference))
    return f"variante {config.inference.variant}, conjunto {digest[:12]}"


def _faces(config: Config) -> str:
    bootstrap.open_finder(config.inference)
    return "se buscan en la foto"


def _disk(config: Config) -> str:
    config.data.mkdir(parents=True, exist_ok=True)
    free = files.free_bytes(config.data)
    if free < config.queue.minimum_free_bytes:
        raise StationError(f"sólo quedan {free // _MIB} MiB", code="capture.disk_low")
    return f"{free // _MIB} MiB libres"


def _spool(config: Config) -> str:
    spool = open_spool(config)
    try:
        counts = spool.counts()
    finally:
        spool.close()
    waiting = counts[State.SEALED] + counts[State.SENDING]
    if counts[State.CORRUPT]:
        raise StationError(f"{counts[State.CORRUPT]} paquetes dañados", code="spool.corrupt")
    return f"{waiting} por entregar, {counts[State.HELD]} detenidos"


def _enrolment(config: Config) -> str:
    spool = open_spool(config)
    try:
        store = EnrolmentStore(spool.database)
        enrolment, policy = store.current(), store.policy()
    finally:
        spool.close()
    open_signer(config.station.signer, config.keys_folder, enrolment.key)
    return f"estación {enrolment.station}, política {policy.version}"


def _clock(config: Config) -> str:
    spool = open_spool(config)
    try:
        anchor = EnrolmentStore(spool.database).anchor()
    finally:
        spool.close()
    clock = SystemClock()
    believed = sureness(clock, anchor)
    # An unsure clock is marked in every record and refuses nothing.
    sure = "" if believed is ClockClass.ANCHORED else " (se marcará en los registros)"
    return f"{clock.now():%Y-%m-%d %H:%M:%S} UTC, {believed.value}{sure}"


def _peripheral(name: str) -> Callable[[Config], str]:
    """Give the check of one peripheral; one that the settings do not name is no failure."""

    def check(config: Config) -> str:
        port = config.peripherals.ports[name]
        if not port:
            return "no configurada: la captura no la necesita"
        alone = config.peripherals.with_ports(
            dict.fromkeys(config.peripherals.ports, "") | {name: port}
        )
        peripherals = bootstrap.open_peripherals(replace(config, peripherals=alone), SystemClock())
        try:
            until = time.monotonic() + _ANSWER_S
            while not isinstance(state := peripherals.states()[name], Ready):
                if isinstance(state, Unused) or time.monotonic() > until:
                    break
                time.sleep(0.05)
        finally:
            peripherals.close()
        if not isinstance(state, Ready):
            raise PeripheralError(f"no responde en {port}", code=getattr(state, "code", name))
        return f"{state.port} {' '.join(state.remarks)}".strip()

    return check
