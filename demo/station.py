"""The station of the demo: enrolled with its claim, with a replayed camera."""

import contextlib
import io
import sys

import device.__main__ as station_program
from demo.centre import SetupError, claim_file
from demo.kiosk import Kiosk
from demo.places import Places, Ports
from demo.processes import Program
from device.config import read_config
from device.queue.assembly import open_spool
from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from wire.packet import Kind

# What the supervisor calls the kiosk.
PROGRAM = "quiosco"
TECHNICIAN_PASSWORD = "Acopio-taller-27"  # noqa: S105  an invented account on this machine
_NOT_SEALED = frozenset({State.RESERVED, State.GAPPED})

_CONFIG = """\
[station]
data = "{data}"
environment = "demo"

[camera]
driver = "replay"
folder = "{camera}"

[inference]
threads = 2

[queue]
minimum_free_bytes = 67108864
ballast_bytes = 1048576

[server]
backoff_first_s = 0.2
backoff_most_s = 2.0
poll_s = 0.5

[kiosk]
port = {port}
technician_verifier_file = "{data}/technician.verifier"

[peripherals]
scanner = "simulated"
printer = "simulated"
lamps = "simulated"
"""


def enrol(places: Places, ports: Ports) -> None:
    """Write the station's settings and enrol it at the centre, as a technician does.

    Raises:
        SetupError: The station could not be enrolled.
    """
    places.station.mkdir(parents=True, exist_ok=True)
    places.station_config.write_text(
        _CONFIG.format(data=places.station / "data", camera=places.scene, port=ports.kiosk),
        encoding="utf-8",
    )
    _station(places, "enrol", str(claim_file(places)))
    claim_file(places).unlink()
    _station(places, "technician-password", stdin=f"{TECHNICIAN_PASSWORD}\n")


def kiosk_program(places: Places, ports: Ports) -> Program:
    """Give the process of the screens; it is ready when it can take a visit."""
    probe = Kiosk(f"http://127.0.0.1:{ports.kiosk}", "", "")
    return Program(PROGRAM, _command(places, "run"), places.logs / "kiosk.log", probe.is_up)


def delivery_program(places: Places) -> Program:
    """Give the process that delivers."""
    return Program("entrega", _command(places, "deliver"), places.logs / "delivery.log")


def _station(places: Places, *arguments: str, stdin: str = "") -> None:
    """Run one order of `acopio-station` in this process."""
    said = io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = station_program.main([*arguments, "--config", str(places.station_config)])
    finally:
        sys.stdin = before
    if status != 0:
        raise SetupError(f"acopio-station {arguments[0]}: {said.getvalue().strip()}")


def _command(places: Places, name: str) -> list[str]:
    return [sys.executable, "-m", "device", name, "--config", str(places.station_config)]


def sealed_folios(places: Places) -> list[str]:
    """Give the folios of the apoyos sealed at the station, in the order of their chain."""
    spool = open_spool(read_config(places.station_config))
    try:
        epoch = EnrolmentStore(spool.database).current().epoch
        return [
            row.folio
            for row in spool.chain(epoch)
            if row.kind is Kind.APOYO and row.folio and row.state not in _NOT_SEALED
        ]
    finally:
        spool.close()
