"""Bundles: what is signed, and everything that is refused with its code."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.releases import COMPATIBLE, KEYS, NOW_MS, PARTS, RING, STRANGER, manifest, write_release
from wire.bundle import (
    BundleKind,
    Manifest,
    add_signature,
    check_payloads,
    read_header,
    read_manifest,
    require_fitting,
    sign_manifest,
    verify_manifest,
)
from wire.errors import BundleError
from wire.keys import FixedKeyRing, SoftwareSigner, verifying_key


def take(data: bytes, *, signatures: int = 2, installed: int = 0) -> Manifest:
    """Read a bundle as a station does."""
    file = io.BytesIO(data)
    found = verify_manifest(read_header(file), RING, signatures=signatures)
    require_fitting(found, compatible=COMPATIBLE, installed=installed, now_ms=NOW_MS)
    check_payloads(file, found)
    return found


def code_of(data: bytes, **how: Any) -> str:
    with pytest.raises(BundleError) as refused:
        take(data, **how)
    return refused.value.code


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    return write_release(tmp_path / "bundle", number=5).read_bytes()


class TestABundle:
    def test_is_taken_whole_with_two_of_three_signatures(self, data: bytes) -> None:
        assert take(data) == manifest(PARTS, 5)
        assert take(data).size == sum(map(len, PARTS.values()))

    def test_is_refused_with_fewer_signatures_than_asked(self, data: bytes) -> None:
        assert code_of(data, signatures=3) == "bundle.signatures"

    def test_counts_a_key_once_and_a_stranger_never(self, tmp_path: Path) -> None:
        for signers in ((KEYS[0], KEYS[0]), (KEYS[0], STRANGER), (STRANGER,)):
            data = write_release(tmp_path / "bundle", signers=signers).read_bytes()
            assert code_of(data) == "bundle.signatures"

    def test_takes_signatures_one_after_the_other(self) -> None:
        first = sign_manifest(manifest(PARTS), KEYS[:1])
        both = add_signature(first, KEYS[1])
        assert verify_manifest(both, RING, signatures=2) == read_manifest(first)
        with pytest.raises(BundleError) as refused:
            add_signature(both, KEYS[0])
        assert refused.value.code == "bundle.signed"

    def test_is_refused_when_a_known_key_signed_something_else(self) -> None:
        good = sign_manifest(manifest(PARTS, 1), KEYS[:2])
        other = sign_manifest(manifest(PARTS, 2), KEYS[:2])
        payload = good.split('"payload":"')[1].split('"')[0]
        mixed = other.replace(other.split('"payload":"')[1].split('"')[0], payload)
        with pytest.raises(BundleError) as refused:
            verify_manifest(mixed, RING, signatures=2)
        assert refused.value.code == "bundle.signature"

    def test_is_refused_from_a_key_of_another_role(self) -> None:
        signer = SoftwareSigner.generate()
        ring = FixedKeyRing((verifying_key(signer.public_pem, ("policy",)),))
        with pytest.raises(BundleError) as refused:
            verify_manifest(sign_manifest(manifest(PARTS), [signer]), ring, signatures=1)
        assert refused.value.code == "bundle.signature"

    @pytest.mark.parametrize(
        ("changes", "installed", "code"),
        [
            ({}, 5, "bundle.older"),
            ({}, 6, "bundle.older"),
            ({"from_number": 4}, 3, "bundle.floor"),
            ({"compatible": "acopio-station-other"}, 0, "bundle.compatible"),
            ({"expires_ms": NOW_MS - 1}, 0, "bundle.expired"),
        ],
    )
    def test_is_refused_where_it_does_not_fit(
        self, tmp_path: Path, changes: dict[str, Any], installed: int, code: str
    ) -> None:
        data = write_release(tmp_path / "bundle", number=5, **changes).read_bytes()
        assert code_of(data, installed=installed) == code

    @pytest.mark.parametrize(
        "changes",
        [
            {"payloads": ()},
            {"payloads": manifest(PARTS).payloads * 2},
            {"kind": BundleKind.MODELS, "payloads": manifest(PARTS).payloads},
        ],
    )
    def test_is_refused_when_its_payloads_do_not_go_together(
        self, tmp_path: Path, changes: dict[str, Any]
    ) -> None:
        data = write_release(tmp_path / "bundle", **changes).read_bytes()
        assert code_of(data) == "bundle.malformed"

    def test_is_refused_with_bytes_behind_it_that_nobody_signed(self, data: bytes) -> None:
        assert code_of(data + b"x") == "bundle.malformed"

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(st.data())
    def test_is_refused_when_cut_anywhere(self, data: bytes, draw: st.DataObject) -> None:
        length = draw.draw(st.integers(0, len(data) - 1))
        assert code_of(data[:length]) in ("bundle.truncated", "bundle.malformed")

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
    @given(st.data())
    def test_is_refused_with_any_flipped_bit(self, data: bytes, draw: st.DataObject) -> None:
        place = draw.draw(st.integers(0, len(data) * 8 - 1))
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        assert code_of(bytes(flipped)).startswith("bundle.")

    @given(st.binary(max_size=400))
    def test_is_refused_when_it_is_anything_else(self, junk: bytes) -> None:
        assert code_of(junk) in ("bundle.truncated", "bundle.malformed")
        assert code_of(b"ACOPIO-BUNDLE-1\n" + junk) in ("bundle.truncated", "bundle.malformed")
