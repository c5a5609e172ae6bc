"""JSON of strangers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine.system.untrusted_json import (
    MAX_DEPTH,
    checked_as,
    fields_of,
    finite,
    parse,
    parse_object,
    read_object,
    whole,
)


def test_values_are_those_of_json() -> None:
    assert parse(b'{"a": [1, 2.5, "\\u00e9[[[", null, true]}') == {
        "a": [1, 2.5, "é[[[", None, True]
    }
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    many = b"[" + b",".join([b'["["]'] * 1000) + b"]"  # brackets in words are none
    assert len(parse(many)) == 1000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 65 + b"]" * 65, "more than 64 brackets"),
        (b"[" * 100_000, "more than 64 brackets"),
        (b'{"a":' * 100_000, "more than 64 brackets"),
        (b"NaN", "holds NaN"),
        (b"[-Infinity]", "holds -Infinity"),
        (b"1" * 5000, "digits"),
        (b"", "Expecting value"),
        (b"\xff\xfe", "utf-8"),
        (b"x" * 101, "101 bytes, more than 100"),
    ],
)
def test_whatever_is_wrong_is_a_value_error(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(data, most=100 if b"x" in data else 2**30)


def test_python_writes_what_is_no_json() -> None:
    assert parse(b'{"a": Infinity}', infinity=True) == {"a": math.inf}


def test_an_object_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}')
    assert read_object(tmp_path / "a.json") == {"a": 1}
    for data, name in ((b"[]", "a list"), (b"3", "a whole number"), (b"null", "null")):
        with pytest.raises(ValueError, match=f"it holds {name}, not an object"):
            parse_object(data)


@dataclass(frozen=True)
class Record:
    count: int
    rate: float = 1.0
    name: str | None = None
    parts: tuple[int, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    on: bool = False


def test_a_record_is_made_by_its_annotations() -> None:
    stored = {"count": 2.0, "rate": 3, "parts": [1], "more": {"x": []}, "on": True, "unknown": 1}
    assert fields_of(Record, stored) == Record(2, 3.0, None, (1,), {"x": []}, True)
    assert type(fields_of(Record, stored).count) is int


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ({}, "a field is missing"),
        ({"count": "2"}, "part.count is a text, not a whole number"),
        ({"count": True}, "part.count is true or false, not a whole number"),
        ({"count": 2.5}, "part.count is no whole number of usual size"),
        ({"count": 1e300}, "part.count is no whole number of usual size"),
        ({"count": 10**400}, "part.count is no whole number of usual size"),
        ({"count": math.inf}, "part.count is no whole number of usual size"),
        ({"count": 1, "rate": math.nan}, "part.rate is no number that can be counted with"),
        ({"count": 1, "rate": 10**400}, "part.rate is no number"),
        ({"count": 1, "rate": [1]}, "part.rate is a list"),
        ({"count": 1, "name": 3}, "part.name is a whole number, not a text"),
        ({"count": 1, "parts": {"a": 1}}, "part.parts is an object, not a list"),
        ({"count": 1, "parts": ["a"]}, "part.parts is a text"),
        ({"count": 1, "more": 3}, "part.more is a whole number, not an object"),
        ({"count": 1, "on": 1}, "part.on is a whole number, not true or false"),
        ([], "a list where an object belongs"),
    ],
)
def test_a_value_of_another_kind_is_named(stored: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fields_of(Record, stored, what="part.")


def test_numbers() -> None:
    assert (whole(3.0), finite(3), checked_as(int | None, None)) == (3, 3.0, None)
    for value in (math.nan, "1", None, True):
        for number in (whole, finite):
            with pytest.raises(ValueError, match="number"):
                number(value)
    assert checked_as(float, math.inf, infinity=True) == math.inf
