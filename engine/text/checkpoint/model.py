"""A model in memory: its sizes, weights and tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.errors import UserError
from engine.text.checkpoint.config import Architecture, Config, architecture_of
from engine.text.checkpoint.weights import Read, Weights, gpt2, llama
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


def build(config: Config, read: Read, tokenizer: Tokenizer, path: Path) -> Checkpoint:
    """Make a Checkpoint of transformers' config keys and tensor names."""
    architecture = architecture_of(config, path)

    def array(name: str, *shape: int) -> NDArray[np.float32]:
        values = read(name)
        if values.shape != shape:
            raise UserError(
                f"{path} is broken: {name} should be {list(shape)}, but is {list(values.shape)}"
            )
        return np.asarray(values, np.float32)

    family = gpt2 if config["model_type"] == "gpt2" else llama
    weights = family(architecture, config, array)
    return Checkpoint(architecture=architecture, weights=weights, tokenizer=tokenizer)
