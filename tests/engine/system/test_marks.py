"""What says that this program made a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.wav import write_wav
from engine.system.marks import MADE_BY, is_marked, marked

INFO = b"INFOISFT\x0c\0\0\0Bark Studio\0"


def wav(*chunks: tuple[bytes, bytes]) -> bytes:
    inside = b"".join(
        name + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + (len(inside) + 4).to_bytes(4, "little") + b"WAVE" + inside


@pytest.mark.parametrize(
    ("data", "ours"),
    [
        (json.dumps(marked({"a": 1})).encode(), True),
        (json.dumps(marked({"a": 1}), indent=1).encode(), True),
        (json.dumps(marked({})).encode() + b'\n{"row": 0}\n{', True),  # JSON Lines
        (b'{"made_by": "somebody else"}', False),
        (b'{"text": "made_by Bark Studio"}', False),
        (b'["made_by", "Bark Studio"]', False),
        (b"", False),
        (b"{", False),
        (b"[" * 100_000, False),
        (wav((b"data", b"123"), (b"LIST", INFO)), True),
        (wav((b"LIST", b"INFOINAM\x02\0\0\0a\0"), (b"LIST", INFO), (b"data", b"12")), True),
        (wav((b"LIST", INFO.replace(b"Bark", b"Dark"))), False),
        (wav((b"data", INFO)), False),
        (wav((b"LIST", INFO))[:30], False),
        (b"RIFF", False),
    ],
)
def test_a_mark(data: bytes, ours: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert is_marked(path) == ours


def test_what_say_writes_is_marked_and_what_is_not_there_is_not(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.zeros(3, np.float32), 24_000)
    assert is_marked(tmp_path / "a.wav")
    assert not is_marked(tmp_path / "b.wav")
    assert not is_marked(tmp_path)


@given(st.binary())
def test_any_bytes_have_an_answer(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(b"RIFF" + data)
        assert is_marked(path) in (True, False)
        assert MADE_BY.encode() in data or not is_marked(path)
