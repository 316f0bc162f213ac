"""Puts the queue together from its parts, for `device/bootstrap.py` and the queue's commands."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from device.clock import read_boot_id
from device.config import Config
from device.keys import open_signer, read_or_create_secret
from device.queue.chain import ChainWriter, Origin
from device.queue.enrolment import EnrolmentStore
from device.queue.points import CrashHook, no_crash
from device.queue.seal import Sealer
from device.queue.spool import Spool
from domain.clock import Clock


@dataclass(frozen=True, slots=True)
class Versions:
    """What runs here: version of the program and digest of the set of models."""

    software: str
    models: str = "none"


def open_spool(config: Config) -> Spool:
    """Open the spool of this station.

    Raises:
        SpoolError: It cannot be opened safely.
    """
    return Spool(
        config.spool_folder,
        busy_timeout_s=config.queue.busy_timeout_s,
        minimum_free_bytes=config.queue.minimum_free_bytes,
        ballast_bytes=config.queue.ballast_bytes,
    )


def open_sealer(
    config: Config,
    clock: Clock,
    versions: Versions,
    *,
    spool: Spool,
    entropy: Callable[[int], bytes] = os.urandom,
    crash: CrashHook = no_crash,
) -> Sealer:
    """Take the sealing duty of this station; call `start` on the result before anything else.

    Raises:
        KeyFileError: The station's key or its secret cannot be used.
        SpoolBusyError: Another process seals.
        NotEnrolledError: The station has no epoch.
    """
    store = EnrolmentStore(spool.database)
    store.current()
    boot_id = read_boot_id()
    origin = Origin(versions.software, versions.models, boot_id, store.boot_number(boot_id))
    signer = open_signer(config.station.signer, config.keys_folder)
    writer = ChainWriter(spool, store, signer, clock, origin, entropy=entropy, crash=crash)
    return Sealer(writer, read_or_create_secret(config.keys_folder / "hint.key"))
