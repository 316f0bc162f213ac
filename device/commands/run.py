"""`run`: the station's screens; `doctor`: is everything there that a capture needs?"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from device import bootstrap, selftest
from device.board import read_board
from device.clock import SystemClock
from device.commands.queue import own_versions
from device.commands.speech import DEFAULT_CONFIG, describe
from device.config import Config, read_config
from device.errors import NotEnrolledError, StationError
from device.heartbeat import Heartbeat, HeartbeatThread, notify, unheard
from device.inference.base import InferenceError
from device.kiosk.newcomer import create_newcomer
from device.pulse import kiosk_pulse, spool_pulse
from device.queue.assembly import open_spool
from device.queue.enrol import Enroller
from device.queue.enrolment import EnrolmentStore
from wire.errors import WireError

# gunicorn stops, instead of starting the worker again, when a worker ends with this status; the
# last resort restarts no machine for it: a person has to mend something.
_APP_CANNOT_LOAD = 4


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-commands."""
    run = subparsers.add_parser("run", help="pantallas de la estación", description=__doc__)
    run.add_argument("--port", type=int, metavar="N", help="puerto en 127.0.0.1")
    run.set_defaults(func=_run)
    doctor = subparsers.add_parser("doctor", help="autodiagnóstico", description=__doc__)
    doctor.add_argument("--report", type=Path, metavar="FILE", help="escribe una página HTML")
    doctor.set_defaults(func=_doctor)
    for parser in (run, doctor):
        parser.add_argument(
            "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="station.toml"
        )


class _Arbiter(Arbiter):  # type: ignore[misc]  # gunicorn carries no types
    def start(self) -> None:
        with unheard():  # the worker says when it is ready: it has the station to build first
            super().start()

    def stop(self, graceful: bool = True) -> None:
        notify("STOPPING=1")
        super().stop(graceful)


class KioskServer(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn with one worker: one process owns the camera and the seal."""

    def __init__(self, config: Config) -> None:
        self._station_config = config
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn up; nothing is read from its environment or files."""
        kiosk = self._station_config.kiosk
        settings: dict[str, Any] = {
            # Loopback alone: the screens have no other guard against the network.
            "bind": [f"127.0.0.1:{kiosk.port}"],
            "workers": 1,
            "worker_class": "gthread",
            "threads": kiosk.threads,
            "graceful_timeout": 5,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until a signal ends it."""
        _Arbiter(self).run()

    def load(self) -> Any:
        """Build the station in the worker: neither threads nor SQLite live through a fork."""
        try:
            station = bootstrap.build_station(self._station_config, own_versions().software)
        except NotEnrolledError:
            return self._newcomer()
        except (StationError, InferenceError, WireError) as error:
            print(explain(error), file=sys.stderr, flush=True)
            sys.exit(_APP_CANNOT_LOAD)
        heartbeat = HeartbeatThread(
            Heartbeat(lambda: kiosk_pulse(station.spool, lambda: station.camera.state))
        )

        def begin(worker: Any) -> None:
            # A stream would keep a server that stops waiting for the whole of its grace.
            station.kiosk.seat.close_when(lambda: not worker.alive)
            heartbeat.start()

        def end(_server: Any, _worker: Any) -> None:
            heartbeat.stop()
            station.close()

        self.cfg.set("post_worker_init", begin)
        self.cfg.set("worker_exit", end)
        print(f"http://127.0.0.1:{self._station_config.kiosk.port}/", flush=True)
        return station.app

    def _newcomer(self) -> Any:
        """Show the key of a station that is not enrolled; its screens follow when it is."""
        config = self._station_config
        spool = open_spool(config)
        store = EnrolmentStore(spool.database)
        enroller = Enroller(config, SystemClock(), own_versions(), read_board(), spool=spool)
        heartbeat = HeartbeatThread(Heartbeat(lambda: spool_pulse(spool, "kiosk")))
        self.cfg.set("post_worker_init", lambda _worker: heartbeat.start())
        self.cfg.set("worker_exit", lambda _server, _worker: heartbeat.stop())
        print(f"http://127.0.0.1:{config.kiosk.port}/", flush=True)
        return create_newcomer(
            enroller.identify,
            lambda: bool(store.epochs()),
            # The worker ends, and the next one builds the station that is enrolled now.
            lambda: os.kill(os.getpid(), signal.SIGTERM),
        )


def explain(error: StationError | InferenceError | WireError) -> str:
    """Say what happened, its code, and what to do next."""
    if isinstance(error, InferenceError):
        return (
            f"No se pueden cargar los modelos de lectura [{error.code}]: {error}. "
            "Vuelva a instalar los modelos de esta versión."
        )
    return describe(error)


def _run(options: argparse.Namespace) -> int:
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        config = read_config(options.config)
    except StationError as error:
        print(describe(error), file=sys.stderr)
        return _APP_CANNOT_LOAD
    if options.port is not None:
        config = replace(config, kiosk=replace(config.kiosk, port=options.port))
    # gunicorn ends the process itself: 0 after SIGTERM, 4 when the station cannot be built.
    KioskServer(config).run()
    return 0


def _doctor(options: argparse.Namespace) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="%(levelname)s %(message)s")
    try:
        config = read_config(options.config)
    except StationError as error:
        print(describe(error), file=sys.stderr)
        return 1
    findings = selftest.examine(config)
    for finding in findings:
        print(f"{finding.mark} {finding.subject:<12} {finding.text}")
    if options.report is not None:
        page = selftest.page(findings, software=own_versions().software)
        options.report.write_text(page, encoding="utf-8")
    return 1 if any(not finding.is_good for finding in findings) else 0
