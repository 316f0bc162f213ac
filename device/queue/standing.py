"""What a station is able to state of itself, signed, and whether its centre answers now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from device.clock import read_boot_id, to_ms
from device.config import Config
from device.errors import StationError
from device.keys import open_signer
from device.queue.assembly import Versions, connect
from device.queue.client import StationClient, Timeouts
from device.queue.enrolment import EnrolmentStore
from device.queue.overview import Overview
from device.queue.spool import Spool
from domain.clock import Clock
from wire.errors import WireError
from wire.policy import verify_policy
from wire.statement import Passport, Readiness, sign_statement

# A technician waits for the answer before the screen.
_PROBE = Timeouts(connect_s=5.0, read_s=5.0)


@dataclass(frozen=True, slots=True)
class Probe:
    """One try to speak to the centre: `code` is None when it answered as it should."""

    code: str | None
    took_ms: int
    policy_version: int | None = None


class Standing:
    """Speaks for the station with its own key."""

    def __init__(self, config: Config, spool: Spool, clock: Clock, versions: Versions) -> None:
        self._config = config
        self._spool = spool
        self._store = EnrolmentStore(spool.database)
        self._clock = clock
        self._versions = versions

    def passport(self) -> tuple[Passport, str]:
        """Return what the station is now, and that signed.

        Raises:
            NotEnrolledError, KeyFileError, SpoolError: There is nothing to state it with.
        """
        enrolment = self._store.current()
        head = self._spool.head(enrolment.epoch)
        passport = Passport(
            station=enrolment.station,
            epoch=enrolment.epoch,
            software=self._versions.software,
            models=self._versions.models,
            config_sha256=digest(self._config),
            head_seq=head.seq,
            head_link=head.link,
            waiting=Overview(self._spool, self._store).station().pending,
            policy=self._store.policy().version,
            wall_ms=to_ms(self._clock.now()),
        )
        return passport, self._signed(passport)

    def readiness(self, findings: dict[str, str]) -> str:
        """Return the findings of a self-test, signed: `ok` or a code for each part."""
        return self._signed(
            Readiness(
                station=self._store.current().station,
                software=self._versions.software,
                is_ready=is_ready(findings),
                wall_ms=to_ms(self._clock.now()),
                findings=findings,
            )
        )

    def probe(self) -> Probe:
        """Ask the centre for the policy, within seconds; nothing is changed by it."""
        began_ms = self._clock.monotonic_ms()
        client: StationClient | None = None
        try:
            client = connect(self._config, self._clock, self._store, timeouts=_PROBE)
            policy = verify_policy(client.policy(), self._store.centre_ring())
            return Probe(None, self._clock.monotonic_ms() - began_ms, policy.version)
        except (StationError, WireError) as error:
            return Probe(error.code, self._clock.monotonic_ms() - began_ms)
        finally:
            if client is not None:
                client.close()

    def clock_offset_ms(self) -> int | None:
        """Return how far this clock is ahead of the centre's; None if none was heard this boot."""
        anchor = self._store.anchor()
        if anchor is None or anchor.boot_id != read_boot_id():
            return None
        since_ms = self._clock.monotonic_ms() - anchor.mono_ms
        return to_ms(self._clock.now()) - (anchor.time_ms + since_ms)

    def _signed(self, statement: Passport | Readiness) -> str:
        key = self._store.current().key
        signer = open_signer(self._config.station.signer, self._config.keys_folder, key)
        return sign_statement(statement, signer)


def is_ready(findings: Mapping[str, str]) -> bool:
    """Say whether a station may capture: an unsure clock is marked and refuses nothing."""
    return all(code == "ok" or code.startswith("clock.") for code in findings.values())


def digest(config: Config) -> str:
    """Return SHA-256 of the settings in force, those left at their defaults included."""
    spelled = json.dumps(asdict(config), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()
