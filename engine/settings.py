"""Settings: every optimisation as one field, with the words that explain it.

The command line, the window and the benchmark read their choices and help texts from here, so
they cannot disagree. Standard library only.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import UserError, reason_of
from engine.system.atomic_files import write_atomically
from engine.system.outside import JSON_BYTES, read_outside
from engine.system.untrusted_json import parse_object

_UNHEARD = ("bfloat16", "int8")  # in which a recogniser hears no padding


def _option(
    default: Any,
    help: str,
    *,
    exact: bool,
    choices: tuple[Any, ...] = (),
    heard: tuple[float, float, float, float] | None = None,
) -> Any:
    """A settings field. exact: the same tokens as the reference, whatever is chosen. heard: percent
    of the words of 200 sentences that a recogniser heard otherwise, without and with it, and the 95
    % bounds of the difference (docs/performance.md); None where that was not measured."""
    about = {"help": help, "exact": exact, "choices": choices, "heard": heard}
    return field(default=default, metadata=about)


class _Devices(tuple[str, ...]):
    """Names of devices. A card of several is one more: cuda:1."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or bool(re.fullmatch(r"cuda:[0-9]{1,2}", str(name)))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to do the work. What to say stands in the request.

    Valid by construction: a wrong value raises ValueError with a sentence that names the choices.
    Whether this machine can do it is decided when the engine is built (UserError).
    """

    device: str = _option(
        "auto",
        "where to compute; auto takes CUDA, then MPS, then the processor. Of several NVIDIA cards "
        "the one with the most free memory is taken; cuda:1 is the second one",
        exact=True,
        choices=_Devices(("auto", "cpu", "cuda", "mps")),
    )
    precision: str = _option(
        "float32",
        "numbers used for the matrix products. float32 is the reference. bfloat16 and float16 "
        "(CUDA, MPS) need half the memory and round more: other tokens. int8 (CPU) "
        "is the fastest: 8-bit weights and, per row, 8-bit activations; int8-weights (CPU, CUDA) "
        "keeps the activations in bfloat16. Of 194 sentences of the starter voice a recogniser "
        "heard 11.6 % of the words otherwise in float32, 10.6 in bfloat16 (the difference lies "
        "between -2.3 and 0.3) and 10.3 in int8 (-3.0 to 0.2). auto takes float16 on CUDA and MPS, "
        "and on a processor the fastest that it has instructions for",
        exact=False,
        choices=("auto", "float32", "bfloat16", "float16", "int8", "int8-weights"),
    )
    attention: str = _option(
        "fused",
        "fused never stores the whole attention matrix (same result up to rounding, faster); "
        "eager is the textbook formula, for comparison",
        exact=True,
        choices=("fused", "eager"),
    )
    kernel: str = _option(
        "auto",
        "auto decodes with the program's own compiled step on processors with AVX2, or ARM's with "
        "dot product: same result up to rounding, two to three times faster. On CUDA it "
        "captures whole steps as graphs, eight between two looks. torch does without",
        exact=True,
        choices=("auto", "torch"),
    )
    offload: bool = _option(
        False,
        "keep one stage at a time on the accelerator and the others in main memory, each for all "
        "rows before the next: same tokens, much less VRAM, sound later",
        exact=True,
    )
    batch_size: int = _option(
        8,
        "rows decoded together; more is faster per row and needs more memory. In float32 the "
        "tokens of a row do not depend on it",
        exact=True,
    )
    long_window: bool = _option(
        False,
        "coarse windows of double length: half the re-reading of earlier sound, slightly "
        "different tokens",
        exact=False,
    )
    unpadded: bool | str = _option(
        "auto",
        "a clip that is shorter with its voice than the fine stage's window is not padded to "
        "it: less work for short sentences, slightly different tokens. Unless you say otherwise"
        " it is so in bfloat16 and int8, where a recogniser understood 200 sentences of the "
        "starter voice's first edition as well (14.8 and 14.9 % of words wrong with padding, 14.9 "
        "and 14.9 without; the differences lie between -0.9 and 0.9), and never in float32",
        exact=False,
        choices=("auto", True, False),
        heard=(14.9, 14.9, -0.9, 0.9),
    )
    early_sound: bool = _option(
        False,
        "hear a sentence before it is finished: the fine stage runs on each piece without seeing "
        "the following one, so the sound differs slightly: 14.9 % of the words of the starter "
        "voice's first edition were misheard with and without (the difference lies between -0.9 "
        "and 0.9); five seconds of sound took 1.7 times the work (bark-small, int8)",
        exact=False,
        heard=(14.9, 14.9, -0.9, 0.9),
    )

    def __post_init__(self) -> None:
        for option in dataclasses.fields(self):
            value, choices = getattr(self, option.name), option.metadata["choices"]
            if True in choices and not (isinstance(value, bool) or value == "auto"):
                raise ValueError(f"{option.name} is true, false or auto, not {value!r}")
            if choices and value not in choices:
                raise ValueError(f"{option.name} is one of {', '.join(choices)}, not {value!r}")
            if isinstance(option.default, bool) and not isinstance(value, bool):
                raise ValueError(f"{option.name} is true or false, not {value!r}")
        if isinstance(self.batch_size, bool) or not isinstance(self.batch_size, int):
            raise ValueError(f"batch_size is a whole number, not {self.batch_size!r}")
        if not 1 <= self.batch_size <= 256:
            raise ValueError(f"batch_size lies between 1 and 256, not at {self.batch_size}")

    def leaves_out_padding(self, precision: str) -> bool:
        """Whether the fine stage goes without padding in a precision that is none of "auto"."""
        return precision in _UNHEARD if self.unpadded == "auto" else bool(self.unpadded)

    def replace(self, **changes: Any) -> Settings:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)

    def save(self, path: Path) -> None:
        """Write as JSON, whole or not at all. Raises UserError where it cannot be written."""
        write_atomically(path, json.dumps(dataclasses.asdict(self), indent=2).encode() + b"\n")

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read what `save` wrote; keys of another version are ignored, missing ones get defaults.

        Raises UserError for a file that is no settings file.
        """
        try:
            data = read_outside(path, JSON_BYTES)
        except OSError as error:
            raise UserError(f"cannot read {path}: {reason_of(error)}") from error
        try:
            stored = parse_object(data)
            known = {option.name for option in dataclasses.fields(cls)}
            return cls(**{key: value for key, value in stored.items() if key in known})
        except (ValueError, TypeError) as error:
            raise UserError(
                f"{path} is no settings file ({error}): delete it or mend it"
            ) from error
