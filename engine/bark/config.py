"""The rules of a transformers Bark checkpoint.

Every rate, vocabulary, window and codebook count of the program is read here, from `config.json`
and `generation_config.json`; defaults are those of transformers' configuration classes, because
transformers leaves values out of the files that equal them. No framework is imported: the window
asks for a model's limits before an engine is loaded.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import UserError
from engine.system.untrusted_json import fields_of, name_of, read_object, whole


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
    def max_seconds(self) -> float:
        """The longest sound of one row."""
        rules = self.semantic_rules
        room = self.semantic.block_size - rules.max_input_semantic_length
        return min(rules.max_new_tokens, room) / rules.semantic_rate_hz

    @property
    def semantic_to_coarse_ratio(self) -> float:
        """Coarse ids for one semantic id, all coarse codebooks together."""
        rules = self.coarse_rules
        return (
            rules.coarse_rate_hz / self.semantic_rules.semantic_rate_hz * rules.n_coarse_codebooks
        )


_Rules = TypeVar("_Rules")


def _pick(cls: type[_Rules], file: dict[str, Any], key: str) -> _Rules:
    """The fields of a rules class that an object of a file holds; null counts only where it may.
    Raises ValueError."""
    stored = file.get(key) or {}
    if not isinstance(stored, dict):
        raise ValueError(f"{key} is {name_of(stored)}, not an object")
    may_be_null = ("temperature", "min_eos_p")
    said = {
        name: value for name, value in stored.items() if value is not None or name in may_be_null
    }
    return fields_of(cls, said, what=f"{key}.")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of a checkpoint. Raises UserError where it is missing or damaged."""
    try:
        return read_object(path)
    except FileNotFoundError as error:
        raise UserError(
            f"{path.parent} is no Bark checkpoint: it has no {path.name}; name the folder of a "
            "transformers Bark model"
        ) from error
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error}): get the model again") from error


def read_config(folder: Path) -> BarkConfig:
    """Read `config.json` and `generation_config.json`. Raises UserError when it is no Bark."""
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}: name the folder of a Bark model, or its id")
    model = read_json(folder / "config.json")
    if model.get("model_type") != "bark":
        kind = model.get("model_type", "unknown")
        raise UserError(f"{folder} holds a model of type {kind}, not bark: choose a Bark model")
    rules = read_json(folder / "generation_config.json")
    try:
        config = BarkConfig(
            semantic=_pick(TransformerConfig, model, "semantic_config"),
            coarse=_pick(TransformerConfig, model, "coarse_acoustics_config"),
            fine=_pick(TransformerConfig, model, "fine_acoustics_config"),
            codec=_pick(CodecConfig, model, "codec_config"),
            semantic_rules=_pick(SemanticRules, rules, "semantic_config"),
            coarse_rules=_pick(CoarseRules, rules, "coarse_acoustics_config"),
            fine_rules=_pick(FineRules, rules, "fine_acoustics_config"),
            sample_rate=whole(rules.get("sample_rate", 24_000)),
            codebook_size=whole(rules.get("codebook_size", 1024)),
        )
        _check(config)
    except (ValueError, ArithmeticError) as error:
        raise UserError(f"the configuration in {folder} is damaged: {error}") from error
    return config


