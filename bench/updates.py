"""How updates bear interruptions: `make bench-update`. Real processes, SIGKILL, the real gate.

Each interruption is at a named point of the installing or confirming, or from outside after some
time. Then the board is switched off and on, and what it starts has to be one whole release. The
station seals an apoyo before each run; in the end all of them must be there. What a kill cannot
show is a power cut's loss of unwritten pages: the order of the writes is for that.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from device import gate
from device.config import CameraConfig
from tests.update_campaign import Campaign


def main() -> int:
    """Run the campaign and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interruptions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="acopio-updates-") as folder:
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        (pictures / "0.jpg").write_bytes(gate.TEST_CARD.read_bytes())
        campaign = Campaign(Path(folder), lambda _: _gate(campaign, pictures), seed=options.seed)
        campaign.run(options.interruptions)
        sealed = campaign.sealed
    kills = Counter(point for point, _ in campaign.kills)
    for point, count in sorted(kills.items()):
        print(f"{point:<20} {count:>4}")
    print(
        f"\n{sum(kills.values())} interruptions of {campaign.number} updates: "
        f"{campaign.verdicts['kept']} kept, {campaign.verdicts['returned']} returned; "
        f"after each one the slot that started was whole; "
        f"{sealed} apoyos sealed meanwhile, 0 lost; {time.monotonic() - began:.0f} s"
    )
    return 0


def _gate(campaign: Campaign, pictures: Path) -> str:
    config = replace(campaign.config, camera=CameraConfig(driver="replay", folder=str(pictures)))
    findings = gate.examine(config, needs_hello=False)
    return next((code for code in findings.values() if code != "ok"), "")


if __name__ == "__main__":
    sys.exit(main())
