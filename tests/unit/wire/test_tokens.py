"""Signed tokens: receipts, policies, times, proofs; each for its duty and key alone."""

import dataclasses
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey

from tests.stations import STATION, Centre
from wire import jws
from wire.canonical import dumps, loads, loads_canonical
from wire.errors import PolicyError, ProofError, ReceiptError, ShapeError, TokenError
from wire.keys import FixedKeyRing, SoftwareSigner, thumbprint, verifying_key
from wire.policy import TimeToken, sign_policy, sign_time, verify_policy, verify_time
from wire.proof import sign_proof, target, verify_proof
from wire.receipt import Receipt, require_receipt_of, sign_receipt, verify_receipt

CENTRE = Centre()
STATION_KEY = SoftwareSigner.generate()
STATION_RING = FixedKeyRing((verifying_key(STATION_KEY.public_pem, ("proof",), STATION),))
RECEIPT = Receipt("a" * 64, STATION, "0" * 32, 7, 1000, "b" * 64, 1_700_000_000_000, 3, 4)
JTI = "018bcfe5-6800-7000-8000-000000000000"


class TestJws:
    def test_is_verified_by_another_implementation(self) -> None:
        token = jws.sign({"x": 1}, typ="t", signer=CENTRE.signer)
        key = ECKey.import_key(CENTRE.signer.public_pem)
        assert joserfc_jws.deserialize_compact(token, key).payload == b'{"x":1}'

    def test_verifies_what_another_implementation_signed(self) -> None:
        key = ECKey.import_key(CENTRE.signer.to_pem())
        protected = {"alg": "ES256", "kid": CENTRE.signer.kid, "typ": "t"}
        token = joserfc_jws.serialize_compact(protected, b'{"x":1}', key)
        assert jws.verify(token, typ="t", role="receipt", keys=CENTRE.ring).claims == {"x": 1}

    def test_names_its_key_by_the_thumbprint_of_rfc_7638(self) -> None:
        key = ECKey.import_key(CENTRE.signer.public_pem)
        assert CENTRE.signer.kid == key.thumbprint() == thumbprint(CENTRE.signer.public_pem)

    @pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", "EdDSA"])
    def test_is_refused_under_any_other_algorithm(self, algorithm: str) -> None:
        protected = dumps({"alg": algorithm, "kid": CENTRE.signer.kid, "typ": "t"})
        head = urlsafe_b64encode(protected).rstrip(b"=").decode()
        with pytest.raises(TokenError) as caught:
            jws.verify(f"{head}.e30.", typ="t", role="receipt", keys=CENTRE.ring)
        assert caught.value.code == "token.algorithm"

    @given(st.text(max_size=60))
    def test_is_refused_with_one_error_when_it_is_none(self, text: str) -> None:
        with pytest.raises(TokenError):
            jws.verify(text, typ="t", role="receipt", keys=CENTRE.ring)

    def test_takes_no_key_that_is_not_p_256(self) -> None:
        with pytest.raises(TokenError):
            thumbprint("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
        with pytest.raises(TokenError):
            SoftwareSigner.from_pem(b"nothing")


class TestCanonicalJson:
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        )
    )
    def test_reads_back_what_it_wrote(self, value: object) -> None:
        assert loads_canonical(dumps(value)) == value  # type: ignore[arg-type]  # any JSON value

    @pytest.mark.parametrize(
        "text",
        [b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b"NaN", b"[Infinity]", b"", b"\xff", b"{"],
    )
    def test_refuses_duplicates_and_what_is_not_json(self, text: bytes) -> None:
        with pytest.raises(ShapeError):
            loads(text)

    @pytest.mark.parametrize(
        "text", [b'{"b":1,"a":1}', b'{"a": 1}', b'"\xc3\xb1"', b"1.0e0", b"{}\n"]
    )
    def test_refuses_another_spelling(self, text: bytes) -> None:
        with pytest.raises(ShapeError):
            loads_canonical(text)

    def test_refuses_a_depth_that_would_exhaust_the_reader(self) -> None:
        with pytest.raises(ShapeError):
            loads(b"[" * 100_000)


class TestReceipt:
    def test_is_read_back_with_the_centres_key(self) -> None:
        assert verify_receipt(sign_receipt(RECEIPT, CENTRE.signer), CENTRE.ring) == RECEIPT

    def test_of_another_signer_is_refused(self) -> None:
        with pytest.raises(ReceiptError) as caught:
            verify_receipt(sign_receipt(RECEIPT, SoftwareSigner.generate()), CENTRE.ring)
        assert caught.value.code == "receipt.unknown_key"

    def test_signed_with_the_policy_key_is_refused(self) -> None:
        ring = FixedKeyRing((verifying_key(CENTRE.signer.public_pem, ("policy",)),))
        with pytest.raises(ReceiptError) as caught:
            verify_receipt(sign_receipt(RECEIPT, CENTRE.signer), ring)
        assert caught.value.code == "receipt.role"

    def test_beyond_its_own_log_is_refused(self) -> None:
        wrong = dataclasses.replace(RECEIPT, log_index=4)
        with pytest.raises(ReceiptError):
            verify_receipt(sign_receipt(wrong, CENTRE.signer), CENTRE.ring)

    @pytest.mark.parametrize(
        "change",
        [
            {"link": "c" * 64},
            {"station": "EST02"},
            {"epoch": "1" * 32},
            {"seq": 8},
            {"size": 1001},
            {"sha256": "c" * 64},
        ],
    )
    def test_of_another_packet_is_refused(self, change: dict[str, object]) -> None:
        ours = {
            "link": RECEIPT.link,
            "station": RECEIPT.station,
            "epoch": RECEIPT.epoch,
            "seq": RECEIPT.seq,
            "size": RECEIPT.size,
            "sha256": RECEIPT.sha256,
        }
        require_receipt_of(RECEIPT, **ours)  # type: ignore[arg-type]  # the fields above
        with pytest.raises(ReceiptError):
            require_receipt_of(RECEIPT, **{**ours, **change})  # type: ignore[arg-type]  # as above


