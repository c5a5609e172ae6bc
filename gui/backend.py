"""What the window asks of the program beyond a job: models, voices, what this machine can do.

main.py joins the window to the engines by handing it a Backend; the tests hand it a fake one. No
framework is imported here, so the window is up before torch is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from engine.api import Engine, Take
from engine.settings import Settings

Tell = Callable[[int, int], None]  # done of total bytes; raises Cancelled to stop


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelInfo:
    """A model that is known or here.

    id: what --model takes. kind: "speech" or "text". state: "here", "partial" (a download was
    interrupted) or "absent". folder: where it is, or None. size: bytes on the disk, or of the
    download where it is absent; 0 when unknown.
    """

    id: str
    kind: str
    state: str
    folder: Path | None = None
    size: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFacts:
    """What the Speak view must know of a speech model.

    voices: names of its presets. sample_rate: Hz. max_tokens: text tokens a row may have.
    max_seconds: longest sound of a row. sound_tags: whether it knows [laughs], ♪ and the like.
    """

    voices: tuple[str, ...]
    sample_rate: int
    max_tokens: int
    max_seconds: float
    sound_tags: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceMemory:
    """Memory of the accelerator in bytes; others: what other programs hold."""

    name: str
    allocated: int
    peak: int
    free: int
    total: int
    others: int


class Backend(Protocol):
    """Joined by main.py. "any thread": returns within milliseconds and imports no framework."""

    def engine_for(self, request: Any, settings: Settings, model: str) -> Engine[Any, Any]:
        """The engine of this request; engine thread. Raises UserError. Keeps one in memory."""
        ...

    def release(self) -> None:
        """Give the engine's memory back; engine thread."""
        ...

    def models(self) -> tuple[ModelInfo, ...]:
        """All known models, the default one first; any thread."""
        ...

    def facts(self, model: str) -> ModelFacts:
        """Read from the model's own files; errand thread. Raises UserError."""
        ...

    def count_tokens(self, model: str, text: str) -> int:
        """How many of max_tokens a text takes; errand thread. Raises UserError."""
        ...

    def cannot(self) -> dict[tuple[str, Any], str]:
        """(settings field, value) → why this machine cannot do it; errand thread."""
        ...

    def device_memory(self) -> DeviceMemory | None:
        """None without an accelerator or before an engine was loaded; any thread."""
        ...

    def download(self, model: str, tell: Tell) -> Path:
        """Fetch or go on fetching a model; errand thread. Raises UserError, Cancelled."""
        ...

    def verify(self, model: str, tell: Tell) -> str:
        """Check every file; one sentence with the verdict; errand thread. Raises Cancelled."""
        ...

    def remove(self, model: str) -> None:
        """Delete a downloaded model from the disk; errand thread. Raises UserError."""
        ...

    def check_voice(self, path: Path, model: str) -> None:
        """Raise UserError where an .npz is no voice for this model; errand thread."""
        ...

    def save_voice(self, path: Path, take: Take, model: str) -> None:
        """Keep a take as a voice; errand thread. Raises UserError."""
        ...

    def examine(self) -> str:
        """The doctor's report as text; errand thread, some seconds."""
        ...
