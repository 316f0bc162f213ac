"""Shapes, identifiers, claims and messages: strict, and wrong in one way only."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stations import STATION, Centre
from wire import api
from wire.canonical import loads
from wire.claim import Claim, build_claim, parse_claim
from wire.errors import ClaimError, ShapeError
from wire.keys import SoftwareSigner
from wire.shape import Limits, decode, encode
from wire.uuid7 import uuid7

CENTRE = Centre()


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    count: Annotated[int, Limits(low=1, high=3, unit="s")]


@dataclass(frozen=True)
class Outer:
    name: Annotated[str, Limits(pattern="[a-z]+", most=5)]
    inner: Inner
    colour: Colour = Colour.RED
    ratio: float = 0.5
    flag: bool = False
    pair: tuple[int, int] | None = None
    words: Annotated[tuple[str, ...], Limits(pattern="[a-z]+", most=2)] = ()
    table: Annotated[Mapping[str, int], Limits(low=0, most=2)] = dataclasses.field(
        default_factory=dict
    )


GOOD: dict[str, Any] = {"name": "abc", "inner": {"count": 1}}


class TestShape:
    def test_reads_what_it_writes(self) -> None:
        value = Outer("abc", Inner(2), ratio=1.0, pair=(1, 2), words=("a",), table={"k": 1})
        assert decode(Outer, encode(value)) == value

    def test_leaves_out_what_is_absent(self) -> None:
        assert "pair" not in encode(Outer("abc", Inner(2)))

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"name": 1}, "$.name"),
            ({"name": "ABC"}, "$.name"),
            ({"name": "abc\n"}, "$.name"),
            ({"name": "abcdef"}, "$.name"),
            ({"inner": {"count": 0}}, "$.inner.count"),
            ({"inner": {"count": 4}}, "$.inner.count"),
            ({"inner": {"count": True}}, "$.inner.count"),
            ({"inner": {"count": 1.0}}, "$.inner.count"),
            ({"inner": {}}, "$.inner.count"),
            ({"inner": []}, "$.inner"),
            ({"inner": {"count": 1, "more": 1}}, "$.inner.more"),
            ({"colour": "blue"}, "$.colour"),
            ({"ratio": "1"}, "$.ratio"),
            ({"flag": 1}, "$.flag"),
            ({"pair": None}, "$.pair"),
            ({"pair": [1]}, "$.pair"),
            ({"words": "ab"}, "$.words"),
            ({"words": ["a", "b", "c"]}, "$.words"),
            ({"words": ["a", "B"]}, "$.words[1]"),
            ({"table": {"a": -1}}, "$.table.a"),
            ({"table": {"a": 1, "b": 1, "c": 1}}, "$.table"),
            ({"unknown": 1}, "$.unknown"),
        ],
    )
    def test_names_the_place_that_is_wrong(self, change: dict[str, Any], where: str) -> None:
        with pytest.raises(ShapeError) as caught:
            decode(Outer, {**GOOD, **change})
        assert str(caught.value).startswith(f"{where}:")

    def test_never_repeats_the_value(self) -> None:
        with pytest.raises(ShapeError) as caught:
            decode(Outer, {**GOOD, "name": "SECRETO"})
        assert "SECRETO" not in str(caught.value)


class TestUuid7:
    def test_agrees_with_the_example_of_rfc_9562(self) -> None:
        # appendix A.6: 2022-02-22 19:22:22 UTC, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F
        random = 0xCC3 << 68 | 0x18C4DC0C0C07398F
        built = uuid7(0x017F22E279B0, random.to_bytes(10, "big"))
        assert built == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")

    @given(st.integers(0, 2**48 - 2), st.binary(min_size=10, max_size=10))
    def test_sorts_by_time(self, at_ms: int, entropy: bytes) -> None:
        assert uuid7(at_ms, entropy) < uuid7(at_ms + 1, bytes(10))
        assert uuid7(at_ms, entropy).version == 7

    @pytest.mark.parametrize(("at_ms", "entropy"), [(-1, 10), (2**48, 10), (0, 9)])
    def test_refuses_what_it_cannot_hold(self, at_ms: int, entropy: int) -> None:
        with pytest.raises(ValueError):
            uuid7(at_ms, bytes(entropy))


class TestClaim:
    CLAIM = Claim("https://centre.example", STATION, "c" * 32, (CENTRE.key,), "PEM")

    def test_is_read_back_exactly(self) -> None:
        assert parse_claim(build_claim(self.CLAIM)) == self.CLAIM

    def test_hides_its_code_when_it_is_shown(self) -> None:
        assert "cccc" not in repr(self.CLAIM)

    def test_whose_key_is_not_the_one_it_names_is_refused(self) -> None:
        swapped = dataclasses.replace(CENTRE.key, kid=SoftwareSigner.generate().kid)
        with pytest.raises(ClaimError) as caught:
            parse_claim(build_claim(dataclasses.replace(self.CLAIM, keys=(swapped,))))
        assert caught.value.code == "claim.keys"

    def test_without_an_authority_for_https_is_refused(self) -> None:
        with pytest.raises(ClaimError) as caught:
            parse_claim(build_claim(dataclasses.replace(self.CLAIM, ca_pem="")))
        assert caught.value.code == "claim.ca"

    @given(st.binary(max_size=100))
    def test_that_is_none_is_refused_with_one_error(self, data: bytes) -> None:
        with pytest.raises(ClaimError):
            parse_claim(data)


class TestMessages:
    @pytest.mark.parametrize(
        "message",
        [
            api.ErrorAnswer("packet.hash", "x"),
            api.HelloAnswer("token", 3, "a" * 64, ((1, 2), (5, 5)), 2),
            api.HelloAnswer("token", 0, ""),
            api.ReceiptsAnswer((api.ReceiptItem(1, "a" * 64, api.Outcome.RESEND),), 1, True),
            api.UploadAnswer("receipt"),
            api.PolicyAnswer("policy"),
            api.Health({"sealed": 3}, {}, 10, 5),
        ],
    )
    def test_are_read_back_exactly(self, message: Any) -> None:
        assert api.from_json(type(message), api.to_json(message)) == message

    def test_with_an_unknown_member_are_refused(self) -> None:
        with pytest.raises(ShapeError):
            api.from_json(api.ErrorAnswer, b'{"code":"a","more":1}')

    def test_are_json_objects(self) -> None:
        assert loads(api.to_json(api.PolicyAnswer("p"))) == {"policy": "p"}
