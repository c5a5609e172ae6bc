"""Tiny random models, made with transformers' own classes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import tokenizers
import torch
import transformers

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

END = 256  # the token after the 256 bytes
CONTEXT = 160
FAMILIES = ("gpt2", "llama", "qwen2")


def make_tokenizer() -> Any:
    """One token a byte, then <end>, and a merge "th" so that tokens are not all bytes."""
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {piece: number for number, piece in enumerate(alphabet)}
    vocabulary |= {"<end>": END, "th": END + 1}
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[("t", "h")]))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    core.add_special_tokens(["<end>"])
    return core


def make_model(family: str) -> Any:
    """A random torch model of a family, with every bias and norm off its neutral value."""
    torch.manual_seed(7)
    shared = {"vocab_size": END + 2, "bos_token_id": None, "eos_token_id": END, "pad_token_id": END}
    if family == "gpt2":
        config = transformers.GPT2Config(
            n_embd=32, n_layer=3, n_head=4, n_positions=CONTEXT, **shared
        )
    else:
        kind = transformers.LlamaConfig if family == "llama" else transformers.Qwen2Config
        config = kind(
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=3,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=family == "qwen2",
            **shared,
        )
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for name, values in model.named_parameters():
            spread = 0.05 if values.ndim == 1 else 0.25
            values.add_(torch.randn_like(values) * spread)
            if "wte" in name or "embed_tokens" in name:
                values.mul_(2)
    return model.eval()


def write_checkpoint(family: str, folder: Path) -> None:
    """Save the random model of a family."""
    make_model(family).save_pretrained(folder)
    make_tokenizer().save(str(folder / "tokenizer.json"))
