"""The greeting: head, clock and health to the centre; signed time, policy and gaps back."""

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from device.clock import Anchor, classify, has_rtc, to_ms
from device.queue import files
from device.queue.chain import Origin
from device.queue.client import StationClient
from device.queue.enrolment import EnrolmentStore
from device.queue.orders import OrderBook
from device.queue.spool import Spool, State
from domain.clock import Clock
from wire.api import Health, HelloAnswer, HelloRequest, ReleaseOffer, Standing, UpdateStatus
from wire.policy import verify_time

_log = logging.getLogger(__name__)


class Releases(Protocol):
    """What the delivery does for the updates: `device.update.offers`."""

    def status(self) -> UpdateStatus:
        """Say which releases are here."""

    def offered(self, offer: ReleaseOffer | None) -> None:
        """Take what the centre offers, or drop what it offers no more."""

    def fetch(self, read: Callable[[str, int, int], bytes]) -> None:
        """Fetch some more of what was offered."""


class Contact:
    """Keeps a station and its centre acquainted, at the pace the policy sets."""

    def __init__(
        self,
        spool: Spool,
        store: EnrolmentStore,
        client: StationClient,
        clock: Clock,
        origin: Origin,
        *,
        entropy: Callable[[int], bytes],
        gauges: Callable[[], Mapping[str, int]] = dict,
        releases: Releases | None = None,
    ) -> None:
        """Set up; `gauges` gives what the health service measured last, by name."""
        self._gauges = gauges
        self._releases = releases
        self._orders = OrderBook(store, spool)
        self._spool = spool
        self._store = store
        self._client = client
        self._clock = clock
        self._origin = origin
        self._entropy = entropy
        self._hello_due_ms = 0
        self._policy_due_ms = 0
        self._offered_policy = 0

    def greet(self) -> bool:
        """Say hello and fetch the policy, each when it is due; tell whether hello was said.

        Raises:
            ServerError: The server could not be spoken to.
            PolicyError: Time or policy is not the centre's; what is in force stays in force.
        """
        settings = self._store.policy().settings
        now_ms = self._clock.monotonic_ms()
        is_due = now_ms >= self._hello_due_ms
        if is_due:
            self._hello()
            self._hello_due_ms = now_ms + settings.hello_every_s * 1000
        is_newer = self._offered_policy > self._store.policy().version
        if is_newer or now_ms >= self._policy_due_ms:
            in_force = self._store.policy().version
            policy = self._store.save_policy(self._client.policy())
            self._policy_due_ms = now_ms + settings.policy_every_s * 1000
            if policy.version > in_force:
                _log.info("policy.fetched version=%d", policy.version)
        return is_due

    def health(self) -> Health:
        """Say how the station is: packets by state, disk, the oldest one's wait, and the gauges."""
        oldest_ms = self._spool.oldest_waiting_ms()
        waited_ms = 0 if oldest_ms is None else max(0, to_ms(self._clock.now()) - oldest_ms)
        return Health(
            states={state.value: n for state, n in self._spool.counts().items() if n},
            gauges=dict(self._gauges()),
            disk_free_bytes=files.free_bytes(self._spool.folder),
            oldest_waiting_s=waited_ms // 1000,
        )

    def _hello(self) -> None:
        enrolment = self._store.current()
        head = self._spool.head(enrolment.epoch)
        wall_ms, mono_ms = to_ms(self._clock.now()), self._clock.monotonic_ms()
        nonce = self._entropy(16).hex()
        answers = self._orders.answers()
        request = HelloRequest(
            station=enrolment.station,
            epoch=enrolment.epoch,
            head_seq=head.seq,
            head_link=head.link,
            boot_id=self._origin.boot_id,
            boot_n=self._origin.boot_n,
            mono_ms=mono_ms,
            wall_ms=wall_ms,
            clock=classify(
                wall_ms=wall_ms,
                mono_ms=mono_ms,
                boot_id=self._origin.boot_id,
                anchor=self._store.anchor(),
                rtc=has_rtc(),
            ),
            software=self._origin.software,
            models=self._origin.models,
            policy_version=self._store.policy().version,
            nonce=nonce,
            health=self.health(),
            readiness=self._readiness(),
            update=self._releases.status() if self._releases is not None else None,
            orders=answers,
        )
        answer = self._client.hello(request)
        token = verify_time(
            answer.time, self._store.centre_ring(), station=enrolment.station, nonce=nonce
        )
        # the answer was signed after the request left: the earlier moment keeps the error one-sided
        self._store.save_anchor(Anchor(token.id, token.time_ms, mono_ms, self._origin.boot_id))
        self._orders.heed(answer.orders or (), answers, now_ms=token.time_ms)
        self._heed(answer, enrolment.epoch)

    def _heed(self, answer: HelloAnswer, epoch: str) -> None:
        if self._releases is not None:
            self._releases.offered(answer.release)
        self._offered_policy = answer.policy_version
        self._store.set("server_seq", str(answer.head_seq))
        self._store.set("is_revoked", "1" if answer.is_revoked else "0")
        self._heed_standing(answer.standing)
        head = self._spool.head(epoch)
        if answer.head_seq > head.seq:
            _log.error("chain.behind local=%d server=%d", head.seq, answer.head_seq)
        for first, last in answer.missing:
            for seq in range(first, min(last, head.seq) + 1):
                self._send_missing(epoch, seq)

    def _readiness(self) -> str | None:
        is_waited_for = self._store.get("standing") == Standing.ACCEPTANCE
        return self._store.get("readiness") if is_waited_for else None

    def _heed_standing(self, standing: Standing | None) -> None:
        said = "" if standing is None else standing.value
        if said != (self._store.get("standing") or ""):
            self._store.set("standing", said)
            level = logging.ERROR if standing is Standing.QUARANTINED else logging.INFO
            _log.log(level, "station.standing said=%s", said or "capture")

    def _send_missing(self, epoch: str, seq: int) -> None:
        """Send again what the centre signed for and does not have: its receipt is the proof."""
        row = self._spool.find_seq(epoch, seq)
        if row is None or row.state is not State.STORED or row.link is None:
            return
        if self._spool.path_of(row.link).exists():
            self._spool.send_again(row, "server.missing")
            _log.error("packet.missing_at_server seq=%d", seq)
