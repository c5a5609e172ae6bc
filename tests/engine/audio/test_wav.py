"""WAV files, byte for byte."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from engine.audio.wav import _HEAD, _LONGEST, header, read_wav, write_wav
from engine.errors import UserError


def test_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, np.array([0, 0.5, -1, 1], dtype=np.float32), 16_000)
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI4s4sI12s4sI",
        *(b"RIFF", 36 + 32 + 8, b"WAVE", b"fmt ", 16),
        *(1, 1, 16_000, 32_000, 2, 16),  # PCM, one channel, 16 bits
        *(b"LIST", 24, b"INFO", b"ISFT", 12, b"Bark Studio"),
        *(b"data", 8),
    )
    assert path.read_bytes() == header + struct.pack("<4h", 0, 16384, -32767, 32767)


def test_loud_samples_are_clipped_and_nothing_is_normalised(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.array([3, -3, 0.25], dtype=np.float32), 24_000)
    audio, _ = read_wav(tmp_path / "a.wav")
    assert audio.tolist() == pytest.approx([1, -1, 0.25], abs=1e-4)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(bad: float, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no numbers"):
        write_wav(tmp_path / "a.wav", np.array([0, bad], dtype=np.float32), 24_000)
    assert list(tmp_path.iterdir()) == []


def test_two_channels_are_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one channel"):
        write_wav(tmp_path / "a.wav", np.zeros((2, 9), dtype=np.float32), 24_000)


def test_more_than_a_wav_can_hold_is_refused(tmp_path: Path) -> None:
    endless = np.broadcast_to(np.float32(0), (2**31,))  # takes 4 bytes of memory
    with pytest.raises(UserError, match="4 GiB"):
        write_wav(tmp_path / "a.wav", endless, 24_000)
    with pytest.raises(UserError, match="4 GiB"):
        write_wav(tmp_path / "a.wav", endless[: _LONGEST + 1], 24_000)
    assert _HEAD + 2 * _LONGEST < 2**32 <= _HEAD + 2 * (_LONGEST + 1)  # the size in its head
    assert list(tmp_path.iterdir()) == []


def test_the_longest_is_counted_in_its_head() -> None:
    head = header(2 * _LONGEST, 24_000)
    assert struct.unpack("<I", head[-4:]) == (2 * _LONGEST,)
    assert struct.unpack("<I", head[4:8]) == (len(head) - 8 + 2 * _LONGEST,)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    audio = np.linspace(-1, 1, 1000, dtype=np.float32)
    write_wav(tmp_path / "a.wav", audio, 22_050)
    back, rate = read_wav(tmp_path / "a.wav")
    assert rate == 22_050
    assert back.dtype == np.float32
    assert np.abs(back - audio).max() <= 0.5 / 32767 + 1e-6


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no wav at all, but long enough" * 9])
def test_what_is_no_wav_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(UserError, match="cannot be read as WAV"):
        read_wav(tmp_path / "a.wav")
