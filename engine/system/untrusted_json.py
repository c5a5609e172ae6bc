"""JSON that a stranger may have written: its size, its depth and the kinds of its values are
bounded before anything is made of them.

`parse` gives plain values, `fields_of` an object of ours from them: a dataclass whose annotations
are the schema. Both raise ValueError with a short sentence, for whatever is wrong.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import types
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union

from engine.system.outside import JSON_BYTES, read_outside

MAX_DEPTH = 64  # brackets within brackets
MAX_WHOLE = 2**53  # whole numbers above it are no count of anything
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.S)
_BRACKET = re.compile(rb"[\[\]{}]")

_Record = TypeVar("_Record")


def parse(data: bytes, *, most: int = JSON_BYTES, infinity: bool = False) -> Any:
    """The value of UTF-8 JSON. infinity: NaN and Infinity, which are no JSON, are read, as of files
    that Python's json wrote. Raises ValueError."""
    if len(data) > most:
        raise ValueError(f"it has {len(data)} bytes, more than {most}")
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and _depth(data) > MAX_DEPTH:
        raise ValueError(f"it has more than {MAX_DEPTH} brackets within each other")
    try:
        constant = float if infinity else _refuse
        return json.loads(data.decode("utf-8"), parse_constant=constant)
    except (RecursionError, MemoryError) as error:
        raise ValueError("it is nested too deeply, or too large") from error


def parse_object(data: bytes, *, most: int = JSON_BYTES, infinity: bool = False) -> dict[str, Any]:
    """The same of what has to be an object."""
    value = parse(data, most=most, infinity=infinity)
    if not isinstance(value, dict):
        raise ValueError(f"it holds {name_of(value)}, not an object")
    return value


def read_object(path: Path, most: int = JSON_BYTES, *, infinity: bool = False) -> dict[str, Any]:
    """The object in a file. Raises Unfit, OSError and ValueError."""
    return parse_object(read_outside(path, most), most=most, infinity=infinity)


def fields_of(
    record: type[_Record], values: Any, *, what: str = "", infinity: bool = False
) -> _Record:
    """A dataclass from an object of JSON by its annotations; unknown names are passed over, those
    that are missing have their defaults. what: stands before the field's name in a sentence.
    infinity: as in `parse`.

    A whole number counts as a float, 2.0 as a whole number; lists become tuples.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"there is {name_of(values)} where an object belongs")
    schema: Any = record
    kinds = _kinds(schema)
    checked = {}
    for name, value in values.items():
        if name in kinds:
            try:
                checked[name] = checked_as(kinds[name], value, infinity)
            except ValueError as error:
                raise ValueError(f"{what}{name} {error}") from error
    try:
        return record(**checked)
    except TypeError as error:
        raise ValueError(f"a field is missing ({error})") from error


def checked_as(kind: Any, value: Any, infinity: bool = False) -> Any:
    """A value of JSON as a type: bool, int, float, str, a union, tuple[X, ...], Mapping[str, X],
    Any. Raises ValueError: "is a text, not a whole number"."""
    if kind is Any:
        return value
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(typing.get_args(kind), value, infinity)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"is {name_of(value)}, not a list")
        return tuple(checked_as(typing.get_args(kind)[0], one, infinity) for one in value)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ValueError(f"is {name_of(value)}, not an object")
        of = typing.get_args(kind)[1]
        return {str(key): checked_as(of, one, infinity) for key, one in value.items()}
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if infinity and isinstance(value, float) else finite(value)
    if kind is int and isinstance(value, (int, float)) and not isinstance(value, bool):
        return whole(value)
    if type(value) is not kind:
        raise ValueError(f"is {name_of(value)}, not {_NAMES.get(kind, 'nothing')}")
    return value


def finite(value: Any) -> float:
    """A number that can be counted with. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"is {name_of(value)}, not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("is no number that can be counted with")
    return number


def whole(value: Any) -> int:
    """A whole number of usual size. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"is {name_of(value)}, not a whole number")
    if not abs(value) <= MAX_WHOLE or value != int(value):
        raise ValueError("is no whole number of usual size")
    return int(value)


def name_of(value: Any) -> str:
    """What a value of JSON is called in a sentence."""
    return _NAMES.get(type(value), "something else")


_NAMES = {
    str: "a text", bool: "true or false", int: "a whole number", float: "a number", list: "a list",
    tuple: "a list", dict: "an object", type(None): "null",
}  # fmt: skip


def _one_of(kinds: Iterable[Any], value: Any, infinity: bool) -> Any:
    wrong = None
    for kind in kinds:
        try:
            return checked_as(kind, value, infinity)
        except ValueError as error:
            wrong = wrong or error
    raise wrong or ValueError("is something else")


def _refuse(name: str) -> None:
    raise ValueError(f"it holds {name}, which is no number of JSON")


def _depth(data: bytes) -> int:
    """How deep brackets stand in each other, outside of strings."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


@cache
def _kinds(record: type[Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(record)
    return {field.name: hints[field.name] for field in dataclasses.fields(record)}
