"""Puts the queue together from its parts, for `device/bootstrap.py` and the queue's commands."""

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from device.clock import Anchor, read_boot_id, sureness
from device.config import Config, require_server
from device.keys import open_signer, read_or_create_secret, write_public
from device.queue.backoff import Backoff
from device.queue.centre import CentreLine
from device.queue.chain import ChainWriter, Origin
from device.queue.client import Pin, StationClient, Timeouts
from device.queue.contact import Contact, Releases
from device.queue.delivery import Delivery, Pace
from device.queue.enrolment import EnrolmentStore
from device.queue.points import CrashHook, no_crash
from device.queue.seal import Sealer
from device.queue.spool import Spool
from domain.clock import Clock
from wire.packet import ClockClass

# Of a person before the screen. A call may need a second request for its nonce: four seconds
# where nothing answers, and at the very most twenty.
_PATIENCE = Timeouts(connect_s=4.0, read_s=6.0)
# Clocks by which the dates of a certificate may be judged.
BELIEVED = (ClockClass.ANCHORED, ClockClass.RTC)


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
    enrolment = store.current()
    origin = _origin(store, versions)
    signer = open_signer(config.station.signer, config.keys_folder, enrolment.key)
    writer = ChainWriter(spool, store, signer, clock, origin, entropy=entropy, crash=crash)
    return Sealer(writer, read_or_create_secret(config.keys_folder / "hint.key"))


def open_client(
    config: Config,
    clock: Clock,
    *,
    server: str,
    station: str,
    ca_pem: str,
    key: str,
    anchor: Anchor | None = None,
    timeouts: Timeouts | None = None,
) -> StationClient:
    """Prepare the connection to a centre; its authority is written beside the keys for TLS.

    Raises:
        ConfigError: The address is not https.
        KeyFileError: The station's key cannot be used.
    """
    ca_file = config.keys_folder / "centre-ca.pem"
    if ca_pem and (not ca_file.exists() or ca_file.read_text("ascii") != ca_pem):
        write_public(ca_file, ca_pem.encode("ascii"))
    return StationClient(
        server=require_server(config.server.url or server, config),
        station=station,
        signer=open_signer(config.station.signer, config.keys_folder, key),
        clock=clock,
        pin=Pin(ca_file, sureness(clock, anchor) in BELIEVED) if ca_pem else None,
        timeouts=timeouts
        or Timeouts(config.server.connect_timeout_s, config.server.read_timeout_s),
        entropy=os.urandom,
    )


def connect(
    config: Config, clock: Clock, store: EnrolmentStore, *, timeouts: Timeouts | None = None
) -> StationClient:
    """Prepare the connection of an enrolled station to its centre; nothing is sent yet.

    Raises:
        NotEnrolledError: The station has no epoch.
        ConfigError, KeyFileError: As `open_client`.
    """
    enrolment = store.current()
    return open_client(
        config,
        clock,
        server=enrolment.server,
        station=enrolment.station,
        ca_pem=enrolment.ca_pem,
        key=enrolment.key,
        anchor=store.anchor(),
        timeouts=timeouts,
    )


def open_line(config: Config, clock: Clock, *, spool: Spool) -> CentreLine:
    """Prepare to ask the centre while a person waits; nothing is opened or sent yet."""
    store = EnrolmentStore(spool.database)
    return CentreLine(store, lambda: connect(config, clock, store, timeouts=_PATIENCE))


def open_delivery(
    config: Config,
    clock: Clock,
    versions: Versions,
    *,
    spool: Spool,
    crash: CrashHook = no_crash,
    releases: Releases | None = None,
    gauges: Callable[[], Mapping[str, int]] = dict,
    beat: Callable[[], None] = lambda: None,
) -> Delivery:
    """Take the delivering duty of this station.

    Raises:
        NotEnrolledError: The station has no epoch.
        ConfigError, KeyFileError: As `open_client`.
        SpoolBusyError: Another process delivers.
    """
    store = EnrolmentStore(spool.database)
    client = connect(config, clock, store)
    origin = _origin(store, versions)
    contact = Contact(
        spool,
        store,
        client,
        clock,
        origin,
        entropy=os.urandom,
        gauges=gauges,
        releases=releases,
    )
    settings = config.server
    pace = Pace(
        settings.poll_s,
        settings.chunk_bytes,
        lambda: Backoff(settings.backoff_first_s, settings.backoff_most_s, random.uniform),
    )
    return Delivery(
        spool, store, client, contact, clock, pace, crash=crash, beat=beat, releases=releases
    )


def _origin(store: EnrolmentStore, versions: Versions) -> Origin:
    boot_id = read_boot_id()
    return Origin(versions.software, versions.models, boot_id, store.boot_number(boot_id))
