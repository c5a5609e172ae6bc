"""One take as a file: the arrays of an `.npz`, and what reading it may find instead."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.api import Take
from engine.system.arrays import read_npz
from engine.system.untrusted_json import parse_object, whole

# The tokens carry the names that they have in a voice file: a take can be continued as it is.
TOKENS = {"semantic": "semantic_prompt", "coarse": "coarse_prompt", "fine": "fine_prompt"}
FORMAT = 1  # of a take and of a line of the list; those of 0.1.0 have no number
MOST = 2**28  # bytes of a take, which has some hundred thousand

_KINDS = {  # of numbers, and how many dimensions
    "audio": ("f", 1),
    "sample_rate": ("i", 0),
    "note": ("u", 1),
    "semantic_prompt": ("i", 1),
    "coarse_prompt": ("i", 2),
    "fine_prompt": ("i", 2),
}

# What reading a take's content raises, once the disk has given it.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


class Newer(Exception):
    """A take of a program that is newer than this one."""


def write_take(file: BinaryIO, take: Take, note: Mapping[str, Any]) -> None:
    """note: plain values that are kept with it."""
    note = {"format": FORMAT, "row": take.row, **note}
    np.savez(
        file,
        audio=take.audio.astype(np.float32),
        sample_rate=np.int32(take.sample_rate),
        note=np.frombuffer(json.dumps(note).encode(), dtype=np.uint8),
        **{name: getattr(take, field) for field, name in TOKENS.items()},
    )


def note_of(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """The note of `write_take`. Raises one of UNREADABLE."""
    return parse_object(arrays["note"].tobytes(), infinity=True)


def parse(data: bytes, names: Collection[str]) -> dict[str, NDArray[Any]]:
    """Arrays of a take's file, whose bytes these are. Raises Newer, or one of UNREADABLE."""
    if whole(note_of(read_npz(io.BytesIO(data), ["note"], MOST)).get("format", 1)) > FORMAT:
        raise Newer
    arrays = read_npz(io.BytesIO(data), names, MOST)
    for name, array in arrays.items():
        if (array.dtype.kind, array.ndim) != _KINDS[name]:
            raise ValueError(f"{name} is something else")
    return arrays
