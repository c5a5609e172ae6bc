"""GGUF files give what transformers folders give; broken and unknown files give one sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch

from engine.api import TextRequest
from engine.errors import UserError
from engine.text.checkpoint.load import load
from engine.text.engine import TextEngine
from tests.engine.text.tiny import CONTEXT, END, FAMILIES, make_model, make_tokenizer

FolderOf = Callable[[str], Path]


def write_gguf(path: Path, family: str, kind: str = "F32", **changes: Any) -> Path:
    """A GGUF file of the tiny model, as llama.cpp's converter lays it out."""
    model, tokenizer = make_model(family), make_tokenizer()
    file = gguf.GGUFWriter(path, changes.get("architecture", family))
    file.add_context_length(CONTEXT)
    file.add_embedding_length(32)
    file.add_block_count(3)
    file.add_head_count(4)
    if family == "gpt2":
        file.add_feed_forward_length(128)
        file.add_layer_norm_eps(1e-5)
    else:
        file.add_feed_forward_length(48)
        file.add_head_count_kv(2)
        file.add_layer_norm_rms_eps(1e-6)
    file.add_tokenizer_model(changes.get("tokenizer", "gpt2"))
    file.add_tokenizer_pre(changes.get("words", "gpt-2"))
    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    file.add_token_list(pieces)
    file.add_token_types([3 if piece == "<end>" else 1 for piece in pieces])
    file.add_token_merges(["t h"])
    file.add_eos_token_id(END)
    from engine.text.checkpoint.gguf import GPT2, LLAMA

    names = GPT2 if family == "gpt2" else LLAMA
    for pattern, stored in names.items():
        for layer in range(3) if "{n}" in pattern else [0]:
            for part in ("weight", "bias"):
                name = f"{pattern.format(n=layer)}.{part}"
                state = model.state_dict()
                values = state.get(name, state.get(f"transformer.{name}"))
                if values is None or (pattern == "lm_head" and family == "qwen2"):
                    continue
                array = values.numpy()
                if family == "gpt2" and array.ndim == 2 and not name.startswith(("wte", "wpe")):
                    array = array.T
                if family == "llama" and (".q_proj." in name or ".k_proj." in name):
                    array = array.reshape(-1, 2, 4, 32).swapaxes(1, 2).reshape(array.shape)
                blocks = array.ndim == 2 and array.shape[1] % 32 == 0
                quantised = gguf.GGMLQuantizationType[kind] if blocks else None
                if quantised in (None, gguf.GGMLQuantizationType.F32):
                    file.add_tensor(f"{stored.format(n=layer)}.{part}", array.copy())
                else:
                    data = gguf.quantize(array.astype(np.float32), quantised)
                    file.add_tensor(f"{stored.format(n=layer)}.{part}", data, raw_dtype=quantised)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()
    return path


@pytest.mark.parametrize("family", FAMILIES)
def test_gguf_equals_the_folder(family: str, folder_of: FolderOf, tmp_path: Path) -> None:
    request = TextRequest(prompts=("the path", "ü"), max_new_tokens=24)
    written = []
    for place in (folder_of(family), write_gguf(tmp_path / "tiny.gguf", family)):
        engine = TextEngine(place, device="cpu", eager=True)
        written.append([tokens.tolist() for tokens in engine.generate(request).tokens])
        engine.close()
    assert written[0] == written[1]


@pytest.mark.parametrize("kind", ["F16", "BF16", "Q8_0", "Q4_1"])
def test_quantised_weights_are_near_the_real_ones(kind: str, tmp_path: Path) -> None:
    exact = load(write_gguf(tmp_path / "exact.gguf", "llama"))
    rough = load(write_gguf(tmp_path / "rough.gguf", "llama", kind))
    difference = rough.weights.layers[1].up.matrix - exact.weights.layers[1].up.matrix
    spread = float(np.std(exact.weights.layers[1].up.matrix))
    assert 0 < float(np.std(difference)) < 0.1 * spread


def test_sharded_and_bfloat16_safetensors_are_read(tmp_path: Path) -> None:
    model = make_model("llama").to(torch.bfloat16)
    model.save_pretrained(tmp_path, max_shard_size="20KB")
    make_tokenizer().save(str(tmp_path / "tokenizer.json"))
    assert (tmp_path / "model.safetensors.index.json").exists()
    weights = load(tmp_path).weights
    expected = model.model.embed_tokens.weight.detach().float().numpy()
    assert np.array_equal(weights.embedding.numpy(), expected)


def test_tied_weights_are_held_once(folder_of: FolderOf) -> None:
    tied, untied = load(folder_of("qwen2")), load(folder_of("llama"))
    assert tied.weights.head is tied.weights.embedding
    assert untied.weights.head is not untied.weights.embedding
    assert not np.array_equal(untied.weights.head.numpy(), untied.weights.embedding.numpy())


# ── files that cannot be read ─────────────────────────────────────────────────────────────────


@pytest.fixture
def copy(folder_of: FolderOf, tmp_path: Path) -> Path:
    """A copy of the tiny llama to spoil."""
    return Path(shutil.copytree(folder_of("llama"), tmp_path / "copy"))


def change_config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refused(place: Path) -> str:
    """The one sentence of a refusal."""
    with pytest.raises(UserError) as caught:
        load(place)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_good_copy_is_read(copy: Path) -> None:
    assert load(copy).architecture.n_kv_head == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model_type": "bert"}, "bert"),
        ({"model_type": None}, "nameless"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4}}, "yarn"),
        ({"hidden_size": None}, "description"),
        ({"num_attention_heads": 0, "head_dim": None}, "description"),
        ({"hidden_size": 64}, "should be"),
    ],
)
def test_an_unknown_architecture_is_refused(
    changes: dict[str, Any], words: str, copy: Path
) -> None:
    change_config(copy, **changes)
    assert words in refused(copy)


def test_a_truncated_file_is_refused(copy: Path) -> None:
    path = copy / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut short" in refused(copy)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_refused(name: str, copy: Path) -> None:
    (copy / name).unlink()
    assert name in refused(copy)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_broken_file_is_refused(name: str, copy: Path) -> None:
    (copy / name).write_bytes(b"[1, 2")
    assert name in refused(copy)


def test_an_index_cannot_name_files_elsewhere(copy: Path) -> None:
    index = {"weight_map": {"x": "../copy/model.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "outside" in refused(copy)


def test_pickles_are_never_read(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    assert "only safetensors" in refused(copy)


def test_unknown_gguf_files_are_refused(tmp_path: Path) -> None:
    assert "falcon" in refused(write_gguf(tmp_path / "a.gguf", "llama", architecture="falcon"))
    assert "rwkv" in refused(write_gguf(tmp_path / "b.gguf", "llama", tokenizer="rwkv"))
    assert "deepseek" in refused(write_gguf(tmp_path / "c.gguf", "llama", words="deepseek-llm"))


@pytest.mark.parametrize("length", [0, 3, 100, 5_000, -2_000])
def test_a_truncated_gguf_is_refused(length: int, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "tiny.gguf", "llama")
    path.write_bytes(path.read_bytes()[:length])
    assert "broken" in refused(path)


def test_a_quantisation_that_is_not_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "tiny.gguf", "llama", "Q8_0")
    monkeypatch.setattr(gguf, "dequantize", _unknown)
    assert "Q8_0, which cannot be read" in refused(path)


def _unknown(*_: Any) -> None:
    raise NotImplementedError


def test_neither_folder_nor_gguf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.txt").write_text("x")
    assert "neither" in refused(tmp_path / "model.txt")
    assert "neither" in refused(tmp_path / "nothing")
