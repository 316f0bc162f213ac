"""`update`: takes a signed release into the other slot, tries it, and keeps it or returns.

Each run does what is due and ends; a timer starts it again. `--confirm` runs once after each start.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from device.clock import SystemClock, read_boot_id, to_ms
from device.commands.speech import DEFAULT_CONFIG, describe
from device.config import Config, read_config
from device.errors import SpoolBusyError, StationError
from device.health.notes import GAUGES, SCREENS, NoteBoard
from device.inference.tflite import DEFAULT_MODELS
from device.queue.files import DutyLock
from device.queue.glance import glance
from device.update import occasion
from device.update.assembly import open_installer, open_slots
from device.update.base import UpdateError, translated
from device.update.confirm import Confirmation, Gate, Verdict
from device.update.incoming import Incoming
from device.update.journal import Installed, Journal, Result, Step, digest_of
from device.update.models import ModelShelf
from device.update.request import RESTART_KIOSK, requests_in
from wire.bundle import BundleKind, Manifest, read_header
from wire.errors import BundleError, WireError
from wire.gauges import Gauge

log = logging.getLogger(__name__)

# Screens that said nothing for so long do not run: they serve nobody.
_SCREENS_S = 60
# What another try at the same file would not change.
_FOR_GOOD = ("update.target", "update.failed_before")
_WAITS = {
    "wait.visit": "hay una persona trabajando en la estación",
    "wait.queue": "hay registros a medio sellar o en camino",
    "wait.power": "la batería está baja",
    "wait.blackout": "falta poco para el cierre del proceso",
}
_VERDICTS = {
    Verdict.NOTHING: "No hay ninguna versión a prueba.",
    Verdict.KEPT: "La versión nueva funciona y se queda.",
    Verdict.RETURNING: "La versión nueva no pasó la prueba: se vuelve a la anterior.",
    Verdict.RETURNED: "La versión nueva no arrancó: se quedó la anterior.",
    Verdict.AGAIN: "La prueba se interrumpió antes de empezar: se intentará otra vez.",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "update", help="toma una versión firmada, la prueba y la conserva o regresa"
    )
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="station.toml"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--once", action="store_true", help="instala lo que ya se recibió")
    what.add_argument("--from", dest="bundle", type=Path, metavar="FILE", help="desde una USB")
    what.add_argument("--confirm", action="store_true", help="tras el arranque: conserva o regresa")
    what.add_argument("--status", action="store_true", help="qué versión hay y qué está pendiente")
    what.add_argument("--examine", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--needs-hello", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(func=_run)


def _run(options: argparse.Namespace) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        config = read_config(options.config)
        if options.examine:
            return _examine(config, needs_hello=options.needs_hello)
        if options.status:
            return _status(config)
        folder = Path(config.update.folder)
        with translated("use the folder of the updates"):
            folder.mkdir(parents=True, exist_ok=True)
        duty = DutyLock(folder / "update.lock")
        try:
            if options.confirm:
                return _confirm(config, options.config)
            if options.bundle is not None:
                # Somebody stands there: a release that failed here before may be tried again.
                return _install(config, options.bundle, again=True)
            return _once(config)
        finally:
            duty.release()
    except SpoolBusyError:
        print("Ya hay una actualización en curso; espere.", file=sys.stderr)
        return 1
    except (StationError, WireError) as error:
        print(describe(error), file=sys.stderr)
        return 1


def _once(config: Config) -> int:
    """Go on with what was begun, else install what was received."""
    if config.update.slots == "none":
        print("Esta estación no toma versiones nuevas (update.slots).")
        return 0
    slots, _ = open_slots(config)
    journal = Journal(Path(config.update.folder))
    pending = journal.read().pending
    if pending is not None and pending.step is Step.TRYING:
        if slots.running() == pending.slot:
            print("La versión nueva está a prueba; falta confirmarla.")
            return 0
        Confirmation(journal, slots, lambda _: "").run(boot_id=read_boot_id())
    incoming = Incoming(Path(config.update.folder))
    path = incoming.ready()
    if path is None:
        print("No hay nada que instalar.")
        return 0
    try:
        return _install(config, path, again=False)
    except (BundleError, UpdateError) as error:
        if isinstance(error, BundleError) or error.code in _FOR_GOOD:
            _refuse(journal, path, error.code)
            incoming.forget()
        raise


def _refuse(journal: Journal, path: Path, code: str) -> None:
    """Write down that what was received is not taken, for the centre to see."""
    try:
        with path.open("rb") as file:
            digest = digest_of(read_header(file))
    except (OSError, BundleError):
        return  # not even a manifest: there is nothing to name it by
    result = Result(digest, "refused", code)
    journal.write(replace(journal.read().with_failed(digest), result=result, waiting=""))


def _install(config: Config, path: Path, *, again: bool) -> int:
    installer = open_installer(config)
    journal = Journal(Path(config.update.folder))
    try:
        file = path.open("rb")
    except OSError as error:
        raise UpdateError(f"{path}: {error.strerror}", code="update.unreadable") from error
    with file:
        now_ms = to_ms(SystemClock().now())
        manifest, release = installer.examine(file, now_ms=now_ms, again=again)
        if manifest.kind is BundleKind.MODELS:
            return _take_models(config, file, manifest, release)
        installer.fill(file, manifest, release)
    seen = glance(config.spool_folder)
    found = occasion.Occasion(
        is_visited=_is_visited(config),
        unsettled=seen.unsettled,
        battery_percent=_notes(config).fresh(GAUGES).get(Gauge.BATTERY_PERCENT),
        deadlines_ms=seen.deadlines_ms,
        now_ms=now_ms,
    )
    reason = occasion.reason_to_wait(
        found,
        battery_percent=config.update.battery_percent,
        blackout_h=config.update.blackout_h,
        is_critical=manifest.is_critical,
    )
    if reason:
        journal.write(replace(journal.read(), waiting=reason))
        print(f"Versión {manifest.version} lista; espera: {_WAITS[reason]} [{reason}].")
        return 0
    boot_id = read_boot_id()
    installer.try_once(boot_id=boot_id, had_contact=seen.contact_boot == boot_id)
    print(f"Versión {manifest.version} lista; la estación se reinicia para probarla.")
    return 0


def _is_visited(config: Config) -> bool:
    """Say whether somebody works at the station, as its screens say every ten seconds."""
    found = _notes(config).read(SCREENS)
    return found is not None and found[1] <= _SCREENS_S and found[0].get(Gauge.SIGNED_IN, 0) > 0


def _notes(config: Config) -> NoteBoard:
    return NoteBoard(config.run_folder, SystemClock())


def _take_models(config: Config, file: BinaryIO, manifest: Manifest, release: Installed) -> int:
    """Put networks in place once they have read the test card; nothing else has to start again."""
    from device import gate  # loads everything of a station; the other ways through need none of it

    journal, shelf = Journal(Path(config.update.folder)), _shelf(config)
    folder = shelf.fill(file, manifest, release)
    tried = replace(config, inference=replace(config.inference, models=str(folder)))
    code = _first_failure(gate.examine_reading(tried))
    state = journal.read()
    if code:
        result = Result(release.digest, "returned", code, BundleKind.MODELS, release.number)
        journal.write(replace(state.with_failed(release.digest), result=result, waiting=""))
        shelf.forget_others(state.models)
        raise UpdateError("the networks do not read the test card", code=code)
    result = Result(release.digest, "kept", "", BundleKind.MODELS, release.number)
    journal.write(replace(state, models=release, result=result, waiting=""))
    shelf.lead_to(release)
    shelf.forget_others(release)
    if not _is_visited(config):
        requests_in(Path(config.update.requests))(RESTART_KIOSK)
    print(f"Modelos {manifest.version} en su lugar; el quiosco los usa al volver a empezar.")
    return 0


def _confirm(config: Config, config_file: Path) -> int:
    """Judge a release that is being tried; without one, only see to the models in use."""
    journal, shelf = Journal(Path(config.update.folder)), _shelf(config)
    verdict = Verdict.NOTHING
    if config.update.slots != "none":
        slots, _ = open_slots(config)
        pending = journal.read().pending
        if pending is not None and slots.running() == pending.slot:
            shelf.lead_to(Installed())  # a release of the system is tried with its own networks
        confirmation = Confirmation(journal, slots, _gate(config, config_file))
        verdict = confirmation.run(boot_id=read_boot_id())
    if verdict in (Verdict.KEPT, Verdict.RETURNED, Verdict.RETURNING):
        Incoming(Path(config.update.folder)).forget()
    shelf.lead_to(journal.read().models)
    print(_VERDICTS[verdict])
    return 1 if verdict is Verdict.RETURNING else 0


def _gate(config: Config, config_file: Path) -> Gate:
    """Examine the station in a process of its own: one that hangs or dies has failed."""

    def gate_of(needs_hello: bool) -> str:
        command = [sys.executable, "-m", "device", "update", "--examine"]
        command += ["--config", str(config_file), *(["--needs-hello"] if needs_hello else [])]
        try:
            done = subprocess.run(
                command, stdout=subprocess.PIPE, timeout=config.update.gate_s, check=False
            )
            found = json.loads(done.stdout)
        except subprocess.TimeoutExpired:
            return "gate.timeout"
        except (OSError, ValueError):
            return "gate.died"
        return _first_failure({str(name): str(code) for name, code in found.items()})

    return gate_of


def _examine(config: Config, *, needs_hello: bool) -> int:
    from device import gate  # as above

    findings = gate.examine(config, needs_hello=needs_hello)
    print(json.dumps(findings))
    return 1 if _first_failure(findings) else 0


def _first_failure(findings: Mapping[str, str]) -> str:
    return next((code for code in findings.values() if code != "ok"), "")


def _status(config: Config) -> int:
    """Say what there is; for people, and for whoever looks over their shoulder on the telephone."""
    state = Journal(Path(config.update.folder)).read()
    if config.update.slots == "none":
        print("Esta estación no toma versiones nuevas (update.slots).")
    else:
        slots, _ = open_slots(config)
        running = slots.running()
        installed = state.installed(BundleKind.SYSTEM, running)
        print(f"Sistema: {_named(installed)} en la ranura {running}.")
    print(f"Modelos: {_named(state.models)}.")
    if state.pending is not None:
        print(f"Pendiente: {_named(state.pending.release)}, paso {state.pending.step}.")
    if state.waiting:
        print(f"Espera: {_WAITS.get(state.waiting, state.waiting)} [{state.waiting}].")
    if state.result is not None:
        ended = {"kept": "se quedó", "returned": "se regresó", "refused": "se rechazó"}
        why = f" [{state.result.code}]" if state.result.code else ""
        print(f"Última: número {state.result.number}, {ended[state.result.state]}{why}.")
    return 0


def _named(release: Installed) -> str:
    return (
        f"versión {release.version} (número {release.number})"
        if release.number
        else "la de fábrica"
    )


def _shelf(config: Config) -> ModelShelf:
    return ModelShelf(Path(config.update.folder) / "models", DEFAULT_MODELS.parent)
