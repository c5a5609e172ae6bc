"""What a project keeps in mind, so that an edit of one row touches no other.

    made up   the voice that the model had the idea of, by speaker: tokens of one take, in voices/
    held      what each settled row continues, and the level to which it was compared

Without it both would follow from the rows as they are now: a first row that is edited would be
another voice, and every row after it would be spoken again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.system.untrusted_json import parse_object


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeUp:
    """A voice that the model made up. row: the id of the row that it was made for. take, number:
    the key and the number of that row's take. file: the voice, relative to the project."""

    row: str
    take: str
    number: int = 0
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What stays of a settled row. of: hash of the row and of how it is spoken; for another one
    nothing is held. voice: content of the voice that its takes were spoken with, where that is not
    its speaker's. compared: its level was compared with its neighbours'. level: theirs, in LUFS,
    None where there were too few."""

    of: str
    voice: str | None = None
    compared: bool = False
    level: float | None = None


def to_json(held: Mapping[str, Held], takes: int) -> bytes:
    """A row a line. takes: how many there were then."""
    lines = ",\n".join(f"{json.dumps(row)}: {json.dumps(_plain(one))}" for row, one in held.items())
    return f'{{"takes": {takes}, "rows": {{\n{lines}\n}}}}\n'.encode()


def from_json(data: bytes) -> tuple[dict[str, Held], int]:
    """Read what `to_json` wrote. ({}, -1) for anything else: it is only a memory."""
    held: dict[str, Held] = {}
    with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        stored = parse_object(data)
        for row, values in stored["rows"].items():
            held[str(row)] = Held(
                of=str(values["of"]),
                voice=None if values.get("voice") is None else str(values["voice"]),
                compared="level" in values,
                level=None if values.get("level") is None else float(values["level"]),
            )
        return held, int(stored["takes"])
    return {}, -1


def _plain(held: Held) -> dict[str, Any]:
    values: dict[str, Any] = {"of": held.of}
    if held.voice is not None:
        values["voice"] = held.voice
    if held.compared:
        values["level"] = held.level
    return values


def alone(held: Mapping[str, Held]) -> dict[str, Held]:
    """What is held of rows that no other row equals."""
    found: dict[str, Held | None] = {}
    for one in held.values():
        found[one.of] = None if one.of in found else one
    return {of: one for of, one in found.items() if one is not None}
