"""Text from standard input, in whatever encoding it comes."""

from __future__ import annotations

import io
import os
import sys

import pytest

from engine.cli.stdin import Incoming, read_text
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


def test_what_has_come_is_given_out_before_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as stdin, open(writing, "wb", buffering=0) as pipe:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stdin))
        incoming = Incoming()
        parts = iter(incoming)
        pipe.write("Où est".encode()[:-1])
        assert next(parts) == "Où es"
        assert not incoming.ended
        pipe.write(b"t-il ?")
        pipe.close()
        assert "".join(parts) == "t-il ?"
        assert incoming.ended


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_text_that_is_all_there_comes_at_once(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Où est la bibliothèque, là-bas à côté ?"
    stdin = io.TextIOWrapper(io.BytesIO(text.encode(encoding)), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)
    assert list(Incoming()) == [text]
