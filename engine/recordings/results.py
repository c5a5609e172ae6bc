"""Which files of a folder are our own results: those that a list of ours names, by their content.

A JSON file that merely lies beside a subtitle says nothing: other programs write such pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.recordings.ledger import hash_of
from engine.recordings.ownership import LISTS
from engine.recordings.subtitles import SUBTITLES
from engine.script.rows import ScriptRow
from engine.system.marks import MADE_BY
from engine.system.outside import TEXT_BYTES, Unfit, read_outside
from engine.system.untrusted_json import read_object

_LARGEST = 64 * 2**20  # bytes of a list
_OF_0_1_0 = {"script", "recipe", "maker", "files", "rows"}


def subtitles_in(folder: Path) -> Callable[[Path], bool]:
    """Whether a file below the folder is a subtitle that this program wrote, unchanged since."""
    hashes = {
        (place, entry["sha256"])
        for path in folder.rglob(f"*{LISTS}")
        for place, entry in _named(path)
    }
    places = {place for place, _ in hashes}

    @cache
    def old_lists(parent: Path) -> list[dict[str, Any]]:
        return [values for path in parent.glob("*.json") if (values := _list_of_0_1_0(path))]

    def is_ours(file: Path) -> bool:
        if file.suffix[1:].lower() not in SUBTITLES:
            return False
        place = file.absolute()
        if place in places and (place, hash_of(file)) in hashes:
            return True
        return any(_wrote(values, file) for values in old_lists(file.parent))

    return is_ours


def _named(path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The subtitles that a list of ours names."""
    values = _load(path)
    if str(values.get("made_by", "")).startswith(MADE_BY):
        with suppress(TypeError, KeyError, ValueError):
            for entry in values["subtitles"]:
                # Without the disk: where ".." of a linked folder leads does not matter here.
                parts = [*path.absolute().parent.parts]
                for part in str(entry["file"]).split("/"):
                    if part == "..":
                        parts.pop()
                    else:
                        parts.append(part)
                yield Path(*parts), {"sha256": str(entry["sha256"])}


def _load(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError, Unfit):
        return read_object(path, _LARGEST)
    return {}


# ── version 0.1.0, whose lists name no subtitles and no hashes ────────────────────────────────


def _list_of_0_1_0(path: Path) -> dict[str, Any]:
    """A list that 0.1.0 wrote; {} for any other file."""
    values = _load(path)
    if values.keys() != _OF_0_1_0 or not isinstance(values["rows"], list):
        return {}
    keys = {"row", "text", "speaker", "hash", "verdict", "start", "end", "file"}
    rows = values["rows"]
    return values if all(isinstance(row, dict) and keys <= row.keys() for row in rows) else {}


def _wrote(values: dict[str, Any], file: Path) -> bool:
    """Whether 0.1.0 wrote these subtitles with such a list: word for word what its rows give."""
    kind = file.suffix[1:].lower()
    with suppress(OSError, UserError, ValueError, TypeError):
        data = read_outside(file, TEXT_BYTES)
        for recording in dict.fromkeys(row["file"] for row in values["rows"] if row["file"]):
            if Path(recording).stem != file.stem:
                continue
            cues = [row for row in values["rows"] if row["file"] == recording]
            whole = {row["row"] for row in cues}
            if SUBTITLES[kind]([_cue(row, whole) for row in cues]).encode() == data:
                return True
    return False


def _cue(row: dict[str, Any], whole: set[str]) -> ScriptRow:
    """A row of the list. What the script had cut in two (0001, 0001-2) was one subtitle."""
    cut = re.sub(r"-\d+$", "", row["row"])
    return ScriptRow(
        id=row["row"],
        text=row["text"],
        speaker=row["speaker"],
        start=row["start"],
        end=row["end"],
        part_of=cut if cut in whole else "",
    )
