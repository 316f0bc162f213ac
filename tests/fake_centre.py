"""A small centre on a real socket: it keeps what it is sent, signs receipts, and misbehaves.

It checks what the real one checks at the door (proof, nonce, packet), so that a station is tested
against the wire and not against itself. `faults` are answers given in place of the next requests.
"""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.stations import EPOCH, NONCE, STATION, Centre
from wire import api
from wire.errors import PacketRefusedError, ProofError
from wire.keys import FixedKeyRing, verifying_key
from wire.packet import Packet, parse_packet
from wire.policy import Policy, TimeToken, sign_policy, sign_time
from wire.proof import NONCE_HEADER, PROOF_HEADER, verify_proof
from wire.receipt import Receipt, sign_receipt

CODE = "c" * 32


@dataclass
class Answer:
    """One HTTP answer; status 0 closes the connection without a word."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def refuse(status: int, code: str, **headers: str) -> Answer:
    """An error as the API words it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, api.to_json(api.ErrorAnswer(code)), named)


Fault = Callable[["Request"], Answer | None]


@dataclass(frozen=True)
class Request:
    """What arrived."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


class FakeCentre:
    """State of the centre; the handler below calls `answer`."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.current_policy: Policy = centre.policy()
        self.station_pem = ""
        self.nonce = "nonce-1"
        self.uploads: dict[str, bytearray] = {}
        self.packets: dict[str, bytes] = {}
        self.tokens: dict[str, str] = {}
        self.arrivals: list[str] = []
        self.items: list[api.ReceiptItem] = []
        self.hellos: list[api.HelloRequest] = []
        self.missing: tuple[tuple[int, int], ...] = ()
        self.head_seq = 0
        self.is_revoked = False
        self.faults: list[Fault] = []
        self.log: list[Request] = []
        self.url = ""
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Answer one request, or misbehave as a test asked."""
        with self._lock:
            self.log.append(request)
            for fault in list(self.faults):
                given = fault(request)
                if given is not None:
                    return given
            refused = self._check_proof(request)
            return refused or self._route(request)

    def trust(self, public_pem: str) -> None:
        """Know a station's key, as if it had enrolled."""
        self.station_pem = public_pem

    def packet(self, link: str) -> Packet:
        """Parse a packet that was kept."""
        return parse_packet(self.packets[link], self._ring())

    def _ring(self) -> FixedKeyRing:
        return FixedKeyRing((verifying_key(self.station_pem, ("packet", "proof"), STATION),))

    def _check_proof(self, request: Request) -> Answer | None:
        ring = self._ring() if self.station_pem else None
        if request.path == "/api/v1/enrol":
            pem = api.from_json(api.EnrolRequest, request.body).public_key_pem
            ring = FixedKeyRing((verifying_key(pem, ("proof",), STATION),))
        if ring is None:
            return refuse(401, "proof.unknown_key")
        try:
            proof = verify_proof(
                request.headers.get(PROOF_HEADER.lower(), ""),
                ring,
                method=request.method,
                url=self.url + request.path,
                body=request.body,
            )
        except ProofError as error:
            return refuse(401, error.code)
        if proof.nonce != self.nonce:
            return refuse(401, api.ErrorCode.NONCE, **{NONCE_HEADER: self.nonce})
        return None

    def _route(self, request: Request) -> Answer:
        match request.method, request.path.split("?")[0].removeprefix(api.PREFIX).split("/")[1:]:
            case "POST", ["enrol"]:
                return self._enrol(api.from_json(api.EnrolRequest, request.body))
            case "POST", ["hello"]:
                return self._hello(api.from_json(api.HelloRequest, request.body))
            case "GET", ["policy"]:
                token = sign_policy(self.current_policy, self.centre.signer)
                return Answer(200, api.to_json(api.PolicyAnswer(token)))
            case "GET", ["receipts"]:
                return self._receipts(int(request.path.partition("after=")[2]))
            case "HEAD", ["packets", link]:
                return self._head(link)
            case "PUT", ["packets", link]:
                return self._put(link, request)
            case _:
                return refuse(404, "not_found")

    def _enrol(self, request: api.EnrolRequest) -> Answer:
        if request.code != CODE or self.station_pem not in ("", request.public_key_pem):
            return refuse(403, api.ErrorCode.CLAIM)
        self.station_pem = request.public_key_pem
        policy = sign_policy(self.current_policy, self.centre.signer)
        return Answer(200, api.to_json(api.EnrolAnswer(STATION, EPOCH, NONCE, policy)))

    def _hello(self, request: api.HelloRequest) -> Answer:
        self.hellos.append(request)
        token = TimeToken(f"anchor-{len(self.hellos)}", STATION, request.wall_ms, request.nonce)
        answer = api.HelloAnswer(
            time=sign_time(token, self.centre.signer),
            head_seq=self.head_seq,
            head_link="",
            missing=self.missing,
            policy_version=self.current_policy.version,
            is_revoked=self.is_revoked,
        )
        return Answer(200, api.to_json(answer))

    def _receipts(self, after: int) -> Answer:
        page = tuple(item for item in self.items if item.cursor > after)[:2]
        last = page[-1].cursor if page else after
        more = any(item.cursor > last for item in self.items)
        return Answer(200, api.to_json(api.ReceiptsAnswer(page, last, more)))

    def _head(self, link: str) -> Answer:
        if link in self.packets:
            return Answer(200, b"", {api.OFFSET_HEADER: str(len(self.packets[link]))})
        if link not in self.uploads:
            return Answer(404)
        return Answer(200, b"", {api.OFFSET_HEADER: str(len(self.uploads[link]))})

    def _put(self, link: str, request: Request) -> Answer:
        if link in self.tokens:
            return Answer(200, api.to_json(api.UploadAnswer(self.tokens[link])))
        offset = int(request.headers[api.OFFSET_HEADER.lower()])
        length = int(request.headers[api.LENGTH_HEADER.lower()])
        upload = self.uploads.setdefault(link, bytearray())
        if offset != len(upload):
            size = str(len(upload))
            return refuse(409, api.ErrorCode.OFFSET, **{api.OFFSET_HEADER: size})
        upload += request.body
        if len(upload) < length:
            return Answer(204, b"", {api.OFFSET_HEADER: str(len(upload))})
        try:
            packet = parse_packet(bytes(upload), self._ring())
        except PacketRefusedError as error:
            del self.uploads[link]
            return refuse(422, error.code)
        return self._keep(link, packet)

    def _keep(self, link: str, packet: Packet) -> Answer:
        header = packet.header
        self.packets[link] = packet.to_bytes()
        self.arrivals.append(link)
        size = len(self.arrivals)
        receipt = Receipt(
            link,
            STATION,
            header.epoch,
            header.seq,
            packet.size,
            packet.sha256,
            1_700_000_000_000,
            size - 1,
            size,
        )
        self.tokens[link] = sign_receipt(receipt, self.centre.signer)
        return Answer(200, api.to_json(api.UploadAnswer(self.tokens[link])))


@contextmanager
def serve(fake: FakeCentre, *, tls_folder: Path | None = None, days: int = 1) -> Iterator[str]:
    """Serve on loopback and give the address; with a folder, over TLS by its own authority."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_arguments: object) -> None:
            pass

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            request = Request(
                self.command,
                self.path,
                self.rfile.read(length),
                {name.lower(): value for name, value in self.headers.items()},
            )
            answer = fake.answer(request)
            if answer.status == 0:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD" and answer.status != 204:
                self.wfile.write(answer.body)

        do_GET = do_PUT = do_POST = do_HEAD = _any  # noqa: N815  # names of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if tls_folder is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*make_certificate(tls_folder, days=days))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    fake.url = f"{scheme}://127.0.0.1:{server.server_port}"
    try:
        yield fake.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificate(folder: Path, *, days: int = 1) -> tuple[Path, Path]:
    """Make a private authority (`ca.pem`) and, for loopback, a certificate and its key."""
    now = dt.datetime.now(dt.UTC)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented authority")])

    def begin(name: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(authority_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=9))
            .not_valid_after(now + dt.timedelta(days=days))
        )

    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    authority = (
        begin(authority_name, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    leaf = (
        begin(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "centre")]), key.public_key())
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "cert.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"
