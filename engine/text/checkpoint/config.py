"""The sizes of a model, from transformers' config keys. Standard library only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import UserError

Config = dict[str, Any]

FAMILIES = ("gpt2", "llama", "qwen2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Architecture:
    """The sizes of a model and what distinguishes the families.

    gated: SwiGLU instead of GELU. rotary_base: 0 where positions are learned.
    """

    vocabulary: int
    context: int
    width: int
    n_layer: int
    n_head: int
    n_kv_head: int
    head_dim: int
    epsilon: float
    gated: bool
    rotary_base: float


def architecture_of(config: Config, path: Path) -> Architecture:
    """The sizes in a transformers config. Raises UserError for a model that cannot be read."""
    try:
        return _architecture(config)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UserError(
            f"the description of the model in {path} is broken ({type(error).__name__}: {error})"
        ) from error


def _architecture(config: Config) -> Architecture:
    family = config.get("model_type")
    if family not in FAMILIES:
        raise UserError(
            f"a {family or 'nameless'} model cannot be read: choose a GPT-2, Llama or Qwen2 model"
        )
    if family == "gpt2":
        _only(config, "activation_function", "gelu_new")
        _only(config, "scale_attn_by_inverse_layer_idx", False)
        _only(config, "scale_attn_weights", True)
        width, heads = int(config["n_embd"]), int(config["n_head"])
        return Architecture(
            vocabulary=int(config["vocab_size"]),
            context=int(config["n_positions"]),
            width=width,
            n_layer=int(config["n_layer"]),
            n_head=heads,
            n_kv_head=heads,
            head_dim=width // heads,
            epsilon=float(config.get("layer_norm_epsilon", 1e-5)),
            gated=False,
            rotary_base=0.0,
        )
    _only(config, "hidden_act", "silu")
    _only(config, "mlp_bias", False)
    _only(config, "use_sliding_window", False)
    # transformers 5 keeps the rotary settings together; earlier ones, and GGUF, apart.
    rotary = config.get("rope_parameters") or config.get("rope_scaling") or {}
    _only({"rope_type": rotary.get("rope_type", rotary.get("type"))}, "rope_type", "default")
    width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
    return Architecture(
        vocabulary=int(config["vocab_size"]),
        context=int(config["max_position_embeddings"]),
        width=width,
        n_layer=int(config["num_hidden_layers"]),
        n_head=heads,
        n_kv_head=int(config.get("num_key_value_heads") or heads),
        head_dim=int(config.get("head_dim") or width // heads),
        epsilon=float(config["rms_norm_eps"]),
        gated=True,
        rotary_base=float(rotary.get("rope_theta") or config.get("rope_theta") or 10_000.0),
    )


def _only(config: Config, key: str, known: Any) -> None:
    value = config.get(key)
    if value is not None and value != known:
        raise UserError(f"a model with {key} = {value} cannot be read, only {known}")


def read_json(path: Path, missing: Config | None = None) -> Config:
    """A JSON object. missing: what to return when there is no such file, None raises."""
    if missing is not None and not path.exists():
        return missing
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{path.parent} is no model folder: it has no {path.name}") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is broken ({error}): fetch the model again") from error
    if not isinstance(value, dict):
        raise UserError(f"{path} is broken (no JSON object): fetch the model again")
    return value
