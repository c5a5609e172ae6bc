"""The fine stage learns: the first codebooks → the others, one at a time.

In half of the windows the first codebooks are those that the coarse model says (own.py), and what
is to be found is what they leave of the teacher's frames.
"""

from __future__ import annotations

import random
from pathlib import Path

import torch
from codes import BOOKS, SIZE
from layout import COARSE_BOOKS, FINE_WINDOW, FRAMES, Sizes
from model_codes import Fine
from torch import Tensor
from torch.nn import functional as F
from windows import Windows, distances, frames_of, load_books

ROWS = 16  # windows of a step
OWN = 0.5
NOTHING = -100  # a target that does not count
Batch = tuple[Tensor, ...]


class FineStage:
    """Data and losses. rate: of learning. japanese: the share of the windows in Japanese."""

    rate = 0.003

    def __init__(
        self, work: Path, sizes: Sizes, kind: str = "sound", japanese: float = 0.0
    ) -> None:
        self.windows = Windows(work, kind, japanese)
        self.books = load_books(work)
        self.model = Fine(sizes, self.books)

    def slow(self) -> list[torch.nn.Parameter]:
        """Nothing learns slower."""
        return []

    def batch(self, draw: random.Random, grown: float) -> Batch:
        """(ROWS, BOOKS, FINE_WINDOW) codes as they are known, (ROWS, FINE_WINDOW) targets, and
        which book they are of."""
        del grown
        book = draw.randrange(COARSE_BOOKS, BOOKS)
        inputs, targets = [], []
        for _ in range(ROWS):
            stream, at, end = self.windows.place(draw)
            length = draw.choice([FINE_WINDOW, (end - at) * FRAMES])
            part = stream.codes[:, at * FRAMES :][:, : min(length, FINE_WINDOW)]
            if draw.random() < OWN:
                own = stream.own[:, at * FRAMES :][:, : part.shape[1]]
                part = self.answered(part, own)
            part = F.pad(part, (0, FINE_WINDOW - part.shape[1]), value=SIZE)
            known = draw.randrange(FINE_WINDOW // 2 + 1) if draw.random() < 0.5 else 0
            wanted = part[book].clone()
            wanted[:known] = NOTHING
            wanted[wanted == SIZE] = NOTHING
            part[book, known:] = SIZE
            part[book + 1 :, known:] = SIZE
            inputs.append(part)
            targets.append(wanted)
        return torch.stack(inputs), torch.stack(targets), torch.tensor(book)

    def answered(self, codes: Tensor, own: Tensor) -> Tensor:
        """The first codebooks replaced by `own`, the others by what is then left of the frames."""
        left = frames_of(codes, self.books) - frames_of(own, self.books)
        found = list(own)
        for book in range(COARSE_BOOKS, BOOKS):
            found.append(distances(left, self.books[book]).argmin(1))
            left = left - self.books[book][found[-1]]
        return torch.stack(found)

    def losses(self, batch: Batch) -> Tensor:
        """(targets,) losses in nats."""
        known, wanted, book = batch
        logits, counts = self.model(known, int(book)), wanted != NOTHING
        return F.cross_entropy(logits[counts].float(), wanted[counts], reduction="none")

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What to learn from, twice."""
        mean = self.losses(batch).mean()
        return mean, mean
