"""GGUF files, seen as a transformers config, transformers' tensor names, and a tokenizer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.system.outside import Unfit, look_outside
from engine.system.panics import panics_as_errors
from engine.text.checkpoint.config import FAMILIES, Config
from engine.text.checkpoint.gguf_counts import check_counts
from engine.text.checkpoint.gguf_tokenizer import tokenizer_of
from engine.text.checkpoint.source import Source, Stored

# transformers' name → GGUF's; {n} is the layer.
LLAMA = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "model.layers.{n}.input_layernorm": "blk.{n}.attn_norm",
    "model.layers.{n}.post_attention_layernorm": "blk.{n}.ffn_norm",
    "model.layers.{n}.self_attn.q_proj": "blk.{n}.attn_q",
    "model.layers.{n}.self_attn.k_proj": "blk.{n}.attn_k",
    "model.layers.{n}.self_attn.v_proj": "blk.{n}.attn_v",
    "model.layers.{n}.self_attn.o_proj": "blk.{n}.attn_output",
    "model.layers.{n}.mlp.gate_proj": "blk.{n}.ffn_gate",
    "model.layers.{n}.mlp.up_proj": "blk.{n}.ffn_up",
    "model.layers.{n}.mlp.down_proj": "blk.{n}.ffn_down",
}
GPT2 = {
    "wte": "token_embd",
    "wpe": "position_embd",
    "ln_f": "output_norm",
    "h.{n}.ln_1": "blk.{n}.attn_norm",
    "h.{n}.ln_2": "blk.{n}.ffn_norm",
    "h.{n}.attn.c_attn": "blk.{n}.attn_qkv",
    "h.{n}.attn.c_proj": "blk.{n}.attn_output",
    "h.{n}.mlp.c_fc": "blk.{n}.ffn_up",
    "h.{n}.mlp.c_proj": "blk.{n}.ffn_down",
}

_PLAIN = (
    gguf.GGMLQuantizationType.F32,
    gguf.GGMLQuantizationType.F16,
    gguf.GGMLQuantizationType.BF16,
)


class Reader(gguf.GGUFReader):  # type: ignore[misc]
    """The package's reader on a plain array: slices of a memmap cost seconds for a tokenizer."""

    @property
    def data(self) -> NDArray[np.uint8]:
        """The whole file, uint8 [bytes]."""
        return self._data

    @data.setter
    def data(self, mapped: NDArray[np.uint8]) -> None:
        self._data = np.asarray(mapped)


def open_gguf(path: Path) -> Source:
    """A GGUF file, mapped into memory. Raises UserError for what cannot be read."""
    try:
        look_outside(path)
        check_counts(path)
        file = Reader(path)
        fields = {name: field.contents() for name, field in file.fields.items()}
    except Unfit:
        raise
    except Exception as error:  # what damage makes of the package, down to a MemoryError
        raise UserError(f"{path} is broken or cut short ({error}): fetch it again") from error
    family = fields.get("general.architecture")
    if not isinstance(family, str) or family not in FAMILIES:
        raise UserError(
            f"a {family or 'nameless'} model cannot be read: choose a GPT-2, Llama or Qwen2 model"
        )
    tensors = {tensor.name: tensor for tensor in file.tensors}
    try:
        config = _config(fields, family, tensors)
        with panics_as_errors():
            tokenizer = tokenizer_of(fields)
    except UserError:
        raise
    except KeyError as error:
        raise UserError(f"{path} is broken: it does not say {error}") from error
    except Exception as error:  # the tokenizer's package raises bare Exceptions
        raise UserError(f"{path} is broken ({error}): fetch it again") from error

    names = GPT2 if family == "gpt2" else LLAMA

    def stored(name: str) -> Stored | None:
        tensor = tensors.get(_stored_name(name, names))
        if tensor is None or tensor.tensor_type in _PLAIN:
            return None
        return Stored(int(tensor.tensor_type), tensor.data)

    def read(name: str) -> NDArray[Any]:
        stored = _stored_name(name, names)
        if stored not in tensors:
            raise UserError(f"{path} is broken: the tensor {stored} is missing")
        tensor = tensors[stored]
        try:
            values: NDArray[Any] = gguf.dequantize(tensor.data, tensor.tensor_type)
        except NotImplementedError as error:
            kind = gguf.GGMLQuantizationType(tensor.tensor_type).name
            raise UserError(f"{path} is quantised as {kind}, which cannot be read") from error
        except (ValueError, IndexError) as error:
            raise UserError(f"{path} is broken: {stored} cannot be read ({error})") from error
        if family == "gpt2" and values.ndim == 2 and not name.startswith(("wte", "wpe")):
            values = values.T  # transformers keeps GPT-2's matrices (in, out)
        if family == "llama" and name.endswith((".q_proj.weight", ".k_proj.weight")):
            return _unrotated(values, config["head_dim"])
        return values

    return Source(
        place=path,
        config=config,
        read=read,
        stored=stored,
        turned=family == "llama",
        tokenizer=tokenizer,
        weights=sum(int(tensor.n_elements) for tensor in tensors.values()),
        kinds=frozenset(t.tensor_type.name for t in tensors.values() if len(t.shape) == 2),
    )


def _stored_name(name: str, names: dict[str, str]) -> str:
    stem, kind = name.rsplit(".", 1)
    number = re.search(r"\.(\d+)\.", f".{stem}")
    layer = number.group(1) if number else ""
    pattern = stem.replace(f".{layer}.", ".{n}.", 1) if layer else stem
    return f"{names[pattern].format(n=layer)}.{kind}"


def _unrotated(values: NDArray[Any], head_dim: int) -> NDArray[Any]:
    """GGUF turns neighbours, transformers turns halves: undo the reordering of the rows."""
    pairs: NDArray[Any] = values.reshape(-1, head_dim // 2, 2, values.shape[-1])
    halves: NDArray[Any] = pairs.swapaxes(1, 2)
    return halves.reshape(values.shape)


def _config(fields: dict[str, Any], family: str, tensors: dict[str, Any]) -> Config:
    def get(key: str, default: Any = None) -> Any:
        return (
            fields[f"{family}.{key}"] if default is None else fields.get(f"{family}.{key}", default)
        )

    vocabulary = len(fields["tokenizer.ggml.tokens"])
    width, heads = get("embedding_length"), get("attention.head_count")
    if family == "gpt2":
        return {
            "model_type": family,
            "vocab_size": vocabulary,
            "n_positions": get("context_length"),
            "n_embd": width,
            "n_layer": get("block_count"),
            "n_head": heads,
            "n_inner": get("feed_forward_length"),
            "layer_norm_epsilon": get("attention.layer_norm_epsilon"),
        }
    scaling = get("rope.scaling.type", "none")
    return {
        "model_type": family,
        "vocab_size": vocabulary,
        "max_position_embeddings": get("context_length"),
        "hidden_size": width,
        "intermediate_size": get("feed_forward_length"),
        "num_hidden_layers": get("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": get("attention.head_count_kv", heads),
        "head_dim": get("attention.key_length", width // heads),
        "rms_norm_eps": get("attention.layer_norm_rms_epsilon"),
        "rope_theta": get("rope.freq_base", 10_000.0),
        # Llama 3.1's frequencies come as a tensor.
        "rope_scaling": {
            "rope_type": "llama3"
            if "rope_freqs.weight" in tensors
            else "default"
            if scaling == "none"
            else scaling
        },
        "attention_bias": "blk.0.attn_q.bias" in tensors,
        "tie_word_embeddings": "output.weight" not in tensors,
    }
