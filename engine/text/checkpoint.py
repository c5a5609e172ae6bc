"""GPT-2 and Llama-family checkpoints → TensorFlow arrays in the layout that XLA reads fastest.

A checkpoint is a transformers folder (safetensors, tokenizer.json) or a GGUF file. Both are read as
a config with transformers' keys and tensors with transformers' names. Pickle is never read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
import tokenizers
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from engine.api import UserError
from engine.text.tokenizer import Tokenizer

Config = dict[str, Any]
Read = Callable[[str], NDArray[Any]]  # the name of a tensor → its values

ALIGNMENT = 64  # bytes; XLA reads whole vectors

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


class Linear(NamedTuple):
    """matrix: float32 [out, in], or the scale [width] of a norm. bias: float32 [out] or None."""

    matrix: Any
    bias: Any = None


class Layer(NamedTuple):
    """One layer. qkv: queries, keys and values side by side; up: gate and up side by side."""

    attention_norm: Linear
    qkv: Linear
    out: Linear
    feed_norm: Linear
    up: Linear
    down: Linear


class Weights(NamedTuple):
    """embedding, head: [vocabulary, width], often the same array; positions: [context, width]."""

    embedding: Any
    positions: Any
    layers: tuple[Layer, ...]
    norm: Linear
    head: Any


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A model in memory."""

    architecture: Architecture
    weights: Weights
    tokenizer: Tokenizer

    @property
    def bytes(self) -> int:
        """Size of the float32 weights, shared arrays counted once."""
        arrays = {id(array): array for array in tf.nest.flatten(self.weights) if array is not None}
        return sum(4 * int(np.prod(array.shape)) for array in arrays.values())


def load(path: Path) -> Checkpoint:
    """Read a transformers folder or a GGUF file.

    Raises UserError for what is not there, not known or broken.
    """
    if path.is_dir():
        return _load_folder(path)
    if path.suffix.lower() == ".gguf" and path.is_file():
        from engine.text.gguf_file import open_gguf

        with open_gguf(path) as (config, read, tokenizer):
            return build(config, read, tokenizer, path)
    raise UserError(f"{path} is neither a model folder nor a GGUF file")


def build(config: Config, read: Read, tokenizer: Tokenizer, path: Path) -> Checkpoint:
    """Make a Checkpoint of transformers' config keys and tensor names."""
    architecture = architecture_of(config, path)

    def array(name: str, *shape: int) -> NDArray[np.float32]:
        values = read(name)
        if values.shape != shape:
            raise UserError(
                f"{path} is broken: {name} should be {list(shape)}, but is {list(values.shape)}"
            )
        return np.asarray(values, np.float32)

    family = _gpt2 if config["model_type"] == "gpt2" else _llama
    weights = family(architecture, config, array)
    return Checkpoint(architecture=architecture, weights=weights, tokenizer=tokenizer)


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


def tensor(values: NDArray[Any]) -> Any:
    """A float32 tensor on the current device.

    On a processor it shares the memory of an aligned array made here: tf.constant copies twice and
    gives the copies back only when Python collects garbage, a whole model too much.
    """
    space = np.empty(4 * values.size + ALIGNMENT, np.uint8)
    start = -space.ctypes.data % ALIGNMENT
    array = space[start : start + 4 * values.size].view(np.float32).reshape(values.shape)
    array[...] = values
    return tf.identity(tf.experimental.dlpack.from_dlpack(array.__dlpack__()))


# ── the two families ──────────────────────────────────────────────────────────────────────────


def _gpt2(a: Architecture, config: Config, array: Callable[..., NDArray[Any]]) -> Weights:
    width, inner = a.width, int(config.get("n_inner") or 4 * a.width)

    # GPT-2's matrices are stored (in, out).
    def pair(name: str, *shape: int) -> Linear:
        weight, bias = array(f"{name}.weight", *shape), array(f"{name}.bias", shape[-1])
        return Linear(tensor(weight.T), tensor(bias))

    embedding = tensor(array("wte.weight", a.vocabulary, width))
    return Weights(
        embedding=embedding,
        positions=tensor(array("wpe.weight", a.context, width)),
        layers=tuple(
            Layer(
                attention_norm=pair(f"h.{n}.ln_1", width),
                qkv=pair(f"h.{n}.attn.c_attn", width, 3 * width),
                out=pair(f"h.{n}.attn.c_proj", width, width),
                feed_norm=pair(f"h.{n}.ln_2", width),
                up=pair(f"h.{n}.mlp.c_fc", width, inner),
                down=pair(f"h.{n}.mlp.c_proj", inner, width),
            )
            for n in range(a.n_layer)
        ),
        norm=pair("ln_f", width),
        head=embedding,
    )


