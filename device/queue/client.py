"""Speaks `/api/v1` to the centre: pinned authority, proof on every request, one nonce retry.

`requests` prefers REQUESTS_CA_BUNDLE and proxies of the environment over what a session was told;
`trust_env` is off so that only the authority of the claim is believed.
"""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter

from device.clock import to_ms
from device.errors import (
    ServerBusyError,
    ServerError,
    ServerRefusedError,
    ServerUnreachableError,
)
from domain.clock import Clock
from wire import api
from wire.errors import ShapeError
from wire.keys import Signer
from wire.proof import NONCE_HEADER, PROOF_HEADER, sign_proof
from wire.uuid7 import uuid7

T = TypeVar("T")

MAX_RETRY_AFTER_S = 3600.0
_NO_CHECK_TIME = 0x200000  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which `ssl` does not name
_MAX_ANSWER_BYTES = 4 << 20
_BUSY = {408, 425, 429, 500, 502, 503, 504, 507}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for the server, in seconds."""

    connect_s: float = 10.0
    read_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Pin:
    """The only authority believed, and whether the dates of its certificates mean anything here.

    A station whose clock is not to be believed can't judge a date: it would lock itself out, and
    the signed time that heals its clock is behind that very connection.
    """

    ca_file: Path
    checks_dates: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer that is neither a failure of the server nor a refusal."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class StationClient:
    """One station's connection to its centre; for one thread at a time."""

    def __init__(
        self,
        *,
        server: str,
        station: str,
        signer: Signer,
        clock: Clock,
        pin: Pin | None,
        timeouts: Timeouts,
        entropy: Callable[[int], bytes],
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            server: Base URL without `/api/v1`.
            station: Identifier in every proof.
            signer: The station's key.
            clock: For `iat` of the proofs.
            pin: The only authority believed; `None` for plain http on loopback.
            timeouts: For connecting and for each read.
            entropy: Random bytes for `jti`.
        """
        self._server = server.rstrip("/")
        self._station = station
        self._signer = signer
        self._clock = clock
        self._timeouts = (timeouts.connect_s, timeouts.read_s)
        self._entropy = entropy
        self._nonce = ""
        self._session = requests.Session()
        self._session.trust_env = False
        if pin is not None:
            self._session.verify = str(pin.ca_file)
            self._session.mount("https://", _PinnedAdapter(pin))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def enrol(self, request: api.EnrolRequest) -> api.EnrolAnswer:
        """Ask for an epoch; raises ServerError as every call."""
        return self._post("/enrol", request, api.EnrolAnswer)

    def hello(self, request: api.HelloRequest) -> api.HelloAnswer:
        """Tell the head of the chain, and hear what the centre has."""
        return self._post("/hello", request, api.HelloAnswer)

    def policy(self) -> str:
        """Fetch the signed policy."""
        answer = self._call("GET", f"{api.PREFIX}/policy")
        return _parse(api.PolicyAnswer, answer).policy

    def activate(self, request: api.ActivateRequest) -> str:
        """Set an auxiliar's first password, and fetch the signed policy that has it."""
        return self._post("/activate", request, api.PolicyAnswer).policy

    def receipts(self, after: int) -> api.ReceiptsAnswer:
        """Fetch one page of outcomes."""
        answer = self._call("GET", f"{api.PREFIX}/receipts?after={after}")
        return _parse(api.ReceiptsAnswer, answer)

    def offset(self, link: str) -> int:
        """Ask how much of a packet the server has."""
        try:
            answer = self._call("HEAD", api.packet_path(link))
        except ServerRefusedError as error:
            if error.status == 404:
                return 0
            raise
        return _offset(answer)

    def put(self, link: str, chunk: bytes, *, offset: int, length: int) -> str | int:
        """Send one chunk.

        Returns:
            The signed receipt when the packet is complete, else the offset to go on from.

        Raises:
            ServerRefusedError: The packet is refused for good; `code` says why.
            ServerBusyError, ServerUnreachableError: Try again later.
        """
        headers = {
            api.OFFSET_HEADER: str(offset),
            api.LENGTH_HEADER: str(length),
            "Content-Type": api.CONTENT_TYPE_CHUNK,
        }
        answer = self._call("PUT", api.packet_path(link), chunk, headers)
        if answer.status in (204, 409):
            return _offset(answer)
        return _parse(api.UploadAnswer, answer).receipt

    def release_piece(self, sha256: str, first: int, count: int) -> bytes:
        """Fetch some bytes of a bundle; raises ServerError as every call."""
        headers = {"Range": f"bytes={first}-{first + count - 1}"}
        return self._call("GET", api.release_path(sha256), headers=headers).body

    def _post(self, path: str, request: object, shape: type[T]) -> T:
        headers = {"Content-Type": "application/json"}
        answer = self._call("POST", api.PREFIX + path, api.to_json(request), headers)
        return _parse(shape, answer)

    def _call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        response = self._send(method, path, body, headers or {})
        if response.status_code == 401 and response.headers.get(NONCE_HEADER):
            response = self._send(method, path, body, headers or {})
        return _judge(response, is_upload=method == "PUT")

    def _send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> requests.Response:
        url = self._server + path
        now = self._clock.now()
        proof = sign_proof(
            method=method,
            url=url,
            body=body,
            nonce=self._nonce,
            station=self._station,
            issued_s=int(now.timestamp()),
            jti=str(uuid7(to_ms(now), self._entropy(10))),
            signer=self._signer,
        )
        try:
            response = self._session.request(
                method,
                url,
                data=body,
                headers={**headers, PROOF_HEADER: proof},
                timeout=self._timeouts,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise ServerUnreachableError(
                "the server is not the one that enrolled this station (TLS)", code="server.tls"
            ) from error
        except requests.exceptions.RequestException as error:
            raise ServerUnreachableError(f"no answer: {type(error).__name__}") from error
        self._nonce = response.headers.get(NONCE_HEADER, self._nonce)
        return response


class _PinnedAdapter(HTTPAdapter):
    """Gives every connection a context that knows one authority."""

    def __init__(self, pin: Pin) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            self._context.load_verify_locations(pin.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ServerUnreachableError(
                f"{pin.ca_file}: no authority to know the server by", code="server.tls"
            ) from error
        if not pin.checks_dates:
            self._context.verify_flags |= _NO_CHECK_TIME
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **settings: Any) -> None:
        super().init_poolmanager(*arguments, **settings, ssl_context=self._context)


def _judge(response: requests.Response, *, is_upload: bool) -> Answer:
    """Divide answers into good ones, "later" and "no"."""
    status, body = response.status_code, response.content
    if len(body) > _MAX_ANSWER_BYTES:
        raise ServerError("the answer is too large", code="server.answer")
    answer = Answer(status, response.headers, body)
    if status in (200, 201, 204, 206):
        return answer
    refusal = _error_answer(body, status)
    if is_upload and status == 409 and refusal.code == api.ErrorCode.OFFSET:
        return answer
    if status in _BUSY:
        raise ServerBusyError(
            f"the server asks to wait ({status} {refusal.code})",
            retry_after_s=_retry_after_s(response.headers),
        )
    if 400 <= status < 500:
        raise ServerRefusedError(
            f"the server refused ({status} {refusal.code})", code=refusal.code, status=status
        )
    raise ServerUnreachableError(f"not our server: status {status}", code="server.answer")


def _error_answer(body: bytes, status: int) -> api.ErrorAnswer:
    try:
        return api.from_json(api.ErrorAnswer, body)
    except ShapeError:
        return api.ErrorAnswer(f"http.{status}")  # a proxy's page, or the empty body of a HEAD


def _parse(shape: type[T], answer: Answer) -> T:
    try:
        return api.from_json(shape, answer.body)
    except (ShapeError, json.JSONDecodeError) as error:
        raise ServerError(f"the answer is not as agreed: {error}", code="server.answer") from error


def _offset(answer: Answer) -> int:
    text = answer.headers.get(api.OFFSET_HEADER, "")
    if not text.isascii() or not text.isdigit():
        raise ServerError("the answer has no upload offset", code="server.answer")
    return int(text)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Read `Retry-After` (RFC 9110 §10.2.3); a date is compared with the server's own `Date`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        wait = _date(text) - _date(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), MAX_RETRY_AFTER_S)


def _date(text: str) -> datetime:
    return parsedate_to_datetime(text).astimezone(UTC)
