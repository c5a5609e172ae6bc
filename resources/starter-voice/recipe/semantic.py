"""The semantic stage learns: text → semantic ids, loss on every id and the end.

What the model alone would find in days it is told while it learns: which id a sound is read from
(the teacher knows), by a loss on what three heads of its attention look at.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import shards
import text
import torch
from layout import END, POSITIONS, TEXT_IDS, VOICES, Sizes, tokens
from model import Guide, Reader
from spelling import Picked, Spelled
from torch import Tensor
from torch.nn import functional as F

LONG = text.LONGEST
BUDGET = 4000  # positions of a step
LONGEST = 400  # semantic ids of a row
JOINED = 0.2  # share of the steps whose rows are two sentences
PROMPTED = 0.5  # share of the rows with a voice; the others are the first voice's
PROMPT = (12, LONG)  # semantic ids of such a voice
GUIDE = 0.3  # weight of the loss on the attention
SHORT, LONGER = 30, 220  # semantic ids that a row may have at first, and when all may come
NOTHING = -100  # a target that does not count
Batch = tuple[Tensor, ...]


class Pool:
    """The rows of a language, short ones first. varied: English rows come by their sounds, their
    letters or both; else by their sounds."""

    def __init__(self, work: Path, kind: str, *, varied: bool) -> None:
        self.varied = varied
        made = text.tokenizer(japanese=True)
        self.rows: list[Picked | Spelled] = []
        for path in shards.paths(work, kind):
            for row in shards.read(path):
                ids = made.encode(row.text).ids
                if len(ids) <= LONG and sum(row.counts) <= LONGEST:
                    self.rows.append((ids, row) if kind.endswith("-ja") else Spelled.of(row))
        if not self.rows:
            raise SystemExit(f"{work / kind} holds no rows: speak.py makes them")
        self.rows.sort(key=_spoken)
        self.lengths = [_spoken(row) for row in self.rows]
        self.costs = list(accumulate(self.lengths))

    def like(self, draw: random.Random, grown: float) -> list[Picked]:
        """Rows of about one length; each comes as often as any other."""
        cap = SHORT + (LONGER - SHORT) * grown if grown < 1 else LONGEST
        count = max(1, bisect_right(self.lengths, cap))
        anchor = bisect_left(self.costs, draw.random() * self.costs[count - 1])
        size = _size(self.lengths[anchor])
        near = range(max(0, anchor - 2 * size), min(count, anchor + 2 * size + 1))
        return [self._written(i, draw) for i in draw.sample(near, min(size, len(near)))]

    def any(self, draw: random.Random) -> Picked:
        """A row."""
        return self._written(draw.randrange(len(self.rows)), draw)

    def _written(self, place: int, draw: random.Random) -> Picked:
        row = self.rows[place]
        if isinstance(row, tuple):
            return row
        return row.drawn(draw) if self.varied else row.said() or (row.ids, row.row)


class Semantic:
    """Data and losses. rate: of learning. japanese: the share of the steps in Japanese."""

    rate = 0.003

    def __init__(self, work: Path, sizes: Sizes, kind: str = "rows", japanese: float = 0.0) -> None:
        varied = not kind.startswith("held-out")
        self.pools, self.weights = [Pool(work, kind, varied=varied)], [1.0]
        if japanese:
            self.pools.append(Pool(work, shards.kind(kind, "ja"), varied=varied))
            self.weights = [1 - japanese, japanese]
        self.model = Reader(sizes, POSITIONS, LONG)

    def slow(self) -> list[torch.nn.Parameter]:
        """What learns at a third of the rate, without decay."""
        return list(self.model.places.parameters())

    def batch(self, draw: random.Random, grown: float) -> Batch:
        """Of the first steps, grown < 1, the short rows. Tensors as `collate` tells."""
        joined = grown >= 1 and draw.random() < JOINED
        picked = self._joined(draw) if joined else self._pool(draw).like(draw, grown)
        return self.collate(picked, draw)

    def _pool(self, draw: random.Random) -> Pool:
        return draw.choices(self.pools, self.weights)[0] if len(self.pools) > 1 else self.pools[0]

    def _joined(self, draw: random.Random) -> list[Picked]:
        """Two sentences in a row, of any language: the end of one is not the end of a row."""
        pairs: list[Picked] = []
        for _ in range(100):
            (first, a), (second, b) = (self._pool(draw).any(draw) for _ in range(2))
            fits = len(first) + len(second) <= LONG and _length(a) + _length(b) <= LONGEST
            if fits and a.text[-1] in ".?!":
                shifted = [(x + len(first), y + len(first)) for x, y in b.spans]
                row = shards.Row(
                    f"{a.text} {b.text}",
                    a.units[:-1] + b.units,
                    a.counts[:-1] + b.counts,
                    [*a.spans[:-1], *shifted],
                )
                pairs.append((first + second, row))
        if not pairs:
            return self._pool(draw).like(draw, 1.0)
        pairs.sort(key=lambda row: _length(row[1]))
        at = draw.randrange(len(pairs))
        return pairs[at:][: _size(_length(pairs[at][1]))]

    def collate(self, picked: Sequence[Picked], draw: random.Random) -> Batch:
        """Text ids and history (rows, LONG), tokens (rows, length), targets (rows, length + 1),
        and the first and last text id of each token and of the next one (rows, length + 1, 2)."""
        longest = max(_length(row) for _, row in picked)
        words = torch.full((len(picked), LONG), TEXT_IDS)
        history = torch.full((len(picked), LONG), END)
        said = torch.full((len(picked), longest), END)
        wanted = torch.full((len(picked), longest + 1), NOTHING)
        now = torch.full((len(picked), longest + 1, 2), -1)
        following = now.clone()
        for i, (ids, row) in enumerate(picked):
            voice = 0
            if draw.random() < PROMPTED:
                voice = draw.randrange(len(VOICES))
                old = tokens(self._pool(draw).any(draw)[1], voice)[-draw.randint(*PROMPT) :]
                history[i, : len(old)] = torch.from_numpy(old)
            spoken = torch.from_numpy(tokens(row, voice))
            spans = torch.from_numpy(np.repeat(np.array(row.spans), row.counts, 0))
            words[i, : len(ids)] = torch.tensor(ids)
            said[i, : len(spoken)] = wanted[i, : len(spoken)] = spoken
            wanted[i, len(spoken)] = END
            now[i, 0], now[i, 1 : len(spoken) + 1] = spans[0], spans
            following[i, : len(spoken)], following[i, len(spoken)] = spans, spans[-1]
        return words, history, said, wanted, now, following

    def losses(self, batch: Batch) -> Tensor:
        """(targets,) losses in nats."""
        words, history, said, wanted, *_ = batch
        return _losses(self.model(words, history, said), wanted)

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What to learn from, and the mean of the losses alone."""
        words, history, said, wanted, now, following = batch
        guides: list[Guide] = [{0: now}, {0: following, 1: now}]
        logits, missed = self.model.guided(words, history, said, guides)
        mean = _losses(logits, wanted).mean()
        return mean + GUIDE * missed, mean


def _spoken(row: Picked | Spelled) -> int:
    return _length(row[1] if isinstance(row, tuple) else row.row)


def _length(row: shards.Row) -> int:
    return sum(row.counts)


def _size(length: int) -> int:
    """Rows of a step."""
    return max(4, BUDGET // (LONG + 1 + length))


def _losses(logits: Tensor, targets: Tensor) -> Tensor:
    counts = targets != NOTHING
    return F.cross_entropy(logits[counts].float(), targets[counts], reduction="none")
