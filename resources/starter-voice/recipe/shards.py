"""Prepared data on disk: what was said, unit by unit. No sound is needed to learn from it.

A shard is 200 rows: NAME.npz, with NAME.codes.npy and NAME.sound.npy beside it where a voice spoke
them. Rows and codes of eight hours are less than 20 MB.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

SIZE = 200  # rows


@dataclass(frozen=True)
class Row:
    """A sentence. units: indices into units.json. counts: how many tokens (40 ms) each lasts.
    spans: first and last text id that it is read from."""

    text: str
    units: list[int]
    counts: list[int]
    spans: list[tuple[int, int]]


def write(path: Path, rows: list[Row]) -> None:
    """Write a shard, whole or not at all."""
    new = path.with_suffix(".new.npz")
    np.savez_compressed(
        new,
        texts=np.frombuffer(json.dumps([r.text for r in rows]).encode(), np.uint8),
        ends=np.cumsum([len(r.units) for r in rows], dtype=np.int32),
        units=np.concatenate([r.units for r in rows]).astype(np.uint8),
        counts=np.concatenate([r.counts for r in rows]).astype(np.uint8),
        spans=np.concatenate([r.spans for r in rows]).astype(np.uint8),
    )
    new.rename(path)


def read(path: Path) -> list[Row]:
    """The rows of a shard."""
    with np.load(path) as shard:
        texts = json.loads(shard["texts"].tobytes())
        units, counts = shard["units"].tolist(), shard["counts"].tolist()
        spans = [tuple(span) for span in shard["spans"].tolist()]
        ends = [0, *shard["ends"].tolist()]
    return [
        Row(said, units[a:b], counts[a:b], spans[a:b])
        for said, (a, b) in zip(texts, pairwise(ends), strict=True)
    ]


def kind(name: str, language: str) -> str:
    """The folder of a kind in a language: English ones have the plain name."""
    return name if language == "en" else f"{name}-{language}"


def paths(work: Path, kind: str, voice: str = "") -> list[Path]:
    """The shards of a kind, of one voice or of all, in order."""
    return sorted(work.glob(f"{kind}/{voice or '*'}.????.npz"))
