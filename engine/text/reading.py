"""A text that is read and not continued: the logits behind each of its tokens, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.text.generation import XlaModel
    from engine.text.native.writing import NativeModel

_CHUNK = 64  # tokens that one call reads at most, so that Stop is heard
_SLOTS = 64  # the cache of XLA's step grows by so many

Logits = Iterator[NDArray[np.float32]]  # [tokens of a chunk, vocabulary]
Read = Callable[[list[int]], Logits]


def with_xla(model: XlaModel, tokens: list[int]) -> Logits:
    """In float32, without compiling: such a length is needed once."""
    import tensorflow as tf

    size = max(1, min(_CHUNK, model.most_tokens))
    slots = -(-len(tokens) // _SLOTS) * _SLOTS
    with tf.device(model.device):
        context = model.decoder.empty(tf.constant([0]), slots)
        for start in range(0, len(tokens), size):
            part = tf.constant([tokens[start : start + size]], tf.int32)
            logits, context = model.decoder.score(part, context)
            yield logits.numpy()


def natively(model: NativeModel, tokens: list[int]) -> Logits:
    """With the step in C. What it held of earlier requests is lost, and this text is held."""
    size = min(_CHUNK, model.chunk)
    model.held.clear()
    model.decoder.make_room(1, len(tokens), [])
    for start in range(0, len(tokens), size):
        part = tokens[start : start + size]
        places = list(range(start, start + len(part)))
        yield model.decoder.read(part, [0] * len(part), places, len(part))
        model.held[:] = [tokens[: start + len(part)]]


def chances(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-probabilities, of the same shape."""
    most = logits.max(-1, keepdims=True)
    total = np.log(np.exp(logits - most).sum(-1, keepdims=True, dtype=np.float64)) + most
    found: NDArray[np.float32] = (logits - total).astype(np.float32)
    return found
