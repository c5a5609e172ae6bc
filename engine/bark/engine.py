"""BarkEngine: rows of text in, takes out. Settings to choices, loading, memory."""

from __future__ import annotations

import dataclasses
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.api import Report, Speech, SpeechRequest, silent
from engine.bark import memory
from engine.bark.checkpoint import Weights
from engine.bark.coarse import CoarseStage
from engine.bark.codec import CodecStage
from engine.bark.config import read_config
from engine.bark.decoder import Tick
from engine.bark.device import find_device, has_int8_product
from engine.bark.fine import FineStage
from engine.bark.kernel import Kernel
from engine.bark.linear import Compute, has_vnni
from engine.bark.lost_device import told_when_device_is_lost
from engine.bark.offload import Offload
from engine.bark.out_of_memory import told_when_out_of_memory
from engine.bark.schedule import Schedule, Stages
from engine.bark.semantic import SemanticStage
from engine.bark.tokenizer import TextTokenizer
from engine.bark.voices import Fetch, Voice, beside, find_voice, known_as
from engine.bark.vram import predict
from engine.errors import UserError
from engine.job import More
from engine.settings import Settings
from engine.system.aside import aside
from engine.system.memory import keep_buffers, return_buffers
from engine.system.meter import Meter


class BarkEngine:
    """Speaks with one checkpoint under one set of settings. Used by one thread at a time.

    Weights are loaded by the first request and stay until `close`; caches and buffers live as long
    as a request, but for those that captured steps look at.
    """

    def __init__(self, folder: Path, settings: Settings, fetch: Fetch = beside) -> None:
        """Reads the configuration only. fetch: gets the files of a preset that did not come with
        the checkpoint. Raises UserError for a folder that is no checkpoint, and
        for settings that this machine cannot do."""
        self.folder = folder
        self.fetch = fetch
        self.settings = settings
        self.config = read_config(folder)
        self.compute = choose(settings)
        self.tokenizer = TextTokenizer(folder)
        self._stages: Stages | None = None
        self.expected_bytes = 0  # of the accelerator, at the peak of the request in work
        self._offload: Offload | None = None
        self._stand_ins: dict[str, str] = {}  # voices of an earlier edition → who speaks instead

    @property
    def choices(self) -> dict[str, str]:
        """What the settings became on this machine."""
        return {
            "device": _word(self.compute.device),
            "precision": self.compute.precision,
            "attention": self.compute.attention,
            "kernel": self._kernel,
            "offload": "on" if self.settings.offload else "off",
        }

    @property
    def _kernel(self) -> str:
        if self.compute.kernel is not None:
            return "own"
        return "torch" if self.compute.steps == "one" else self.compute.steps

    def generate(
        self, request: SpeechRequest, report: Report = silent, more: More | None = None
    ) -> Speech:
        """Speak all rows, and those that `more` gives while there is room; their takes follow.
        Raises UserError before any work for a row that cannot be spoken."""
        device = self.compute.device
        self._stand_ins.clear()
        try:
            with (
                told_when_out_of_memory(self._rows_together(request, more)),
                told_when_device_is_lost(device),
                torch.cuda.device(device) if device.type == "cuda" else nullcontext(),
                Meter(device.type) as meter,
                torch.inference_mode(),
            ):
                schedule = self._schedule(request, report, meter, more)
                with meter.stage("load"):
                    keep_buffers(False)
                    stages = self._load(schedule.tick)
                    keep_buffers(True)
                self.expected_bytes = self._expected(stages, schedule.slots)
                takes = schedule.run(stages, self._enter)
                causal = (stages.semantic, stages.coarse, stages.fine)
                notes = [self.compute.note, *(stage.note for stage in causal)]
                notes += [
                    f"the voice {name} is of an earlier edition of this model: {other} speaks in "
                    "its place"
                    for name, other in self._stand_ins.items()
                ]
                return Speech(
                    takes=takes,
                    metrics=meter.metrics(self.expected_bytes),
                    choices=self.choices,
                    notes=tuple(dict.fromkeys(note for note in notes if note)),
                )
        finally:
            return_buffers()

    def _expected(self, stages: Stages, slots: int) -> int:
        if self.compute.device.type == "cpu":
            return 0
        spare = 0 if self._offload is None else self._offload.spare
        return predict(stages, slots, offload=self._offload is not None, spare=spare)

    def close(self) -> None:
        """Give the memory back."""
        if self._stages is not None:
            for stage in (self._stages.semantic, self._stages.coarse, self._stages.fine):
                stage.release()
        self._stages = self._offload = None
        self.expected_bytes = 0
        if self.compute.device.type == "cuda":
            with suppress(RuntimeError), torch.cuda.device(self.compute.device):  # a lost card
                torch.cuda.empty_cache()
        return_buffers()

    def check(self, request: SpeechRequest) -> None:
        """Raise UserError for a request with a row that cannot be spoken. Loads no weights."""
        self._schedule(request, silent, Meter(self.compute.device.type))

    def _schedule(
        self, request: SpeechRequest, report: Report, meter: Meter, more: More | None = None
    ) -> Schedule:
        given = self.settings, self.config, self._find_voice, self.tokenizer
        return Schedule(request, *given, report, meter, more)

    def _rows_together(self, request: SpeechRequest, more: More | None) -> int:
        size = self.settings.batch_size
        return size if more is not None else min(size, len(request.rows))

    def _find_voice(self, wanted: str | None) -> Voice | None:
        voice = find_voice(wanted, self.folder, self.config, self.fetch)
        if wanted is not None and not wanted.lower().endswith(".npz"):
            name = known_as(self.folder, wanted)
            if name != wanted:
                self._stand_ins[wanted] = name
        return voice

    def _load(self, tick: Tick) -> Stages:
        if self._stages is None:
            threads = torch.get_num_threads()

            def load(go_on: Tick) -> Stages:
                torch.set_num_threads(threads)  # belongs to a thread
                with torch.inference_mode():
                    return self._read(go_on)

            self._stages = aside(load, tick)
        return self._stages

    def _read(self, tick: Tick) -> Stages:
        """The stages from the files. On any thread."""
        weights = Weights(self.folder, tick)
        memory.check(weights, self.compute)
        stages = Stages(
            SemanticStage(weights, self.config, self.compute),
            CoarseStage(weights, self.config, self.compute, long_window=self.settings.long_window),
            FineStage(
                weights,
                self.config,
                self.compute,
                unpadded=self.settings.leaves_out_padding(self.compute.precision),
            ),
            CodecStage(weights, self.config, self.compute.device),
        )
        tick()
        if self.settings.offload:
            self._offload = Offload(stages, self.compute.device, self._spare(stages))
        else:
            for stage in stages:
                stage.to(self.compute.device)
        weights.tick = lambda: None  # the weights stay, the request that loaded them goes
        return stages

    def _spare(self, stages: Stages) -> int:
        """Bytes that a stage may take while another one works: a half of what is free now, beside
        what the largest needs with one row."""
        if self.compute.device.type != "cuda":
            return 0
        free, _ = torch.cuda.mem_get_info(self.compute.device)
        return max(0, free - predict(stages, self.settings.batch_size, offload=True)) // 2

    def _enter(self, stage: nn.Module) -> None:
        if self._offload is not None:
            self._offload.enter(stage)


