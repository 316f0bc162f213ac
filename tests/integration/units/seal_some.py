"""Seals invented visits, as the kiosk would: `python seal_some.py station.toml HOW_MANY`."""

import os
import sys
from pathlib import Path

from device.config import read_config
from device.queue.assembly import open_sealer, open_spool
from tests.stations import VERSIONS, FakeClock, draft

os.umask(0o007)  # as `device.__main__` does
config = read_config(Path(sys.argv[1]))
spool = open_spool(config)
sealer = open_sealer(config, FakeClock(), VERSIONS, spool=spool)
sealer.start()
for _ in range(int(sys.argv[2])):
    sealer.seal(draft())
sealer.close()
spool.close()
