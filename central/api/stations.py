"""Enrol, hello, activate, policy."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from central.api.authentication import proven_station, verify
from central.errors import StationRefusedError
from central.services import services
from wire.api import (
    ActivateRequest,
    EnrolRequest,
    ErrorCode,
    HelloRequest,
    PolicyAnswer,
    from_json,
    to_json,
)
from wire.errors import TokenError
from wire.keys import FixedKeyRing, verifying_key

bp = Blueprint("api_stations", __name__)

_MOST_BYTES = 64 * 1024


@bp.post("/enrol")
def enrol() -> ResponseReturnValue:
    """Take in a station that has a claim; its new key signs the proof."""
    body = _body()
    message = from_json(EnrolRequest, body)
    try:
        key = verifying_key(message.public_key_pem, ("proof",), message.station)
    except TokenError as error:
        raise StationRefusedError(str(error), code=ErrorCode.CLAIM, status=403) from error
    verify(body, FixedKeyRing((key,)))
    return json_answer(services().enrolment.enrol(message))


@bp.post("/hello")
def hello() -> ResponseReturnValue:
    """Exchange heads of the chain, time and health."""
    body = _body()
    proof = proven_station(body)
    message = from_json(HelloRequest, body)
    if message.station != proof.station:
        raise StationRefusedError("the proof is another station's", code="proof.station")
    return json_answer(services().enrolment.hello(message, proof_id=proof.jti))


@bp.post("/activate")
def activate() -> ResponseReturnValue:
    """Take an auxiliar's new verifier for their one-time code."""
    body = _body()
    station = proven_station(body).station
    message = from_json(ActivateRequest, body)
    return json_answer(PolicyAnswer(services().activation.activate(message, station=station)))


@bp.get("/policy")
def policy() -> ResponseReturnValue:
    """Give the signed policy of the station's process."""
    station = proven_station(b"").station
    return json_answer(PolicyAnswer(services().feed.policy(station)))


def json_answer(message: object) -> Response:
    """Answer with a message of `wire.api`."""
    return Response(to_json(message), content_type="application/json")


def _body() -> bytes:
    request.max_content_length = _MOST_BYTES
    return request.get_data(cache=False)
