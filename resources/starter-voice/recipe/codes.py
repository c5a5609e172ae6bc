"""Sound → codes without a trained encoder: log-mel frames, residual k-means.

    codes.py WORK fit       4 × 1024 centroids from the first shard of each voice
    codes.py WORK encode    codes of every shard of sound that has none yet

The centroids become the codebooks of the codec, whose decoder (codec.py) learns to be a vocoder.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

import numpy as np
import shards
import torch
from torch import Tensor
from torch.nn import functional as F

RATE, HOP, WINDOW, BANDS = 16_000, 320, 1024, 80  # 50 frames a second
BOOKS, SIZE = 4, 1024
FITTED, MOST = 1, 120_000  # shards of each voice, frames that the centroids are fitted to


def mel_filters(bands: int, window: int) -> Tensor:
    """Triangles on the mel scale, 40 Hz … 8 kHz: (bands, window / 2 + 1)."""

    def mel(hertz: float) -> float:
        return 2595 * math.log10(1 + hertz / 700)

    marks = torch.linspace(mel(40), mel(RATE / 2), bands + 2)
    marks = 700 * (10 ** (marks / 2595) - 1)
    hertz = torch.linspace(0, RATE / 2, window // 2 + 1)
    up = (hertz - marks[:-2, None]) / (marks[1:-1] - marks[:-2])[:, None]
    down = (marks[2:, None] - hertz) / (marks[2:] - marks[1:-1])[:, None]
    return torch.minimum(up, down).clamp(min=0)


def frames_of(sound: Tensor) -> Tensor:
    """(samples,) → log-mel frames (samples / HOP, BANDS), about unit size.

    Frame t is centred on the end of its 20 ms: the decoder looks back only, so it is told a little
    of what comes.
    """
    padded = F.pad(sound, (WINDOW // 2 - HOP, WINDOW // 2))
    spectrum = torch.stft(
        padded, WINDOW, HOP, window=torch.hann_window(WINDOW), center=False, return_complex=True
    ).abs()
    mel = mel_filters(BANDS, WINDOW) @ spectrum
    return ((mel.clamp(min=3e-3).log() + 1.5) / 2.2).T[: len(sound) // HOP]


def nearest(x: Tensor, centroids: Tensor) -> Tensor:
    """Index of the nearest centroid: (n, d) and (k, d) → (n,)."""
    half = centroids.square().sum(1) / 2
    return torch.cat([(part @ centroids.T - half).argmax(1) for part in x.split(8192)])


def fit(frames: Tensor, rounds: int = 15) -> Tensor:
    """Residual k-means: (BOOKS, SIZE, BANDS)."""
    torch.manual_seed(0)
    books, rest = [], frames
    for book in range(BOOKS):
        centroids = rest[torch.randperm(len(rest))[:SIZE]].clone()
        for _ in range(rounds):
            index = nearest(rest, centroids)
            count = torch.bincount(index, minlength=SIZE)
            total = torch.zeros_like(centroids).index_add_(0, index, rest)
            centroids = total / count.clamp(min=1)[:, None]
            empty = (count < 3).nonzero()[:, 0]
            centroids[empty] = rest[torch.randperm(len(rest))[: len(empty)]]
        rest = rest - centroids[nearest(rest, centroids)]
        books.append(centroids)
        share = rest.var(0).sum() / frames.var(0).sum()
        print(f"{book + 1} books: {100 * share:.2f} % of the variance is left", flush=True)
    return torch.stack(books)


def encode(frames: Tensor, books: Tensor) -> Tensor:
    """(frames, BANDS) → codes (BOOKS, frames)."""
    codes = []
    for centroids in books:
        codes.append(nearest(frames, centroids))
        frames = frames - centroids[codes[-1]]
    return torch.stack(codes)


def sound_of(path: Path) -> Tensor:
    """All sound of a shard: float32 (samples,)."""
    return torch.from_numpy(np.load(path.with_suffix(".sound.npy"))).float() / 32768


def spoken(work: Path) -> list[Path]:
    """The shards that have sound, held-out ones too."""
    return [path for path in shards.paths(work, "*") if path.with_suffix(".sound.npy").exists()]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("what", choices=("fit", "encode"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    stored = args.work / "books.npy"
    if args.what == "fit":
        if stored.exists():
            sys.exit(f"{stored} is there already")
        # As much of each voice as of any other.
        paths = [p for p in shards.paths(args.work, "sound") if int(p.name.split(".")[1]) < FITTED]
        frames = torch.cat([frames_of(sound_of(path)) for path in paths])
        print(len(frames), frames.mean(), frames.std(), frames.min(), frames.max())
        torch.manual_seed(0)
        np.save(stored, fit(frames[torch.randperm(len(frames))[:MOST]]).numpy())
        return
    books = torch.from_numpy(np.load(stored))
    for path in spoken(args.work):
        target = path.with_suffix(".codes.npy")
        if target.exists():
            continue
        start = time.time()
        np.save(target, encode(frames_of(sound_of(path)), books).numpy().astype(np.int16))
        print(target, f"{time.time() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
