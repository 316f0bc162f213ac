"""`deliver`, `export`, `receive`, `verify`: the sealed queue at the command line."""

import argparse
import signal
import sys
import threading
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from device.clock import SystemClock
from device.commands.speech import adder, describe
from device.config import Config
from device.health.notes import GAUGES, NoteBoard
from device.heartbeat import Heartbeat, notify
from device.pulse import spool_pulse
from device.queue.assembly import Versions, open_delivery, open_spool
from device.queue.enrolment import EnrolmentStore
from device.queue.export import export
from device.queue.returned import take_returned
from device.queue.spool import Spool
from device.queue.verify import verify_spool
from device.update.assembly import open_offers


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-commands."""
    add = adder(subparsers)
    deliver = add("deliver", "entrega al centro lo que está guardado", _deliver)
    deliver.add_argument("--once", action="store_true", help="una sola vuelta")
    target = add("export", "copia los paquetes sellados a una memoria USB", _export)
    target.add_argument("folder", type=Path, metavar="FOLDER", help="carpeta de destino")
    disk = add("receive", "toma los acuses que trae una memoria USB", _receive)
    disk.add_argument("folder", type=Path, metavar="FOLDER", help="la memoria que fue al centro")
    add("verify", "revisa la cadena, los archivos y los acuses", _verify)


def own_versions() -> Versions:
    """Return the version of this program."""
    try:
        return Versions(version("acopio"))
    except PackageNotFoundError:
        return Versions("0+source")  # run from a checkout that was not installed


def _deliver(options: argparse.Namespace, config: Config) -> int:
    spool = open_spool(config)
    try:
        clock = SystemClock()
        board = NoteBoard(config.run_folder, clock)
        heartbeat = Heartbeat(lambda: spool_pulse(spool, "deliver"))
        delivery = open_delivery(
            config,
            clock,
            own_versions(),
            spool=spool,
            gauges=lambda: board.fresh(GAUGES),
            beat=heartbeat.beat,
            releases=open_offers(config, clock),
        )
        try:
            if not options.once:
                stop = stop_event()
                heartbeat.ready()
                delivery.run_forever(lambda seconds: heartbeat.wait(stop, seconds))
                notify("STOPPING=1")
                return 0
            done = delivery.run_once()
        finally:
            delivery.close()
    finally:
        spool.close()
    print(
        f"Entregados {done.delivered}, detenidos {done.held}, con falla {done.failed}, "
        f"borrados con acuse {done.purged}, por entregar {done.waiting}."
    )
    if done.error is not None:
        print(describe(done.error), file=sys.stderr)
        return 1
    return 0


def _export(options: argparse.Namespace, config: Config) -> int:
    with_spool = open_spool(config)
    try:
        done = export(with_spool, EnrolmentStore(with_spool.database), options.folder)
    finally:
        with_spool.close()
    print(f"{done.folder}: copiados {done.copied}, ya estaban {done.present}.")
    if done.damaged:
        print(f"Dañados y no copiados: {done.damaged}. Avise a soporte.", file=sys.stderr)
    return 1 if done.damaged else 0


def _receive(options: argparse.Namespace, config: Config) -> int:
    spool = open_spool(config)
    try:
        store = EnrolmentStore(spool.database)
        taken = take_returned(options.folder, spool, store, SystemClock())
    finally:
        spool.close()
    print(f"Acuses nuevos: {taken.stored}. Lo que tiene acuse se borra en la próxima entrega.")
    if taken.policy_version is not None:
        print(f"Configuración nueva: versión {taken.policy_version}.")
    if taken.refused:
        print(f"Acuses que no son del centro: {taken.refused}. Avise a soporte.", file=sys.stderr)
    return 1 if taken.refused else 0


def _verify(_options: argparse.Namespace, config: Config) -> int:
    spool: Spool = open_spool(config)
    try:
        verdict = verify_spool(spool, EnrolmentStore(spool.database))
    finally:
        spool.close()
    print(
        f"Paquetes {verdict.packets}, archivos {verdict.files}, acuses {verdict.receipts}, "
        f"hallazgos {len(verdict.findings)}."
    )
    for finding in verdict.findings:
        print(f"  época {finding.epoch[:8]} seq {finding.seq}: {finding.code}", file=sys.stderr)
    return 1 if verdict.findings else 0


def stop_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set, so that a round ends before the process does."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
