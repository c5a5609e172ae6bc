"""Numbers that memory is taken for."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from engine.text.checkpoint.config import architecture_of
from engine.text.checkpoint.gguf_counts import check_counts

GPT2 = {
    "model_type": "gpt2", "n_embd": 64, "n_head": 2, "vocab_size": 100, "n_positions": 32,
    "n_layer": 2,
}  # fmt: skip
LLAMA = {
    "model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "vocab_size": 100,
    "max_position_embeddings": 32, "num_hidden_layers": 2, "rms_norm_eps": 1e-5,
    "intermediate_size": 96,
}  # fmt: skip


def test_usual_sizes_are_read() -> None:
    assert architecture_of(GPT2, Path("x")).head_dim == 32
    assert architecture_of(LLAMA, Path("x")).n_kv_head == 4


@pytest.mark.parametrize(
    ("whole", "change"),
    [
        (GPT2, {"n_head": 0}), (GPT2, {"n_layer": 10**9}), (GPT2, {"n_layer": -1}),
        (GPT2, {"vocab_size": 2**62}), (GPT2, {"n_embd": "64"}), (GPT2, {"n_embd": None}),
        (GPT2, {"n_positions": 1e400}), (GPT2, {"layer_norm_epsilon": float("nan")}),
        (GPT2, {"model_type": ["gpt2"]}), (LLAMA, {"num_key_value_heads": 3}),
        (LLAMA, {"head_dim": 2**40}), (LLAMA, {"rope_theta": float("inf")}),
        (LLAMA, {"rope_parameters": [1]}), (LLAMA, {"hidden_size": True}),
        (LLAMA, {"intermediate_size": [96]}), (LLAMA, {"intermediate_size": 0}),
        (GPT2, {"n_inner": "96"}), (GPT2, {"n_inner": 2**30}),
    ],
)  # fmt: skip
def test_others_are_refused(whole: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        architecture_of({**whole, **change}, Path("x"))


def head(tensors: int = 0, fields: int = 0, rest: bytes = b"", version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, fields) + rest


def name(text: bytes = b"a") -> bytes:
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "data",
    [
        b"GGUX" + bytes(20), b"GGUF", head(version=9), head(tensors=2**62), head(fields=2**62),
        head(fields=1, rest=struct.pack("<Q", 2**62)),
        head(fields=1, rest=name() + struct.pack("<I", 99)),
        head(fields=1, rest=name() + struct.pack("<IIQ", 9, 0, 2**62)),
        head(fields=1, rest=name() + struct.pack("<IIQ", 9, 8, 2**62)),
        head(fields=1, rest=name() + struct.pack("<IIQQ", 9, 8, 1, 2**62)),
        head(fields=1, rest=name() + struct.pack("<IIQ", 9, 4, 2**20)),  # more than there is
        head(fields=1, rest=name() + struct.pack("<IIQ", 9, 9, 1) + bytes(12)),  # nested
        head(tensors=1, rest=name() + struct.pack("<I", 2**31)),
    ],
)  # fmt: skip
def test_counts_of_gguf_are_looked_at_first(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"it |a value|a tensor"):
        check_counts(path)


def test_usual_counts_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    words = name(b"b") + struct.pack("<IIQ", 9, 8, 2) + name(b"x") + name(b"yz")
    number = name() + struct.pack("<If", 6, 1.0)
    tensor = name() + struct.pack("<IQIQ", 1, 4, 0, 0)
    path.write_bytes(head(1, 2, words + number + tensor))
    check_counts(path)
