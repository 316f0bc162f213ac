"""The power is pulled while a scratch queue seals; afterwards nothing that was said may be lost.

The scratch queue lies beside the real one, on the same disk, with a key and an epoch of its own:
nothing of it is ever delivered, and no seq of the station is used.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from device.clock import SystemClock, to_ms
from device.config import Config
from device.durable import sync_folder
from device.errors import StationError
from device.gate import scratch_draft
from device.keys import create_key, open_signer
from device.queue.assembly import Versions, open_sealer, open_spool
from device.queue.enrolment import EnrolmentStore, chain_start
from device.queue.verify import verify_spool

# A disk that survives this many seals survives the cut in the middle of one more.
MOST = 2_000
_LEAST = 5
_EPOCH = "ac" * 16
_KEY = "acceptance"


class PowerTestError(StationError):
    """The test was not made, or something is lost; `code` is `power.` + what."""

    code = "power"


@dataclass(frozen=True, slots=True)
class Survived:
    """What was acknowledged before the cut, all of it there."""

    acknowledged: int
    adopted: int


def seal_until_cut(
    config: Config, folder: Path, boot_id: str, said: Callable[[int], None], *, most: int = MOST
) -> None:
    """Seal one scratch apoyo after another; each is noted, durably, once it is acknowledged.

    Raises:
        PowerTestError: So many were sealed without a cut (`power.no_cut`).
        StationError: The station is not enrolled, or its disk does not take them.
    """
    real = open_spool(config)
    try:
        store = EnrolmentStore(real.database)
        enrolment, policy, token = store.current(), store.policy(), store.get("policy") or ""
    finally:
        real.close()
    scratch = _scratch(config, folder)
    shutil.rmtree(scratch.data, ignore_errors=True)
    create_key(scratch.keys_folder, _KEY)
    clock, spool = SystemClock(), open_spool(scratch)
    signer = open_signer("file", scratch.keys_folder, _KEY)
    EnrolmentStore(spool.database).save(
        replace(
            enrolment,
            epoch=_EPOCH,
            genesis=chain_start(enrolment.station, _EPOCH, "acceptance" * 2),
            public_pem=signer.public_pem,
            key=_KEY,
            keys=policy.keys,
        ),
        token,
        opened_ms=to_ms(clock.now()),
    )
    sealer = open_sealer(scratch, clock, Versions("acceptance"), spool=spool)
    sealer.start()
    process = policy.processes[0].id
    with (scratch.data / "said.txt").open("x", encoding="ascii") as ledger:
        _note(ledger.fileno(), json.dumps({"boot_id": boot_id}))
        sync_folder(scratch.data)
        for number in range(1, most + 1):
            sealed = sealer.seal(scratch_draft(process, to_ms(clock.now())))
            _note(ledger.fileno(), sealed.link)
            said(number)
    sealer.close()
    spool.close()
    raise PowerTestError("the power was not cut", code="power.no_cut")


def what_survived(config: Config, folder: Path, boot_id: str) -> Survived:
    """Compare what was acknowledged before the cut with what is there after it.

    Raises:
        PowerTestError: No cut (`power.no_cut`), cut too early (`power.early`), lost (`power.lost`),
            or the chain does not hold (`power.chain`).
    """
    scratch = _scratch(config, folder)
    try:
        lines = (scratch.data / "said.txt").read_text("ascii", errors="replace").split("\n")
    except OSError as error:
        raise PowerTestError("the test was not begun", code="power.no_cut") from error
    # The last line may have been cut itself: it was then never said.
    armed, said = lines[0], lines[1:-1]
    if armed == json.dumps({"boot_id": boot_id}):
        raise PowerTestError("the machine was not started anew", code="power.no_cut")
    if len(said) < _LEAST:
        raise PowerTestError("the power was cut before anything was said", code="power.early")
    spool = open_spool(scratch)
    try:
        sealer = open_sealer(scratch, SystemClock(), Versions("acceptance"), spool=spool)
        try:
            adopted = len(sealer.start().adopted)
        finally:
            sealer.close()
        lost = [link for link in said if spool.find(link) is None]
        if lost:
            raise PowerTestError(f"{len(lost)} of {len(said)} are lost", code="power.lost")
        findings = verify_spool(spool, EnrolmentStore(spool.database)).findings
        if findings:
            raise PowerTestError(f"{findings[0].code}", code="power.chain")
    finally:
        spool.close()
    shutil.rmtree(scratch.data / "spool", ignore_errors=True)
    return Survived(len(said), adopted)


def _scratch(config: Config, folder: Path) -> Config:
    return replace(
        config,
        station=replace(config.station, data=str(folder / "power"), signer="file"),
        queue=replace(config.queue, ballast_bytes=0),
    )


def _note(descriptor: int, line: str) -> None:
    os.write(descriptor, f"{line}\n".encode("ascii"))
    os.fsync(descriptor)
