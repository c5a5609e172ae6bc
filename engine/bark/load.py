"""Who computes a transformer: compiled code where this machine has it, torch elsewhere.

The only place that chooses; the stages see a `Decoder` or a `Reader`.
"""

from __future__ import annotations

from torch import Tensor

from engine.bark.checkpoint import Weights
from engine.bark.config import TransformerConfig
from engine.bark.decoder import Decoder, Reader
from engine.bark.kernel import Kernel
from engine.bark.linear import Compute, make_linear
from engine.bark.native import NativeDecoder, NativeReader
from engine.bark.transformer import TorchDecoder, Transformer
from engine.errors import UserError


def load_decoder(
    weights: Weights, prefix: str, config: TransformerConfig, head: Tensor, compute: Compute
) -> Decoder:
    """The causal transformer of a stage. head: float32 (outputs, width), of what may come."""
    transformer = Transformer(weights, prefix, config, compute)
    last = make_linear(head, None, compute)
    if compute.kernel is None:  # a step of any shape
        return TorchDecoder(transformer, last, len(head))
    _check(config, compute)
    return NativeDecoder(transformer, last, len(head), compute.kernel)


def load_reader(
    weights: Weights, prefix: str, config: TransformerConfig, compute: Compute
) -> Reader:
    """The transformer of the fine stage."""
    transformer = Transformer(weights, prefix, config, compute)
    if compute.kernel is None or compute.precision == "bfloat16":  # which torch reads as fast
        return transformer
    _check(config, compute)
    return NativeReader(transformer, compute.kernel)


def _check(config: TransformerConfig, compute: Compute) -> None:
    """Raises UserError for heads that the kernel's sums of whole numbers would not hold."""
    heads, width = config.num_heads, config.hidden_size // config.num_heads
    if compute.precision == "int8" and width > Kernel.WIDEST:
        raise UserError(
            f"an attention head of this model is {width} channels wide, and int8 knows up to "
            f"{Kernel.WIDEST}: choose --precision bfloat16"
        )
    if heads > Kernel.MOST_HEADS:
        raise UserError(
            f"this model has {heads} attention heads, and the compiled step knows up to "
            f"{Kernel.MOST_HEADS}: choose --kernel torch"
        )
