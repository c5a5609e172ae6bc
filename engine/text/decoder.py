"""The transformer as XLA sees it: a pure function from tokens and a cache to logits and a cache.

Everything that may differ from call to call is data: how much of a row is padding, where the next
token goes. Only shapes are compiled: rows B, tokens T, slots of the cache S.

A row of the cache has S slots. Prompts are padded on the left, so that all rows of a batch write
the same slot at the same time; slot s of a row with p slots of padding is position s − p of its
text, and the padding is masked for ever.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf
from tensorflow.compiler.tf2xla.python import xla

from engine.text.checkpoint.config import Architecture
from engine.text.checkpoint.weights import Layer, Linear, Weights

Tensor = Any  # tf.Tensor has no usable type stubs

Entry = tuple[Tensor, Tensor]  # keys and values of a layer

PARTS = range(2, 33)  # into how many equal parts a matrix may be cut for the processor, see linear

NEVER = -1e30  # a logit that is never chosen; finite, so that a fully masked row stays finite


class Context(NamedTuple):
    """What a batch of texts has become so far, between two calls.

    cache: per layer keys and values, float32 [B · n_kv_head, S, head_dim]; with another shape XLA
    copies the whole cache at every step. logits: float32 [B, vocabulary] of the next token. slot:
    int32 (), the next slot to write. padding: int32 [B].
    """

    cache: tuple[Entry, ...]
    logits: Tensor
    slot: Tensor
    padding: Tensor


class Decoder:
    """Architecture and weights. No state: what changes is in the Context."""

    def __init__(self, architecture: Architecture, weights: Weights) -> None:
        self.architecture = architecture
        self.weights = weights
        self._cut = "CPU" in weights.embedding.device
        self._traced_layer = tf.function(self._layer, autograph=False)

    def empty(self, padding: Tensor, slots: int) -> Context:
        """A Context before its first token. padding: int32 [B]; slots: S."""
        a, batch = self.architecture, padding.shape[0]
        layer = tf.zeros((batch * a.n_kv_head, slots, a.head_dim))
        return Context(
            cache=((layer, layer),) * a.n_layer,
            logits=tf.zeros((batch, a.vocabulary)),
            slot=tf.constant(0),
            padding=padding,
        )

    def read(self, tokens: Tensor, context: Context) -> Context:
        """Continue a Context by tokens, int32 [B, T]: T > 1 is prefill, T = 1 a step."""
        x, cache = self._through(tokens, context)
        batch, length = tokens.shape
        last = tf.reshape(x, (batch, length, -1))[:, -1]
        return Context(cache, self._logits(last), context.slot + length, context.padding)

    def score(self, tokens: Tensor, context: Context) -> tuple[Tensor, Context]:
        """As `read` for one row [1, T], and the logits behind each, float32 [T, vocabulary]."""
        x, cache = self._through(tokens, context)
        logits, slot = self._logits(x), context.slot + tokens.shape[1]
        return logits, Context(cache, logits[-1:], slot, context.padding)

    def _logits(self, x: Tensor) -> Tensor:
        w = self.weights
        return linear(norm(x, w.norm, self.architecture.epsilon), Linear(w.head), self._cut)

    def _through(self, tokens: Tensor, context: Context) -> tuple[Tensor, tuple[Entry, ...]]:
        """All layers: [B, T] → [B · T, width], and the cache with these tokens."""
        a, w = self.architecture, self.weights
        batch, length = tokens.shape
        slots = context.slot + tf.range(length)
        # Padding, and rows that ended while others go on, lie outside the text: any place will do.
        positions = tf.clip_by_value(slots - context.padding[:, None], 0, a.context - 1)  # [B, T]
        keys = tf.range(context.cache[0][0].shape[1])
        visible = (keys <= slots[:, None]) & (keys >= context.padding[:, None, None])
        bias = tf.where(visible, 0.0, NEVER)[:, None, None]  # [B, 1, 1, T, S]
        angles = rotation(positions, a) if a.rotary_base else None

        x = tf.reshape(tf.gather(w.embedding, tokens), (batch * length, -1))
        if w.positions is not None:
            x += tf.reshape(tf.gather(w.positions, positions), x.shape)
        # A function of its own is traced once for all layers: half of the cost of a new bucket.
        run = self._layer if tf.executing_eagerly() else self._traced_layer
        cache = []
        for layer, entry in zip(w.layers, context.cache, strict=True):
            x, entry = run(layer, entry, x, context.slot, bias, angles)
            cache.append(entry)
        return x, tuple(cache)

    def _layer(
        self, layer: Layer, entry: Entry, x: Tensor, slot: Tensor, bias: Tensor, angles: Tensor
    ) -> tuple[Tensor, Entry]:
        q, k, v = self._heads(layer, x, bias.shape[0], angles)
        entry = write(entry[0], k, slot), write(entry[1], v, slot)
        x += linear(attend(q, *entry, bias), layer.out, self._cut)
        return x + self._feed_forward(layer, x), entry

    def _heads(self, layer: Layer, x: Tensor, batch: int, angles: Tensor) -> tuple[Tensor, ...]:
        """x [B·T, width] → queries [B, n_head, T, head_dim], keys and values with n_kv_head."""
        a = self.architecture
        mixed = linear(norm(x, layer.attention_norm, a.epsilon), layer.qkv, self._cut)
        mixed = tf.reshape(mixed, (batch, -1, a.n_head + 2 * a.n_kv_head, a.head_dim))
        mixed = tf.transpose(mixed, (0, 2, 1, 3))
        if angles is None:
            return tuple(tf.split(mixed, (a.n_head, a.n_kv_head, a.n_kv_head), axis=1))
        qk, v = tf.split(mixed, (a.n_head + a.n_kv_head, a.n_kv_head), axis=1)
        return *tf.split(rotate(qk, angles), (a.n_head, a.n_kv_head), axis=1), v

    def _feed_forward(self, layer: Layer, x: Tensor) -> Tensor:
        x = norm(x, layer.feed_norm, self.architecture.epsilon)
        x = linear(x, layer.up, self._cut)
        if self.architecture.gated:
            gate, up = tf.split(x, 2, axis=-1)
            return linear(silu(gate) * up, layer.down, self._cut)
        return linear(gelu(x), layer.down, self._cut)


def prefill(decoder: Decoder, tokens: Tensor, context: Context, go: Tensor) -> Context:
    """Continue a Context by tokens [B, T] where `go`; else return it, as compiling is all."""
    read: Context = tf.cond(go, lambda: decoder.read(tokens, context), lambda: context)
    return read


def take_rows(context: Context, rows: Tensor) -> Context:
    """The Context of some rows, int32 [rows], in that order and as often as they are named."""
    batch = context.padding.shape[0]

    def take(cache: Tensor) -> Tensor:
        # n_kv_head lines of the cache belong to a row.
        taken = tf.gather(tf.reshape(cache, (batch, -1)), rows)
        return tf.reshape(taken, (-1, *cache.shape[1:]))

    return Context(
        cache=tuple((take(keys), take(values)) for keys, values in context.cache),
        logits=tf.gather(context.logits, rows),
        slot=context.slot,
        padding=tf.gather(context.padding, rows),
    )


def attend(q: Tensor, keys: Tensor, values: Tensor, bias: Tensor) -> Tensor:
    """Queries [B, H, T, d] over a whole cache [B · KV, S, d] → [B·T, H·d]; H / KV share a key.

    bias: [B, 1, 1, T, S], added to the scores.
    """
    batch, heads, length, size = q.shape
    shared, slots = keys.shape[:2]
    q = tf.reshape(q * size**-0.5, (shared, -1, size))
    scores = tf.reshape(
        tf.matmul(q, keys, transpose_b=True), (batch, shared // batch, -1, length, slots)
    )
    weights = tf.reshape(softmax(scores + bias), (shared, -1, slots))
    out = tf.reshape(tf.matmul(weights, values), (batch, heads, length, size))
    return tf.reshape(tf.transpose(out, (0, 2, 1, 3)), (batch * length, -1))


def write(cache: Tensor, new: Tensor, slot: Tensor) -> Tensor:
    """cache [B · KV, S, d] with new [B, KV, T, d] from a slot on; in place under XLA."""
    new = tf.reshape(new, (cache.shape[0], -1, cache.shape[2]))
    if tf.executing_eagerly():  # the operation exists for XLA only
        return tf.concat([cache[:, :slot], new, cache[:, slot + new.shape[1] :]], axis=1)
    zero = tf.constant(0)
    return xla.dynamic_update_slice(cache, new, tf.stack([zero, slot, zero]))


def linear(x: Tensor, weights: Linear, cut: bool) -> Tensor:
    """x [N, in] → [N, out]. cut: give XLA the matrix in equal parts, where it divides by a few."""
    (rows, _), (out, size) = x.shape, weights.matrix.shape
    parts = next((count for count in PARTS if out % count == 0), 1) if cut else 1
    if parts > 1:
        # A product of some rows with one matrix is packed anew by XLA in every call, or done on one
        # core. In a batch of products, matrix first, all cores read it as it lies: 8 rows of GPT-2
        # take 6 instead of 8 ms for all up matrices, 8 instead of 12 for the head.
        y = tf.matmul(
            tf.reshape(weights.matrix, (parts, -1, size)),
            tf.tile(x[None], (parts, 1, 1)),
            transpose_b=True,
        )
        y = tf.reshape(tf.transpose(y, (2, 0, 1)), (rows, out))
    else:
        y = tf.matmul(x, weights.matrix, transpose_b=True)
    return y if weights.bias is None else y + weights.bias


def norm(x: Tensor, weights: Linear, epsilon: float) -> Tensor:
    """LayerNorm where there is a bias, RMSNorm where there is none."""
    if weights.bias is not None:
        x -= tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_mean(x * x, axis=-1, keepdims=True)
    x = x * tf.pow(variance + epsilon, -0.5) * weights.matrix
    return x if weights.bias is None else x + weights.bias


def rotation(positions: Tensor, a: Architecture) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary positions [B, T], each [B, 1, T, head_dim / 2]."""
    half = tf.range(0, a.head_dim, 2, dtype=tf.float32) / a.head_dim
    angles = tf.cast(positions, tf.float32)[:, None, :, None] * tf.pow(a.rotary_base, -half)
    return tf.cos(angles), tf.sin(angles)