def _llama(a: Architecture, config: Config, array: Callable[..., NDArray[Any]]) -> Weights:
    width, inner = a.width, int(config["intermediate_size"])
    query, shared = a.n_head * a.head_dim, a.n_kv_head * a.head_dim
    biased = config["model_type"] == "qwen2" or bool(config.get("attention_bias"))

    def side_by_side(parts: dict[str, tuple[int, int]], *, bias: bool) -> Linear:
        matrices = [array(f"{name}.weight", *shape) for name, shape in parts.items()]
        matrix = tensor(np.concatenate(matrices))
        if not bias:
            return Linear(matrix)
        biases = [array(f"{name}.bias", shape[0]) for name, shape in parts.items()]
        return Linear(matrix, tensor(np.concatenate(biases)))

    def layer(number: int) -> Layer:
        attention = f"model.layers.{number}.self_attn"
        feed = f"model.layers.{number}.mlp"
        return Layer(
            attention_norm=norm(f"model.layers.{number}.input_layernorm"),
            qkv=side_by_side(
                {
                    f"{attention}.q_proj": (query, width),
                    f"{attention}.k_proj": (shared, width),
                    f"{attention}.v_proj": (shared, width),
                },
                bias=biased,
            ),
            # Qwen2 has no bias here, a Llama with attention_bias does.
            out=side_by_side(
                {f"{attention}.o_proj": (width, query)},
                bias=biased and config["model_type"] == "llama",
            ),
            feed_norm=norm(f"model.layers.{number}.post_attention_layernorm"),
            up=side_by_side(
                {f"{feed}.gate_proj": (inner, width), f"{feed}.up_proj": (inner, width)},
                bias=False,
            ),
            down=side_by_side({f"{feed}.down_proj": (width, inner)}, bias=False),
        )

    def norm(name: str) -> Linear:
        return Linear(tensor(array(f"{name}.weight", width)))

    embedding = tensor(array("model.embed_tokens.weight", a.vocabulary, width))
    tied = config.get("tie_word_embeddings", False)
    return Weights(
        embedding=embedding,
        positions=None,
        layers=tuple(layer(number) for number in range(a.n_layer)),
        norm=norm("model.norm"),
        head=embedding if tied else tensor(array("lm_head.weight", a.vocabulary, width)),
    )


# ── transformers folders ──────────────────────────────────────────────────────────────────────


def _load_folder(folder: Path) -> Checkpoint:
    config = read_json(folder / "config.json")
    architecture_of(config, folder)  # an unknown model is refused before its files are looked for
    tensors = dict(_tensors(folder))

    def read(name: str) -> NDArray[Any]:
        # A GPT2LMHeadModel keeps the model under "transformer.", a bare GPT2Model does not.
        for known in (name, f"transformer.{name}"):
            if known in tensors:
                # Opened each time: a file that stays open stays in memory, read once and for all.
                with safe_open(tensors[known], framework="np") as file:
                    values: NDArray[Any] = file.get_tensor(known)
                return values
        raise UserError(f"{folder} is broken: the tensor {name} is missing")

    return build(config, read, _folder_tokenizer(folder, config), folder)


def _tensors(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each tensor's name with the file that holds it."""
    index = folder / "model.safetensors.index.json"
    names = ["model.safetensors"]
    if index.exists():
        names = sorted(set(read_json(index).get("weight_map", {}).values()))
    for name in names:
        path = folder / name
        # A Hub download links into its own store, so the name is judged, not where it leads.
        if Path(name).name != name:
            raise UserError(f"{index} names {name}, which lies outside the folder of the model")
        if not path.exists():
            raise UserError(f"{folder} has no {name}: only safetensors checkpoints are read")
        try:
            with safe_open(path, framework="np") as file:
                for tensor in file.keys():  # noqa: SIM118  (not a dict)
                    yield tensor, path
        except (SafetensorError, OSError) as error:
            raise UserError(f"{path} is broken or cut short ({error}): fetch it again") from error


def _folder_tokenizer(folder: Path, config: Config) -> Tokenizer:
    path = folder / "tokenizer.json"
    if not path.exists():
        raise UserError(f"{folder} has no tokenizer.json: save the tokenizer of the model there")
    try:
        core = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the package raises bare Exceptions
        raise UserError(f"{path} is no tokenizer ({error})") from error
    core.no_truncation()
    core.no_padding()
    settings = read_json(folder / "tokenizer_config.json", missing={})
    generation = read_json(folder / "generation_config.json", missing={})
    template = folder / "chat_template.jinja"
    ends = generation.get("eos_token_id", config.get("eos_token_id"))
    ends = ends if isinstance(ends, list) else [ends]
    names = {
        key: value["content"] if isinstance(value, dict) else value
        for key, value in settings.items()
        if key.endswith("_token") and isinstance(value, (str, dict))
    }
    return Tokenizer(
        core=core,
        ends=tuple(int(token) for token in ends if token is not None),
        chat_template=(
            template.read_text(encoding="utf-8")
            if template.exists()
            else settings.get("chat_template")
        ),
        names=names,
    )


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
