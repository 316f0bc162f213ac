"""Builds a station from its configuration: the only place that names implementations."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from device.camera.base import Camera, StreamSettings
from device.camera.replay import FilmCamera, ReplayCamera
from device.camera.service import CameraService, Running, Supervision
from device.camera.v4l2 import V4l2Camera
from device.capture.activation import Activation
from device.capture.desk import Desk, DeskSettings
from device.capture.guidance import Guide
from device.capture.photographer import Photographer, Reader
from device.capture.practice import Practice
from device.capture.technician import Technician
from device.capture.warnings import Condition
from device.clock import SystemClock, sureness, to_ms
from device.config import CameraConfig, Config, InferenceConfig
from device.health.notes import GAUGES, NoteBoard
from device.health.publisher import Publisher
from device.inference.base import ModelError
from device.inference.blaze_face import BlazeFaceFinder
from device.inference.faces import FaceFinder
from device.inference.reader import load_reader
from device.inference.tflite import DEFAULT_MODELS, list_models
from device.inference.variants import FILE_NAME
from device.kiosk.app import create_app
from device.kiosk.services import Kiosk
from device.peripherals.lamp import SerialLamps
from device.peripherals.printer import SerialPrinter
from device.peripherals.scanner import SerialScanner
from device.peripherals.serial_link import LinkSettings
from device.peripherals.service import Peripherals
from device.peripherals.simulated.desk import SimulatedDesk
from device.peripherals.voice import find_voice
from device.queue import files
from device.queue.assembly import Versions, open_line, open_sealer, open_spool
from device.queue.enrolment import EnrolmentStore
from device.queue.orders import OrderBook
from device.queue.overview import Overview
from device.queue.recovery import Recovered
from device.queue.seal import Sealer
from device.queue.spool import Spool
from device.queue.standing import Standing
from domain.clock import Clock
from wire.gauges import Gauge

log = logging.getLogger(__name__)

# Until a station has sealed its first one.
_USUAL_APOYO_BYTES = 2 << 20


@dataclass(frozen=True)
class Station:
    """A running station; `close` gives all its parts back."""

    app: Flask
    kiosk: Kiosk
    camera: CameraService
    sealer: Sealer
    spool: Spool
    recovered: Recovered
    publisher: Publisher

    def close(self) -> None:
        """Sign the auxiliar out and close every part; nothing sealed is touched."""
        self.kiosk.desk.sign_out(reason="stopped")
        self.publisher.stop()
        self.camera.stop()
        self.kiosk.peripherals.close()
        self.sealer.close()
        self.spool.close()


def build_station(
    config: Config,
    software: str,
    *,
    clock: Clock | None = None,
    reader: Reader | None = None,
) -> Station:
    """Open the spool, settle what a crash left, start the camera, and build the screens.

    Args:
        config: The settings.
        software: Version of this program.
        clock: The time; the machine's own when left out.
        reader: Reads credentials; the listed models when left out.

    Raises:
        ModelError: A model file is not the one listed.
        NotEnrolledError, KeyFileError, QueueError: The station cannot seal.
    """
    clock = clock or SystemClock()
    models = models_toml(config.inference)
    if reader is None:
        reader = open_reader(config.inference, config.camera, variants_file(config))
    versions = Versions(software, models_digest(models))
    spool = open_spool(config)
    try:
        store = EnrolmentStore(spool.database)
        station = store.current().station
        sealer = open_sealer(config, clock, versions, spool=spool)
        recovered = sealer.start()
    except BaseException:
        spool.close()
        raise
    board = NoteBoard(config.run_folder, clock)
    camera = CameraService(
        lambda: open_camera(config.camera, clock),
        clock,
        Supervision(frame_timeout_s=config.camera.timeout_s),
    )
    photographer = Photographer(camera, reader, _finder(config.inference))
    settings = DeskSettings(
        idle_s=config.kiosk.idle_s,
        sign_out_s=config.kiosk.sign_out_s,
        visit_timeout_s=config.kiosk.visit_timeout_s,
        language=config.kiosk.language,
    )
    desk = Desk(
        photographer=photographer,
        sealer=sealer,
        policy=store.policy,
        clock=clock,
        new_session=lambda: secrets.token_hex(8),
        versions={"software": software, "models": versions.models},
        settings=settings,
        condition=_condition(config, store, clock, spool, board),
    )
    kiosk = Kiosk(
        desk=desk,
        activation=Activation(open_line(config, clock, spool=spool), store.policy, clock),
        practice=Practice(photographer, store.policy, clock, settings),
        technician=Technician(technician_file(config), clock),
        photographer=photographer,
        standing=Standing(config, spool, clock, versions),
        guide=Guide(clock, automatic=config.kiosk.automatic_shutter),
        camera=camera,
        clock=clock,
        queue=Overview(spool, store),
        station=station,
        software=software,
        health=_health(config, store, clock),
        recovered=tuple(sealed.folio for sealed in recovered.adopted if sealed.folio),
        language=config.kiosk.language,
        peripherals=open_peripherals(config, clock),
        policy_texts=lambda: store.policy().texts,
        voice=find_voice(),
        message=lambda: OrderBook(store, spool).message(now_ms=to_ms(clock.now())),
    )
    camera.start()
    publisher = Publisher(board, lambda: _screens(kiosk))
    publisher.start()
    log.info(
        "station.started station=%s adopted=%d gaps=%d",
        station,
        len(recovered.adopted),
        len(recovered.gaps),
    )
    return Station(create_app(kiosk), kiosk, camera, sealer, spool, recovered, publisher)


def open_camera(config: CameraConfig, clock: Clock) -> Camera:
    """Open the camera that the settings name.

    Raises:
        CameraAbsentError: It is not there.
    """
    settings = StreamSettings(
        still_size=(config.still_width, config.still_height),
        preview_size=(config.preview_width, config.preview_height),
    )
    match config.driver:
        case "picamera2":
            from device.camera.picamera2 import Picamera2Camera  # libcamera is on stations only

            return Picamera2Camera(config.index, clock, settings)
        case "v4l2":
            return V4l2Camera(config.path, clock, settings)
        case _:
            source = Path(config.folder)
            if source.is_file():
                return FilmCamera(source, clock)
            return ReplayCamera(source, clock)


def open_peripherals(config: Config, clock: Clock) -> Peripherals:
    """Begin to look for the scanner, printer and lamps that the settings name; none is waited for.

    Simulated ones live in this very process, each at the other end of a pseudo-terminal.
    """
    settings = config.peripherals
    also_close: tuple[Callable[[], None], ...] = ()
    simulated = {name for name, port in settings.ports.items() if port == "simulated"}
    if simulated:
        desk = SimulatedDesk(
            config.data / "simulated", clock, wanted=simulated, columns=settings.printer_columns
        )
        settings = settings.with_ports({name: desk.port(name) for name in simulated})
        also_close = (desk.close,)
    scanner = LinkSettings(settings.scanner, settings.scanner_baud)
    printer = LinkSettings(settings.printer, settings.printer_baud)
    lamps = LinkSettings(settings.lamps, settings.lamps_baud)
    return Peripherals(
        scanner=SerialScanner(scanner, clock, gap_ms=settings.scanner_gap_ms)
        if scanner.port
        else None,
        printer=SerialPrinter(printer) if printer.port else None,
        lamps=SerialLamps(lamps, clock) if lamps.port else None,
        columns=settings.printer_columns,
        brightness=settings.lamps_brightness,
        also_close=also_close,
    )


def technician_file(config: Config) -> Path | None:
    """Return where the technician's verifier lies, None where there is none."""
    name = config.kiosk.technician_verifier_file
    return Path(name) if name else None


