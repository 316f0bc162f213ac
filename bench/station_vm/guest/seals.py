"""Seals invented records one after the other, as the kiosk does, and tells the host of each.

It stands in for the kiosk's server while the power is cut a hundred times: emulated, a reading
takes a minute, and what a cut can break is the seal and the delivery, which are the product's own.
It runs in the kiosk's unit, as its user and in its sandbox.
"""

import os
import random
import sys
import time
from pathlib import Path

from device.clock import SystemClock
from device.config import read_config
from device.queue.assembly import Versions, open_sealer, open_spool
from device.queue.seal import ApoyoDraft
from wire.record import Capture, Consent, Field, Images, Source

# Each line is one record of which the station said that it is kept.
PORT = Path("/dev/virtio-ports/acopio.guardado")
_PAUSE_S = 0.8
_PICTURE_BYTES = 40_000


def main(process: str, solicitud: str, auxiliar: str) -> None:
    """Recover what the last cut left, then seal until the power goes."""
    config = read_config(Path("/etc/acopio/station.toml"))
    spool = open_spool(config)
    sealer = open_sealer(config, SystemClock(), Versions("station-vm"), spool=spool)
    sealer.start()
    told = os.open(PORT, os.O_WRONLY)
    while True:
        capture = Capture(
            model="G",
            fields={"clave_elector": Field(_clave(), Source.TEXT, 0.9)},
            consent=Consent("1", time.time_ns() // 1_000_000),
            captured_ms=time.time_ns() // 1_000_000,
        )
        images = Images(*(os.urandom(_PICTURE_BYTES) for _ in range(3)))
        sealed = sealer.seal(ApoyoDraft(process, solicitud, auxiliar, "cuts", capture, images))
        os.write(told, f"{sealed.folio}\n".encode())
        time.sleep(random.uniform(0, _PAUSE_S))


def _clave() -> str:
    letters = "".join(random.choices("BCDFGHJKLMNPQRSTVWXYZ", k=6))
    year, entidad, serial = (
        random.randrange(50, 99),
        random.randrange(1, 33),
        random.randrange(1000),
    )
    return f"{letters}{year}0101{entidad:02d}H{serial:03d}"


if __name__ == "__main__":
    main(*sys.argv[1:])