def rotate(x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    """Turn every pair (x[i], x[i + head_dim / 2]) of x [B, heads, T, head_dim]."""
    first, second = tf.split(x, 2, axis=-1)
    cosine, sine = angles
    return tf.concat([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


# TensorFlow 2.21 lowers exp, tanh, sigmoid, softmax, rsqrt and einsum through an MLIR module for
# each operation: 3.5 ms a piece against 0.1 to 0.4 ms for all others, in every start, also when
# the compiled code comes from the disk. Six a layer were two thirds of that start. These gradient
# operations compute the same and are lowered directly.


def silu(x: Tensor) -> Tensor:
    """x · sigmoid(x): softplus has the sigmoid as its derivative."""
    return tf.raw_ops.SoftplusGrad(gradients=x, features=x)


def gelu(x: Tensor) -> Tensor:
    """GPT-2's GELU, ½x(1 + tanh u) = x · sigmoid(2u)."""
    u = 0.7978845608028654 * (x + 0.044715 * x * x * x)
    return tf.raw_ops.SoftplusGrad(gradients=x, features=2.0 * u)


def softmax(x: Tensor) -> Tensor:
    """Along the last axis: the derivative of cross entropy where no label is true."""
    flat = tf.reshape(x, (-1, x.shape[-1]))
    _, probabilities = tf.raw_ops.SoftmaxCrossEntropyWithLogits(
        features=flat, labels=tf.zeros_like(flat)
    )
    return tf.reshape(probabilities, x.shape)
