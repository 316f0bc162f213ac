"""What durability costs: sealing 1 MB beside the bare syncs it cannot do without, in one run.

The bare recipe writes the same bytes with the same system calls and nothing else: a commit's worth
of log synced, the file written and synced, renamed, its folder synced, and a second commit's worth.
Both take turns on the same disk, so whatever else the machine does meets both alike.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyrage import x25519

from bench.report import circumstances, percentile
from device.clock import SystemClock
from device.config import Config, QueueConfig, StationConfig
from device.keys import create_key, open_signer
from device.queue.assembly import Versions, open_sealer, open_spool
from device.queue.enrolment import Enrolment, EnrolmentStore, chain_start
from device.queue.seal import ApoyoDraft, Sealer
from wire.envelope import Recipient
from wire.keys import SoftwareSigner, verifying_key
from wire.policy import Policy, Process, sign_policy
from wire.record import Capture, Consent, Field, Images, Source

_PAGES_PER_COMMIT = 8  # SQLite's log grows by about this many pages of 4 KiB for one row


def main() -> None:
    """Measure and print medians, 95th percentiles and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50, help="apoyos to seal (50)")
    parser.add_argument("--bytes", type=int, default=1_000_000, help="images of one apoyo")
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        sealer = enrolled_sealer(folder)
        drafts = [draft(options.bytes) for _ in range(options.count)]
        bare, sealed = [], []
        for number, visit in enumerate(drafts):
            content = os.urandom(options.bytes)
            bare.append(_timed(lambda: bare_syncs(folder, number, content)))  # noqa: B023  # runs at once
            sealed.append(_timed(lambda: sealer.seal(visit)))  # noqa: B023  # runs at once
        sealer.close()
    for name, value in circumstances().items():
        print(f"{name}: {value}")
    print(f"{options.count} apoyos of {options.bytes} bytes, milliseconds: median, 95th percentile")
    for name, values in (("bare syncs", bare), ("seal, to guardado", sealed)):
        print(f"  {name:18} {percentile(values, 0.5):8.1f} {percentile(values, 0.95):8.1f}")
    ratio = percentile(sealed, 0.5) / percentile(bare, 0.5)
    print(f"ratio of medians: {ratio:.2f} (to reach: at most 3)")


def bare_syncs(folder: Path, number: int, content: bytes) -> None:
    """Do what no durable queue can leave out."""
    log = folder / "bare.log"
    _append_synced(log, bytes(4096 * _PAGES_PER_COMMIT))
    fresh = folder / "bare.new"
    _append_synced(fresh, content)
    fresh.rename(folder / f"bare-{number}")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(descriptor)
    os.close(descriptor)
    _append_synced(log, bytes(4096 * _PAGES_PER_COMMIT))


def enrolled_sealer(folder: Path) -> Sealer:
    """Make a station with keys of its own and of an invented centre."""
    config = Config(
        station=StationConfig(data=str(folder / "station"), environment="demo"),
        queue=QueueConfig(minimum_free_bytes=0, ballast_bytes=0),
    )
    create_key(config.keys_folder, "station")
    centre = SoftwareSigner.generate()
    key = verifying_key(centre.public_pem, ("receipt", "policy", "time"))
    opening, recovery = (
        Recipient.named(str(x25519.Identity.generate().to_public())) for _ in range(2)
    )
    policy = Policy(1, 1, (Process("P1", "Invented", opening, recovery),), (key,))
    enrolment = Enrolment(
        station="EST01",
        epoch="0" * 32,
        genesis=chain_start("EST01", "0" * 32, "n" * 16),
        server="http://127.0.0.1:9",
        ca_pem="",
        public_pem=open_signer("file", config.keys_folder, "station").public_pem,
        key="station",
        keys=(key,),
    )
    spool = open_spool(config)
    token = sign_policy(policy, centre)
    EnrolmentStore(spool.database).save(enrolment, token, opened_ms=1)
    sealer = open_sealer(config, SystemClock(), Versions("bench"), spool=spool)
    sealer.start()
    return sealer


def draft(size_bytes: int) -> ApoyoDraft:
    """Invent one visit with pictures of random bytes."""
    capture = Capture(
        model="G",
        fields={"clave_elector": Field("INVENTADA", Source.TEXT, 0.9)},
        consent=Consent("1", 1),
        captured_ms=1,
    )
    third = size_bytes // 3
    images = Images(os.urandom(third), os.urandom(third), os.urandom(third))
    return ApoyoDraft("P1", "S1", "A1", "s", capture, images)


def _append_synced(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
