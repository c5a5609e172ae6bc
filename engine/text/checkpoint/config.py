"""The sizes of a model, from transformers' config keys. No framework is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.system.untrusted_json import finite, read_object, whole

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
        architecture = _architecture(config)
        _check(architecture)
        _check_inner(config)
        return architecture
    except (KeyError, ValueError, ArithmeticError) as error:
        raise UserError(
            f"the description of the model in {path} is broken ({type(error).__name__}: {error})"
        ) from error


def _architecture(config: Config) -> Architecture:
    family = config.get("model_type")
    if not isinstance(family, str) or family not in FAMILIES:
        raise UserError(
            f"a {family or 'nameless'} model cannot be read: choose a GPT-2, Llama or Qwen2 model"
        )
    if family == "gpt2":
        _only(config, "activation_function", "gelu_new")
        _only(config, "scale_attn_by_inverse_layer_idx", False)
        _only(config, "scale_attn_weights", True)
        width, heads = whole(config["n_embd"]), whole(config["n_head"])
        return Architecture(
            vocabulary=whole(config["vocab_size"]),
            context=whole(config["n_positions"]),
            width=width,
            n_layer=whole(config["n_layer"]),
            n_head=heads,
            n_kv_head=heads,
            head_dim=width // heads,
            epsilon=finite(config.get("layer_norm_epsilon", 1e-5)),
            gated=False,
            rotary_base=0.0,
        )
    _only(config, "hidden_act", "silu")
    _only(config, "mlp_bias", False)
    _only(config, "use_sliding_window", False)
    # transformers 5 keeps the rotary settings together; earlier ones, and GGUF, apart.
    rotary = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if not isinstance(rotary, dict):
        raise ValueError("its rotary settings are no object")
    _only({"rope_type": rotary.get("rope_type", rotary.get("type"))}, "rope_type", "default")
    width, heads = whole(config["hidden_size"]), whole(config["num_attention_heads"])
    return Architecture(
        vocabulary=whole(config["vocab_size"]),
        context=whole(config["max_position_embeddings"]),
        width=width,
        n_layer=whole(config["num_hidden_layers"]),
        n_head=heads,
        n_kv_head=whole(config.get("num_key_value_heads") or heads),
        head_dim=whole(config.get("head_dim") or width // heads),
        epsilon=finite(config["rms_norm_eps"]),
        gated=True,
        rotary_base=finite(rotary.get("rope_theta") or config.get("rope_theta") or 10_000.0),
    )


def _check(sizes: Architecture) -> None:
    """Sizes that memory is taken for. Raises ValueError."""
    for name, size, most in (
        ("vocabulary", sizes.vocabulary, 2**20),
        ("context", sizes.context, 2**24),
        ("width", sizes.width, 2**16),
        ("number of layers", sizes.n_layer, 1000),
        ("number of heads", sizes.n_head, 2**12),
        ("number of key heads", sizes.n_kv_head, 2**12),
        ("width of a head", sizes.head_dim, 2**12),
    ):
        if not 1 <= size <= most:
            raise ValueError(f"its {name} is {size}, and lies between 1 and {most}")
    if sizes.n_head % sizes.n_kv_head:
        raise ValueError("its key heads do not divide its heads")
    if not 0 <= sizes.epsilon <= 1 or not 0 <= sizes.rotary_base <= 1e12:
        raise ValueError("its constants are no usual ones")


def _check_inner(config: Config) -> None:
    """The width within a layer, which GPT-2 need not name. Raises KeyError and ValueError."""
    gpt2 = config["model_type"] == "gpt2"
    inner = config.get("n_inner") if gpt2 else config["intermediate_size"]
    if not (gpt2 and inner is None) and not 1 <= whole(inner) <= 2**18:
        raise ValueError(f"the width within its layers is {inner}, and lies between 1 and {2**18}")


def _only(config: Config, key: str, known: Any) -> None:
    value = config.get(key)
    if value is not None and value != known:
        raise UserError(f"a model with {key} = {value} cannot be read, only {known}")


def read_json(path: Path, missing: Config | None = None) -> Config:
    """A JSON object. missing: what to return when there is no such file, None raises."""
    if missing is not None and not path.exists():
        return missing
    try:
        return read_object(path)
    except FileNotFoundError as error:
        raise UserError(f"{path.parent} is no model folder: it has no {path.name}") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is broken ({error}): fetch the model again") from error
