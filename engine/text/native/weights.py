"""A model that has been opened → the structures that a step in C reads.

Matrices in blocks stay where they lie in the mapped file. Plain numbers become blocks of 8 bits, 32
of them with a scale, which is GGUF's Q8_0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.text.checkpoint.source import Source
from engine.text.native.library import BLOCKS, LONGEST, Q8_0, Blocks, Layer, Model

_ROWS = 1024  # that become blocks at once


class Weights:
    """A `Model` without threads and angles, and the arrays that it points to.

    bytes: what a step reads of them for one row, without the embedding of its token.
    """

    def __init__(self, source: Source) -> None:
        """Raises UserError for what is missing or broken."""
        self._source, self._keep = source, list[Any]()
        a = self.architecture = source.architecture
        self.gpt2 = source.config["model_type"] == "gpt2"
        self.bytes = 0
        self.layers = (Layer * a.n_layer)()
        inner = source.config.get("n_inner") or 4 * a.width
        self.inner = int(inner if self.gpt2 else source.config["intermediate_size"])
        fill = self._gpt2_layer if self.gpt2 else self._llama_layer
        for number, layer in enumerate(self.layers):
            fill(number, layer)
        embedding = "wte" if self.gpt2 else "model.embed_tokens"
        tied = self.gpt2 or bool(source.config.get("tie_word_embeddings", False))
        read, self.bytes = self.bytes, 0
        rows = self._matrix(embedding, a.vocabulary, a.width)
        head = rows if tied else self._matrix("lm_head", a.vocabulary, a.width)
        self.bytes = read + head.outputs * head.row_bytes
        self.model = Model(
            layers=self.layers,
            embedding=rows,
            head=head,
            n_layers=a.n_layer,
            width=a.width,
            inner=self.inner,
            heads=a.n_head,
            key_heads=a.n_kv_head,
            head_width=a.head_dim,
            neighbours=source.turned and source.stored(_first(self.gpt2)) is not None,
            epsilon=a.epsilon,
        )
        norm = "ln_f" if self.gpt2 else "model.norm"
        self.model.norm = self._floats(f"{norm}.weight", a.width)
        if self.gpt2:
            self.model.norm_bias = self._floats(f"{norm}.bias", a.width)
            self.model.positions = self._floats("wpe.weight", a.context, a.width)

    def _gpt2_layer(self, number: int, layer: Layer) -> None:
        a, stem = self.architecture, f"h.{number}"
        for i in (1, 2):
            setattr(layer, f"norm_{i}", self._floats(f"{stem}.ln_{i}.weight", a.width))
            setattr(layer, f"norm_{i}_bias", self._floats(f"{stem}.ln_{i}.bias", a.width))
        together = self._matrix(f"{stem}.attn.c_attn", 3 * a.width, a.width, bias=True)
        for place, name in enumerate(("query", "key", "value")):
            setattr(layer, name, _rows(together, place * a.width, a.width))
        layer.out = self._matrix(f"{stem}.attn.c_proj", a.width, a.width, bias=True)
        layer.up = self._matrix(f"{stem}.mlp.c_fc", self.inner, a.width, bias=True)
        layer.down = self._matrix(f"{stem}.mlp.c_proj", a.width, self.inner, bias=True)

    def _llama_layer(self, number: int, layer: Layer) -> None:
        a, config, stem = self.architecture, self._source.config, f"model.layers.{number}"
        query, shared = a.n_head * a.head_dim, a.n_kv_head * a.head_dim
        qwen = config["model_type"] == "qwen2"
        biased = qwen or bool(config.get("attention_bias"))
        layer.norm_1 = self._floats(f"{stem}.input_layernorm.weight", a.width)
        layer.norm_2 = self._floats(f"{stem}.post_attention_layernorm.weight", a.width)
        attention, feed = f"{stem}.self_attn", f"{stem}.mlp"
        layer.query = self._matrix(f"{attention}.q_proj", query, a.width, bias=biased)
        layer.key = self._matrix(f"{attention}.k_proj", shared, a.width, bias=biased)
        layer.value = self._matrix(f"{attention}.v_proj", shared, a.width, bias=biased)
        layer.out = self._matrix(f"{attention}.o_proj", a.width, query, bias=biased and not qwen)
        layer.gate = self._matrix(f"{feed}.gate_proj", self.inner, a.width)
        layer.up = self._matrix(f"{feed}.up_proj", self.inner, a.width)
        layer.down = self._matrix(f"{feed}.down_proj", a.width, self.inner)

    def _matrix(self, name: str, outputs: int, inputs: int, *, bias: bool = False) -> Blocks:
        stored = self._source.stored(f"{name}.weight")
        if stored is None:
            plain = self.gpt2 and not name.startswith("wte")  # GPT-2's lie (in, out)
            shape = (inputs, outputs) if plain else (outputs, inputs)
            values = self._source.array(f"{name}.weight", *shape)
            kind, rows = Q8_0, eight_bits(values.T if plain else values)
        else:
            kind, rows = stored
        weights, size = BLOCKS[kind]
        row_bytes = -(-inputs // weights) * size
        if rows.shape != (outputs, row_bytes):
            raise UserError(
                f"{self._source.place} is broken: {name} should be {outputs} rows of {inputs}"
            )
        self._keep.append(rows)
        self.bytes += rows.nbytes
        return Blocks(
            data=rows.ctypes.data,
            bias=self._floats(f"{name}.bias", outputs) if bias else None,
            type=kind,
            outputs=outputs,
            inputs=inputs,
            row_bytes=row_bytes,
        )

    def _floats(self, name: str, *shape: int) -> int:
        values = np.array(self._source.array(name, *shape), np.float32, order="C")
        self._keep.append(values)
        return int(values.ctypes.data)


def why_not(source: Source, *, plain: bool) -> str:
    """ "" where a step in C can read this model, else why not. plain: matrices that are kept as
    plain numbers become 8 bits."""
    a = source.architecture
    if a.width % 8 or a.head_dim % 8 or a.n_head % a.n_kv_head:
        return "widths of the model and of its heads have to be multiples of 8"
    if max(a.width, int(source.config.get("intermediate_size") or 0)) > LONGEST:
        return "the model is too wide"
    gpt2 = source.config["model_type"] == "gpt2"
    for name in _matrices(gpt2, a.n_layer, tied=bool(source.config.get("tie_word_embeddings"))):
        stored = source.stored(f"{name}.weight")
        if stored is None and not plain:
            return "some of its matrices are kept as plain numbers"
        if stored is not None and stored.kind not in BLOCKS:
            import gguf

            kind = gguf.GGMLQuantizationType(stored.kind).name
            return f"blocks of the type {kind} are not multiplied as they lie"
    return ""


def eight_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    """float32 [outputs, inputs] → GGUF's Q8_0, uint8 [outputs, bytes of a row]; the last block of
    a row is filled up with zeros."""
    outputs, inputs = values.shape
    units = -(-inputs // 32)
    blocks = np.zeros((outputs, units), np.dtype([("scale", "<f2"), ("q", "i1", 32)]))
    for start in range(0, outputs, _ROWS):
        part = np.zeros((min(_ROWS, outputs - start), 32 * units), np.float32)
        part[:, :inputs] = values[start : start + _ROWS]
        part = part.reshape(-1, units, 32)
        scale = (np.abs(part).max(-1) / 127).astype(np.float16)
        rate = np.divide(1.0, scale, out=np.zeros(scale.shape, np.float32), where=scale > 0)
        blocks["scale"][start : start + _ROWS] = scale
        blocks["q"][start : start + _ROWS] = np.clip(np.rint(part * rate[..., None]), -127, 127)
    return blocks.view(np.uint8).reshape(outputs, units * 34)


def _rows(matrix: Blocks, first: int, count: int) -> Blocks:
    """Some rows of a matrix."""
    part = Blocks.from_buffer_copy(matrix)
    part.data += first * matrix.row_bytes
    part.bias = None if matrix.bias is None else matrix.bias + 4 * first
    part.outputs = count
    return part


def _first(gpt2: bool) -> str:
    """The tensor by which is seen how queries are turned."""
    return "h.0.attn.c_attn.weight" if gpt2 else "model.layers.0.self_attn.q_proj.weight"


def _matrices(gpt2: bool, layers: int, *, tied: bool) -> list[str]:
    if gpt2:
        parts = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
        return ["wte", *(f"h.{n}.{part}" for n in range(layers) for part in parts)]
    parts = [f"self_attn.{x}_proj" for x in "qkvo"] + [
        f"mlp.{x}_proj" for x in ("gate", "up", "down")
    ]
    names = [f"model.layers.{n}.{part}" for n in range(layers) for part in parts]
    return ["model.embed_tokens", *([] if tied else ["lm_head"]), *names]
