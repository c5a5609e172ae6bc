"""TextEngine: one model, what computes it, and the requests that it answers."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, overload

from engine.api import CompileCost, Progress, Report, Text, TextRequest, silent
from engine.errors import UserError
from engine.readings import Compared, Comparison, ComparisonRequest, ScoreRequest, Scores, TextWork
from engine.system.bandwidth import read_bandwidth
from engine.system.memory import return_buffers, return_libraries
from engine.system.meter import Meter
from engine.system.responsiveness import import_gently
from engine.text import memory
from engine.text.checkpoint.load import open_source
from engine.text.choices import KEY_VALUES, PRECISIONS
from engine.text.precision import Choice, choose, others
from engine.text.xla_cache import Cache, use_persistent_cache

if TYPE_CHECKING:
    from engine.text.checkpoint.source import Source
    from engine.text.generation import XlaModel
    from engine.text.native.writing import NativeModel
    from engine.text.reading import Read
    from engine.text.tokenizer import Tokenizer
    from engine.text.writing import Model


class TextEngine:
    """Writes texts with one model, which is loaded when first needed.

    place: a transformers folder or a GGUF file. device: "auto", "cpu" or "cuda". cache: a folder
    where XLA keeps compiled code between starts; None keeps none. batch_size: most rows written
    together. eager: run XLA's functions without compiling them, the slow reference. precision, one
    of PRECISIONS: "auto" is a GGUF file's own and float32 for all others. key_values, one of
    KEY_VALUES: the numbers in which the step in C keeps what it has read. Used by one thread at a
    time.
    """

    def __init__(
        self,
        place: Path,
        *,
        device: str = "auto",
        cache: Path | None = None,
        batch_size: int = 8,
        eager: bool = False,
        precision: str = "auto",
        key_values: str = "float16",
    ) -> None:
        """Raises ValueError for a precision that there is not."""
        _check(precision, key_values)
        self._cache = Cache() if cache is None else use_persistent_cache(cache)
        self._place, self._device = place, device
        self._batch_size, self._eager = batch_size, eager
        self._precision, self._key_values = precision, key_values
        self._source: Source | None = None
        self._xla: XlaModel | None = None
        self._native: NativeModel | None = None

    @overload
    def generate(self, request: TextRequest, report: Report = silent) -> Text: ...
    @overload
    def generate(self, request: ComparisonRequest, report: Report = silent) -> Comparison: ...
    @overload
    def generate(self, request: ScoreRequest, report: Report = silent) -> Scores: ...
    def generate(self, request: TextWork, report: Report = silent) -> Text | Comparison | Scores:
        """Write all texts of a request, compare what a text is to several precisions, or tell how
        likely a text was.

        Reports "load", "compile", "prefill", and "decode" with newly written text and its row
        (prompt · sequences + sequence). Raises UserError for a prompt that is too long, for chat
        without a template, for a model that cannot be read, and for want of memory; ValueError for
        a precision that there is not.
        """
        if isinstance(request, ComparisonRequest):
            return self._compare(request, report)
        if isinstance(request, ScoreRequest):
            return self._score(request, report)
        with Meter() as meter:
            report(Progress(stage="load", done=0, total=1))
            with meter.stage("load"):
                choice, key_values = self._choose(request)
            if choice.native:
                text = self._write_native(choice, key_values, request, meter, report)
            else:
                text = self._write_xla(choice, request, meter, report)
        if request.only_compile or (self._xla is not None and "CPU" not in self._xla.device):
            return text
        # Behind the meter: what it takes is none of the text's.
        return dataclasses.replace(text, bandwidth=read_bandwidth())

    def warm(self, request: TextRequest) -> CompileCost:
        """Compile everything that such a request needs. Returns what it cost."""
        return self.generate(dataclasses.replace(request, only_compile=True)).compiled

    @property
    def model(self) -> XlaModel:
        """Checkpoint, tokenizer and decoder as XLA has them; loaded now if they were not."""
        return self._load_xla(Meter())

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the model, which need not be loaded for that."""
        return self._opened().tokenizer

    def close(self) -> None:
        """Give the memory back; a compilation that still runs is waited for."""
        if self._xla is not None:
            self._xla.compiler.close()
        if self._xla is not None or self._native is not None:
            self._xla = self._native = self._source = None
            return_buffers()

    def _choose(self, request: TextRequest) -> tuple[Choice, str]:
        """What computes a request, and the numbers of its keys and values."""
        precision = request.precision or self._precision
        key_values = request.key_values or self._key_values
        _check(precision, key_values)
        precision = "float32" if self._eager else precision
        return choose(self._opened(), precision, self._device, request), key_values

    def _opened(self) -> Source:
        if self._source is None:
            self._source = open_source(self._place)
        return self._source

    # ── texts that are read ───────────────────────────────────────────────────────────────────

    def _reader(self, choice: Choice, key_values: str) -> tuple[Model, Read]:
        """A model, and what reads a text with it."""
        from engine.text import reading

        if choice.native:
            native = self._load_native(choice, key_values)
            return native, partial(reading.natively, native)
        model = self._load_xla(Meter())
        return model, partial(reading.with_xla, model)

    def _compare(self, request: ComparisonRequest, report: Report) -> Comparison:
        from engine.text import comparison

        report(Progress(stage="load", done=0, total=1))
        source = self._opened()
        every = source.tokenizer.encode(request.text, chat=False)
        tokens, context = every[: request.tokens], source.architecture.context
        if len(tokens) < 2:
            raise UserError("there is too little text to compare by: a few sentences are needed")
        other = others(source)
        total = (1 + len(other)) * len(tokens)

        def tell(before: int) -> comparison.Tell:
            return lambda done: report(Progress(stage="prefill", done=before + done, total=total))

        model, read = self._reader(Choice(False, "float32"), "float32")
        report(Progress(stage="load", done=1, total=1))
        exact = comparison.read_by(read, tokens, context, tell(0))
        rows = [comparison.row(exact, exact, "float32", "float32", model.step_bytes)]
        for number, (precision, key_values) in enumerate(other, start=1):
            try:
                choice = choose(source, precision, self._device, TextRequest(prompts=("a",)))
                why = "" if choice.native else choice.note
            except UserError as error:
                why = str(error)
            if why:
                rows.append(Compared(precision=precision, key_values=key_values, why=why))
                continue
            model, read = self._reader(choice, key_values)
            found = comparison.read_by(read, tokens, context, tell(number * len(tokens)))
            size = model.step_bytes
            rows.append(comparison.row(found, exact, choice.precision, key_values, size))
        return Comparison(
            rows=tuple(rows), tokens=len(exact.gains), left_out=len(every) - len(tokens)
        )

    def _score(self, request: ScoreRequest, report: Report) -> Scores:
        from engine.text import scoring
        from engine.text.writing import Writing

        report(Progress(stage="load", done=0, total=1))
        model, read = self._reader(*self._choose(request.written))
        report(Progress(stage="load", done=1, total=1))
        ((row,),) = Writing(model, request.written, Meter(), silent, 1).batches()
        return scoring.score(read, model.tokenizer, row.prompt, request, report)

    # ── the step in C ─────────────────────────────────────────────────────────────────────────

    def _write_native(
        self, choice: Choice, key_values: str, request: TextRequest, meter: Meter, report: Report
    ) -> Text:
        from engine.text.native.writing import NativeWriting

        with meter.stage("load"):
            model = self._load_native(choice, key_values)
        report(Progress(stage="load", done=1, total=1))
        writing = NativeWriting(model, request, meter, report, self._batch_size)
        if not request.only_compile:
            for batch in writing.batches():
                writing.write(batch)
        return writing.result(CompileCost(), note=choice.note)

    def _load_native(self, choice: Choice, key_values: str) -> NativeModel:
        from engine.text.native.decoder import Decoder
        from engine.text.native.library import find
        from engine.text.native.weights import Weights
        from engine.text.native.writing import NativeModel

        source, library, model = self._opened(), find().library, self._native
        assert library is not None  # as `choose` found out
        if model is not None and model.precision != choice.precision:
            model = self._native = None  # its memory goes first
        if model is None or model.decoder.cache != key_values:
            if model is None:
                memory.check(source, native=True, plain=choice.precision == "int8")
            weights = Weights(source) if model is None else model.decoder.weights
            model = self._native = NativeModel(
                architecture=source.architecture,
                tokenizer=source.tokenizer,
                decoder=Decoder(weights, library, key_values),
                precision=choice.precision,
            )
            return_buffers()
        return model

    # ── XLA ───────────────────────────────────────────────────────────────────────────────────

    def _write_xla(
        self, choice: Choice, request: TextRequest, meter: Meter, report: Report
    ) -> Text:
        model = self._load_xla(meter)
        report(Progress(stage="load", done=1, total=1))
        from engine.text.generation import XlaWriting

        writing = XlaWriting(model, request, meter, report, self._batch_size)
        for batch in writing.batches():
            if request.only_compile:
                writing.functions(batch)
            else:
                writing.write(batch)
        return writing.result(model.compiler.cost, note=choice.note)

    def _load_xla(self, meter: Meter) -> XlaModel:
        if self._xla is None:
            with meter.stage("load"):
                memory.check(self._opened(), native=False, plain=False)
                _import_tensorflow()

                import tensorflow as tf

                from engine.text.checkpoint.model import build
                from engine.text.compile_cache import Exports
                from engine.text.compiler import Compiler
                from engine.text.decoder import Decoder
                from engine.text.generation import XlaModel

                return_libraries(Path(tf.__file__).parent)
                device = _find_device(self._device)
                with tf.device(device):
                    checkpoint = build(self._opened())
                exports = None
                if self._cache.folder is not None and "CPU" in device:  # seen to work there alone
                    weights = [w for w in tf.nest.flatten(checkpoint.weights) if w is not None]
                    exports = Exports(self._cache.folder, weights, f"{checkpoint.architecture}")
                self._xla = XlaModel(
                    checkpoint,
                    Decoder(checkpoint.architecture, checkpoint.weights),
                    device,
                    Compiler(device, exports=exports, cache=self._cache, eager=self._eager),
                )
                return_buffers()
        self._xla.compiler.start_counting()
        return self._xla


def _check(precision: str, key_values: str) -> None:
    for value, known in ((precision, PRECISIONS), (key_values, KEY_VALUES)):
        if value not in known:
            raise ValueError(f"{value} is none of {', '.join(known)}")


def _import_tensorflow() -> None:
    """Import it without the lines that its C++ code logs before any setting can silence it. Raises
    UserError where it cannot be."""
    # It tells of missing GPUs and of oneDNN; its true errors are exceptions.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with nullcontext() if "tensorflow" in sys.modules else _silent_errors():
        try:
            import_gently("tensorflow")
        except ImportError as error:
            raise UserError(
                f"writing needs TensorFlow, which cannot be imported ({error}): install it"
            ) from error


@contextmanager
def _silent_errors() -> Iterator[None]:
    """What libraries write to standard error goes nowhere."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nothing:
            os.dup2(nothing.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


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