def models_toml(config: InferenceConfig) -> Path:
    """Return the list of models in force."""
    return Path(config.models) / "models.toml" if config.models else DEFAULT_MODELS


def variants_file(config: Config) -> Path:
    """Return where `acopio-station measure` keeps what this board runs fastest."""
    return config.data / FILE_NAME


def open_reader(
    config: InferenceConfig, camera: CameraConfig | None = None, choice: Path | None = None
) -> Reader:
    """Load the networks, for a camera whose stills may be larger than its previews.

    `choice` is the file of variants measured on this board.

    Raises:
        ModelError: A model is missing, or is not the one listed.
    """
    int8 = {"auto": None, "float": False, "int8": True}[config.variant]
    scale = still_scale(camera) if camera is not None else 1.0
    return load_reader(
        models_toml(config),
        threads=config.threads,
        int8=int8,
        choice=choice,
        still_scale=scale,
    )


def still_scale(config: CameraConfig) -> float:
    """Return how many times as many pixels a millimetre has in a still as in a preview.

    Only one of these cameras has two streams. Where they differ in shape, the sensor's picture is
    cut to the preview's, and the side that keeps its whole length has the smaller ratio.
    """
    if config.driver != "picamera2":
        return 1.0
    across = config.still_width / config.preview_width
    return min(across, config.still_height / config.preview_height)


