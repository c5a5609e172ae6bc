"""The counts of a GGUF file, looked at before a package takes memory for them."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from engine.system.outside import open_outside

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # type → bytes
_STRING, _ARRAY = 8, 9
_MOST_FIELDS = 10_000  # usual files have some 40
_MOST_TENSORS = 100_000
_MOST_ITEMS = 2**22  # of an array: vocabularies have up to 300 000
_MOST_TEXT = 2**24  # bytes of a text; chat templates have some thousand
_MOST_DIMENSIONS = 4


def check_counts(path: Path) -> None:
    """Raise ValueError where a count of the head is larger than any model's, or than the file."""
    with (
        open_outside(path) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        _Head(data).check()


class _Head:
    def __init__(self, data: mmap.mmap) -> None:
        self._data, self._size = data, len(data)
        self._at = 0
        self._order = "<"

    def check(self) -> None:
        if self._take(4) != b"GGUF":
            raise ValueError("it is no GGUF file")
        version = self._take(4)
        self._order = "<" if version[:2] != b"\0\0" else ">"
        if not 2 <= self._number("I", version) <= 3:
            raise ValueError("it is of a version that is not read")
        tensors, fields = self._count(_MOST_TENSORS), self._count(_MOST_FIELDS)
        for _ in range(fields):
            self._text()
            self._value(self._number("I"), nested=False)
        for _ in range(tensors):
            self._text()
            dimensions = self._number("I")
            if dimensions > _MOST_DIMENSIONS:
                raise ValueError(f"a tensor has {dimensions} dimensions")
            # Type and offset follow; the package holds the sizes against the file.
            self._skip(dimensions * 8 + 4 + 8)

    def _value(self, kind: int, *, nested: bool) -> None:
        if kind in _SIZES:
            self._skip(_SIZES[kind])
        elif kind == _STRING:
            self._text()
        elif kind == _ARRAY and not nested:
            of, count = self._number("I"), self._count(_MOST_ITEMS)
            if of in _SIZES:
                self._skip(count * _SIZES[of])
            elif of == _STRING:
                self._texts(count)
            else:
                for _ in range(count):
                    self._value(of, nested=True)
        else:
            raise ValueError(f"a value is of the unknown kind {kind}")

    def _text(self) -> None:
        self._skip(self._count(_MOST_TEXT))

    def _texts(self, count: int) -> None:
        """Vocabularies have hundreds of thousands: no call for each."""
        read, data, at, size = struct.Struct(f"{self._order}Q").unpack_from, self._data, self._at, 0
        for _ in range(count):
            if at + 8 > self._size:
                raise ValueError("it is cut short")
            (size,) = read(data, at)
            at += 8 + size
            if size > _MOST_TEXT:
                raise ValueError(f"it declares a text of {size} bytes")
        self._at = at
        self._skip(0)

    def _count(self, most: int) -> int:
        count = self._number("Q")
        if count > most:
            raise ValueError(f"it declares {count} where at most {most} are read")
        return count

    def _number(self, kind: str, data: bytes = b"") -> int:
        format = self._order + kind
        value: int = struct.unpack(format, data or self._take(struct.calcsize(format)))[0]
        return value

    def _skip(self, count: int) -> None:
        self._at += count
        if self._at > self._size:
            raise ValueError("it is cut short")

    def _take(self, count: int) -> bytes:
        self._skip(count)
        return self._data[self._at - count : self._at]
