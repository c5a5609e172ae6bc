"""Memory of an accelerator that a request needs: from the weights and sizes, before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from engine.bark.blocks import bucket_of_rows

if TYPE_CHECKING:
    from engine.bark.schedule import Stages

_LIBRARIES = 64 * 2**20  # bytes: cuBLAS keeps workspaces, the allocator rounds up


def weights(stage: nn.Module) -> int:
    """Bytes of the weights of a stage."""
    return sum(tensor.nbytes for tensor in (*stage.parameters(), *stage.buffers()))


def predict(stages: Stages, slots: int, *, offload: bool, spare: int = 0) -> int:
    """Bytes that a request with so many rows together will have at its peak. spare: what offload
    may fetch ahead."""
    working = [
        _causal(stages.semantic, slots),
        _causal(stages.coarse, slots),
        _fine(stages.fine),
        _codec(stages.codec),
    ]
    heavy = [weights(stage) for stage in stages]
    if not offload:  # both causal stages are open side by side
        return sum(heavy) + working[0] + working[1] + max(working[2:]) + _LIBRARIES
    ahead = [size if size <= spare else 0 for size in (*heavy[1:], 0)]
    together = zip(heavy, working, ahead, strict=True)
    return max(sum(each) for each in together) + _LIBRARIES


def _causal(stage: Any, slots: int) -> int:
    """The cache, the rows, and what reading a prompt or one step takes for a moment."""
    config, compute = stage.decoder.config, stage.compute
    rows = slots if compute.steps == "one" else bucket_of_rows(slots)
    width, most = config.hidden_size, config.block_size
    cache = 2 * config.num_layers * rows * most * width * compute.keys.itemsize
    logits = rows * stage.decoder.outputs * 4
    read = most * width * 12 * compute.activations.itemsize
    if compute.attention == "eager":
        read += 3 * config.num_heads * most * most * compute.keys.itemsize
    return int(cache + 8 * logits + read)


def _fine(stage: Any) -> int:
    width, heads = stage.tables.shape[-1], stage.heads_of_attention
    frames = stage.rules.max_fine_input_length
    compute = stage.compute
    work = frames * width * 12 * compute.activations.itemsize
    work += 8 * frames * stage.codebook_size * 4  # logits, and what choosing makes of them
    if compute.attention == "eager":
        work += 3 * heads * frames * frames * compute.keys.itemsize
    return int(work)


def _codec(stage: Any) -> int:
    """Half a second of sound in the widest layers, three of them at a time, float32."""
    samples = stage.piece * stage.samples_per_frame
    return int(4 * samples * stage.widest)
