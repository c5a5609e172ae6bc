"""GGUF files, seen as a transformers config, transformers' tensor names, and a tokenizer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import tokenizers
from numpy.typing import NDArray
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

from engine.api import UserError
from engine.text.checkpoint import FAMILIES, Config, Read
from engine.text.tokenizer import Tokenizer

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

CONTROL, USER_DEFINED = 3, 4  # kinds of tokens in tokenizer.ggml.token_type


class Reader(gguf.GGUFReader):  # type: ignore[misc]
    """The package's reader on a plain array: slices of a memmap cost seconds for a tokenizer."""

    @property
    def data(self) -> NDArray[np.uint8]:
        """The whole file, uint8 [bytes]."""
        return self._data

    @data.setter
    def data(self, mapped: NDArray[np.uint8]) -> None:
        self._data = np.asarray(mapped)


@contextmanager
def open_gguf(path: Path) -> Iterator[tuple[Config, Read, Tokenizer]]:
    """Config, tensors and tokenizer of a GGUF file. Raises UserError for what cannot be read."""
    try:
        file = Reader(path)
        fields = {name: field.contents() for name, field in file.fields.items()}
    except (ValueError, OSError, IndexError, KeyError, OverflowError, UnicodeError) as error:
        raise UserError(f"{path} is broken or cut short ({error}): fetch it again") from error
    family = fields.get("general.architecture")
    if family not in FAMILIES:
        raise UserError(
            f"a {family or 'nameless'} model cannot be read: choose a GPT-2, Llama or Qwen2 model"
        )
    tensors = {tensor.name: tensor for tensor in file.tensors}
    try:
        config = _config(fields, family, tensors)
        tokenizer = _tokenizer(fields)
    except (KeyError, TypeError) as error:
        raise UserError(f"{path} is broken: it does not say {error}") from error

    def read(name: str) -> NDArray[Any]:
        stored = _stored_name(name, GPT2 if family == "gpt2" else LLAMA)
        if stored not in tensors:
            raise UserError(f"{path} is broken: the tensor {stored} is missing")
        tensor = tensors[stored]
        try:
            values: NDArray[Any] = gguf.dequantize(tensor.data, tensor.tensor_type)
        except NotImplementedError as error:
            kind = gguf.GGMLQuantizationType(tensor.tensor_type).name
            raise UserError(f"{path} is quantised as {kind}, which cannot be read") from error
        if family == "gpt2" and values.ndim == 2 and not name.startswith(("wte", "wpe")):
            values = values.T  # transformers keeps GPT-2's matrices (in, out)
        if family == "llama" and name.endswith((".q_proj.weight", ".k_proj.weight")):
            return _unrotated(values, config["head_dim"])
        return values

    yield config, read, tokenizer


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


# ── the tokenizer ─────────────────────────────────────────────────────────────────────────────

WORDS_GPT4 = (  # how Llama 3 and Qwen2 split words; they differ in the digits taken together
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def _tokenizer(fields: dict[str, Any]) -> Tokenizer:
    kind = fields["tokenizer.ggml.model"]
    if kind not in ("gpt2", "llama"):
        raise UserError(f"a tokenizer of the kind {kind} cannot be read, only gpt2 and llama")
    core = _byte_level(fields) if kind == "gpt2" else _sentence_pieces(fields)
    pieces, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    for wanted in (CONTROL, USER_DEFINED):
        core.add_tokens(
            [
                tokenizers.AddedToken(piece, special=wanted == CONTROL, normalized=False)
                for piece, its_kind in zip(pieces, kinds, strict=True)
                if its_kind == wanted
            ]
        )
    first = fields.get("tokenizer.ggml.bos_token_id")
    if first is not None and fields.get("tokenizer.ggml.add_bos_token", kind == "llama"):
        name = pieces[first]
        core.post_processor = processors.Sequence(
            [
                processors.ByteLevel(trim_offsets=False),
                processors.TemplateProcessing(
                    single=f"{name} $A", special_tokens=[(name, int(first))]
                ),
            ]
        )
    ends = [fields.get("tokenizer.ggml.eos_token_id"), fields.get("tokenizer.ggml.eot_token_id")]
    names = {
        f"{name}_token": pieces[fields[key]]
        for name in ("bos", "eos")
        if (key := f"tokenizer.ggml.{name}_token_id") in fields
    }
    return Tokenizer(
        core=core,
        ends=tuple(sorted({int(end) for end in ends if end is not None})),
        chat_template=fields.get("tokenizer.chat_template"),
        names=names,
    )


def _byte_level(fields: dict[str, Any]) -> tokenizers.Tokenizer:
    vocabulary = {piece: number for number, piece in enumerate(fields["tokenizer.ggml.tokens"])}
    merges = [tuple(merge.split(" ", 1)) for merge in fields["tokenizer.ggml.merges"]]
    core = tokenizers.Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    words = fields.get("tokenizer.ggml.pre", "gpt-2")
    if words in ("gpt-2", "gpt2", "default"):
        core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    elif words == "smollm":
        core.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
    elif words in ("llama-bpe", "qwen2"):
        pattern = tokenizers.Regex(WORDS_GPT4 % ("{1,3}" if words == "llama-bpe" else ""))
        core.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(pattern, behavior="isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        if words == "qwen2":
            core.normalizer = normalizers.NFC()
    else:
        raise UserError(f"a tokenizer that splits words as {words} cannot be read")
    core.decoder = decoders.ByteLevel()
    return core


def _sentence_pieces(fields: dict[str, Any]) -> tokenizers.Tokenizer:
    """SentencePiece BPE: a merge ranks as high as the score of the piece that it makes."""
    pieces, scores = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.scores"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    merges = []
    for piece, score in zip(pieces, scores, strict=True):
        for cut in range(1, len(piece)):
            left, right = piece[:cut], piece[cut:]
            if left in vocabulary and right in vocabulary:
                merges.append((-score, vocabulary[left], vocabulary[right], left, right))
    core = tokenizers.Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=[(left, right) for *_, left, right in sorted(merges)],
            unk_token=pieces[fields.get("tokenizer.ggml.unknown_token_id", 0)],
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    spaced = fields.get("tokenizer.ggml.add_space_prefix", True)
    core.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁")] * bool(spaced) + [normalizers.Replace(" ", "▁")]
    )
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
        + [decoders.Strip(" ", 1, 0)] * bool(spaced)
    )
    return core
