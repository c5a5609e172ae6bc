"""Prompts of exactly so many tokens, for any model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.text.engine import TextEngine

Tokens = NDArray[np.int32]


def prompts_of(engine: TextEngine, rows: int, length: int) -> Tokens:
    """Prompts of exactly `length` tokens, [rows, length]."""
    texts = [prompt_text(engine, length, row) for row in range(rows)]
    return np.array([engine.tokenizer.encode(text, chat=False) for text in texts], np.int32)


def prompt_text(engine: TextEngine, length: int, row: int) -> str:
    """A text that is encoded to exactly so many tokens, another one for every row."""
    random = np.random.default_rng(row)
    vocabulary = engine.tokenizer.core.get_vocab_size()
    while True:
        tokens = engine.tokenizer.encode(
            engine.tokenizer.decode(random.integers(0, vocabulary, 4 * length)),
            chat=False,
        )
        # Cut texts may be encoded differently at the cut.
        for cut in range(length, length + 8):
            text = engine.tokenizer.decode(tokens[:cut])
            if len(engine.tokenizer.encode(text, chat=False)) == length:
                return text
