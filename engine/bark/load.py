"""Who computes a transformer: compiled code where this machine has it, torch elsewhere.

The only place that chooses; the stages see a `Decoder` or a `Reader`.
"""

from __future__ import annotations

from torch import Tensor

from engine.bark.checkpoint import Weights
from engine.bark.config import TransformerConfig
from engine.bark.decoder import Decoder, Reader
from engine.bark.linear import Compute, make_linear
from engine.bark.native import Int8Decoder, Int8Reader, NativeDecoder
from engine.bark.transformer import TorchDecoder, Transformer


def load_decoder(
    weights: Weights, prefix: str, config: TransformerConfig, head: Tensor, compute: Compute
) -> Decoder:
    """The causal transformer of a stage. head: float32 (outputs, width), of what may come."""
    transformer = Transformer(weights, prefix, config, compute)
    last = make_linear(head, None, compute)
    if compute.kernel is None:
        return TorchDecoder(transformer, last, len(head))
    native = Int8Decoder if compute.precision == "int8" else NativeDecoder
    return native(transformer, last, len(head), compute.kernel)


def load_reader(
    weights: Weights, prefix: str, config: TransformerConfig, compute: Compute
) -> Reader:
    """The transformer of the fine stage."""
    transformer = Transformer(weights, prefix, config, compute)
    if compute.kernel is None or compute.precision != "int8":
        return transformer  # reading is no place where compiled code beats torch in those
    return Int8Reader(transformer, compute.kernel)
