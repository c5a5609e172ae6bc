"""Text from standard input, in whatever encoding it comes."""

from __future__ import annotations

import io
import sys

import pytest

from engine.cli.stdin import read_text
from engine.errors import UserError


def read(data: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))
    return read_text()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Où est la bibliothèque, là-bas à côté ?", "utf-8"),
        ("Où est la bibliothèque, là-bas à côté ?", "utf-8-sig"),
        ("Où est la bibliothèque, là-bas à côté ?", "cp1252"),
        ("灯台守は海を見ていた。", "cp932"),
        ("Hello.", "utf-16"),
        ("café", "latin-1"),
        ("", "utf-8"),
    ],
)
def test_standard_input_is_decoded_as_files_are(
    text: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(text.encode(encoding), monkeypatch) == text


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\x00\x01\x02" * 9])
def test_what_is_no_text_is_a_sentence(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"not in UTF-8|no text file"):
        read(data, monkeypatch)
