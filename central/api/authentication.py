"""Who sends a request: the station whose key signed its proof, over a nonce of ours."""

from __future__ import annotations

from flask import request

from central.errors import StationRefusedError
from central.models.keyring import StationKeyRing
from central.services import services
from wire.api import ErrorCode
from wire.errors import ProofError
from wire.keys import KeyRing
from wire.proof import PROOF_HEADER, Proof, verify_proof


def proven_station(body: bytes) -> Proof:
    """Verify the proof of this request against the keys of enrolled stations.

    Raises:
        StationRefusedError: There is no proof, it does not hold, or its nonce is stale.
    """
    with services().database.read() as session:
        return verify(body, StationKeyRing(session))


def verify(body: bytes, keys: KeyRing) -> Proof:
    """Verify the proof of this request against some keys.

    Raises:
        StationRefusedError: There is no proof, it does not hold, or its nonce is stale.
    """
    parts = services()
    token = request.headers.get(PROOF_HEADER)
    if not token:
        raise StationRefusedError("no proof of possession", code=ErrorCode.NONCE)
    query = request.query_string.decode("ascii", "replace")
    path = f"{request.path}?{query}" if query else request.path
    # The address is the configured one: behind a proxy our own view of it is somebody's header.
    url = parts.config.stations.url.rstrip("/") + path
    try:
        proof = verify_proof(token, keys, method=request.method, url=url, body=body)
    except ProofError as error:
        raise StationRefusedError(str(error), code=error.code) from error
    if not parts.nonces.is_fresh(proof.nonce, parts.clock.now()):
        raise StationRefusedError("take the nonce of this answer", code=ErrorCode.NONCE)
    return proof
