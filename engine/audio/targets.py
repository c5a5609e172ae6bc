"""The loudness that finished recordings are brought to. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a finished recording shall be. lufs: its loudness. peak: dBTP that nothing passes,
    between samples either. floor: dBFS that its background noise may have, or None. rms: lowest and
    highest level in dBFS that a shop takes, or None."""

    lufs: float
    peak: float = -1.0
    floor: float | None = None
    rms: tuple[float, float] | None = None


TARGETS = {
    "-16": Target(lufs=-16.0),  # podcasts
    "-18": Target(lufs=-18.0),
    "-23": Target(lufs=-23.0),  # EBU R128, broadcast
    "audiobook": Target(lufs=-20.0, peak=-3.0, floor=-60.0, rms=(-23.0, -18.0)),  # ACX
}
