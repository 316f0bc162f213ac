"""Frozen dataclasses from and to the values of JSON and TOML, strictly.

A member's type is its schema; `Limits` adds range, pattern and unit. Nothing is converted in
silence: `"1"` is not an integer, an unknown member is an error, and a missing one needs a default.
"""

import dataclasses
import enum
import functools
import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from wire.errors import ShapeError

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a member, written as `Annotated[int, Limits(low=1, unit="s")]`.

    `low` and `high` bound a number, given in `unit`; `pattern` is matched by a text as a whole, or
    by each text of a list or table; `most` bounds the characters of a text, or the
    elements of a list or table.
    """

    low: float | None = None
    high: float | None = None
    pattern: str | None = None
    most: int | None = None
    unit: str | None = None


_NO_LIMITS = Limits()


def decode(cls: type[T], value: object, where: str = "$") -> T:
    """Build one dataclass from parsed JSON or TOML.

    Raises:
        ShapeError: The path of the first member that is unknown, missing, or out of its limits.
    """
    if not isinstance(value, Mapping):
        raise ShapeError(f"{where}: expected a table")
    hints = _hints(cls)  # type: ignore[arg-type]  # a class is hashable
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]  # by contract
    unknown = sorted(str(name) for name in value if name not in fields)
    if unknown:
        raise ShapeError(f"{where}.{unknown[0][:40]}: unknown", code="shape.unknown")
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if name in value:
            found[name] = _convert(hints[name], value[name], f"{where}.{name}", _NO_LIMITS)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise ShapeError(f"{where}.{name}: missing", code="shape.missing")
    return cls(**found)


def encode(value: object) -> Any:
    """Give the JSON value of a dataclass; an absent optional member is left out, never null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {name: encode(member) for name, member in members if member is not None}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): encode(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [encode(element) for element in value]
    return value


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls, include_extras=True)


def _convert(hint: Any, value: Any, where: str, limits: Limits) -> Any:
    if hasattr(hint, "__metadata__"):  # Annotated
        found = [extra for extra in hint.__metadata__ if isinstance(extra, Limits)]
        return _convert(hint.__origin__, value, where, found[0] if found else limits)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _convert_union(typing.get_args(hint), value, where, limits)
    if origin is tuple:
        return _convert_tuple(typing.get_args(hint), value, where, limits)
    if origin is dict or origin is Mapping:
        _expect(isinstance(value, Mapping), where, "a table")
        _check_count(value, where, limits)
        element = typing.get_args(hint)[1]
        return {k: _convert(element, v, f"{where}.{str(k)[:40]}", limits) for k, v in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return decode(hint, value, where)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        try:
            return hint(value)
        except ValueError as error:
            raise ShapeError(f"{where}: not one of the known words") from error
    if hint in (Any, object):
        return value
    return _convert_scalar(hint, value, where, limits)


def _convert_union(options: tuple[Any, ...], value: Any, where: str, limits: Limits) -> Any:
    if value is None:
        # An absent member is left out; null would be a second way to say the same.
        raise ShapeError(f"{where}: null is not used")
    failure = ShapeError(f"{where}: no value allowed")
    for option in options:
        if option is types.NoneType:
            continue
        try:
            return _convert(option, value, where, limits)
        except ShapeError as error:
            failure = error
    raise failure


def _convert_tuple(args: tuple[Any, ...], value: Any, where: str, limits: Limits) -> Any:
    _expect(isinstance(value, Sequence) and not isinstance(value, str | bytes), where, "a list")
    _check_count(value, where, limits)
    if len(args) == 2 and args[1] is Ellipsis:
        args = (args[0],) * len(value)
    _expect(len(args) == len(value), where, f"a list of {len(args)}")
    pairs = zip(args, value, strict=True)
    inner = dataclasses.replace(limits, most=None)
    return tuple(_convert(a, v, f"{where}[{i}]", inner) for i, (a, v) in enumerate(pairs))


def _convert_scalar(hint: Any, value: Any, where: str, limits: Limits) -> Any:
    if hint is bool:
        _expect(isinstance(value, bool), where, "true or false")
    elif hint is int:
        _expect(isinstance(value, int) and not isinstance(value, bool), where, "an integer")
        _check_range(value, where, limits)
    elif hint is float:
        _expect(isinstance(value, int | float) and not isinstance(value, bool), where, "a number")
        _check_range(value, where, limits)
        return float(value)
    elif hint is str:
        _expect(isinstance(value, str), where, "a text")
        _check_count(value, where, limits)
        if limits.pattern is not None and re.fullmatch(limits.pattern, value) is None:
            raise ShapeError(f"{where}: not of the agreed form")
    else:
        raise TypeError(f"{where}: no rule for {hint}")
    return value


def _expect(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise ShapeError(f"{where}: expected {what}")


def _check_range(value: float, where: str, limits: Limits) -> None:
    low, high = limits.low, limits.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise ShapeError(f"{where}: outside {low} to {high} {limits.unit or ''}".rstrip())


def _check_count(value: Any, where: str, limits: Limits) -> None:
    if limits.most is not None and len(value) > limits.most:
        raise ShapeError(f"{where}: longer than {limits.most}")
