"""The tensors of a checkpoint → TensorFlow arrays in the layout that XLA reads fastest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.text.checkpoint.config import Architecture, Config

ALIGNMENT = 64  # bytes; XLA reads whole vectors


class Linear(NamedTuple):
    """matrix: float32 [out, in], or the scale [width] of a norm. bias: float32 [out] or None."""

    matrix: Any
    bias: Any = None


class Layer(NamedTuple):
    """One layer. qkv: queries, keys and values side by side; up: gate and up side by side."""

    attention_norm: Linear
    qkv: Linear
    out: Linear
    feed_norm: Linear
    up: Linear
    down: Linear


class Weights(NamedTuple):
    """embedding, head: [vocabulary, width], often the same array; positions: [context, width]."""

    embedding: Any
    positions: Any
    layers: tuple[Layer, ...]
    norm: Linear
    head: Any


def tensor(values: NDArray[Any]) -> Any:
    """A float32 tensor on the current device.

    On a processor it shares the memory of an aligned array made here: tf.constant copies twice and
    gives the copies back only when Python collects garbage, a whole model too much.
    """
    space = np.empty(4 * values.size + ALIGNMENT, np.uint8)
    start = -space.ctypes.data % ALIGNMENT
    array = space[start : start + 4 * values.size].view(np.float32).reshape(values.shape)
    array[...] = values
    return tf.identity(tf.experimental.dlpack.from_dlpack(array.__dlpack__()))


# ── the two families ──────────────────────────────────────────────────────────────────────────


def gpt2(a: Architecture, config: Config, array: Callable[..., NDArray[Any]]) -> Weights:
    """The weights of a GPT-2. array: name and shape of a tensor → its values, float32."""
    width, inner = a.width, int(config.get("n_inner") or 4 * a.width)

    # GPT-2's matrices are stored (in, out).
    def pair(name: str, *shape: int) -> Linear:
        weight, bias = array(f"{name}.weight", *shape), array(f"{name}.bias", shape[-1])
        return Linear(tensor(weight.T), tensor(bias))

    embedding = tensor(array("wte.weight", a.vocabulary, width))
    return Weights(
        embedding=embedding,
        positions=tensor(array("wpe.weight", a.context, width)),
        layers=tuple(
            Layer(
                attention_norm=pair(f"h.{n}.ln_1", width),
                qkv=pair(f"h.{n}.attn.c_attn", width, 3 * width),
                out=pair(f"h.{n}.attn.c_proj", width, width),
                feed_norm=pair(f"h.{n}.ln_2", width),
                up=pair(f"h.{n}.mlp.c_fc", width, inner),
                down=pair(f"h.{n}.mlp.c_proj", inner, width),
            )
            for n in range(a.n_layer)
        ),
        norm=pair("ln_f", width),
        head=embedding,
    )


def llama(a: Architecture, config: Config, array: Callable[..., NDArray[Any]]) -> Weights:
    """The weights of a Llama or Qwen2. array: name and shape of a tensor → its values, float32."""
    width, inner = a.width, int(config["intermediate_size"])
    query, shared = a.n_head * a.head_dim, a.n_kv_head * a.head_dim
    biased = config["model_type"] == "qwen2" or bool(config.get("attention_bias"))

    def side_by_side(parts: dict[str, tuple[int, int]], *, bias: bool) -> Linear:
        matrices = [array(f"{name}.weight", *shape) for name, shape in parts.items()]
        matrix = tensor(np.concatenate(matrices))
        if not bias:
            return Linear(matrix)
        biases = [array(f"{name}.bias", shape[0]) for name, shape in parts.items()]
        return Linear(matrix, tensor(np.concatenate(biases)))

    def layer(number: int) -> Layer:
        attention = f"model.layers.{number}.self_attn"
        feed = f"model.layers.{number}.mlp"
        return Layer(
            attention_norm=norm(f"model.layers.{number}.input_layernorm"),
            qkv=side_by_side(
                {
                    f"{attention}.q_proj": (query, width),
                    f"{attention}.k_proj": (shared, width),
                    f"{attention}.v_proj": (shared, width),
                },
                bias=biased,
            ),
            # Qwen2 has no bias here, a Llama with attention_bias does.
            out=side_by_side(
                {f"{attention}.o_proj": (width, query)},
                bias=biased and config["model_type"] == "llama",
            ),
            feed_norm=norm(f"model.layers.{number}.post_attention_layernorm"),
            up=side_by_side(
                {f"{feed}.gate_proj": (inner, width), f"{feed}.up_proj": (inner, width)},
                bias=False,
            ),
            down=side_by_side({f"{feed}.down_proj": (width, inner)}, bias=False),
        )

    def norm(name: str) -> Linear:
        return Linear(tensor(array(f"{name}.weight", width)))

    embedding = tensor(array("model.embed_tokens.weight", a.vocabulary, width))
    tied = config.get("tie_word_embeddings", False)
    return Weights(
        embedding=embedding,
        positions=None,
        layers=tuple(layer(number) for number in range(a.n_layer)),
        norm=norm("model.norm"),
        head=embedding if tied else tensor(array("lm_head.weight", a.vocabulary, width)),
    )
