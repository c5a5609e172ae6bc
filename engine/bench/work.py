"""What speaking costs by count: bytes that must be read, operations that must be done.

Divided by the seconds of a stage, they say how much of the machine's memory and arithmetic is used;
peak.py measures what there is. Standard library only at import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.bark.config import BarkConfig, TransformerConfig

# Bytes of a weight, and the arithmetic of peak.py that it is computed with.
BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "int8": 1, "int8-weights": 1}
ARITHMETIC = {"int8-weights": "bfloat16"}


def semantic_bytes(config: BarkConfig, precision: str, tokens: int) -> int:
    """Weights that the semantic stage reads for so many tokens of all rows together."""
    size, rules = config.semantic, config.semantic_rules
    head = (rules.semantic_vocab_size + 1) * size.hidden_size
    return tokens * (_parameters(size) + head) * BYTES[precision]


def fine_operations(config: BarkConfig, frames: int, *, unpadded: bool) -> int:
    """Multiplications and additions of the fine stage for a row of so many frames, no voice."""
    size, rules = config.fine, config.fine_rules
    longest, hop = rules.max_fine_input_length, rules.max_fine_history_length
    windows = 1 + max(0, -(-(frames - longest) // hop))
    positions = min(frames, longest) if unpadded else longest
    passes = rules.n_fine_codebooks - config.coarse_rules.n_coarse_codebooks
    products = 2 * positions * (_parameters(size) + config.codebook_size * size.hidden_size)
    attention = 4 * positions**2 * size.hidden_size * size.num_layers
    return windows * passes * (products + attention)


def _parameters(size: TransformerConfig) -> int:
    """Weights of all layers: 4 matrices of attention, 8 of the two wide layers."""
    return 12 * size.num_layers * size.hidden_size**2
