"""A transformers Bark checkpoint folder: its rules, its tokenizer and its weights.

Every rate, vocabulary, window and codebook count of the program is read here, from `config.json`
and `generation_config.json`; defaults are those of transformers' configuration classes, because
transformers leaves values out of the files that equal them. Weights are read tensor by tensor, so
that no second copy of a model is ever held.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor

from engine.api import UserError

# ── rules ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """Sizes of one of the three transformers."""

    num_layers: int = 12
    num_heads: int = 12
    hidden_size: int = 768
    block_size: int = 1024  # positions
    input_vocab_size: int = 10_048
    output_vocab_size: int = 10_048
    bias: bool = True
    n_codes_total: int = 8  # fine only: codebooks, the first n_codes_given of them never predicted
    n_codes_given: int = 1


@dataclass(frozen=True, kw_only=True)
class SemanticRules:
    """Generation rules of the semantic stage (text → semantic ids)."""

    eos_token_id: int = 10_000  # also the pad id of a short history
    max_new_tokens: int = 768
    text_encoding_offset: int = 10_048
    text_pad_token: int = 129_595
    semantic_infer_token: int = 129_599
    semantic_vocab_size: int = 10_000
    max_input_semantic_length: int = 256
    semantic_rate_hz: float = 49.9
    do_sample: bool = False
    temperature: float | None = 1.0
    min_eos_p: float | None = None


@dataclass(frozen=True, kw_only=True)
class CoarseRules:
    """Generation rules of the coarse stage (semantic ids → the first codebooks)."""

    coarse_semantic_pad_token: int = 12_048
    coarse_infer_token: int = 12_050
    coarse_rate_hz: float = 75
    n_coarse_codebooks: int = 2
    max_coarse_input_length: int = 256  # semantic ids of a window
    max_coarse_history: int = 630  # coarse ids of a window
    sliding_window_len: int = 60  # new coarse ids of a window
    do_sample: bool = False
    temperature: float | None = 1.0


@dataclass(frozen=True, kw_only=True)
class FineRules:
    """Generation rules of the fine stage (the first codebooks → all codebooks)."""

    max_fine_history_length: int = 512  # frames; also the hop of the windows
    max_fine_input_length: int = 1024  # frames of a window
    n_fine_codebooks: int = 8
    temperature: float | None = 1.0


@dataclass(frozen=True, kw_only=True)
class CodecConfig:
    """Sizes of the EnCodec decoder (codes → waveform)."""

    sampling_rate: int = 24_000
    audio_channels: int = 1
    codebook_size: int = 1024
    hidden_size: int = 128
    num_filters: int = 32
    num_residual_layers: int = 1
    upsampling_ratios: tuple[int, ...] = (8, 5, 4, 2)
    norm_type: str = "weight_norm"
    kernel_size: int = 7
    last_kernel_size: int = 7
    residual_kernel_size: int = 3
    dilation_growth_rate: int = 2
    compress: int = 2
    num_lstm_layers: int = 2
    trim_right_ratio: float = 1.0
    use_causal_conv: bool = True
    use_conv_shortcut: bool = True
    pad_mode: str = "reflect"


@dataclass(frozen=True, kw_only=True)
class BarkConfig:
    """Everything that the two JSON files of a checkpoint say."""

    semantic: TransformerConfig = TransformerConfig()
    coarse: TransformerConfig = TransformerConfig()
    fine: TransformerConfig = TransformerConfig()
    codec: CodecConfig = CodecConfig()
    semantic_rules: SemanticRules = field(default_factory=SemanticRules)
    coarse_rules: CoarseRules = field(default_factory=CoarseRules)
    fine_rules: FineRules = field(default_factory=FineRules)
    sample_rate: int = 24_000
    codebook_size: int = 1024

    @property
    def semantic_to_coarse_ratio(self) -> float:
        """Coarse ids for one semantic id, all coarse codebooks together."""
        rules = self.coarse_rules
        return (
            rules.coarse_rate_hz / self.semantic_rules.semantic_rate_hz * rules.n_coarse_codebooks
        )


_Rules = TypeVar("_Rules")


def _pick(cls: type[_Rules], stored: Any) -> _Rules:
    """The fields of a rules class that a JSON object holds; null counts only where it may."""
    known = {f.name for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return cls(
        **{
            key: tuple(value) if isinstance(value, list) else value
            for key, value in dict(stored or {}).items()
            if key in known and (value is not None or key in ("temperature", "min_eos_p"))
        }
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(
            f"{path.parent} is no Bark checkpoint: it has no {path.name}; name the folder of a "
            "transformers Bark model"
        ) from error
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error}): get the model again") from error
    if not isinstance(stored, dict):
        raise UserError(f"{path} is damaged: it holds no JSON object; get the model again")
    return stored


def read_config(folder: Path) -> BarkConfig:
    """Read `config.json` and `generation_config.json`. Raises UserError when it is no Bark."""
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}: name the folder of a Bark model, or its id")
    model = _read_json(folder / "config.json")
    if model.get("model_type") != "bark":
        kind = model.get("model_type", "unknown")
        raise UserError(f"{folder} holds a model of type {kind}, not bark: choose a Bark model")
    rules = _read_json(folder / "generation_config.json")
    try:
        config = BarkConfig(
            semantic=_pick(TransformerConfig, model.get("semantic_config")),
            coarse=_pick(TransformerConfig, model.get("coarse_acoustics_config")),
            fine=_pick(TransformerConfig, model.get("fine_acoustics_config")),
            codec=_pick(CodecConfig, model.get("codec_config")),
            semantic_rules=_pick(SemanticRules, rules.get("semantic_config")),
            coarse_rules=_pick(CoarseRules, rules.get("coarse_acoustics_config")),
            fine_rules=_pick(FineRules, rules.get("fine_acoustics_config")),
            sample_rate=int(rules.get("sample_rate", 24_000)),
            codebook_size=int(rules.get("codebook_size", 1024)),
        )
        _check(config)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise UserError(f"the configuration in {folder} is damaged: {error}") from error
    return config


def _check(config: BarkConfig) -> None:
    """Rules that the stages rely on. Raises ValueError."""
    for name, size in (
        ("semantic", config.semantic),
        ("coarse", config.coarse),
        ("fine", config.fine),
    ):
        if min(size.num_layers, size.num_heads, size.hidden_size, size.block_size) < 1:
            raise ValueError(f"the {name} transformer has a size below 1")
        if size.hidden_size % size.num_heads:
            raise ValueError(f"the {name} heads do not divide its width")
    codec = config.codec
    if (codec.norm_type, codec.use_causal_conv, codec.trim_right_ratio) != ("weight_norm", True, 1):
        raise ValueError("only the causal, weight-normalised EnCodec decoder of Bark is known")
    if config.semantic_to_coarse_ratio <= 0:
        raise ValueError("the frame rates must be above 0")
    coarse = config.coarse_rules
    if coarse.sliding_window_len < 1 or coarse.n_coarse_codebooks < 1:
        raise ValueError("a coarse window must make at least one id of one codebook")
    window = coarse.max_coarse_input_length + 1 + coarse.max_coarse_history
    if window + coarse.sliding_window_len - 1 > config.coarse.block_size:
        raise ValueError("a coarse window is longer than the positions of its transformer")
    if config.semantic_rules.max_input_semantic_length + 1 > config.semantic.block_size:
        raise ValueError("the semantic prompt is longer than the positions of its transformer")
    if config.fine_rules.max_fine_input_length > config.fine.block_size:
        raise ValueError("a fine window is longer than the positions of its transformer")


# ── text ──────────────────────────────────────────────────────────────────────────────────────


class TextTokenizer:
    """Text → word piece ids, as transformers' BarkProcessor makes them (no special tokens)."""

    def __init__(self, folder: Path) -> None:
        try:
            if (folder / "tokenizer.json").exists():
                self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            elif (folder / "vocab.txt").exists():
                self._tokenizer = _word_pieces(folder)
            else:
                raise UserError(
                    f"{folder} has no tokenizer (tokenizer.json or vocab.txt): get the model again"
                )
        except UserError:
            raise
        except Exception as error:  # the library raises bare Exception for a damaged file
            raise UserError(f"the tokenizer in {folder} is damaged: get the model again") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def __call__(self, text: str) -> list[int]:
        """Ids of the text, without a limit."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


def _word_pieces(folder: Path) -> Tokenizer:
    """The BERT tokenizer of a checkpoint that ships only its vocabulary."""
    from tokenizers.implementations import BertWordPieceTokenizer

    options = folder / "tokenizer_config.json"
    stored = _read_json(options) if options.exists() else {}
    lowercase = bool(stored.get("do_lower_case", True))
    wrapped = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=lowercase)
    return wrapped._tokenizer  # the plain Tokenizer inside the convenience class


# ── weights ───────────────────────────────────────────────────────────────────────────────────


class Weights:
    """The tensors of a checkpoint by name: safetensors where there are any, else a zip of tensors
    read with `weights_only=True` (no pickle is executed). Sharded checkpoints are read as well.
    """

    def __init__(self, folder: Path, tick: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self._tick = tick  # called before each tensor; raises Cancelled when loading is not wanted
        self._safetensors: dict[str, Path] = {}  # tensor name → file
        self._tensors: dict[str, Tensor] = {}  # of a .bin checkpoint, memory-mapped
        for single, index in (
            ("model.safetensors", "model.safetensors.index.json"),
            ("pytorch_model.bin", "pytorch_model.bin.index.json"),
        ):
            files = self._files(folder, single, index)
            for file in files:
                self._open(file)
            if files:
                return
        raise UserError(
            f"{folder} holds no weights (model.safetensors or pytorch_model.bin): get the model "
            "again"
        )

    @staticmethod
    def _files(folder: Path, single: str, index: str) -> list[Path]:
        if (folder / single).exists():
            return [folder / single]
        if not (folder / index).exists():
            return []
        stored = _read_json(folder / index).get("weight_map", {})
        names = sorted({str(name) for name in dict(stored).values()})
        if any(Path(name).name != name for name in names):
            raise UserError(f"{folder / index} names files outside its folder: do not use it")
        return [folder / name for name in names]

    def _open(self, file: Path) -> None:
        try:
            if file.suffix == ".safetensors":
                with safe_open(file, framework="pt") as opened:
                    self._safetensors.update(dict.fromkeys(opened.keys(), file))
            else:
                self._tensors.update(
                    torch.load(file, map_location="cpu", weights_only=True, mmap=True)
                )
        except FileNotFoundError as error:
            raise UserError(f"{file} is missing: get the model again") from error
        except Exception as error:  # each format has its own errors for a damaged file
            raise UserError(
                f"{file} is damaged, incomplete or no weight file: get the model again"
            ) from error

    def __contains__(self, name: str) -> bool:
        return name in self._safetensors or name in self._tensors

    def get(self, name: str, shape: Sequence[int]) -> Tensor:
        """One tensor, float32, with memory of its own. Raises UserError when it is not there."""
        self._tick()
        if name not in self:
            raise UserError(f"the weights in {self.folder} lack {name}: get the model again")
        try:
            if name in self._safetensors:
                # Opened for each tensor: pages of a file count as memory as long as it is mapped.
                with safe_open(self._safetensors[name], framework="pt") as opened:
                    tensor = opened.get_tensor(name).to(torch.float32, copy=True)
            else:
                tensor = self._tensors[name].to(torch.float32, copy=True)
        except SafetensorError as error:
            raise UserError(f"{name} in {self.folder} is damaged: get the model again") from error
        if list(tensor.shape) != list(shape):
            raise UserError(
                f"{name} in {self.folder} has shape {tuple(tensor.shape)}, its configuration says "
                f"{tuple(shape)}: get the model again"
            )
        return tensor

    def rows(self, name: str, ids: Sequence[int]) -> Tensor:
        """Some rows of a table, float32 (len(ids), width), without reading the rest of it."""
        if name not in self:
            raise UserError(f"the weights in {self.folder} lack {name}: get the model again")
        if name in self._tensors:
            return self._tensors[name][list(ids)].float()
        with safe_open(self._safetensors[name], framework="pt") as opened:
            table = opened.get_slice(name)
            distinct = {i: table[i : i + 1].float() for i in set(ids)}
        return torch.cat([distinct[i] for i in ids])
