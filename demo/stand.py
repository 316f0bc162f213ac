"""`python -m demo.stand`: a station to try by hand, with a centre behind it, until Ctrl-C.

Whoever sits before the screen is the auxiliar; the camera is replayed, and invented citizens of
every model take turns before it.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from demo import centre, scenes, station
from demo.cast import Visit, invent_visits
from demo.hands import Hands
from demo.places import Places, Ports, choose_ports
from demo.processes import ProcessFailedError, Supervisor, end_on_signals
from demo.terminal import Terminal

# Every model twice, and the first of the odd ones.
_VISITS = 14


def main() -> int:
    """Run the stand; give the exit status."""
    end_on_signals()
    root = Path(__file__).resolve().parents[1]
    places = Places(root / "var" / "kiosk")
    terminal = Terminal()
    supervisor = Supervisor(root, terminal.note)
    try:
        _run(places, terminal, supervisor)
    except (ProcessFailedError, centre.SetupError) as error:
        terminal.say(f"\n✗ {error}\n  Bitácoras: {places.logs}")
        return 1
    except KeyboardInterrupt:
        terminal.say("\nSe cierran los procesos.")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
    return 0


def _run(places: Places, terminal: Terminal, supervisor: Supervisor) -> None:
    terminal.say("Acopio · una estación para probar. Personas y credenciales son inventadas.\n")
    seed = int(os.environ.get("SEED", "1"))
    visits = invent_visits(seed, _VISITS)
    # The photographs are those of the demo: whoever made them first made them for both.
    frames = scenes.frames_folder(places.root.parent / "demo" / "frames", seed)
    terminal.step("Se fotografían las credenciales (quedan guardadas para la próxima vez)")
    scenes.take_all(frames, visits, lambda done, all_: terminal.bar("fotografías", done, all_))
    terminal.end_bar()
    terminal.step("Se prepara la sede central, se enrola la estación y arranca todo")
    ports = start(places, supervisor, frames, visits)
    code = centre.invite(places)
    hands = Hands(places, frames, visits, f"http://127.0.0.1:{ports.kiosk}")
    hands.start()
    simulated = places.station / "data" / "simulated"
    terminal.say(
        f"""
  Quiosco      http://127.0.0.1:{ports.kiosk}
               auxiliar {centre.AUXILIAR}, contraseña {centre.AUXILIAR_PASSWORD}
               por activar {centre.INVITED}, código {code}
               técnico (Ayuda → Ajustes), contraseña {station.TECHNICIAN_PASSWORD}
  Portal       http://127.0.0.1:{ports.portal}
  Bitácoras    {places.logs}
  Comprobantes {simulated}/slip-*.png
  Lector       echo ACOPIO-BADGE:{centre.AUXILIAR} > {simulated}/scan-here

Una persona inventada pone su credencial cuando la pantalla la pide. Ctrl-C termina todo."""
    )
    try:
        threading.Event().wait()
    finally:
        hands.stop()


def start(places: Places, supervisor: Supervisor, frames: Path, visits: Sequence[Visit]) -> Ports:
    """Prepare a centre, enrol a station and run both; the camera sees an empty table.

    Raises:
        SetupError, ProcessFailedError: Something could not be prepared, or did not start.
    """
    shutil.rmtree(places.run, ignore_errors=True)
    ports = choose_ports()
    centre.prepare(places, ports, visits, ports.stations)
    supervisor.start_all(centre.programs(places, ports))
    station.enrol(places, ports)
    places.show(scenes.table(frames))
    supervisor.start_all([station.kiosk_program(places, ports), station.delivery_program(places)])
    return ports


if __name__ == "__main__":
    sys.exit(main())
