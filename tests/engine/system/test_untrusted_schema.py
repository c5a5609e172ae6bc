"""Which files are read as a JSON schema, and what is said of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.system.untrusted_schema import MOST, read_schema

SCHEMA = '{"enum": ["ﬁn", "灯台"]}'  # nothing of it is made plainer, as of a document


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-be"])
def test_a_schema_is_read_as_it_stands(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(SCHEMA.encode(encoding))
    assert read_schema(path) == SCHEMA


def test_any_json_has_a_schema(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for text in ("{}", "true"):
        path.write_text(text)
        assert read_schema(path) == text


def test_what_is_none_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for data, words in (
        (b"", "a.json is no JSON schema: Expecting value"),
        (b'{"type": ', "a.json is no JSON schema: Expecting value"),
        (b'{"enum": ["\xff"]}', "a.json is no JSON schema: .*can't decode"),
        (b"[1]", "a.json is no JSON schema: it holds a list, not an object"),
        (b'{"maximum": NaN}', "no number of JSON"),
        (b'{"not":' * 70 + b"{}" + b"}" * 70, "brackets within each other"),
        (json.dumps({"enum": ["x" * MOST]}).encode(), "it is not read"),
    ):
        path.write_bytes(data)
        with pytest.raises(UserError, match=words):
            read_schema(path)
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(UserError, match=r"cannot read .*: choose another file"):
            read_schema(place)
