"""The packet: taken whole, or refused with one error and a stable code."""

import contextlib
import dataclasses
import hashlib
import json
import os
import struct
from base64 import urlsafe_b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stations import AUXILIAR, EPOCH, PROCESS, SOLICITUD, STATION, Centre
from wire import jws, packet
from wire.canonical import dumps
from wire.envelope import PADDING_BYTES, seal_part
from wire.errors import PacketRefusedError
from wire.keys import FixedKeyRing, SoftwareSigner, verifying_key
from wire.packet import (
    ClockClass,
    Header,
    Kind,
    Packet,
    Part,
    build_packet,
    genesis,
    parse_header,
    parse_packet,
    read_kid,
)
from wire.shape import encode
from wire.uuid7 import uuid7

CENTRE = Centre()
SIGNER = SoftwareSigner.generate()
RING = FixedKeyRing((verifying_key(SIGNER.public_pem, ("packet", "proof"), STATION),))
RECIPIENTS = CENTRE.recipients
PARTS = (
    Part("record", seal_part(b" " * PADDING_BYTES, RECIPIENTS)),
    Part("images", seal_part(b"\0" * PADDING_BYTES, RECIPIENTS)),
)


def header(**changes: Any) -> Header:
    """A good header of an apoyo, but for the changes."""
    good = Header(
        kind=Kind.APOYO,
        station=STATION,
        process=PROCESS,
        epoch=EPOCH,
        seq=1,
        prev=genesis(STATION, EPOCH, "nonce"),
        packet_id=str(uuid7(1_700_000_000_000, bytes(10))),
        software="0.1.0",
        models="models-1",
        boot_id="0" * 32,
        boot_n=1,
        mono_ms=2,
        wall_ms=1_700_000_000_000,
        clock=ClockClass.UNKNOWN,
        folio=f"{SOLICITUD}-{AUXILIAR}-{STATION}-00000001",
        auxiliar=AUXILIAR,
        session="ses-1",
        notice="aviso-1",
        recipients=tuple(recipient.kid for recipient in RECIPIENTS),
    )
    return dataclasses.replace(good, **changes)


GOOD = build_packet(header(), PARTS, SIGNER)
BYTES = GOOD.to_bytes()


def container(claims: object, *, parts: bytes | None = None, **protected: str) -> bytes:
    """A container around any claims, signed by the station's own key."""
    members = {"alg": "ES256", "kid": SIGNER.kid, "typ": packet.TYP, **protected}
    return raw_container(dumps(members), json_bytes(claims), parts)


def raw_container(protected: bytes, claims: bytes, parts: bytes | None = None) -> bytes:
    body = b"".join(part.ciphertext for part in PARTS) if parts is None else parts
    signing_input = b".".join(urlsafe_b64encode(x).rstrip(b"=") for x in (protected, claims))
    signature = urlsafe_b64encode(SIGNER.sign(signing_input)).rstrip(b"=")
    token = signing_input + b"." + signature
    return struct.pack(">I", len(token)) + token + body


def json_bytes(claims: object) -> bytes:
    return claims if isinstance(claims, bytes) else dumps(claims)  # type: ignore[arg-type]  # any JSON


