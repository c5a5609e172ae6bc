"""WAV files: 16-bit PCM, one channel, which every player and game engine reads."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.system.atomic_files import atomic_file
from engine.system.marks import MADE_BY
from engine.system.outside import open_outside

_PEAK = 32767  # symmetric: −1 and 1 are equally far from 0
_SOFTWARE = MADE_BY.encode() + bytes(2 - len(MADE_BY) % 2)  # ends in zero, of even length
_INFO = struct.pack("<4sI4s4sI", b"LIST", 12 + len(_SOFTWARE), b"INFO", b"ISFT", len(_SOFTWARE))
_INFO += _SOFTWARE
_HEAD = 4 + 24 + len(_INFO) + 8  # bytes before the samples that the size counts
_LONGEST = (2**32 - 1 - _HEAD) // 2  # samples; a WAV counts its bytes in 32 bits


def to_pcm16(audio: NDArray[np.float32]) -> NDArray[np.int16]:
    """Float samples (−1 … 1) as 16-bit ones. Louder ones are clipped; nothing is normalised, or
    the pieces of one recording would differ in level. Raises UserError for nan and infinity."""
    if not np.isfinite(audio).all():
        raise UserError(
            "the sound holds values that are no numbers: choose --precision float32 or another seed"
        )
    return np.rint(np.clip(audio, -1.0, 1.0) * _PEAK).astype("<i2")


def write_wav(path: Path, audio: NDArray[np.float32], sample_rate: int) -> None:
    """Write float32 (samples,), −1 … 1, as 16-bit PCM, whole or not at all.

    Raises UserError where the disk refuses, for nan, and for more than a WAV can hold (4 GiB).
    """
    if audio.ndim != 1:
        raise ValueError(f"one channel of samples, not an array of shape {audio.shape}")
    if len(audio) > _LONGEST:
        raise UserError(f"{path} would pass 4 GiB, the most a WAV holds: write it in parts")
    samples = to_pcm16(audio)
    with atomic_file(path) as file:
        file.write(header(2 * len(samples), sample_rate))
        file.write(samples.tobytes())


def header(size: int, sample_rate: int) -> bytes:
    """What stands before the samples. size: of these, in bytes."""
    riff = struct.pack("<4sI4s", b"RIFF", _HEAD + size, b"WAVE")
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, sample_rate, 2 * sample_rate, 2, 16)
    return riff + form + _INFO + struct.pack("<4sI", b"data", size)


def read_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read a 16-bit PCM file: samples (samples,) for one channel, and the sample rate.

    Raises UserError for anything else.
    """
    try:
        with open_outside(path, 2**32) as file, wave.open(file, "rb") as wav:
            if wav.getsampwidth() != 2 or wav.getnchannels() != 1:
                raise UserError(f"{path} is not a 16-bit WAV of one channel: convert it first")
            samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2")
            return samples.astype(np.float32) / np.float32(_PEAK), wav.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise UserError(f"{path} cannot be read as WAV: {error}") from error
