"""Tiny GGUF files for the step in C, and what their weights say in float64."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.text.checkpoint.load import open_source
from engine.text.checkpoint.source import Source
from engine.text.native import library
from engine.text.native.decoder import Decoder
from engine.text.native.weights import Weights

Floats = NDArray[np.float64]


def decoder_of(place: Path, cache: str = "float32") -> Decoder:
    """A model in C; the test needs a machine that has the library."""
    found = library.find().library
    assert found is not None
    return Decoder(Weights(open_source(place)), found, cache)


def logits_of(source: Source, tokens: list[int]) -> Floats:
    """What a model gives behind each token, float64 [tokens, vocabulary], by the textbook."""
    return (
        _gpt2(source, tokens) if source.config["model_type"] == "gpt2" else _llama(source, tokens)
    )


def _llama(source: Source, tokens: list[int]) -> Floats:
    a, read = source.architecture, _Reader(source)
    x = read("model.embed_tokens.weight")[tokens]
    half = np.arange(0, a.head_dim, 2) / a.head_dim
    angles = np.arange(len(tokens))[:, None, None] * a.rotary_base**-half

    def turned(y: Floats) -> Floats:
        first, second = np.split(y, 2, axis=-1)
        c, s = np.cos(angles), np.sin(angles)
        return np.concatenate([first * c - second * s, second * c + first * s], -1)

    for n in range(a.n_layer):
        at, feed = f"model.layers.{n}.self_attn", f"model.layers.{n}.mlp"
        y = _rms(x, read(f"model.layers.{n}.input_layernorm.weight"), a.epsilon)
        q, k, v = (
            (y @ read(f"{at}.{p}_proj.weight").T + read.bias(f"{at}.{p}_proj.bias")).reshape(
                len(tokens), -1, a.head_dim
            )
            for p in "qkv"
        )
        x = x + _attend(turned(q), turned(k), v) @ read(f"{at}.o_proj.weight").T
        y = _rms(x, read(f"model.layers.{n}.post_attention_layernorm.weight"), a.epsilon)
        gate, up = y @ read(f"{feed}.gate_proj.weight").T, y @ read(f"{feed}.up_proj.weight").T
        x = x + (gate / (1 + np.exp(-gate)) * up) @ read(f"{feed}.down_proj.weight").T
    tied = source.config["tie_word_embeddings"]
    head = read("model.embed_tokens.weight" if tied else "lm_head.weight")
    return _rms(x, read("model.norm.weight"), a.epsilon) @ head.T


def _gpt2(source: Source, tokens: list[int]) -> Floats:
    a, read = source.architecture, _Reader(source)
    x = read("wte.weight")[tokens] + read("wpe.weight")[: len(tokens)]

    def norm(y: Floats, name: str) -> Floats:
        y = y - y.mean(-1, keepdims=True)
        y = y / np.sqrt((y * y).mean(-1, keepdims=True) + a.epsilon)
        return y * read(f"{name}.weight") + read(f"{name}.bias")

    def linear(y: Floats, name: str) -> Floats:
        return y @ read(f"{name}.weight") + read(f"{name}.bias")

    for n in range(a.n_layer):
        qkv = linear(norm(x, f"h.{n}.ln_1"), f"h.{n}.attn.c_attn")
        q, k, v = (p.reshape(len(tokens), a.n_head, a.head_dim) for p in np.split(qkv, 3, axis=-1))
        x = x + linear(_attend(q, k, v), f"h.{n}.attn.c_proj")
        u = linear(norm(x, f"h.{n}.ln_2"), f"h.{n}.mlp.c_fc")
        u = 0.5 * u * (1 + np.tanh(np.sqrt(2 / np.pi) * (u + 0.044715 * u**3)))
        x = x + linear(u, f"h.{n}.mlp.c_proj")
    return norm(x, "ln_f") @ read("wte.weight").T


def _rms(x: Floats, weight: Floats, epsilon: float) -> Floats:
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * weight


def _attend(q: Floats, k: Floats, v: Floats) -> Floats:
    """[positions, heads, width] each; heads share keys."""
    shared = q.shape[1] // k.shape[1]
    k, v = (np.repeat(x, shared, axis=1) for x in (k, v))
    scores = np.einsum("ihd,jhd->hij", q, k) / np.sqrt(q.shape[-1])
    scores = np.where(np.tri(len(q), dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return np.einsum("hij,jhd->ihd", weights, v).reshape(len(q), -1)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source

    def __call__(self, name: str) -> Any:
        return self._source.read(name).astype(np.float64)

    def bias(self, name: str) -> Any:
        biased = self._source.config["model_type"] == "qwen2" and not name.endswith("o_proj.bias")
        return self(name) if biased else 0.0
