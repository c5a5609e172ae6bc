"""TextEngine: one model, its compiled functions, and the requests that it answers."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api import CompileCost, Progress, Report, Text, TextRequest, silent
from engine.errors import UserError
from engine.system.memory import return_buffers, return_libraries
from engine.system.meter import Meter
from engine.system.responsiveness import import_gently
from engine.text.compiler import Compiler
from engine.text.xla_cache import Cache, use_persistent_cache

if TYPE_CHECKING:
    from engine.text.generation import Model


class TextEngine:
    """Writes texts with one model. TensorFlow is imported and the model loaded when first needed.

    place: a transformers folder or a GGUF file. device: "auto", "cpu" or "cuda". cache: a folder
    where XLA keeps compiled code between starts; None keeps none. batch_size: most rows written
    together. eager: run the same functions without compiling them, the slow reference. Used by
    one thread at a time.
    """

    def __init__(
        self,
        place: Path,
        *,
        device: str = "auto",
        cache: Path | None = None,
        batch_size: int = 8,
        eager: bool = False,
    ) -> None:
        self._cache = Cache() if cache is None else use_persistent_cache(cache)
        self._place, self._device = place, device
        self._batch_size, self._eager = batch_size, eager
        self._model: Model | None = None

    def generate(self, request: TextRequest, report: Report = silent) -> Text:
        """Write all texts of a request.

        Reports "load", "compile", "prefill", and "decode" with newly written text and its row
        (prompt · sequences + sequence). Raises UserError for a prompt that is too long, for chat
        without a template, and for a model that cannot be read.
        """
        with Meter() as meter:
            model = self._load(meter, report)
            from engine.text.generation import Writing

            writing = Writing(model, request, meter, report, self._batch_size)
            for batch in writing.batches():
                if request.only_compile:
                    writing.functions(batch)
                else:
                    writing.write(batch)
            return writing.result()

    def warm(self, request: TextRequest) -> CompileCost:
        """Compile everything that such a request needs. Returns what it cost."""
        return self.generate(dataclasses.replace(request, only_compile=True)).compiled

    @property
    def model(self) -> Model:
        """Checkpoint, tokenizer and decoder; loaded now if they were not."""
        return self._load(Meter(), silent)

    def close(self) -> None:
        """Give the memory back; a compilation that still runs is waited for."""
        if self._model is not None:
            self._model.compiler.close()
            self._model = None
            return_buffers()

    def _load(self, meter: Meter, report: Report) -> Model:
        report(Progress(stage="load", done=0, total=1))
        if self._model is None:
            with meter.stage("load"):
                # TensorFlow tells of missing GPUs and of oneDNN; its true errors are exceptions.
                os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
                try:
                    import_gently("tensorflow")
                except ImportError as error:
                    raise UserError(
                        f"writing needs TensorFlow, which cannot be imported ({error}): install it"
                    ) from error

                import tensorflow as tf

                from engine.text.checkpoint.load import load
                from engine.text.compile_cache import Exports
                from engine.text.decoder import Decoder
                from engine.text.generation import Model

                return_libraries(Path(tf.__file__).parent)
                device = _find_device(self._device)
                with tf.device(device):
                    checkpoint = load(self._place)
                exports = None
                if self._cache.folder is not None and "CPU" in device:  # seen to work there alone
                    weights = [w for w in tf.nest.flatten(checkpoint.weights) if w is not None]
                    exports = Exports(self._cache.folder, weights, f"{checkpoint.architecture}")
                self._model = Model(
                    checkpoint,
                    Decoder(checkpoint.architecture, checkpoint.weights),
                    device,
                    Compiler(device, exports=exports, cache=self._cache, eager=self._eager),
                )
                return_buffers()
        self._model.compiler.start_counting()
        report(Progress(stage="load", done=1, total=1))
        return self._model


def _find_device(name: str) -> str:
    """ "auto", "cpu" or "cuda" → TensorFlow's name. Raises UserError where there is no GPU."""
    import tensorflow as tf

    graphics = [] if name == "cpu" else tf.config.list_physical_devices("GPU")
    if name == "cuda" and not graphics:
        raise UserError("TensorFlow finds no CUDA device: choose the device cpu or auto")
    for device in graphics:
        # Without this TensorFlow takes the whole memory and leaves nothing to torch.
        tf.config.experimental.set_memory_growth(device, True)
    return "/GPU:0" if graphics else "/CPU:0"
