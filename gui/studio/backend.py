"""What the window asks of the program beyond a job: models, voices, what this machine can do.

main.py joins the window to the engines by handing it a Backend; the tests hand it a fake one. No
framework is imported here, so the window is up before torch is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from engine.advice.advise import Advised
from engine.advice.measured import Results
from engine.api import Engine, Take
from engine.models.info import DeviceMemory, MachineFact, ModelFacts, ModelInfo, Tell, Verdict
from engine.settings import Settings

if TYPE_CHECKING:  # the window is up before scripts and figures are needed
    import numpy as np
    from numpy.typing import NDArray

    from engine.figures.plan import Notice, Plan, Prediction
    from engine.figures.run import Run, Runs
    from engine.script.hearings import Hearing
    from engine.script.pace import Pace
    from engine.script.project import Project
    from engine.script.selection import Maker


class Listening(Protocol):
    """The recognisers of this machine."""

    def has_packages(self) -> bool:
        """Whether what is needed to listen is installed; any thread."""
        ...

    def recognisers(self) -> tuple[str, ...]:
        """The names of those that are here; any thread."""
        ...

    def content(self, name: str) -> str:
        """The hash of one, by which a recipe names it; errand thread. Raises UserError."""
        ...

    def hear(self, name: str, text: str, audio: NDArray[np.float32], rate: int) -> Hearing:
        """What one hears of a take. text: as it is written. audio: float32 (samples,) at rate Hz;
        errand thread, seconds. Raises UserError."""
        ...

    def stop(self) -> None:
        """End what is being heard; any thread."""
        ...


class Bench(Protocol):
    """What was measured, and measuring."""

    def runs(self) -> Runs:
        """Everything that is kept, of all models and machines; errand thread."""
        ...

    def predict(self, plan: Plan) -> Prediction:
        """How long a plan takes; errand thread."""
        ...

    def measure(self, plan: Plan, heard: Callable[[Notice], None], tell: Tell) -> None:
        """Measure in another process, and say what; measuring thread. What was measured is kept,
        also where it is stopped. Raises UserError, Cancelled."""
        ...

    def story(self, model: str, heard: Callable[[Notice], None], tell: Tell) -> None:
        """Run the two texts' own code beside ours in another process, after 70 MB were fetched for
        it; measuring thread. Raises UserError, Cancelled."""
        ...

    def export(self, runs: Sequence[Run], path: Path) -> None:
        """Write runs as Markdown, CSV or JSON, as the ending says; errand thread. Raises
        UserError."""
        ...


class Backend(Protocol):
    """Joined by main.py. "any thread": returns within milliseconds and imports no framework."""

    @property
    def listening(self) -> Listening:
        """What can hear here."""
        ...

    @property
    def bench(self) -> Bench:
        """What was measured here, and measuring."""
        ...

    def engine_for(self, request: Any, settings: Settings, model: str) -> Engine[Any, Any]:
        """The engine of this request; the engine thread of its kind. Raises UserError. Keeps one
        of each kind in memory."""
        ...

    def release(self, kind: str) -> None:
        """Give the memory of the engine of a kind back, "speech" or "text"; its engine thread."""
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

    def identify(self, project: Project, settings: Settings, model: str) -> Maker:
        """What would speak a script now, by content; errand thread. Raises UserError."""
        ...

    def further(self, project: Project, settings: Settings, model: str) -> Maker:
        """What speaks further rows of a script: what it is pinned to, else as `identify`; errand
        thread. Raises UserError where that is not here."""
        ...

    def why_not(self, project: Project, settings: Settings) -> str:
        """Why a pinned script cannot be spoken here as it was begun, as a sentence; "" where it
        can; errand thread, may import a framework."""
        ...

    def unreadable(self, project: Project, model: str, texts: Sequence[str]) -> list[str] | None:
        """Why what speaks a script cannot read each of these texts, "" where it can; None where it
        is not here; errand thread."""
        ...

    def lost(self, model: str, text: str) -> str:
        """The letters of a text that a model cannot read, each once: nobody would say them; errand
        thread. Raises UserError."""
        ...

    def pace(self, model: str, voice: str | None) -> Pace:
        """How fast a voice speaks, as far as that was learned; errand thread."""
        ...

    def learn(self, model: str, voice: str | None, heard: Sequence[tuple[str, float]]) -> None:
        """Remember good takes of a voice: text and seconds of sound; errand thread."""
        ...

    def download(self, model: str, tell: Tell) -> Path:
        """Fetch or go on fetching a model; errand thread. Raises UserError, Cancelled."""
        ...

    def can_write(self) -> bool:
        """Whether what TextRequests need is installed; any thread."""
        ...

    def install_writing(self, say: Callable[[str], None], tell: Tell) -> None:
        """Install it, and say what is done; errand thread. Raises UserError, Cancelled."""
        ...

    def verify(self, model: str, tell: Tell) -> Verdict:
        """Read every file again; errand thread. Raises UserError, Cancelled."""
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

    def offline(self) -> bool:
        """Whether the program keeps away from the network; any thread."""
        ...

    def set_offline(self, offline: bool) -> None:
        """Keep away from the network, or not, until the program ends; any thread."""
        ...

    def models_folder(self) -> Path:
        """Where downloaded speech models are kept; any thread."""
        ...

    def results(self, model: str) -> Results:
        """What was measured here of a speech model; errand thread."""
        ...

    def advise(self, model: str) -> Advised:
        """Which settings suit this machine; errand thread, some seconds. Raises UserError."""
        ...

    def measure(self, model: str, tell: Tell) -> None:
        """A minute of measuring in another process; measuring thread. Raises UserError,
        Cancelled."""
        ...

    def examine(self) -> list[MachineFact]:
        """What this machine has and lacks; errand thread, some seconds."""
        ...
