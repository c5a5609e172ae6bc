"""What coarse and fine learn from: semantic ids and codes of all sound, and what is near a code."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shards
import torch
from codes import BOOKS
from layout import COARSE_BOOKS, FINE_WINDOW, FRAMES, VOICES, tokens
from torch import Tensor


@dataclass(frozen=True)
class Stream:
    """A shard of one voice, by its number. semantic: (tokens,). codes: (BOOKS, FRAMES · tokens).
    ends: of the sentences, in tokens. own: the first codebooks as the coarse model says them, or
    the teacher's.
    """

    voice: int
    semantic: Tensor
    codes: Tensor
    ends: list[int]
    own: Tensor


class Windows:
    """Streams of a kind, drawn as `shares` says. japanese: the share of what is drawn that is
    Japanese."""

    def __init__(self, work: Path, kind: str, japanese: float = 0.0) -> None:
        self.streams = _streams(work, kind)
        self.weights = _shares(self.streams, 1 - japanese)
        if japanese:
            more = _streams(work, shards.kind(kind, "ja"))
            self.streams += more
            self.weights += _shares(more, japanese)

    def place(self, draw: random.Random) -> tuple[Stream, int, int]:
        """A stream, a token of it to start from, and the end of that sentence."""
        (stream,) = draw.choices(self.streams, self.weights)
        at = draw.randrange(max(1, len(stream.semantic) - FINE_WINDOW // FRAMES))
        sentence = int(np.searchsorted(stream.ends, at, side="right"))
        if draw.random() < 0.12:
            at = stream.ends[sentence - 1] if sentence else 0
        return stream, at, stream.ends[sentence]


def _streams(work: Path, kind: str) -> list[Stream]:
    streams = []
    for path in shards.paths(work, kind):
        coded = path.with_suffix(".codes.npy")
        if not coded.exists():
            continue
        voice = VOICES.index(path.name.split(".")[0])
        parts = [tokens(row, voice) for row in shards.read(path)]
        codes = torch.from_numpy(np.load(coded)).long()
        ends = np.cumsum([len(part) for part in parts]).tolist()
        assert codes.shape == (BOOKS, ends[-1] * FRAMES), path
        said = path.with_suffix(".own.npy")
        own = torch.from_numpy(np.load(said)).long() if said.exists() else codes[:COARSE_BOOKS]
        streams.append(Stream(voice, torch.from_numpy(np.concatenate(parts)), codes, ends, own))
    if not streams:
        raise SystemExit(f"{work / kind} holds no codes: speak.py and codes.py make them")
    return streams


def _shares(streams: list[Stream], share: float) -> list[float]:
    return shares([s.voice for s in streams], [len(s.semantic) for s in streams], share)


def shares(voices: Sequence[Hashable], lengths: Sequence[int], share: float) -> list[float]:
    """How often each shard is drawn, `share` in all: a voice that has four times the sound of
    another twice as often, and its shards by their length."""
    sounds = Counter[Hashable]()
    for voice, length in zip(voices, lengths, strict=True):
        sounds[voice] += length
    roots = sum(sound**0.5 for sound in sounds.values())
    return [
        share * length / max(1, sounds[voice]) ** 0.5 / roots
        for voice, length in zip(voices, lengths, strict=True)
    ]


def load_books(work: Path) -> Tensor:
    """The centroids, (BOOKS, SIZE, BANDS)."""
    return torch.from_numpy(np.load(work / "books.npy"))


def frames_of(codes: Tensor, books: Tensor) -> Tensor:
    """(…, books, frames) codes → the frames they stand for, (…, frames, BANDS)."""
    return torch.stack(
        [books[b][codes[..., b, :]] for b in range(codes.shape[-2])]
    ).sum(0)  # fmt: skip


def distances(frames: Tensor, centroids: Tensor) -> Tensor:
    """Squares of the distances less that of the nearest: (…, d), (k, d) → (…, k)."""
    far = centroids.square().sum(1) - 2 * frames @ centroids.T
    return far - far.amin(-1, keepdim=True)
