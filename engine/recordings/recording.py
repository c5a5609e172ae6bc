"""A recording that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.recordings.ledger import Noted


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """One recording that is there. reused: it was there before. loudness: LUFS. peak: dBFS.
    notes: sentences on what a shop would not accept. places: start and end in seconds of each of
    its rows that has a sound. sha256: of the file."""

    path: Path
    seconds: float
    loudness: float
    peak: float
    reused: bool
    notes: tuple[str, ...]
    places: Mapping[str, tuple[float, float]]
    sha256: str


def recording_of(path: Path, noted: Noted, *, reused: bool) -> Recording:
    """The recording at path, by its line in the ledger."""
    known = noted.about
    return Recording(
        path=path,
        seconds=known["seconds"],
        loudness=known["loudness"],
        peak=known["peak"],
        notes=tuple(known["notes"]),
        places={row: (start, end) for row, (start, end) in known["places"].items()},
        sha256=noted.sha256,
        reused=reused,
    )
