"""Bytes into text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents.encoding import clean, decode
from engine.errors import UserError


def test_control_characters_go_and_line_ends_are_one_kind() -> None:
    assert clean("a\x00b\x07\r\nc\rd\x85e\u2028f\ufeffg\xadh\x9fi") == "ab\nc\nd\ne\nfghi"
    assert clean("\ud83d") == "\ufffd"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        text, _ = decode(data, "file")
    except UserError:
        return
    assert text == clean(text)