_MOST = {  # memory is taken for these; Bark has at most 24 layers of width 1024
    "num_layers": 256, "num_heads": 256, "hidden_size": 2**14, "block_size": 2**16,
    "input_vocab_size": 2**20, "output_vocab_size": 2**20, "n_codes_total": 64,
    "n_codes_given": 64, "max_new_tokens": 2**16, "semantic_vocab_size": 2**20,
    "max_input_semantic_length": 2**16, "text_encoding_offset": 2**20, "text_pad_token": 2**20,
    "semantic_infer_token": 2**20, "max_coarse_input_length": 2**16, "max_coarse_history": 2**16,
    "sliding_window_len": 2**16, "n_coarse_codebooks": 64, "max_fine_history_length": 2**16,
    "max_fine_input_length": 2**16, "n_fine_codebooks": 64, "audio_channels": 8,
    "codebook_size": 2**16, "num_filters": 2**10, "num_residual_layers": 16, "kernel_size": 2**7,
    "last_kernel_size": 2**7, "residual_kernel_size": 2**7, "dilation_growth_rate": 16,
    "compress": 64, "num_lstm_layers": 16, "semantic_rate_hz": 1000, "coarse_rate_hz": 1000,
}  # fmt: skip
_LEAST = {  # where 0 is too little
    "num_heads": 1, "n_codes_total": 1, "audio_channels": 1, "num_filters": 1, "kernel_size": 1,
    "last_kernel_size": 1, "residual_kernel_size": 1, "dilation_growth_rate": 1, "compress": 1,
    "semantic_rate_hz": 1, "coarse_rate_hz": 1, "max_new_tokens": 1,
}  # fmt: skip
_RATES = (4_000, 192_000)  # samples a second; a clip at 1 Hz takes 3 GB
_MOST_HOP = 10_000  # samples of a frame


def _check_sizes(config: BarkConfig) -> None:
    """What memory is taken for. Raises ValueError."""
    parts = (config.semantic, config.coarse, config.fine, config.codec, config.semantic_rules,
             config.coarse_rules, config.fine_rules)  # fmt: skip
    for part in parts:
        for name, value in dataclasses.asdict(part).items():
            least, most = _LEAST.get(name, 0), _MOST.get(name)
            if most is not None and not least <= value <= most:
                raise ValueError(f"{name} is {value}, and lies between {least} and {most}")
    codec = config.codec
    if not 1 <= codec.hidden_size <= 2**14:
        raise ValueError(f"the codec's width is {codec.hidden_size}")
    for rate in (codec.sampling_rate, config.sample_rate):
        if not _RATES[0] <= rate <= _RATES[1]:
            raise ValueError(f"a sample rate of {rate} Hz is none of sound")
    ratios = codec.upsampling_ratios
    if not 1 <= len(ratios) <= 8 or min(ratios) < 1 or math.prod(ratios) > _MOST_HOP:
        raise ValueError(f"the codec's upsampling {ratios} is none of sound")


def _check(config: BarkConfig) -> None:
    """Rules that the stages rely on. Raises ValueError."""
    _check_sizes(config)
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
    fine = config.fine_rules
    if fine.max_fine_input_length > config.fine.block_size:
        raise ValueError("a fine window is longer than the positions of its transformer")
    if not 1 <= fine.max_fine_history_length <= fine.max_fine_input_length:
        raise ValueError("the hop of the fine windows must be at least 1 and within a window")
    if not coarse.n_coarse_codebooks <= fine.n_fine_codebooks <= config.fine.n_codes_total:
        raise ValueError("the numbers of coarse, fine and embedded codebooks contradict each other")
    semantic, codes = config.semantic_rules, config.codebook_size
    last = semantic.semantic_vocab_size + coarse.n_coarse_codebooks * codes
    for what, needed, there in (
        ("semantic ids", semantic.semantic_vocab_size, config.semantic.output_vocab_size),
        ("an end", semantic.eos_token_id + 1, config.semantic.output_vocab_size),
        ("coarse ids", last, min(config.coarse.output_vocab_size, config.coarse.input_vocab_size)),
        ("a coarse pad", coarse.coarse_semantic_pad_token + 1, config.coarse.input_vocab_size),
        ("a coarse start", coarse.coarse_infer_token + 1, config.coarse.input_vocab_size),
        ("fine codes and a pad", codes + 1, config.fine.input_vocab_size),
        ("fine codes", codes, config.fine.output_vocab_size),
        ("codes", codes, config.codec.codebook_size),
    ):
        if not 0 < needed <= there:
            raise ValueError(f"{what} up to {needed} do not fit into a vocabulary of {there}")
