"""A model in memory: its sizes, weights and tokenizer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from engine.text.checkpoint.config import Architecture
from engine.text.checkpoint.source import Source
from engine.text.checkpoint.weights import Weights, gpt2, llama
from engine.text.tokenizer import Tokenizer


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A model in memory."""

    architecture: Architecture
    weights: Weights
    tokenizer: Tokenizer

    @property
    def bytes(self) -> int:
        """Size of the float32 weights, shared arrays counted once."""
        arrays = {id(array): array for array in tf.nest.flatten(self.weights) if array is not None}
        return sum(4 * int(np.prod(array.shape)) for array in arrays.values())


def build(source: Source) -> Checkpoint:
    """Load what has been opened, as float32. Raises UserError for what is missing or broken."""
    family = gpt2 if source.config["model_type"] == "gpt2" else llama
    return Checkpoint(
        architecture=source.architecture,
        weights=family(source.architecture, source.config, source.array),
        tokenizer=source.tokenizer,
    )
