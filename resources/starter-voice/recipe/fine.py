"""The fine stage learns: the first codebooks → the others, one at a time.

In half of the windows the first codebooks are those that the coarse model says (own.py), and what
is to be found is what they leave of the teacher's frames. Targets are soft, as
the coarse stage's: a code is as right as its centroid is near to what is left.
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
NEAR = 0.1  # of the mean square of a book's centroids: how much farther a code is a third as right
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
        self.scales = [0.0] * BOOKS
        for book in range(COARSE_BOOKS, BOOKS):
            said = torch.cat([s.codes[book] for s in self.windows.streams[:4]])
            self.scales[book] = NEAR * float(self.books[book][said].square().sum(1).mean())

    def slow(self) -> list[torch.nn.Parameter]:
        """Nothing learns slower."""
        return []

    def batch(self, draw: random.Random, grown: float) -> Batch:
        """(ROWS, BOOKS, FINE_WINDOW) codes as they are known; what the known books leave of the
        frames, (ROWS, FINE_WINDOW, BANDS); which of the frames count; the book to be found."""
        del grown
        book = draw.randrange(COARSE_BOOKS, BOOKS)
        inputs, frames, counted = [], [], []
        for _ in range(ROWS):
            stream, at, end = self.windows.place(draw)
            length = draw.choice([FINE_WINDOW, (end - at) * FRAMES])
            part = stream.codes[:, at * FRAMES :][:, : min(length, FINE_WINDOW)]
            meant = frames_of(part, self.books)
            if draw.random() < OWN:
                own = stream.own[:, at * FRAMES :][:, : part.shape[1]]
                part = self.answered(part, own)
            more = FINE_WINDOW - part.shape[1]
            left = meant - frames_of(part[:book], self.books)
            frames.append(F.pad(left, (0, 0, 0, more)))
            part = F.pad(part, (0, more), value=SIZE)
            known = draw.randrange(FINE_WINDOW // 2 + 1) if draw.random() < 0.5 else 0
            places = torch.arange(FINE_WINDOW)
            counted.append((places >= known) & (places < FINE_WINDOW - more))
            part[book, known:] = SIZE
            part[book + 1 :, known:] = SIZE
            inputs.append(part)
        told, left, counts = (torch.stack(parts) for parts in (inputs, frames, counted))
        return told, left, counts, torch.tensor(book)

    def answered(self, codes: Tensor, own: Tensor) -> Tensor:
        """The first codebooks replaced by `own`, the others by what is then left of the frames."""
        left = frames_of(codes, self.books) - frames_of(own, self.books)
        found = list(own)
        for book in range(COARSE_BOOKS, BOOKS):
            found.append(distances(left, self.books[book]).argmin(1))
            left = left - self.books[book][found[-1]]
        return torch.stack(found)

    def losses(self, batch: Batch) -> Tensor:
        """(codes,) losses in nats, against the nearest code alone."""
        return self._losses(batch, soft=False)

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What to learn from, twice."""
        mean = self._losses(batch, soft=True).mean()
        return mean, mean

    def _losses(self, batch: Batch, *, soft: bool) -> Tensor:
        known, left, counted, number = batch
        book = int(number)
        far = distances(left[counted], self.books[book].to(left.device))
        right = (-far / self.scales[book]).softmax(1) if soft else far.argmin(1)
        scores = self.model(known, book)[counted].float()
        return F.cross_entropy(scores, right, reduction="none")
