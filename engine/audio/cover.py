"""Pictures that are put into sound files: what they are, and how large. Nothing is decoded."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass

MAX_BYTES = 5 * 2**20  # shops ask for 3000 points square, which are some 2 MB
_MOST_POINTS = 20_000  # of a side
_FRONT = 3  # what a picture shows: the cover


@dataclass(frozen=True, slots=True)
class Cover:
    """codec: FFmpeg's name, "mjpeg" or "png". width, height: points."""

    data: bytes
    codec: str
    width: int
    height: int

    def as_vorbis_comment(self) -> str:
        """METADATA_BLOCK_PICTURE, as Ogg files have it."""
        mime = b"image/png" if self.codec == "png" else b"image/jpeg"
        head = struct.pack(">II", _FRONT, len(mime)) + mime + struct.pack(">I", 0)
        about = struct.pack(">IIIII", self.width, self.height, 24, 0, len(self.data))
        return base64.b64encode(head + about + self.data).decode()


def cover_of(data: bytes) -> Cover | None:
    """A JPEG or PNG of a size that sound files can have, else None."""
    size = _png(data) or _jpeg(data)
    if size is None or len(data) > MAX_BYTES or not all(0 < n <= _MOST_POINTS for n in size):
        return None
    return Cover(data, "png" if data[:1] == b"\x89" else "mjpeg", *size)


def _png(data: bytes) -> tuple[int, int] | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and len(data) >= 33:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """From the first start of a frame; the segments before it are stepped over."""
    at = 2 if data.startswith(b"\xff\xd8\xff") else len(data)
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 1 if kind == 0xFF else 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
    return None
