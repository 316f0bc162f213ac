"""The centre on the host: prepared with its own commands, run as its own processes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from bench.station_vm.machine import MachineError
from central.config import read_config
from central.models import Packet, Receipt, Record
from central.models.database import Database
from demo import centre
from demo.cast import Visit
from demo.places import Places, Ports, choose_ports
from demo.processes import Supervisor

# The host, as the emulator shows it to the station.
HOST = "10.0.2.2"
# Where the centre listens on the host: the station's firewall lets nothing else out.
CENTRE_PORT = 8843
# Only what stations need: no sign-in of people.
_LEFT_OUT = ("portal", "proveedor de cuentas")


class Host:
    """A centre to which the emulated station delivers."""

    def __init__(self, work: Path, visits: Sequence[Visit], say: Callable[[str], None]) -> None:
        """Prepare a fresh centre that knows these people, and start it."""
        self.places = Places(work / "host")
        shutil.rmtree(self.places.run, ignore_errors=True)
        self.ports: Ports = replace(choose_ports(), stations=CENTRE_PORT)
        centre.prepare(self.places, self.ports, visits, self.ports.stations, host=HOST)
        self._supervisor = Supervisor(Path(__file__).resolve().parents[2], say)
        programs = centre.programs(self.places, self.ports)
        self._supervisor.start_all([one for one in programs if one.name not in _LEFT_OUT])

    def claim(self) -> bytes:
        """Give the file with which the station enrols, once."""
        path = centre.claim_file(self.places)
        content = path.read_bytes()
        path.unlink()
        return content

    def arrived(self) -> list[tuple[str, int]]:
        """Give every record of the centre: its folio and how many receipts it has."""
        database = Database(read_config(self.places.central_config).database.url)
        try:
            with database.read() as session:
                rows = session.execute(
                    select(Record.folio_registro, func.count(Receipt.log_index))
                    .join(Packet, Record.packet_id == Packet.id)
                    .outerjoin(Receipt, Receipt.link == Packet.link)
                    .group_by(Record.id)
                ).all()
                return [(str(folio), int(receipts)) for folio, receipts in rows]
        finally:
            database.close()

    def stop(self) -> None:
        """End its processes."""
        self._supervisor.stop()


def wait_for(what: str, condition: Callable[[], bool], *, timeout_s: float) -> None:
    """Wait until something holds.

    Raises:
        MachineError: It did not in time.
    """
    from demo.results import wait_until

    if not wait_until(condition, timeout_s=timeout_s):
        raise MachineError(f"{what}: no en {timeout_s:.0f} s")
