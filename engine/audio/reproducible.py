"""What encoders write, changed on its way to the disk: without the date and the random number that
they put in, so that the same sound gives the same bytes, and with the frame that a comment has."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import BinaryIO

Change = Callable[[bytes], bytes]  # of the same length
# A comment in ID3v2 says its language in three letters; these stand for one that nobody knows.
_NO_LANGUAGE = "XXX"
COMMENT = _NO_LANGUAGE  # name of the tag that `id3_comment` makes a comment of
_FREE_TAG = re.compile(rb"TXXX(.{4}\0\0[\0\3])(%b\0)" % _NO_LANGUAGE.encode(), re.S)


class Sink:
    """What the encoders write to. They are C code that an exception cannot cross: the disk's error
    is kept and raised by `check`. deaf: take no more bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._error: OSError | None = None
        self.deaf = False

    def check(self) -> None:
        """Raise what the disk said."""
        if self._error is not None:
            raise self._error

    def write(self, data: bytes) -> int:
        """Write, or do as if: the encoder is not to try again."""
        if not self.deaf and self._error is None:
            try:
                self._file.write(data)
            except OSError as error:
                self._error = error
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of any file."""
        try:
            return self._file.seek(offset, whence)
        except OSError as error:  # it writes what it held back
            self._error = self._error or error
            return offset

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

    def read(self, count: int = -1) -> bytes:
        """Nothing: the encoders ask whether they could."""
        return b""

    def flush(self) -> None:
        """Nothing: atomic_file does it in the end."""


class Changed:
    """A Sink whose bytes are changed on their way."""

    def __init__(self, sink: Sink, change: Change) -> None:
        self._sink, self._change = sink, change
        self.seek, self.tell, self.read, self.flush = sink.seek, sink.tell, sink.read, sink.flush

    def write(self, data: bytes) -> int:
        """Change and write."""
        self._sink.write(self._change(bytes(data)))
        return len(data)


def without_peak_date() -> Change:
    """For a float WAV: its PEAK chunk shall not tell when it was written."""

    def change(data: bytes) -> bytes:
        at = data.find(b"PEAK") if data.startswith(b"RIFF") else -1
        return data if at < 0 else data[: at + 12] + bytes(4) + data[at + 16 :]

    return change


def id3_comment() -> Change:
    """For an MP3 whose comment is the tag COMMENT: FFmpeg writes it as a frame with a name of its
    own, which ID3v2 calls TXXX, and players look for COMM. Both hold the same bytes: an encoding,
    the name or the language, 0, the text."""
    looked = False

    def change(data: bytes) -> bytes:
        nonlocal looked
        if looked:
            return data
        looked = True  # the tag comes first, and its texts before any picture
        return _FREE_TAG.sub(rb"COMM\1\2", data, count=1)

    return change


def ogg_pages() -> Change:
    """For an OGG file: the serial number 1 in every page instead of a random one."""
    body = 0  # bytes until the next page begins

    def change(data: bytes) -> bytes:
        nonlocal body
        if body > 0 or not data.startswith(b"OggS"):
            body -= len(data)
            return data
        header = 27 + data[26]  # then its table of lengths
        length = header + sum(data[27:header])
        body = length - len(data)
        serial = (1).to_bytes(4, "little")
        changed = int.from_bytes(data[14:18], "big") ^ int.from_bytes(serial, "big")
        # A CRC is linear: what the four bytes change in it is their own CRC, zeros following.
        crc = int.from_bytes(data[22:26], "little") ^ _times(changed, _shift(length - 18))
        return data[:14] + serial + data[18:22] + crc.to_bytes(4, "little") + data[26:]

    return change


def _times(a: int, b: int) -> int:
    """The product of two polynomials over GF(2), modulo that of OGG's CRC-32."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        b >>= 1
        a = (a << 1) ^ (0x104C11DB7 if a >> 31 else 0)
    return product


@lru_cache(maxsize=4096)
def _shift(count: int) -> int:
    """x to the power that a CRC is shifted by when count zero bytes follow, and the CRC itself."""
    power, square, bits = 1, 2, 8 * count + 32
    while bits:
        if bits & 1:
            power = _times(power, square)
        square = _times(square, square)
        bits >>= 1
    return power