def open_finder(config: InferenceConfig) -> FaceFinder:
    """Load the networks that find faces.

    Raises:
        ModelError: A model is missing, or is not the one listed.
    """
    return BlazeFaceFinder(list_models(models_toml(config)), threads=config.threads)


def _finder(config: InferenceConfig) -> FaceFinder | None:
    """Return the finder, or nothing: without it the auxiliar alone looks at the live photos."""
    try:
        return open_finder(config)
    except ModelError as error:
        log.warning("face.finder_missing code=%s reason=%s", error.code, error)
        return None


def models_digest(path: Path) -> str:
    """Return one digest of the set of models: SHA-256 over their names and digests, in order.

    Cut to 128 bits: it tells sets apart, while each file is checked by its whole digest.

    Raises:
        ModelError: The list cannot be read.
    """
    models = sorted(list_models(path).values(), key=lambda model: model.name)
    lines = "".join(f"{model.name} {model.sha256}\n" for model in models)
    return hashlib.sha256(lines.encode("ascii")).hexdigest()[:32]


def _condition(
    config: Config, store: EnrolmentStore, clock: Clock, spool: Spool, board: NoteBoard
) -> Callable[[], Condition]:
    overview = Overview(spool, store)

    def condition() -> Condition:
        now_ms, anchor = to_ms(clock.now()), store.anchor()
        oldest_ms = overview.oldest_waiting_ms()
        free_bytes = files.free_bytes(config.spool_folder) - config.queue.minimum_free_bytes
        gauges = board.fresh(GAUGES)
        return Condition(
            now_ms=now_ms,
            clock=sureness(clock, store.anchor()),
            oldest_waiting_s=0 if oldest_ms is None else max(0, now_ms - oldest_ms) // 1000,
            room=free_bytes // (overview.mean_apoyo_bytes() or _USUAL_APOYO_BYTES),
            silent_s=None if anchor is None else max(0, now_ms - anchor.time_ms) // 1000,
            temperature_mc=gauges.get(Gauge.TEMPERATURE_MC),
            is_undervoltage=gauges.get(Gauge.UNDERVOLTAGE) == 1,
        )

    return condition


def _screens(kiosk: Kiosk) -> dict[str, int]:
    """Say what only the screens know, for the health service."""
    return {
        Gauge.SIGNED_IN: int(kiosk.desk.is_attended()),
        Gauge.CAMERA_RUNNING: int(isinstance(kiosk.camera.state, Running)),
        Gauge.CAMERA_RESTARTS: kiosk.camera.restarts,
        Gauge.PREVIEWS_PER_10S: round(10 * kiosk.camera.rate()),
    }


def _health(config: Config, store: EnrolmentStore, clock: Clock) -> Callable[[], Mapping[str, Any]]:
    def health() -> Mapping[str, Any]:
        return {
            "clock": sureness(clock, store.anchor()).value,
            "disk_free_bytes": files.free_bytes(config.spool_folder),
            "policy": store.policy().version,
        }

    return health