def choose(settings: Settings) -> Compute:
    """Settings → what this machine does. Raises UserError for what it cannot do."""
    found, note = find_device(settings.device)
    device = found.type
    if settings.offload and device == "cpu":
        raise UserError("offload needs an accelerator, and the work is done by the processor here")

    precision = settings.precision
    own_step = device == "cpu" and settings.kernel == "auto" and settings.attention == "fused"
    own_step = (
        own_step and precision in (*Kernel.TYPES, "auto") and Kernel.find().kernel is not None
    )
    if precision == "auto":
        precision = "float16" if device != "cpu" else _fastest_on_cpu(own_step=own_step)
    if precision == "float16" and device == "cpu":
        raise UserError("float16 needs CUDA or MPS: choose the precision bfloat16 on a processor")
    if precision.startswith("int8") and device != "cpu":
        if precision == "int8" or device != "cuda":
            raise UserError(
                f"{precision} is made for processors: choose the precision float16 on {device}"
            )
        if not has_int8_product(found.index or 0):
            raise UserError(
                "this version of torch has no int8-weights for this card: choose the precision "
                "float16"
            )
    needs_fbgemm = precision.startswith("int8") and not (precision == "int8" and own_step)
    if needs_fbgemm and device == "cpu" and not _has_fbgemm():
        raise UserError(
            f"{precision} needs an x86 processor in this version of torch: choose the precision "
            "bfloat16"
        )
    kernel = None
    wanted = settings.kernel == "auto" and precision in Kernel.TYPES
    if wanted and device == "cpu" and settings.attention == "fused":
        own = Kernel.find()
        kernel, note = own.kernel, note or ("" if own.by_design else own.note)
    steps = {"cuda": "captured", "mps": "static"}.get(device, "one")
    if settings.kernel == "torch":
        steps = "one"
    elif settings.offload and settings.early_sound and steps == "captured":
        steps = "static"  # stages come and go at every piece of sound, and graphs with them
    return Compute(found, precision, settings.attention, kernel, note, steps)


def _word(device: torch.device) -> str:
    """A device as people call it: with its number where there are several."""
    several = device.type == "cuda" and torch.cuda.device_count() > 1
    return str(device) if several else device.type


def cannot() -> dict[tuple[str, Any], str]:
    """(settings field, value) → why no device of this machine can do it."""
    found = {}
    for option in dataclasses.fields(Settings):
        values = option.metadata["choices"] or (
            (False, True) if isinstance(option.default, bool) else ()
        )
        devices = ("auto", "cpu", "cuda", "mps") if option.name != "device" else (None,)
        for value in values:
            reasons = []
            for device in devices:
                # The kernel is never refused: see below. Some precisions need it.
                own = "auto" if option.name == "precision" else "torch"
                chosen: dict[str, Any] = {"kernel": own, option.name: value}
                if device is not None:
                    chosen["device"] = device
                try:
                    choose(Settings(**chosen))
                except UserError as error:
                    reasons.append(str(error))
            if len(reasons) == len(devices):
                found[option.name, value] = reasons[0]
    kernel = Kernel.find()
    if kernel.kernel is None:  # asking for it is no error, but the window says why it is not had
        found["kernel", "auto"] = kernel.note
    return found


def _has_fbgemm() -> bool:
    """Whether torch has 8-bit products, which it has on x86 alone."""
    return "fbgemm" in torch.backends.quantized.supported_engines


def _fastest_on_cpu(*, own_step: bool) -> str:
    """The fastest precision that this processor has instructions for. torch's int8 alone is neither
    fast nor exact without VNNI."""
    if own_step or (has_vnni() and _has_fbgemm()):
        return "int8"
    has_bfloat16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return "bfloat16" if has_bfloat16() else "float32"
