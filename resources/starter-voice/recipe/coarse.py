"""The coarse stage learns: semantic ids → the first codebooks, loss on every code of a window.

It hears itself: a first pass says what it would say, part of the window is replaced by that, and
the second pass learns, so that it finds back from its own slips. Its targets are soft: a code is as
right as its centroid is near to the frame, given the first book's code that it was told.
"""

from __future__ import annotations

import random
from pathlib import Path

import torch
from codes import SIZE
from layout import (
    COARSE_BOOKS,
    COARSE_IDS,
    COARSE_INFER,
    COARSE_PAD,
    COARSE_SEMANTIC,
    END,
    FRAMES,
    Sizes,
)
from model_codes import Speaker
from torch import Tensor
from torch.nn import functional as F
from windows import Windows, distances, frames_of, load_books

ROWS = 28  # windows of a step
WRONG = 0.05  # share of the codes that are told wrong: it must listen to the text
OWN, OWN_TEMPERATURE = 0.9, 0.35  # up to this share of them are what the model itself would say
NEAR = 0.2  # of the mean distance: how much farther a code is a third as right
Batch = tuple[Tensor, ...]


class Coarse:
    """Data and losses. rate: of learning. japanese: the share of the windows in Japanese."""

    rate = 0.003

    def __init__(
        self, work: Path, sizes: Sizes, kind: str = "sound", japanese: float = 0.0
    ) -> None:
        self.windows = Windows(work, kind, japanese)
        self.books = load_books(work)
        self.model = Speaker(sizes, self.books)
        left = torch.cat([frames_of(s.codes, self.books) for s in self.windows.streams[:4]])
        first = torch.cat([s.codes[0] for s in self.windows.streams[:4]])
        second = torch.cat([s.codes[1] for s in self.windows.streams[:4]])
        after = left - self.books[0][first]
        ends = [after, after - self.books[1][second]]
        self.scales = [NEAR * float(end.square().sum(1).mean()) for end in ends]

    def slow(self) -> list[torch.nn.Parameter]:
        """Nothing learns slower."""
        return []

    def batch(self, draw: random.Random, grown: float) -> Batch:
        """Ids (ROWS, COARSE_SEMANTIC + COARSE_IDS), frames (ROWS, COARSE_IDS / COARSE_BOOKS,
        BANDS) and how many of them there are (ROWS,)."""
        del grown
        inputs, frames, counts = [], [], []
        infer = torch.tensor([COARSE_INFER])
        offsets = END + SIZE * torch.arange(COARSE_BOOKS)
        longest = COARSE_IDS // COARSE_BOOKS
        for _ in range(ROWS):
            stream, at, end = self.windows.place(draw)
            alone = draw.random() < 0.5  # nothing follows this sentence
            last = end if alone else len(stream.semantic)
            seen = stream.semantic[at : min(last, at + COARSE_SEMANTIC)]
            seen = F.pad(seen, (0, COARSE_SEMANTIC - len(seen)), value=COARSE_PAD)
            # After a voice the codes run one frame ahead: its last one was dropped.
            ahead = 1 if draw.random() < 0.15 else 0
            codes = stream.codes[:, at * FRAMES + ahead : last * FRAMES][:, :longest]
            more = longest - codes.shape[1]
            frames.append(F.pad(frames_of(codes, self.books), (0, 0, 0, more)))
            counts.append(codes.shape[1])
            told = codes[:COARSE_BOOKS].T
            wrong = torch.rand(told.shape) < WRONG
            told = torch.where(wrong, torch.randint(SIZE, told.shape), told)
            known = F.pad((told + offsets).flatten(), (0, more * COARSE_BOOKS), value=COARSE_PAD)
            inputs.append(torch.cat([seen, infer, known[:-1]]))
        return torch.stack(inputs), torch.stack(frames), torch.tensor(counts)

    def losses(self, batch: Batch) -> Tensor:
        """(codes,) losses in nats, told the teacher's codes, against the nearest code alone."""
        inputs, frames, counts = batch
        return self._losses(self.model(inputs), inputs, frames, counts, soft=False)

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What to learn from, twice."""
        inputs, frames, counts = batch
        with torch.no_grad():
            inputs = self.told(inputs, self.model(inputs))
        mean = self._losses(self.model(inputs), inputs, frames, counts, soft=True).mean()
        return mean, mean

    def told(self, inputs: Tensor, logits: list[Tensor]) -> Tensor:
        """The windows, where some codes are the model's own."""
        noise = [-torch.empty_like(x).exponential_().log() for x in logits]  # Gumbel
        said = [(x / OWN_TEMPERATURE + n).argmax(2) for x, n in zip(logits, noise, strict=True)]
        first = END + SIZE * torch.arange(COARSE_BOOKS, device=inputs.device)
        own = (torch.stack(said, 2) + first).flatten(1)[:, :-1]
        known = inputs[:, COARSE_SEMANTIC + 1 :]
        share = OWN * torch.rand(len(known), 1, device=inputs.device)
        chosen = torch.rand(known.shape, device=inputs.device) < share
        known = torch.where(chosen & (known != COARSE_PAD), own, known)
        return torch.cat([inputs[:, : COARSE_SEMANTIC + 1], known], 1)

    def _losses(
        self, logits: list[Tensor], inputs: Tensor, frames: Tensor, counts: Tensor, *, soft: bool
    ) -> Tensor:
        books = self.books.to(frames.device)
        counted = torch.arange(frames.shape[1], device=frames.device) < counts[:, None]
        first = inputs[:, COARSE_SEMANTIC + 1 :: COARSE_BOOKS] - END  # the first book's, as told
        left = frames[counted]
        found = []
        for book, scores in enumerate(logits):
            if book:
                left = left - books[0][first[counted]]
            far = distances(left, books[book])
            right = (-far / self.scales[book]).softmax(1) if soft else far.argmin(1)
            picked = scores[counted].float()
            found.append(F.cross_entropy(picked, right, reduction="none"))
        return torch.cat(found)
