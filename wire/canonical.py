"""JSON with one spelling: what is signed can be read back to exactly the same bytes."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from wire.errors import ShapeError

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"


def dumps(value: Json) -> bytes:
    """Write sorted keys, no spaces, ASCII escapes; NaN and infinity have no spelling.

    Raises:
        ShapeError: The value holds something JSON cannot say.
    """
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise ShapeError("value cannot be written as JSON", code="shape.not_json") from error
    return text.encode("ascii")


def loads(text: bytes) -> Json:
    """Read JSON; a member named twice is refused, since readers disagree on which one counts.

    Raises:
        ShapeError: Not UTF-8, not JSON, a duplicate member, or a number such as NaN.
    """
    try:
        value: Json = json.loads(
            text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except ShapeError:
        raise
    except (ValueError, RecursionError) as error:
        raise ShapeError("not JSON", code="shape.not_json") from error
    return value


def loads_canonical(text: bytes) -> Json:
    """Read JSON that is spelled as `dumps` spells it.

    Raises:
        ShapeError: As `loads`, or the bytes are another spelling of the same value.
    """
    value = loads(text)
    if dumps(value) != text:
        raise ShapeError("not in canonical spelling", code="shape.not_canonical")
    return value


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ShapeError("a member is named twice", code="shape.duplicate_member")
    return members


def _no_constant(_name: str) -> Json:
    raise ShapeError("a number is not finite", code="shape.not_json")
