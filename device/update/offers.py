"""What the delivery has to do with releases: say which are here, take offers, fetch in pieces.

The delivery has the network and the station's key; the updater has neither. They meet in folders.
"""

import logging
from pathlib import Path

from device.clock import to_ms
from device.errors import ServerRefusedError
from device.update.base import Slots, UpdateError
from device.update.incoming import Fetch, Incoming
from device.update.journal import Journal, Step, digest_of
from device.update.release_keys import read_release_keys
from domain.clock import Clock
from wire.api import ReleaseOffer, UpdateStatus
from wire.bundle import BundleKind, require_fitting, verify_manifest
from wire.errors import BundleError

_log = logging.getLogger(__name__)

# Of a round of the delivery: packets that come meanwhile do not wait long.
_PIECES = 4


class Offers:
    """Speaks for the releases of this station; for the thread that delivers."""

    def __init__(
        self,
        folder: Path,
        slots: Slots,
        clock: Clock,
        *,
        keys: Path,
        signatures: int,
        compatible: str,
    ) -> None:
        self._incoming = Incoming(folder)
        self._journal = Journal(folder)
        self._slots = slots
        self._clock = clock
        self._keys = keys
        self._signatures = signatures
        self._compatible = compatible
        self._refused: tuple[str, str] | None = None

    def status(self) -> UpdateStatus:
        """Say which releases are here, and where the last one that was offered stands."""
        try:
            state, running = self._journal.read(), self._slots.running()
        except UpdateError as error:
            return UpdateStatus(self._compatible, code=error.code)
        digest, word, code = "", "", ""
        offer = self._incoming.offer()
        if state.pending is not None:
            digest, code = state.pending.release.digest, state.waiting
            word = "trying" if state.pending.step is Step.TRYING else "waiting"
        elif self._refused is not None:
            (digest, code), word = self._refused, "refused"
        elif offer is not None:
            digest, word = digest_of(offer.manifest), "fetching"
        elif state.result is not None:
            digest, word, code = state.result.digest, state.result.state, state.result.code
        return UpdateStatus(
            compatible=self._compatible,
            system=state.installed(BundleKind.SYSTEM, running).number,
            models=state.models.number,
            state=word,
            code=code,
            digest=digest,
        )

    def offered(self, offer: ReleaseOffer | None) -> None:
        """Take what the centre offers, if it is for this station; drop what it offers no more."""
        self._refused = None
        try:
            if offer is None:
                self._incoming.forget()
            elif self._judge(offer):
                self._incoming.take(offer)
        except (BundleError, UpdateError) as error:
            _log.warning("update.offer_refused code=%s reason=%s", error.code, error)
            if offer is not None:
                self._refused = digest_of(offer.manifest), error.code

    def fetch(self, read: Fetch) -> None:
        """Fetch the next pieces of what was offered; a no to one of them holds no packet up.

        Raises:
            ServerUnreachableError, ServerBusyError: From `read`; the next round goes on from here.
        """
        try:
            self._incoming.fetch(read, pieces=_PIECES)
        except (UpdateError, ServerRefusedError) as error:
            _log.warning("update.fetch_failed code=%s reason=%s", error.code, error)

    def _judge(self, offer: ReleaseOffer) -> bool:
        """Say whether an offer is news; one that failed here is known to the centre by its code."""
        state = self._journal.read()
        if digest_of(offer.manifest) in state.failed:
            self._incoming.forget()
            return False
        keys = read_release_keys(self._keys)
        manifest = verify_manifest(offer.manifest, keys, signatures=self._signatures)
        require_fitting(
            manifest,
            compatible=self._compatible,
            installed=state.installed(manifest.kind, self._slots.running()).number,
            now_ms=to_ms(self._clock.now()),
        )
        return True
