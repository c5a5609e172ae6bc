"""A model on the disk: its description, its tensors as numbers or as they lie, its tokenizer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.text.checkpoint.config import Architecture, Config, architecture_of
from engine.text.tokenizer import Tokenizer

Read = Callable[[str], NDArray[Any]]  # transformers' name of a tensor → its values


class Stored(NamedTuple):
    """A matrix in blocks, where it lies in a mapped GGUF file. kind: the format's number of its
    type; rows: uint8 [outputs, bytes of a row]."""

    kind: int
    rows: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A model that has been opened and not yet loaded.

    stored: the name of a tensor → its blocks; None where it is kept as plain numbers. turned: rows
    of queries and keys lie as GGUF turns them, neighbours together (of `stored` alone: what `read`
    gives is as transformers has it). kinds: names of the types in which matrices are kept. weights:
    how many numbers it has.
    """

    place: Path
    config: Config
    read: Read
    tokenizer: Tokenizer
    weights: int
    kinds: frozenset[str]
    stored: Callable[[str], Stored | None] = lambda _: None
    turned: bool = False

    @property
    def architecture(self) -> Architecture:
        """Its sizes. Raises UserError for a model that cannot be read."""
        return architecture_of(self.config, self.place)

    def array(self, name: str, *shape: int) -> NDArray[np.float32]:
        """A tensor as float32, checked to be of this shape. Raises UserError."""
        values = self.read(name)
        if values.shape != shape:
            raise UserError(
                f"{self.place} is broken: {name} should be {list(shape)}, but is "
                f"{list(values.shape)}"
            )
        return np.asarray(values, np.float32)
