"""What other numbers change for a text of the user's: how unlikely its tokens are to a model that
computes with them, and how often another token is the likeliest.

The text is read in windows of its own, each without what came before: every precision has the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.readings import Compared
from engine.text.reading import Read, chances

WINDOW = 512  # tokens read together, or as many as the model's context has

Tell = Callable[[int], None]  # tokens that have been read; raises Cancelled


class Reading(NamedTuple):
    """gains: float64 [tokens − windows], the log-probability of each token after the first of its
    window. likeliest: int64, the token that was expected in its place."""

    gains: NDArray[np.float64]
    likeliest: NDArray[np.int64]


def row(found: Reading, reference: Reading, precision: str, key_values: str, size: int) -> Compared:
    """A line of the answer. size: bytes of weights that a step reads."""
    return Compared(
        precision=precision,
        key_values=key_values,
        perplexity=float(np.exp(-found.gains.mean())),
        differ=int((found.likeliest != reference.likeliest).sum()),
        step_bytes=size,
    )


def read_by(read: Read, tokens: list[int], context: int, tell: Tell) -> Reading:
    """Read a text in windows, as long as the model's context allows."""
    gains, likeliest, done = [], [], 0
    size = min(WINDOW, context)
    for start in range(0, len(tokens), size):
        window = tokens[start : start + size]
        if len(window) < 2:  # nothing is foretold of a single one
            break
        place = 0
        tell(done)
        for values in read(window):
            following = np.array(window[place + 1 : place + 1 + len(values)], np.int64)
            known = chances(values[: len(following)])
            gains.append(known[np.arange(len(following)), following].astype(np.float64))
            likeliest.append(known.argmax(-1))
            place += len(values)
            tell(min(done + place, len(tokens)))
        done += len(window)
    return Reading(np.concatenate(gains), np.concatenate(likeliest))
