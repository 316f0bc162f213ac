"""One-time enrolment: a fresh key, and the centre's word for it, become an epoch of this station.

The key comes first: it is made here, and waits under its own name until an enrolment with it is
kept. So every way may be cut and taken again: the centre gives the same key the same answer.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from device.board import Board, read_board
from device.clock import sureness, to_ms
from device.config import Config
from device.errors import ServerError, StationError
from device.keys import create_key, open_signer
from device.queue.assembly import BELIEVED, Versions, open_client, open_sealer
from device.queue.enrolment import Enrolment, EnrolmentStore, chain_start
from device.queue.spool import Spool
from domain.clock import Clock
from wire.api import UNNAMED, EnrolAnswer, EnrolRequest
from wire.claim import CentreCard, Claim
from wire.enrolment import verify_answer
from wire.errors import ClaimError
from wire.identity import Identity, build_identity
from wire.keys import FixedKeyRing, Signer, thumbprint
from wire.policy import verify_policy

_PENDING = "identity"
_CLAIM = "enrolled_by"


@dataclass(frozen=True, slots=True)
class Pending:
    """A key that is not enrolled yet: what it says of itself, and the text that shows it."""

    key: str
    identity: Identity
    text: str


class Enroller:
    """Enrols one station, whichever way the centre's word comes."""

    def __init__(
        self, config: Config, clock: Clock, versions: Versions, board: Board, *, spool: Spool
    ) -> None:
        self._config = config
        self._clock = clock
        self._versions = versions
        self._board = board
        self._spool = spool
        self._store = EnrolmentStore(spool.database)

    def pending(self) -> Pending | None:
        """Return the key that waits to be enrolled, or nothing."""
        kept = self._store.get(_PENDING)
        if kept is None:
            return None
        known = json.loads(kept)
        key, nonce = known["key"], known["nonce"]
        # The name is kept first: a key cut off between the two is made now.
        create_key(self._config.keys_folder, key)
        signer = self._signer(key)
        identity = Identity(
            signer.public_pem,
            nonce,
            self._board.serial,
            self._board.hardware,
            self._versions.software,
        )
        return Pending(key, identity, build_identity(identity, signer))

    def identify(self) -> Pending:
        """Return the key that waits to be enrolled; one is made if there is none.

        Raises:
            KeyFileError, SpoolError: The key cannot be made or kept.
        """
        waiting = self.pending()
        if waiting is None:
            nonce = urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode("ascii")
            known = {"key": f"station-{os.urandom(8).hex()}", "nonce": nonce}
            self._store.set(_PENDING, json.dumps(known))
            waiting = self.pending()
            assert waiting is not None, "it was just set"
        return waiting

    def enrol(self, claim: Claim) -> Enrolment:
        """Enrol with a claim, or open the station's next epoch under a new one.

        Raises:
            ServerRefusedError: The centre does not take the claim (`enrol.…`).
            ServerError: The centre could not be spoken to, or answered for another station.
            PolicyError: The policy is not signed by the keys of the claim.
            KeyFileError, SpoolError: The station cannot keep what it got.
        """
        mark = hashlib.sha256(claim.code.encode("ascii")).hexdigest()
        if self._store.get(_CLAIM) == mark and self.pending() is None:
            # Taken again after it was kept: the key of the epoch in force asks once more.
            key = self._store.current().key
        else:
            key = self.identify().key
        card = CentreCard(claim.server, claim.keys, claim.ca_pem)
        answer = self._ask(card, key, station=claim.station, code=claim.code)
        if answer.station != claim.station:
            raise ServerError("the answer is for another station", code="server.answer")
        return self._keep(card, key, answer, mark)

    def enrol_approved(self, card: CentreCard) -> Enrolment:
        """Ask whether the key that was shown has been approved, and enrol with it.

        Raises:
            ServerRefusedError: Nobody has approved it yet (`enrol.waiting`), or as `enrol`.
            StationError: No key was shown (`identity.none`), or as `enrol`.
        """
        key = self._shown().key
        return self._keep(card, key, self._ask(card, key, station=UNNAMED, code=""), "")

    def enrol_by_file(self, token: str, card: CentreCard) -> Enrolment:
        """Enrol with the answer that a removable disk brought; taken again, nothing changes.

        Raises:
            ClaimError: `answer.…`: not this centre's, for another key or request, used, or expired.
            StationError: As `enrol_approved`.
        """
        signed = verify_answer(token, FixedKeyRing(card.keys))
        waiting = self.pending()
        if waiting is None or signed.kid != waiting.identity.kid:
            known = [
                one for one in self._store.epochs() if thumbprint(one.public_pem) == signed.kid
            ]
            if known and known[0].epoch == self._store.current().epoch:
                return known[0]
            if known:
                raise ClaimError("the answer was used", code="answer.used")
            self._shown()
            raise ClaimError("the answer is for another station's key", code="answer.other_key")
        if signed.nonce != waiting.identity.nonce:
            raise ClaimError("the answer is for another request", code="answer.other_request")
        is_sure = sureness(self._clock, self._store.anchor()) in BELIEVED
        if is_sure and to_ms(self._clock.now()) > signed.expires_ms:
            raise ClaimError("the answer has expired", code="answer.expired")
        return self._keep(card, waiting.key, signed.answer, "")

    def _shown(self) -> Pending:
        waiting = self.pending()
        if waiting is None:
            raise StationError("no key waits to be enrolled", code="identity.none")
        return waiting

    def _ask(self, card: CentreCard, key: str, *, station: str, code: str) -> EnrolAnswer:
        self._settle_old_epoch()
        client = open_client(
            self._config,
            self._clock,
            server=card.server,
            station=station,
            ca_pem=card.ca_pem,
            key=key,
        )
        try:
            return client.enrol(
                EnrolRequest(
                    station=station,
                    code=code,
                    public_key_pem=self._signer(key).public_pem,
                    software=self._versions.software,
                    wall_ms=to_ms(self._clock.now()),
                    serial=self._board.serial or None,
                    hardware=self._board.hardware or None,
                )
            )
        finally:
            client.close()

    def _keep(self, card: CentreCard, key: str, answer: EnrolAnswer, mark: str) -> Enrolment:
        verify_policy(answer.policy, FixedKeyRing(card.keys))
        self._settle_old_epoch()
        enrolment = Enrolment(
            station=answer.station,
            epoch=answer.epoch,
            genesis=chain_start(answer.station, answer.epoch, answer.nonce),
            server=card.server,
            ca_pem=card.ca_pem,
            public_pem=self._signer(key).public_pem,
            key=key,
            keys=card.keys,
            certificate_pem=answer.certificate_pem,
            first_registro=answer.first_registro,
        )
        # With the enrolment the key stops waiting, in one transaction: the next one is another.
        facts = {
            _PENDING: None,
            _CLAIM: mark or None,
            "readiness": None,
            "standing": None if answer.standing is None else answer.standing.value,
        }
        self._store.save(enrolment, answer.policy, opened_ms=to_ms(self._clock.now()), facts=facts)
        return enrolment

    def _signer(self, key: str) -> Signer:
        return open_signer(self._config.station.signer, self._config.keys_folder, key)

    def _settle_old_epoch(self) -> None:
        """Settle what a crash left in the old chain: only the old epoch's key can do that."""
        if not self._store.epochs():
            return
        sealer = open_sealer(self._config, self._clock, self._versions, spool=self._spool)
        try:
            sealer.start()
        finally:
            sealer.close()


def enrol(
    claim: Claim, config: Config, clock: Clock, versions: Versions, *, spool: Spool
) -> Enrolment:
    """Enrol this station with a claim; raises as `Enroller.enrol`."""
    return Enroller(config, clock, versions, read_board(), spool=spool).enrol(claim)
