"""One-time enrolment: a claim from the centre and a fresh key become an epoch of this station.

May be cut and run again with the same claim: the key is named by the claim's code, and the centre
gives the same claim and key the same answer.
"""

import hashlib

from device.clock import to_ms
from device.config import Config
from device.errors import ServerError
from device.keys import create_key, open_signer
from device.queue.assembly import Versions, open_client, open_sealer
from device.queue.enrolment import Enrolment, EnrolmentStore, chain_start
from device.queue.spool import Spool
from domain.clock import Clock
from wire.api import EnrolRequest
from wire.claim import Claim
from wire.keys import FixedKeyRing
from wire.policy import verify_policy


def enrol(
    claim: Claim, config: Config, clock: Clock, versions: Versions, *, spool: Spool
) -> Enrolment:
    """Enrol this station, or open its next epoch under a new claim.

    Raises:
        ServerRefusedError: The centre does not take the claim (`enrol.claim`).
        ServerError: The centre could not be spoken to, or answered for another station.
        PolicyError: The policy is not signed by the keys of the claim.
        KeyFileError, SpoolError: The station cannot keep what it got.
    """
    store = EnrolmentStore(spool.database)
    _settle_old_epoch(config, clock, versions, spool, store)
    key = f"claim-{hashlib.sha256(claim.code.encode('ascii')).hexdigest()[:24]}"
    create_key(config.keys_folder, key)
    public_pem = open_signer(config.station.signer, config.keys_folder, key).public_pem
    client = open_client(
        config, clock, server=claim.server, station=claim.station, ca_pem=claim.ca_pem, key=key
    )
    try:
        answer = client.enrol(
            EnrolRequest(
                station=claim.station,
                code=claim.code,
                public_key_pem=public_pem,
                software=versions.software,
                wall_ms=to_ms(clock.now()),
            )
        )
    finally:
        client.close()
    if answer.station != claim.station:
        raise ServerError("the answer is for another station", code="server.answer")
    verify_policy(answer.policy, FixedKeyRing(claim.keys))
    enrolment = Enrolment(
        station=claim.station,
        epoch=answer.epoch,
        genesis=chain_start(claim.station, answer.epoch, answer.nonce),
        server=claim.server,
        ca_pem=claim.ca_pem,
        public_pem=public_pem,
        key=key,
        keys=claim.keys,
        certificate_pem=answer.certificate_pem,
        first_registro=answer.first_registro,
    )
    store.save(enrolment, answer.policy, opened_ms=to_ms(clock.now()))
    return enrolment


def _settle_old_epoch(
    config: Config, clock: Clock, versions: Versions, spool: Spool, store: EnrolmentStore
) -> None:
    """Settle what a crash left in the old chain: only the old epoch's key can do that."""
    if not store.epochs():
        return
    sealer = open_sealer(config, clock, versions, spool=spool)
    try:
        sealer.start()
    finally:
        sealer.close()