class TestPolicy:
    def test_is_read_back_with_the_centres_key(self) -> None:
        policy = CENTRE.policy(purge_after_s=60)
        assert verify_policy(sign_policy(policy, CENTRE.signer), CENTRE.ring) == policy

    def test_hides_verifiers_when_it_is_shown(self) -> None:
        auxiliar = dataclasses.replace(CENTRE.policy().auxiliares[0], verifier="$argon2id$secret")
        assert "secret" not in repr(auxiliar)

    def test_older_than_the_one_in_force_does_not_come_back(self) -> None:
        token = sign_policy(CENTRE.policy(version=4), CENTRE.signer)
        assert verify_policy(token, CENTRE.ring, at_least=4).version == 4
        with pytest.raises(PolicyError) as caught:
            verify_policy(token, CENTRE.ring, at_least=5)
        assert caught.value.code == "policy.older"

    def test_of_another_signer_is_refused(self) -> None:
        with pytest.raises(PolicyError):
            verify_policy(sign_policy(CENTRE.policy(), SoftwareSigner.generate()), CENTRE.ring)


class TestTimeToken:
    TOKEN = TimeToken("anchor-1", STATION, 1_700_000_000_000, "n1")

    def test_answers_the_stations_own_nonce(self) -> None:
        text = sign_time(self.TOKEN, CENTRE.signer)
        assert verify_time(text, CENTRE.ring, station=STATION, nonce="n1") == self.TOKEN

    @pytest.mark.parametrize(("station", "nonce"), [(STATION, "n2"), ("EST02", "n1")])
    def test_given_to_another_question_is_refused(self, station: str, nonce: str) -> None:
        with pytest.raises(PolicyError):
            verify_time(
                sign_time(self.TOKEN, CENTRE.signer), CENTRE.ring, station=station, nonce=nonce
            )


class TestProof:
    URL = "https://centre.example/api/v1/receipts?after=3"

    def proof(self, **changes: str | bytes) -> str:
        request = {"method": "GET", "url": self.URL, "body": b"", "nonce": "n", **changes}
        return sign_proof(
            **request,  # type: ignore[arg-type]  # the fields above
            station=STATION,
            issued_s=1,
            jti=JTI,
            signer=STATION_KEY,
        )

    def test_holds_for_its_own_request(self) -> None:
        proof = verify_proof(self.proof(), STATION_RING, method="GET", url=self.URL, body=b"")
        assert (proof.station, proof.nonce) == (STATION, "n")

    def test_holds_for_another_spelling_of_the_same_address(self) -> None:
        same = "HTTPS://Centre.Example:443/api/v1/receipts?after=3"
        verify_proof(self.proof(), STATION_RING, method="GET", url=same, body=b"")

    @pytest.mark.parametrize(
        "other",
        [
            {"method": "PUT"},
            {"url": "https://centre.example/api/v1/receipts?after=4"},
            {"url": "https://other.example/api/v1/receipts?after=3"},
            {"url": "http://centre.example/api/v1/receipts?after=3"},
            {"body": b"x"},
        ],
    )
    def test_fails_for_any_other_request(self, other: dict[str, str | bytes]) -> None:
        with pytest.raises(ProofError) as caught:
            verify_proof(self.proof(**other), STATION_RING, method="GET", url=self.URL, body=b"")
        assert caught.value.code == "proof.request"

    def test_fails_with_the_key_of_another_station(self) -> None:
        ring = FixedKeyRing((verifying_key(STATION_KEY.public_pem, ("proof",), "EST02"),))
        with pytest.raises(ProofError) as caught:
            verify_proof(self.proof(), ring, method="GET", url=self.URL, body=b"")
        assert caught.value.code == "proof.station"

    def test_fails_when_it_is_no_proof(self) -> None:
        with pytest.raises(ProofError) as caught:
            verify_proof("nothing", STATION_RING, method="GET", url=self.URL, body=b"")
        assert caught.value.code == "proof.malformed"

    def test_names_addresses_with_their_port(self) -> None:
        assert target("http://[::1]:8443/a#f") == "http://[::1]:8443/a"
        assert target("https://X") == "https://x/"