def claims(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = encode(GOOD.header)
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def refusal(data: bytes) -> str:
    with pytest.raises(PacketRefusedError) as caught:
        parse_packet(data, RING)
    assert caught.value.code in packet.REFUSALS
    return caught.value.code


class TestAGoodPacket:
    def test_is_read_back_exactly_as_it_was_built(self) -> None:
        assert parse_packet(BYTES, RING) == GOOD
        assert parse_packet(BytesIO(BYTES), RING) == GOOD
        assert parse_packet(BYTES, RING).to_bytes() == BYTES

    def test_has_a_header_that_verifies_apart_from_its_parts(self) -> None:
        assert parse_header(GOOD.jws, RING) == GOOD.header

    def test_says_which_key_signed_it_before_anything_is_verified(self) -> None:
        assert read_kid(BYTES) == SIGNER.kid

    def test_is_named_by_the_digest_of_the_signing_input(self) -> None:
        signing_input = GOOD.jws.rpartition(".")[0].encode("ascii")
        assert GOOD.link == hashlib.sha256(signing_input).hexdigest()

    def test_keeps_its_name_under_a_second_signature(self) -> None:
        again = build_packet(header(), PARTS, SIGNER)
        assert again.jws != GOOD.jws  # ECDSA draws a fresh number
        assert again.link == GOOD.link

    def test_carries_claims_of_integers_and_ascii_texts_only(self) -> None:
        def leaves(value: object) -> list[object]:
            if isinstance(value, dict):
                return [leaf for member in value.values() for leaf in leaves(member)]
            if isinstance(value, list):
                return [leaf for element in value for leaf in leaves(element)]
            return [value]

        for leaf in leaves(encode(GOOD.header)):
            assert type(leaf) is int or (isinstance(leaf, str) and leaf.isascii())

    @pytest.mark.parametrize(
        ("kind", "changes"),
        [
            (Kind.GAP, {"reason": "crash"}),
            (Kind.VOID, {"reason": "withdrawn", "target": "0" * 64}),
            (Kind.EVENT, {"reason": "clock.jump"}),
            (Kind.SESSION_OPEN, {}),
            (Kind.SESSION_CLOSE, {}),
            (Kind.CHECKPOINT, {}),
            (Kind.EPOCH_OPEN, {}),
            (Kind.EPOCH_CLOSE, {}),
        ],
    )
    def test_may_be_of_any_kind(self, kind: Kind, changes: dict[str, str]) -> None:
        bare = header(kind=kind, folio=None, recipients=(), **changes)
        built = build_packet(bare, (), SIGNER)
        assert parse_packet(built.to_bytes(), RING).header.kind is kind


class TestDamage:
    @given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
    def test_of_any_byte_refuses_the_packet(self, position: int, mask: int) -> None:
        damaged = bytearray(BYTES)
        damaged[position] ^= mask
        refusal(bytes(damaged))

    def test_of_the_spare_bits_of_the_signature_refuses_the_packet(self) -> None:
        # 64 bytes leave four unused bits in the last character of base64url
        last = 3 + len(GOOD.jws)
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        swapped = alphabet[alphabet.index(chr(BYTES[last])) ^ 1].encode()
        assert refusal(BYTES[:last] + swapped + BYTES[last + 1 :]) == "packet.malformed"

    @given(st.integers(0, len(BYTES) - 1))
    def test_by_cutting_refuses_the_packet(self, length: int) -> None:
        assert refusal(BYTES[:length]) == "packet.truncated"

    def test_by_lengthening_refuses_the_packet(self) -> None:
        assert refusal(BYTES + b"\0") == "packet.length"

    def test_by_exchanging_parts_refuses_the_packet(self) -> None:
        exchanged = PARTS[1].ciphertext + PARTS[0].ciphertext
        assert refusal(container(claims(), parts=exchanged)) in ("packet.hash", "packet.recipients")

    @given(st.binary(max_size=300))
    def test_of_everything_refuses_the_packet(self, data: bytes) -> None:
        refusal(data)


CASES: dict[str, Callable[[], bytes]] = {
    "packet.truncated": lambda: BYTES[:-1],
    "packet.too_large": lambda: BYTES + bytes(packet.MAX_PACKET_BYTES),
    "packet.header_too_large": lambda: struct.pack(">I", packet.MAX_HEADER_BYTES + 1) + BYTES,
    "packet.malformed": lambda: struct.pack(">I", 4) + b"a.b." + BYTES,
    "packet.algorithm": lambda: container(claims(), alg="none"),
    "packet.type": lambda: container(claims(), typ="acopio-receipt+jws"),
    "packet.unknown_key": lambda: container(claims(), kid="x" * 43),
    "packet.signature": lambda: other_signature(),
    "packet.duplicate_member": lambda: container(dumps(claims())[:-1] + b',"v":1}'),
    "packet.not_canonical": lambda: container(json.dumps(claims(), sort_keys=True).encode()),
    "packet.version": lambda: container(claims(v=2)),
    "packet.kind": lambda: container(claims(kind="apoyos")),
    "packet.claim": lambda: container(claims(nombre="X")),
    "packet.station": lambda: container(claims(station="EST02")),
    "packet.parts": lambda: container(claims(parts=claims()["parts"][:1])),
    "packet.length": lambda: BYTES + b"\0",
    "packet.hash": lambda: BYTES[:-1] + bytes([BYTES[-1] ^ 1]),
    "packet.recipients": lambda: container(claims(recipients=[RECIPIENTS[0].kid])),
}


def other_signature() -> bytes:
    """The good packet with a signature of somebody else in place of its own."""
    foreign = SoftwareSigner.generate()
    token = GOOD.jws.rpartition(".")[0]
    signature = urlsafe_b64encode(foreign.sign(token.encode())).rstrip(b"=").decode()
    swapped = f"{token}.{signature}".encode()
    return struct.pack(">I", len(swapped)) + swapped + BYTES[4 + len(GOOD.jws) :]


class TestRefusals:
    @pytest.mark.parametrize("code", CASES)
    def test_have_a_stable_code(self, code: str) -> None:
        assert refusal(CASES[code]()) == code

    def test_are_all_tried_here(self) -> None:
        assert set(CASES) | {"packet.role"} == set(packet.REFUSALS)

    def test_name_a_key_that_may_not_sign_packets(self) -> None:
        ring = FixedKeyRing((verifying_key(SIGNER.public_pem, ("proof",), STATION),))
        with pytest.raises(PacketRefusedError) as caught:
            parse_packet(BYTES, ring)
        assert caught.value.code == "packet.role"

    @pytest.mark.parametrize(
        "change",
        [
            {"seq": 0},
            {"seq": -1},
            {"seq": 1.5},
            {"seq": "1"},
            {"seq": True},
            {"seq": 1 << 60},
            {"prev": "A" * 64},
            {"epoch": "0" * 31},
            {"packet_id": "0" * 36},
            {"station": "estación"},
            {"software": "con espacio"},
            {"notice": None, "session": None},
            {"folio": None},
            {"folio": "S001-A0001-EST01"},
            {"boot_id": "../../etc"},
            {"anchor": ""},
            {"reason": "Con Mayúsculas"},
            {"target": "0" * 64},
            {"parts": []},
            {"parts": [{"name": "record", "size": 1}] * 9},
            {"recipients": []},
        ],
    )
    def test_meet_every_claim_that_is_not_as_agreed(self, change: dict[str, Any]) -> None:
        code = refusal(container(claims(**change)))
        assert code in ("packet.claim", "packet.parts", "packet.recipients")

    @pytest.mark.parametrize(
        "payload", [b"[]", b"null", b"{}", b"1", b"{", b"\xff", b'{"v":1e400}']
    )
    def test_meet_claims_that_are_no_table(self, payload: bytes) -> None:
        refusal(container(payload))

    def test_meet_a_header_with_a_member_too_many(self) -> None:
        members = {"alg": "ES256", "kid": SIGNER.kid, "typ": packet.TYP, "crit": "x"}
        assert refusal(raw_container(dumps(members), dumps(claims()))) == "packet.malformed"

    def test_meet_a_part_that_is_not_encrypted(self) -> None:
        plain = os.urandom(200)
        digest = hashlib.sha256(plain).hexdigest()
        entries = [{"name": name, "size": 200, "sha256": digest} for name in ("record", "images")]
        assert refusal(container(claims(parts=entries), parts=plain * 2)) == "packet.recipients"

    @given(
        st.dictionaries(
            st.sampled_from(sorted(encode(GOOD.header))),
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just([])),
            min_size=1,
            max_size=3,
        )
    )
    def test_are_the_only_error_whatever_a_claim_holds(self, change: dict[str, Any]) -> None:
        data = container({**encode(GOOD.header), **change})
        with contextlib.suppress(PacketRefusedError):
            assert isinstance(parse_packet(data, RING), Packet)

    def test_stop_a_faulty_packet_from_being_built(self) -> None:
        with pytest.raises(PacketRefusedError):
            build_packet(header(seq=0), PARTS, SIGNER)
        with pytest.raises(PacketRefusedError):
            build_packet(header(), PARTS[:1], SIGNER)


def test_genesis_differs_by_station_epoch_and_nonce() -> None:
    seen = {genesis(s, e, n) for s in ("A", "B") for e in ("1", "2") for n in ("x", "y")}
    assert len(seen) == 8


def test_a_token_of_another_duty_is_never_a_header() -> None:
    token = jws.sign(encode(GOOD.header), typ="acopio-proof+jwt", signer=SIGNER)
    with pytest.raises(PacketRefusedError):
        parse_header(token, RING)
