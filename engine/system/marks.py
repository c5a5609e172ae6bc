"""What says that this program made a file: INFO ISFT in a WAV, `made_by` in JSON. Standard library
only.

Recordings, subtitles and lists of a project are known by its ledger (`recordings/ledger.py`); the
mark is for single files, which belong to no project.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

from engine.system.outside import Unfit, open_outside
from engine.system.untrusted_json import parse_object

MADE_BY = "Bark Studio"  # without the version: the same sound gives the same bytes in the next one

_LARGEST = 64 * 2**20  # bytes of a JSON file that is looked into
_LONGEST = 2**20  # bytes of the first line of a JSON Lines file


def marked(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a JSON object, with the mark in front."""
    return {"made_by": MADE_BY, **values}


def is_marked(path: Path) -> bool:
    """Whether this program wrote a file: a WAV, JSON, or JSON Lines with the mark in its first
    line. False also where it cannot be read."""
    try:
        with open_outside(path) as file:
            if file.read(4) == b"RIFF":
                return _software(file).startswith(MADE_BY.encode())
            file.seek(0)
            first = file.readline(_LONGEST)
            if _has_mark(first):
                return True
            return os.fstat(file.fileno()).st_size <= _LARGEST and _has_mark(
                first + file.read(_LARGEST)
            )
    except (OSError, Unfit):
        return False


def _has_mark(data: bytes) -> bool:
    try:
        return str(parse_object(data, most=_LARGEST).get("made_by", "")).startswith(MADE_BY)
    except ValueError:
        return False


def _software(file: BinaryIO) -> bytes:
    """The ISFT text of a WAV that is read behind its "RIFF"; b"" for none."""
    file.seek(12)
    while len(head := file.read(8)) == 8:
        size = int.from_bytes(head[4:], "little")
        if head[:4] == b"LIST" and size < _LONGEST:
            chunk = file.read(size + size % 2)
            if chunk.startswith(b"INFO") and (found := _part(chunk[4:], b"ISFT")):
                return found
        else:
            file.seek(size + size % 2, 1)
    return b""


def _part(data: bytes, name: bytes) -> bytes:
    while len(data) >= 8:
        size = int.from_bytes(data[4:8], "little")
        if data[:4] == name:
            return data[8 : 8 + size]
        data = data[8 + size + size % 2 :]
    return b""
