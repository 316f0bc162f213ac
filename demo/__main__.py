"""`python -m demo`: the whole of Acopio on this machine. `ONCE=1` ends by itself.

The exit status is 0 only if every accepted capture is on the server exactly once, each with its
receipt, and the partition adds up on the server and on the aspirante's page.
"""

import contextlib
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from demo import centre, results, scenes, station
from demo.cast import Visit, invent_visits
from demo.journal import Journal
from demo.kiosk import Kiosk
from demo.places import Places, Ports, choose_ports, wait_until_free
from demo.processes import ProcessFailedError, Supervisor, end_on_signals
from demo.relay import Relay
from demo.report import report
from demo.terminal import Terminal
from demo.tour import Tour

_SETTLE_S = 90.0
_OLD_PROCESSES_S = 30.0


def main() -> int:
    """Run the demo; give the exit status."""
    end_on_signals()
    root = Path(__file__).resolve().parents[1]
    places = Places(root / "var" / "demo")
    terminal = Terminal()
    supervisor = Supervisor(root, terminal.note)
    try:
        return _run(places, terminal, supervisor, once=os.environ.get("ONCE") == "1")
    except (ProcessFailedError, centre.SetupError) as error:
        terminal.say(
            f"\n✗ {error}\n  Bitácoras: {places.logs}\n  Para empezar de cero: rm -rf {places.run}"
        )
        return 1
    except KeyboardInterrupt:
        terminal.say("\nInterrumpida. Se cierran los procesos.")
        return 130
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anybody behind
        supervisor.stop()


def _run(places: Places, terminal: Terminal, supervisor: Supervisor, *, once: bool) -> int:
    began = time.monotonic()
    terminal.say(
        "Acopio · demostración. Personas, credenciales, caras y registro son inventados.\n"
    )
    seed = int(os.environ.get("SEED", "1"))
    visits = invent_visits(seed)
    frames = scenes.frames_folder(places.frames, seed)
    journal = Journal(places.journal)
    terminal.step("Se fotografían las credenciales (quedan guardadas para la próxima vez)")
    painting = _paint(frames, visits, terminal)
    ports, relay = _prepare(places, terminal, supervisor, journal, visits, seed)
    painting.join()
    terminal.end_bar()
    places.show(scenes.scene(frames, visits[0], "front", 0))
    terminal.step("Arrancan el quiosco y la entrega de la estación")
    supervisor.start_all([station.kiosk_program(places, ports), station.delivery_program(places)])

    kiosk = Kiosk(f"http://127.0.0.1:{ports.kiosk}", centre.AUXILIAR, centre.AUXILIAR_PASSWORD)
    portal = f"http://127.0.0.1:{ports.portal}"
    tour = Tour(places, frames, kiosk, supervisor, relay, terminal, journal)
    terminal.step(f"Pasan {len(visits)} personas por las pantallas del quiosco")
    tour.bring_all(visits)
    terminal.step("Se espera a que todo esté entregado y verificado")
    total = len(tour.guarded) + len(tour.untold)
    results.wait_until(
        lambda: results.count_settled(places.central_config) == (total, 0), timeout_s=_SETTLE_S
    )
    arrived = results.ask_centre(places.central_config)
    faults = results.find_faults(
        tour.guarded,
        tour.untold,
        arrived,
        shown=results.portal_total(portal, centre.ASPIRANTE_ACCOUNT),
        sealed=station.sealed_folios(places),
    )
    terminal.say()
    report(terminal, tour, arrived, supervisor, faults, time.monotonic() - began)
    journal.finish()
    if not once:
        _invite(terminal, portal, kiosk, supervisor, places)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
        terminal.say("\nSe cierran los procesos.")
    return 1 if faults else 0


def _prepare(
    places: Places,
    terminal: Terminal,
    supervisor: Supervisor,
    journal: Journal,
    visits: Sequence[Visit],
    seed: int,
) -> tuple[Ports, Relay]:
    """Prepare and start the centre and enrol the station, or go on with an unfinished demo."""
    unfinished = journal.prepared(seed)
    if unfinished is not None:
        ports, relay_port = unfinished
        terminal.step("La demostración anterior quedó a medias: se sigue donde iba")
        if not wait_until_free((*astuple(ports), relay_port), timeout_s=_OLD_PROCESSES_S):
            raise centre.SetupError("procesos de la demostración anterior ocupan sus puertos")
        relay = Relay(("127.0.0.1", ports.stations), relay_port)
        supervisor.start_all(centre.programs(places, ports))
        return ports, relay
    shutil.rmtree(places.run, ignore_errors=True)
    ports = choose_ports()
    relay = Relay(("127.0.0.1", ports.stations))
    terminal.step("Se prepara la sede central: llaves, base de datos, proceso, registro, cuentas")
    centre.prepare(places, ports, visits, relay.port)
    terminal.step("Arrancan bóveda, verificador, portal, servidor de estaciones y cuentas")
    supervisor.start_all(centre.programs(places, ports))
    terminal.step("Se enrola la estación con su archivo de alta")
    station.enrol(places, ports)
    journal.begin(seed, ports, relay.port)
    return ports, relay


def _paint(frames: Path, visits: Sequence[Visit], terminal: Terminal) -> threading.Thread:
    """Make the frames beside the preparation of the centre."""
    thread = threading.Thread(
        target=scenes.take_all,
        args=(frames, visits, lambda done, total: terminal.bar("fotografías", done, total)),
        name="frames",
        daemon=True,
    )
    thread.start()
    return thread


def _invite(
    terminal: Terminal, portal: str, kiosk: Kiosk, supervisor: Supervisor, places: Places
) -> None:
    terminal.say(
        f"""
Para mirar:
  Portal       {portal}
               «una cuenta de la demostración» → Aspirante de la demostración
  Quiosco      {kiosk.address}
               auxiliar {centre.AUXILIAR}, contraseña {centre.AUXILIAR_PASSWORD}
  Bitácoras    {places.logs}
  Procesos     (mate el que quiera con kill -9: arranca otra vez y nada se pierde)"""
    )
    for name in supervisor.names():
        terminal.say(f"               {supervisor.process_id(name):>7}  {name}")
    terminal.say("\nCtrl-C termina todo.")


if __name__ == "__main__":
    sys.exit(main())
