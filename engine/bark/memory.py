"""Whether a speech model fits into the memory that is free, before it is loaded."""

from __future__ import annotations

import psutil

from engine.bark.checkpoint import Weights
from engine.bark.linear import Compute
from engine.errors import UserError

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}  # of a weight; those of 8 bits take one
# What is never loaded whole: the encoder, and the table of which a text needs some rows.
_LEFT_OUT = ("codec_model.encoder.", "semantic.input_embeds_layer.")


def needed(weights: Weights, precision: str) -> int:
    """Bytes that the weights take at least when they are loaded."""
    count = sum(count for name, count in weights.counts.items() if not name.startswith(_LEFT_OUT))
    return count * _BYTES.get(precision, 1)


def check(weights: Weights, compute: Compute) -> None:
    """Raises UserError where this machine has no room for a model. An accelerator says that by
    itself (out_of_memory.py)."""
    if compute.device.type != "cpu":
        return
    wanted, free = needed(weights, compute.precision), int(psutil.virtual_memory().available)
    if wanted > free:
        smaller = "a smaller model" + ", or --precision int8" * (compute.precision in _BYTES)
        raise UserError(
            f"{weights.folder.name} needs about {wanted / 2**30:.1f} GB of memory, and "
            f"{free / 2**30:.1f} GB are free: close other programs, or take {smaller}"
        )
