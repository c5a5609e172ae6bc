"""Tiny Bark checkpoints with random weights, made and spoken by transformers: the reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BarkConfig, BarkModel

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'[]"

# Small in every dimension and unlike the published checkpoints in every number, so that a constant
# that should come from the configuration shows. Several coarse windows and more than one fine
# window in a second of sound.
SEMANTIC_VOCAB, CODES, TEXT_OFFSET = 100, 32, 110
SEMANTIC = {
    "eos_token_id": SEMANTIC_VOCAB,
    "max_new_tokens": 60,
    "text_encoding_offset": TEXT_OFFSET,
    "text_pad_token": 200,
    "semantic_infer_token": 201,
    "semantic_vocab_size": SEMANTIC_VOCAB,
    "max_input_semantic_length": 20,
    "semantic_rate_hz": 24.9,
}
COARSE = {
    "coarse_semantic_pad_token": 180,
    "coarse_infer_token": 181,
    "coarse_rate_hz": 50,
    "n_coarse_codebooks": 2,
    "max_coarse_input_length": 16,
    "max_coarse_history": 40,
    "sliding_window_len": 12,
}
FINE = {"max_fine_history_length": 16, "max_fine_input_length": 32, "n_fine_codebooks": 4}
TRANSFORMER = {"num_layers": 2, "num_heads": 4, "hidden_size": 32, "dropout": 0.0}


def write_checkpoint(
    folder: Path,
    *,
    seed: int = 0,
    bias: bool = False,
    coarse_outputs: int = SEMANTIC_VOCAB + 2 * CODES,
    semantic: dict[str, Any] | None = None,
    coarse: dict[str, Any] | None = None,
    fine: dict[str, Any] | None = None,
    sizes: dict[str, Any] | None = None,
    loud: float = 6.0,
    edit: Callable[[BarkModel], None] = lambda model: None,
    safetensors: bool = True,
    **options: Any,
) -> BarkModel:
    """Write a checkpoint folder and return transformers' own model of it.

    semantic, coarse, fine: generation rules that differ. sizes: those of all three transformers.
    loud: how far the random weights are from zero; high enough that tokens vary. edit: a last
    change to the weights. options: for save_pretrained.
    """
    torch.manual_seed(seed)
    transformer = TRANSFORMER | (sizes or {})
    config = BarkConfig(
        semantic_config=transformer
        | {"block_size": 96, "input_vocab_size": 210, "output_vocab_size": 110, "bias": bias},
        coarse_acoustics_config=transformer
        | {
            "block_size": 72,
            "input_vocab_size": 190,
            "output_vocab_size": coarse_outputs,
            "bias": bias,
        },
        fine_acoustics_config=transformer
        | {
            "block_size": 40,
            "input_vocab_size": 40,
            "output_vocab_size": 40,
            "n_codes_total": 4,
            "n_codes_given": 1,
            "bias": bias,
        },
        codec_config={
            "model_type": "encodec",
            "sampling_rate": 16_000,
            "num_filters": 4,
            "hidden_size": 16,
            "codebook_size": CODES,
            "codebook_dim": 16,
            "upsampling_ratios": [5, 4, 4, 4],
            "target_bandwidths": [2.0],
            "num_lstm_layers": 1,
            "use_causal_conv": True,
            "audio_channels": 1,
        },
    )
    config.initializer_range = 0.02
    model = BarkModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.startswith("codec_model"):
                continue
            noise = torch.randn_like(parameter)
            if "layernorm" in name:
                parameter.add_(noise * 0.1)
            else:
                parameter.copy_(noise * 0.02 * loud)
        for layer in model.codec_model.quantizer.layers:
            layer.codebook.embed.copy_(torch.randn_like(layer.codebook.embed))
    model.tie_weights()
    with torch.no_grad():
        model.semantic.lm_head.weight[SEMANTIC_VOCAB] = 0  # no greedy row ends before its limit
        edit(model)
    if safetensors:
        model.save_pretrained(folder, **options)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        config.save_pretrained(folder)
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
    rules = {
        "model_type": "bark",
        "sample_rate": 16_000,
        "codebook_size": CODES,
        "semantic_config": SEMANTIC | (semantic or {}),
        "coarse_acoustics_config": COARSE | (coarse or {}),
        "fine_acoustics_config": FINE | (fine or {}),
    }
    (folder / "generation_config.json").write_text(json.dumps(rules))
    write_tokenizer(folder)
    write_preset(folder, seed=seed)
    return load_reference(folder)


def load_reference(folder: Path) -> BarkModel:
    """transformers' model of a folder, float32, eager attention."""
    return BarkModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()


def write_tokenizer(folder: Path) -> None:
    vocabulary = {"[UNK]": 0}
    for letter in LETTERS:
        vocabulary[letter] = len(vocabulary)
    for letter in LETTERS:
        vocabulary[f"##{letter}"] = len(vocabulary)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[UNK]"})
    )


def make_voice(*, seed: int = 0, semantic: int = 40) -> dict[str, np.ndarray]:
    """The three arrays of a voice of this checkpoint."""
    random = np.random.default_rng(seed)
    frames = round(semantic * 50 / 24.9)
    return {
        "semantic_prompt": random.integers(0, SEMANTIC_VOCAB, semantic),
        "coarse_prompt": random.integers(0, CODES, (2, frames)),
        "fine_prompt": random.integers(0, CODES, (4, frames)),
    }


def write_preset(folder: Path, *, seed: int = 0) -> None:
    """One preset, "v1/anna", laid out as the published checkpoints do it."""
    (folder / "speaker_embeddings" / "v1").mkdir(parents=True, exist_ok=True)
    files = {}
    for key, array in make_voice(seed=seed).items():
        files[key] = f"speaker_embeddings/v1/anna_{key}.npy"
        np.save(folder / files[key], array)
    listed = {"repo_or_path": "somebody/bark-tiny", "v1/anna": files}
    (folder / "speaker_embeddings_path.json").write_text(json.dumps(listed))
