"""ZIP archives and NumPy arrays as no honest program writes them: every size and name a choice."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

_PIECE = 16 * 2**20


@dataclass(frozen=True)
class Member:
    """data: as it lies in the archive, packed by `method`. size: what it says that it unpacks to,
    None for the truth of what is stored."""

    name: str
    data: bytes
    method: int = 0
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    flags: int = 0


def members_of(data: bytes) -> list[Member]:
    """What a sound archive holds, unpacked. Raises ValueError for a bomb."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > _PIECE:
            raise ValueError("it unpacks to too much")
        return [Member(info.filename, archive.read(info)) for info in archive.infolist()]


def archive(members: Iterable[Member]) -> bytes:
    """An archive that says what its members say."""
    body, listing, count = b"", b"", 0
    for member in members:
        name = member.name.encode("utf-8", "surrogatepass")[:65535]
        size = len(member.data) if member.size is None else member.size
        packed = len(member.data) if member.packed is None else member.packed
        crc = zlib.crc32(member.data) if member.crc is None else member.crc
        sizes = struct.pack("<III", crc, min(packed, 2**32 - 1), min(size, 2**32 - 1))
        head = struct.pack("<HHHHH", 20, member.flags | 0x800, member.method, 0, 0x21) + sizes
        listing += b"PK\1\2" + struct.pack("<H", 20) + head
        listing += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(body)) + name
        body += b"PK\3\4" + head + struct.pack("<HH", len(name), 0) + name + member.data
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(listing), len(body), 0)
    return body + listing + b"PK\5\6" + end


@cache
def zeros(size: int) -> bytes:
    """So many zeros, packed: a thousandth of them. size: a multiple of 16 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(bytes(_PIECE)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(_PIECE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (size // _PIECE - 1) + packer.flush()


def packed(member: Member) -> Member:
    """The same, deflated."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    data = packer.compress(member.data) + packer.flush()
    crc, size = zlib.crc32(member.data), len(member.data)
    return replace(member, data=data, method=8, crc=crc, size=size)


def npy(header: str, data: bytes = b"", version: int = 1, length: int | None = None) -> bytes:
    """An array file with this header, whatever it says. length: what it says of the header's."""
    text = header.encode("latin-1", "replace") + b"\n"
    count = len(text) if length is None else length
    size = struct.pack("<H", count & 0xFFFF) if version == 1 else struct.pack("<I", count)
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + data


class _Runs:
    def __init__(self, mark: Path) -> None:
        self._command = f"touch '{mark}'"

    def __reduce__(self) -> Any:
        import os

        return os.system, (self._command,)


def payload(mark: Path) -> bytes:
    """A pickle that makes a file where it is opened."""
    return pickle.dumps(_Runs(mark), protocol=2)
