"""Which engine does which request. The only place that knows every engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.api import Engine, Progress, Report, Speech, SpeechRequest, silent
from engine.job import More
from engine.readings import TextWork
from engine.settings import Settings
from engine.system.aside import aside
from engine.system.responsiveness import import_gently

if TYPE_CHECKING:
    from engine.bark.engine import BarkEngine


class LateSpeech:
    """A BarkEngine that its first request makes: to import torch, and once to compile the step,
    takes seconds, in which Stop is answered."""

    def __init__(self, model: Path, settings: Settings) -> None:
        self._model, self._settings = model, settings
        self._engine: BarkEngine | None = None

    def generate(
        self, request: SpeechRequest, report: Report = silent, more: More | None = None
    ) -> Speech:
        """As BarkEngine's; raises what it raises when it is made, too."""
        if self._engine is None:
            loading = Progress(stage="load", done=0, total=1)
            self._engine = aside(self._make, lambda: report(loading))
        return self._engine.generate(request, report, more)

    def _make(self, go_on: Callable[[], None]) -> BarkEngine:
        # Imported here: a framework takes seconds to import and half a gigabyte to hold.
        import_gently("torch")
        go_on()
        from engine.bark.engine import BarkEngine
        from engine.models.hub import fetch_file

        return BarkEngine(self._model, self._settings, fetch_file)

    @property
    def made(self) -> bool:
        """Whether torch is imported, and the engine there. Any thread."""
        return self._engine is not None

    @property
    def expected_bytes(self) -> int:
        """As BarkEngine's; 0 before it is made. Any thread."""
        return 0 if self._engine is None else self._engine.expected_bytes

    def close(self) -> None:
        """Give the memory back."""
        if self._engine is not None:
            self._engine.close()


class Engines:
    """Builds an engine on its first request and keeps one in memory at a time.

    model: the checkpoint. text_model: that of a TextRequest, if it is another one. For one thread,
    the one that runs the jobs. Changed settings need a new Engines.
    """

    def __init__(self, settings: Settings, model: Path, text_model: Path | None = None) -> None:
        self._settings = settings
        self._model, self._text_model = model, text_model or model
        self._kind = ""
        self._engine: Engine[Any, Any] | None = None

    def engine_for(self, request: Any) -> Engine[Any, Any]:
        """The engine of this kind of request. Raises UserError when it cannot be built."""
        kind = "text" if isinstance(request, TextWork) else type(request).__name__
        if self._engine is None or self._kind != kind:
            self.close()
            self._engine = self._build(request)
            self._kind = kind
        return self._engine

    @property
    def made(self) -> bool:
        """Whether there is a speech engine, and not only the promise of one. Any thread."""
        return bool(getattr(self._engine, "made", False))

    @property
    def expected_bytes(self) -> int:
        """What the request in work is foretold to need of an accelerator. Any thread."""
        return int(getattr(self._engine, "expected_bytes", 0))

    def close(self) -> None:
        """Give the memory back. The next request builds its engine again."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _build(self, request: Any) -> Engine[Any, Any]:
        if isinstance(request, SpeechRequest):
            return LateSpeech(self._model, self._settings)
        if isinstance(request, TextWork):
            from engine.system.paths import compiled_text_folder
            from engine.text.process import TextProcess

            # TensorFlow knows no MPS, and takes the first card.
            device = self._settings.device.partition(":")[0]
            device = "auto" if device == "mps" else device
            return TextProcess(
                self._text_model,
                device=device,
                cache=compiled_text_folder(),
                batch_size=self._settings.batch_size,
            )
        raise TypeError(f"no engine does a {type(request).__name__}")
