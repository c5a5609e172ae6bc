"""The kinds of sound file, and what each can hold. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.errors import UserError

TAGS = ("title", "artist", "album", "genre", "comment", "date", "copyright", "track")
RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # Hz; every
# format but Opus knows them all


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A kind of file. label: for people. codec: whose encoder. bits: of a sample, 0 where the
    format is lossy. rates: Hz that it can hold. bitrate: kbit/s of one channel where none is
    chosen; 0 is a constant quality instead. chapters: whether `Writer.chapter` leaves marks.
    covers: whether a picture can be in it."""

    label: str
    suffix: str
    codec: str
    bits: int = 0
    rates: tuple[int, ...] = (*RATES, 88_200, 96_000)
    bitrate: int = 0
    chapters: bool = False
    covers: bool = False


FORMATS = {
    "wav": Format(label="WAV, 16 bit", suffix=".wav", codec="PCM_16", bits=16),
    "wav24": Format(label="WAV, 24 bit", suffix=".wav", codec="PCM_24", bits=24),
    "wav-float": Format(label="WAV, 32-bit float", suffix=".wav", codec="FLOAT", bits=32),
    "flac": Format(label="FLAC, lossless", suffix=".flac", codec="PCM_16", bits=16),
    "ogg": Format(label="OGG Vorbis", suffix=".ogg", codec="VORBIS", rates=RATES),
    "mp3": Format(label="MP3", suffix=".mp3", codec="libmp3lame", rates=RATES, covers=True),
    "opus": Format(
        label="Opus",
        suffix=".opus",
        codec="libopus",
        rates=(8_000, 12_000, 16_000, 24_000, 48_000),
        bitrate=48,
        covers=True,
    ),
    "m4b": Format(
        label="M4B audiobook, AAC",
        suffix=".m4b",
        codec="aac",
        rates=RATES,
        bitrate=64,
        chapters=True,
        covers=True,
    ),
}


# Endings of sound files that tables name: ours, and those that other programs write.
_SOUNDS = {format.suffix for format in FORMATS.values()} | {
    *(".wave", ".aif", ".aiff", ".aac", ".m4a", ".oga", ".wma", ".wem", ".w64", ".caf"),
}


def is_sound(name: str) -> bool:
    """Whether a name ends as sound files do."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower() in _SOUNDS


def format_of(path: Path) -> str:
    """The name of the format that belongs to a file's ending. Raises UserError for no such."""
    for name, format in FORMATS.items():
        if path.suffix.lower() == format.suffix:
            return name
    endings = ", ".join(dict.fromkeys(format.suffix for format in FORMATS.values()))
    raise UserError(f"{path.name} names no sound format: end it in one of {endings}")


def fitting_rate(format: str, rate: int) -> int:
    """The rate itself where the format can hold it, else the next higher one, else its highest."""
    rates = FORMATS[format].rates
    return next((known for known in rates if known >= rate), rates[-1])
