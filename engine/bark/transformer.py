"""The GPT of the three token stages: one fused QKV, fused attention, a KV cache allocated once.

Two ways through it. `read` takes the many positions of one row (a prompt, a window); `step` takes
one new position of each of several rows, which may stand at different positions. Activations are
(positions or rows, width) throughout.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.bark.checkpoint import Weights
from engine.bark.config import TransformerConfig
from engine.bark.decoder import Decoder, Tick
from engine.bark.kv_cache import KVCache
from engine.bark.linear import Compute, make_linear
from engine.bark.state import State


class Block(nn.Module):
    """Attention and MLP, each behind a layer norm and added to its input."""

    def __init__(
        self, weights: Weights, prefix: str, config: TransformerConfig, compute: Compute
    ) -> None:
        super().__init__()
        width = config.hidden_size
        self.heads = config.num_heads
        self.compute = compute
        self.norm_1 = load_norm(weights, f"{prefix}.layernorm_1", width, compute)
        self.norm_2 = load_norm(weights, f"{prefix}.layernorm_2", width, compute)

        def linear(name: str, outputs: int, inputs: int) -> nn.Module:
            name = f"{prefix}.{name}"
            bias = f"{name}.bias"
            return make_linear(
                weights.get(f"{name}.weight", (outputs, inputs)),
                weights.get(bias, (outputs,)) if bias in weights and config.bias else None,
                compute,
            )

        self.qkv = linear("attn.att_proj", 3 * width, width)
        self.out = linear("attn.out_proj", width, width)
        self.up = linear("mlp.in_proj", 4 * width, width)
        self.down = linear("mlp.out_proj", width, 4 * width)

    def read(
        self, x: Tensor, cache: tuple[Tensor, Tensor] | None, tick: Tick, *, last_only: bool
    ) -> Tensor:
        """x: (positions, width) of one row from position 0 on.

        cache: this row's part, which makes it causal. last_only: return the last position alone.
        """
        positions, width = x.shape
        qkv = self.qkv(self.norm_1(x)).view(positions, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(1, 2, 0, 3).to(
            self.compute.keys, memory_format=torch.contiguous_format, copy=True
        )  # (heads, positions, head width) each
        if cache is not None:
            cache[0][:, :positions] = k
            cache[1][:, :positions] = v
        if last_only:
            q, x = q[:, -1:], x[-1:]
        tick()
        y = read_attention(q, k, v, cache is not None and not last_only, self.compute)
        x = x + self.out(y.transpose(0, 1).reshape(x.shape).to(x.dtype))
        return self._mlp(x, tick)

    def step(self, x: Tensor, keys: Tensor, values: Tensor, at: Positions) -> Tensor:
        """x: (rows, width), one position of each row. keys, values: this layer of the cache."""
        rows, width = x.shape
        q, k, v = (
            self.qkv(self.norm_1(x))
            .to(self.compute.keys)
            .view(rows, 3, self.heads, width // self.heads)
            .unbind(1)
        )  # (rows, heads, head width) each
        y = step_attention(q, k, v, keys, values, at, self.compute)
        return self._mlp(x + self.out(y.reshape(rows, width).to(x.dtype)), lambda: None)

    def _mlp(self, x: Tensor, tick: Tick) -> Tensor:
        tick()
        y: Tensor = self.up(self.norm_2(x))
        tick()
        y = F.gelu(y)
        tick()
        y = self.down(y)
        return x + y


class Positions:
    """Where the rows of a step stand: shared by all layers, so made once a step.

    index: int64 (rows,). length: positions that the longest row sees. mask: (rows · heads, 1,
    length) of 0 and −inf in the type of the scores, or None when all rows are equally long.
    """

    def __init__(self, state: State, heads: int, compute: Compute) -> None:
        self.length = state.longest
        self.index = state.position
        self.rows = torch.arange(len(self.index), device=compute.device)
        self.static = state.static
        self.mask: Tensor | None = None
        if state.shortest < self.length:
            hidden = torch.arange(self.length, device=compute.device) > self.index.unsqueeze(1)
            mask = torch.zeros(hidden.shape, dtype=compute.keys, device=compute.device)
            mask.masked_fill_(hidden, -torch.inf)
            self.mask = mask.repeat_interleave(heads, 0).unsqueeze(1)


def read_attention(q: Tensor, k: Tensor, v: Tensor, causal: bool, compute: Compute) -> Tensor:
    """Attention of all positions to all (or to all before). q, k, v: (heads, positions, width)."""
    if compute.attention == "fused" and (q.device.type != "cpu" or q.dtype == torch.float32):
        return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=causal)[0]
    scale = q.shape[-1] ** -0.5
    if compute.attention == "eager":
        return _weighted(q, k, v, scale, 0 if causal else None)
    # bfloat16 on a processor: torch's fused kernel takes 20 ms for 12 heads of 1024 positions, the
    # plain products of one head after the other 14, and a block of scores stays in the cache. A
    # causal block need not look at what comes after it.
    block = _CAUSAL_BLOCK if causal else q.shape[1]
    y = torch.empty_like(q)
    for head in range(len(q)):
        for start in range(0, q.shape[1], block):
            end = min(start + block, q.shape[1])
            seen = end if causal else k.shape[1]
            y[head, start:end] = _weighted(
                q[head, start:end], k[head, :seen], v[head, :seen], scale, start if causal else None
            )
    return y


_CAUSAL_BLOCK = 256  # positions


def _weighted(q: Tensor, k: Tensor, v: Tensor, scale: float, start: int | None) -> Tensor:
    """Softmax-weighted values. start: position of the first query; None sees everything."""
    scores = (q * scale) @ k.transpose(-1, -2)
    if start is not None:
        shape = scores.shape[-2:]
        hidden = torch.ones(shape, dtype=torch.bool, device=q.device).triu_(start + 1)
        scores.masked_fill_(hidden, -torch.inf)
    return scores.softmax(-1) @ v


def step_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    keys: Tensor,
    values: Tensor,
    at: Positions,
    compute: Compute,
) -> Tensor:
    """Attention of one new position of each row to its own cache, which it joins.

    q, k, v: (rows, heads, width). keys, values: (all rows · heads, positions, width). Returns
    (rows, heads, width).
    """
    rows, heads, width = q.shape
    if rows == 1 and not at.static:
        keys[:heads, at.length - 1] = k[0]
        values[:heads, at.length - 1] = v[0]
    else:
        shape = (-1, heads, *keys.shape[1:])
        keys.view(shape)[at.rows, :, at.index] = k
        values.view(shape)[at.rows, :, at.index] = v
    keys = keys[: rows * heads, : at.length]
    values = values[: rows * heads, : at.length]
    if compute.attention == "fused" and q.device.type != "cpu":
        shape = (rows, heads, at.length, width)
        mask = None if at.mask is None else at.mask.view(rows, heads, 1, at.length)
        # is_causal must stay False: torch would align it to the first position of the cache.
        return F.scaled_dot_product_attention(
            q.unsqueeze(2), keys.view(shape), values.view(shape), mask
        ).squeeze(2)
    # On a processor two batched products beat torch's fused kernel at one query, 2.0 to 2.9 ms for
    # 12 layers at 900 positions in float32; in bfloat16 the keys have to stand on the left.
    q = q.reshape(rows * heads, width)
    if q.dtype == torch.float32:
        scores = torch.bmm(q.unsqueeze(1), keys.transpose(1, 2))
    else:
        scores = torch.bmm(keys, q.unsqueeze(2)).transpose(1, 2)
    scores = scores * width**-0.5
    if at.mask is not None:
        scores = scores + at.mask
    return torch.bmm(scores.softmax(-1), values).view(rows, heads, width)


def load_norm(weights: Weights, name: str, width: int, compute: Compute) -> nn.LayerNorm:
    """A layer norm; the causal stages of the published checkpoints have no bias."""
    bias = f"{name}.bias"
    norm = nn.LayerNorm(width, bias=bias in weights, dtype=compute.activations)
    norm.weight = nn.Parameter(weights.get(f"{name}.weight", (width,)).to(compute.activations))
    if bias in weights:
        norm.bias = nn.Parameter(weights.get(bias, (width,)).to(compute.activations))
    return norm.requires_grad_(False)


class Transformer(nn.Module):
    """Blocks, positions and the final norm. Embeddings and heads belong to the stages."""

    positions: Tensor

    def __init__(
        self,
        weights: Weights,
        prefix: str,
        config: TransformerConfig,
        compute: Compute,
    ) -> None:
        super().__init__()
        self.config = config
        self.compute = compute
        table = weights.get(
            f"{prefix}.position_embeds_layer.weight", (config.block_size, config.hidden_size)
        )
        self.register_buffer("positions", table.to(compute.activations))
        self.blocks = nn.ModuleList(
            Block(weights, f"{prefix}.layers.{i}", config, compute)
            for i in range(config.num_layers)
        )
        self.norm = load_norm(weights, f"{prefix}.layernorm_final", config.hidden_size, compute)

    def read(self, x: Tensor, tick: Tick, *, cache: KVCache | None = None, row: int = 0) -> Tensor:
        """All positions of one row from 0 on: (positions, width) → (positions, width).

        With a cache: causal, fills the cache of that row, and returns the last position only,
        (1, width). Without: every position sees all.
        """
        x = x + self.positions[: len(x)]
        part = slice(row * self.config.num_heads, (row + 1) * self.config.num_heads)
        for i, block in enumerate(self.blocks):
            tick()
            own = None if cache is None else (cache.keys[i][part], cache.values[i][part])
            last_only = cache is not None and i == len(self.blocks) - 1
            x = block.read(x, own, tick, last_only=last_only)  # type: ignore[operator]
        return self.norm(x)  # type: ignore[no-any-return]

    def step(self, x: Tensor, cache: KVCache, state: State) -> Tensor:
        """One new position of each of the first rows of the cache: (rows, width) → the same."""
        at = Positions(state, self.config.num_heads, self.compute)
        x = x + self.positions[at.index]
        for block, keys, values in zip(self.blocks, cache.keys, cache.values, strict=True):
            x = block.step(x, keys, values, at)  # type: ignore[operator]
        return self.norm(x)  # type: ignore[no-any-return]


class TorchDecoder(Decoder):
    """A decoder by torch alone, on any device."""

    def __init__(self, transformer: Transformer, head: nn.Module, outputs: int) -> None:
        super().__init__(transformer.config, outputs)
        self.transformer = transformer
        self.head = head

    def cache(self, rows: int, positions: int) -> KVCache:
        return KVCache(self.config, rows, positions, self.transformer.compute)

    def read(self, x: Tensor, cache: KVCache, row: int, tick: Tick) -> Tensor:
        hidden = self.transformer.read(x, tick, cache=cache, row=row)
        return self.head(hidden)[0].float()  # type: ignore[no-any-return]

    def step(self, x: Tensor, cache: KVCache, state: State) -> None:
        state.logits.copy_(self.head(self.transformer.step(x, cache, state)))
