"""What the program knows about its models and about this machine, as plain values.

Standard library only: the window shows them without importing what found them out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it imports NumPy
    from engine.api import VoiceFacts

SAFE = 0.8  # of the longest row that a model makes: a prediction is off by a fifth at times

Tell = Callable[[int, int], None]  # done of total bytes; raises Cancelled to stop


def quiet(done: int, total: int) -> None:
    """The Tell of a caller who wants only the result."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelInfo:
    """A model that is known or here.

    id: what --model takes. kind: "speech", "text" or "listening". state: "here", "partial" (a
    download was interrupted) or "absent". folder: where it is, or None. size: bytes on the disk,
    or of the download where it is absent; 0 when unknown. source: where it comes from, an address
    for people, or "" for what came with the program or lies in a folder of the user's. license:
    its SPDX name, or "". removable: whether `remove` may delete it. resumable: whether a stopped
    download goes on where it stopped.
    """

    id: str
    kind: str
    state: str
    folder: Path | None = None
    size: int = 0
    source: str = ""
    license: str = ""
    removable: bool = False
    resumable: bool = True


@dataclass(frozen=True, slots=True)
class MachineFact:
    """One line of the doctor's report. mend: what to do about what is lacking, "" where all is
    well."""

    name: str
    value: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of verifying a model. wrong: "", or a sentence that says what is wrong with it.
    hashed: its content was held against hashes; else headers and syntax alone were looked at."""

    wrong: str = ""
    hashed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFacts:
    """What the Speak view must know of a speech model.

    voices: names of its presets. sample_rate: Hz. max_tokens: text tokens a row may have.
    max_seconds: longest sound of a row. sound_tags: whether it knows [laughs], ♪ and the like.
    rates: tokens that its stages make for a second of sound. about: what it says of its voices, and
    of those that an earlier edition had. moras: whether it is given Japanese as kana with accents.
    """

    voices: tuple[str, ...]
    sample_rate: int
    max_tokens: int
    max_seconds: float
    sound_tags: bool
    rates: dict[str, float] = field(default_factory=dict)
    about: Mapping[str, VoiceFacts] = field(default_factory=dict)
    moras: bool = False

    @property
    def safe_seconds(self) -> float:
        """How long a row may be by prediction."""
        return SAFE * self.max_seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceMemory:
    """Memory of the accelerator in bytes.

    allocated, peak: what this program uses now and used at most. free: what anybody may still
    take. others: what other programs hold. expected: what the peak of the job in work was foretold
    to be, 0 without one.
    """

    name: str
    allocated: int
    peak: int
    free: int
    total: int
    others: int
    expected: int
