"""What other numbers change for a text of the user's: how unlikely its tokens are to a model that
computes with them, and how often another token is the likeliest.

The text is read in windows of its own, each without what came before: every precision has the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.api import Compared

if TYPE_CHECKING:
    from engine.text.generation import XlaModel
    from engine.text.native.writing import NativeModel

WINDOW = 512  # tokens read together, or as many as the model's context has
_CHUNK = 64  # of them that one call reads at most, so that Stop is heard
_SLOTS = 64  # the cache of XLA's step grows by so many

Tell = Callable[[int], None]  # tokens that have been read; raises Cancelled


class Reading(NamedTuple):
    """gains: float64 [tokens − windows], the log-probability of each token after the first of its
    window. likeliest: int64, the token that was expected in its place."""

    gains: NDArray[np.float64]
    likeliest: NDArray[np.int64]


def read_with_xla(model: XlaModel, tokens: list[int], tell: Tell) -> Reading:
    """Read a text in float32, without compiling: its length is needed once."""
    import tensorflow as tf

    decoder, size = model.decoder, max(1, min(_CHUNK, model.most_tokens))

    def logits(window: list[int]) -> Iterator[NDArray[np.float32]]:
        slots = -(-len(window) // _SLOTS) * _SLOTS
        with tf.device(model.device):
            context = decoder.empty(tf.constant([0]), slots)
            for start in range(0, len(window), size):
                part = tf.constant([window[start : start + size]], tf.int32)
                found, context = decoder.score(part, context)
                yield found.numpy()

    return _read(logits, tokens, model.architecture.context, tell)


def read_natively(model: NativeModel, tokens: list[int], tell: Tell) -> Reading:
    """Read a text with the step in C. What it held of earlier requests is lost."""
    decoder, size = model.decoder, min(_CHUNK, model.chunk)
    model.held.clear()

    def logits(window: list[int]) -> Iterator[NDArray[np.float32]]:
        decoder.make_room(1, len(window), [])
        for start in range(0, len(window), size):
            part = window[start : start + size]
            places = list(range(start, start + len(part)))
            yield decoder.read(part, [0] * len(part), places, len(part))

    return _read(logits, tokens, model.architecture.context, tell)


def row(
    reading: Reading, reference: Reading, precision: str, key_values: str, size: int
) -> Compared:
    """A line of the answer. size: bytes of weights that a step reads."""
    return Compared(
        precision=precision,
        key_values=key_values,
        perplexity=float(np.exp(-reading.gains.mean())),
        differ=int((reading.likeliest != reference.likeliest).sum()),
        step_bytes=size,
    )


def _read(
    logits: Callable[[list[int]], Iterator[NDArray[np.float32]]],
    tokens: list[int],
    context: int,
    tell: Tell,
) -> Reading:
    gains, likeliest, done = [], [], 0
    size = min(WINDOW, context)
    for start in range(0, len(tokens), size):
        window = tokens[start : start + size]
        if len(window) < 2:  # nothing is foretold of a single one
            break
        place = 0
        tell(done)
        for values in logits(window):
            following = np.array(window[place + 1 : place + 1 + len(values)])
            values = values[: len(following)]
            most = values.max(-1, initial=-np.inf)
            total = np.log(np.exp(values - most[:, None]).sum(-1, dtype=np.float64)) + most
            gains.append(values[np.arange(len(following)), following] - total)
            likeliest.append(values.argmax(-1))
            place += len(values)
            tell(min(done + place, len(tokens)))
        done += len(window)
    return Reading(np.concatenate(gains), np.concatenate(likeliest))
