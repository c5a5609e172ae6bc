"""How logits become a token, on the host: the rules of search.py, with the same random numbers.

A text has one row of logits at a time, and the few tokens that top-k and top-p leave are looked at
alone: a tenth of a millisecond for 50,000 tokens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.api import Greedy, Sampling
from engine.errors import UserError

_FIRST = 1024  # of the likeliest tokens, looked at before all are put in order

Logits = NDArray[np.float32]


def choose(
    logits: Logits,
    seen: NDArray[np.bool_],
    search: Greedy | Sampling,
    key: NDArray[np.uint32],
    step: int,
    allowed: NDArray[np.bool_] | None = None,
) -> tuple[int, float]:
    """A token, and its log-probability under the model, before temperature and penalty.

    logits: float32 [vocabulary]. seen: bool [vocabulary], the tokens of prompt and text. key: the
    text's random stream, uint32 [2]; step: how many tokens it has. allowed: bool [vocabulary], the
    tokens that may be taken; None for all. Raises UserError where the model gives no numbers.
    """
    weighted = logits
    if search.repetition_penalty != 1:
        penalty = np.float32(search.repetition_penalty)
        less = np.where(logits > 0, logits / penalty, logits * penalty)
        weighted = np.where(seen, less, logits)
    if allowed is not None:
        weighted = np.where(allowed, weighted, np.float32(-np.inf))
    if isinstance(search, Sampling) and search.temperature > 0:
        token = _draw(weighted, search, key, step)
    else:
        token = int(weighted.argmax())
    most = logits.max()
    if not np.isfinite(most):
        raise UserError("the model gives no numbers any more: its file is damaged; fetch it again")
    total = most + np.log(np.exp(logits - most).sum(dtype=np.float32))
    return token, float(logits[token] - total)


def _draw(logits: Logits, search: Sampling, key: NDArray[np.uint32], step: int) -> int:
    logits = logits / np.float32(search.temperature)
    tokens = _likeliest(logits, search.top_k)
    if search.top_p < 1:
        tokens = _share(logits, tokens, search.top_p)
    noisy = logits[tokens] + gumbel(key, step, tokens)
    return int(tokens[noisy.argmax()])


def _likeliest(logits: Logits, count: int) -> NDArray[np.int64]:
    """The `count` likeliest tokens in the order of their numbers, more where the last ones are as
    likely; all for 0."""
    if not 0 < count < len(logits):
        return np.arange(len(logits))
    last = np.partition(logits, -count)[-count]
    return np.flatnonzero(logits >= last)


def _share(logits: Logits, tokens: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """The likeliest of some tokens that have this share of their probability together."""
    kept = logits[tokens]
    odds = np.exp(kept - kept.max())
    # Whole numbers, as the compiled search has them.
    parts = (odds / odds.sum(dtype=np.float32) * np.float32(2.0**30)).astype(np.int32)
    target = np.int32(np.float32(parts.sum(dtype=np.int32)) * np.float32(share))
    count = min(_FIRST, len(kept))
    while True:
        best = np.argpartition(kept, -count)[-count:] if count < len(kept) else np.arange(len(kept))
        best = best[np.argsort(-kept[best], kind="stable")]
        together = np.cumsum(parts[best], dtype=np.int64)
        if count == len(kept) or together[-1] >= target:
            last = kept[best[min(int(np.searchsorted(together, target)), count - 1)]]
            likeliest: NDArray[np.int64] = tokens[kept >= last]
            return likeliest
        count = len(kept)


def gumbel(key: NDArray[np.uint32], step: int, tokens: NDArray[np.int64]) -> Logits:
    """Noise for some tokens that turns the likeliest into a sample: search.gumbel's numbers."""
    bits = tokens.astype(np.uint32) ^ _scramble(key[:1] + np.uint32(step))
    bits = _scramble(_scramble(bits) + key[1])
    uniform = ((bits >> np.uint32(9)).astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-23)
    noise: Logits = -np.log(-np.log(uniform))
    return noise


def _scramble(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    return x ^ (x >> np.uint32(16))
