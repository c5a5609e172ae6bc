"""What advice depends on, as plain values: the machine, and the model's sizes.

Standard library only.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What computes here.

    name: of the processor, as results of benchmarks have it. instructions: of the processor, in
    the doctor's words ("AVX2", "AVX-512 VNNI"). own_step: the compiled step can be built here.
    memory, free: bytes of main memory. device: what "auto" takes: "cpu", "cuda" or "mps". card: its
    name. card_free: bytes of its memory that can be had. refused: (field of Settings, value) → why
    this machine cannot.
    """

    name: str = ""
    instructions: str = ""
    own_step: bool = False
    memory: int = 0
    free: int = 0
    device: str = "cpu"
    card: str = ""
    card_free: int = 0
    refused: Mapping[tuple[str, Any], str] = field(default_factory=dict)

    def can(self, name: str, value: Any) -> bool:
        """Whether this machine does such settings."""
        return (name, value) not in self.refused

    def as_json(self) -> str:
        """For another process."""
        values = dataclasses.asdict(self)
        return json.dumps({**values, "refused": [[*k, why] for k, why in self.refused.items()]})

    @classmethod
    def from_json(cls, text: str) -> Machine:
        """What `as_json` gave."""
        values = json.loads(text)
        refused = {(name, value): why for name, value, why in values.pop("refused")}
        return cls(**values, refused=refused)

    @property
    def fast(self) -> str:
        """The fastest precision that the processor has instructions for and this torch does."""
        known = {word.strip() for word in self.instructions.split(",")}
        # Without AVX-512 VNNI (or AVX-VNNI) 8-bit products are slower than plain ones.
        if known & {"AVX-512 VNNI", "AVX-VNNI"} and self.can("precision", "int8"):
            return "int8"
        if "AVX-512 BF16" in known and self.can("precision", "bfloat16"):
            return "bfloat16"
        return "float32"


@dataclass(frozen=True, kw_only=True)
class Model:
    """Sizes of a speech model.

    weights: bytes of its weights in float32. largest: of them, those of its largest stage, which is
    what offload keeps on a card. row: bytes that one row needs in float32 while it is decoded.
    """

    name: str
    weights: int
    largest: int
    row: int


_LIBRARIES = 300_000_000  # bytes: torch and what it brings, resident; measured 0.28 to 0.31 GB
_ON_CARD = 200_000_000  # bytes: of CUDA and its libraries
# Of the float32 weights: 8-bit ones have scales, and embeddings and codec stay as they are.
_SHARE = {"float32": 1.0, "bfloat16": 0.55, "float16": 0.55, "int8": 0.35, "int8-weights": 0.35}
_CACHE = {"float32": 1.0, "bfloat16": 0.5, "float16": 0.5, "int8": 0.3, "int8-weights": 0.5}


def estimate(model: Model, settings: Settings) -> int:
    """Bytes at the peak, where the work is done: an upper figure, from sizes alone."""
    share, cache = _SHARE[settings.precision], _CACHE[settings.precision]
    weights = model.largest if settings.offload else model.weights
    row = model.row / 2 if settings.offload else model.row  # one of both stages is open
    here = _LIBRARIES if settings.device == "cpu" else _ON_CARD
    return round(here + weights * share + settings.batch_size * row * cache)
