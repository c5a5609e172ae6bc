"""BarkEngine: rows of text in, takes out. Settings to choices, loading, offload, memory."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.api import Report, Speech, SpeechRequest, silent
from engine.bark.checkpoint import Weights
from engine.bark.coarse import CoarseStage
from engine.bark.codec import CodecStage
from engine.bark.config import read_config
from engine.bark.decoder import Tick
from engine.bark.fine import FineStage
from engine.bark.kernel import Kernel
from engine.bark.linear import Compute, has_vnni
from engine.bark.out_of_memory import told_when_out_of_memory
from engine.bark.schedule import Schedule, Stages
from engine.bark.semantic import SemanticStage
from engine.bark.tokenizer import TextTokenizer
from engine.bark.voices import Fetch, Voice, beside, find_voice
from engine.errors import UserError
from engine.settings import Settings
from engine.system.aside import aside
from engine.system.memory import keep_buffers, return_buffers
from engine.system.meter import Meter


class BarkEngine:
    """Speaks with one checkpoint under one set of settings. Used by one thread at a time.

    Weights are loaded by the first request and stay until `close`; caches and buffers live as long
    as a request.
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
        self._offload: _Offload | None = None

    @property
    def choices(self) -> dict[str, str]:
        """What the settings became on this machine."""
        return {
            "device": self.compute.device.type,
            "precision": self.compute.precision,
            "attention": self.compute.attention,
            "kernel": "own" if self.compute.kernel is not None else "torch",
            "offload": "on" if self.settings.offload else "off",
        }

    def generate(self, request: SpeechRequest, report: Report = silent) -> Speech:
        """Speak all rows. Raises UserError before any work for a row that cannot be spoken."""
        try:
            with (
                told_when_out_of_memory(min(self.settings.batch_size, len(request.rows))),
                Meter(self.compute.device.type) as meter,
                torch.inference_mode(),
            ):
                schedule = self._schedule(request, report, meter)
                with meter.stage("load"):
                    keep_buffers(False)
                    stages = self._load(schedule.tick)
                    keep_buffers(True)
                takes = schedule.run(stages, self._enter)
                notes = (self.compute.note,) if self.compute.note else ()
                metrics = meter.metrics()
                return Speech(takes=takes, metrics=metrics, choices=self.choices, notes=notes)
        finally:
            return_buffers()

    def close(self) -> None:
        """Give the memory back."""
        if self._offload is not None:
            self._offload.close()
        self._stages = self._offload = None
        if self.compute.device.type == "cuda":
            torch.cuda.empty_cache()
        return_buffers()

    def check(self, request: SpeechRequest) -> None:
        """Raise UserError for a request with a row that cannot be spoken. Loads no weights."""
        self._schedule(request, silent, Meter(self.compute.device.type))

    def _schedule(self, request: SpeechRequest, report: Report, meter: Meter) -> Schedule:
        voice = self._find_voice
        return Schedule(request, self.settings, self.config, voice, self.tokenizer, report, meter)

    def _find_voice(self, wanted: str | None) -> Voice | None:
        return find_voice(wanted, self.folder, self.config, self.fetch)

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
        stages = Stages(
            SemanticStage(weights, self.config, self.compute),
            CoarseStage(weights, self.config, self.compute, long_window=self.settings.long_window),
            FineStage(weights, self.config, self.compute, unpadded=self.settings.unpadded),
            CodecStage(weights, self.config, self.compute.device),
        )
        tick()
        if self.settings.offload:
            self._offload = _Offload(stages, self.compute.device)
        else:
            for stage in stages:
                stage.to(self.compute.device)
        weights.tick = lambda: None  # the weights stay, the request that loaded them goes
        return stages

    def _enter(self, stage: nn.Module) -> None:
        if self._offload is not None:
            self._offload.enter(stage)


class _Offload:
    """One stage on the accelerator at a time, moved by accelerate's hooks when it is entered."""

    def __init__(self, stages: Stages, device: torch.device) -> None:
        from accelerate import cpu_offload_with_hook

        self._hooks: dict[nn.Module, Any] = {
            stage: cpu_offload_with_hook(stage, device)[1] for stage in stages
        }
        self._inside: nn.Module | None = None

    def enter(self, stage: nn.Module) -> None:
        """Bring a stage in and the one that was there out."""
        if self._inside is not stage:
            if self._inside is not None:
                self._hooks[self._inside].offload()
            stage()
            self._inside = stage

    def close(self) -> None:
        """Take the hooks off: they and their modules hold each other."""
        for stage, hook in self._hooks.items():
            hook.remove()
            vars(stage).pop("forward", None)  # bound to the stage itself


def choose(settings: Settings) -> Compute:
    """Settings → what this machine does. Raises UserError for what it cannot do."""
    mps = torch.backends.mps.is_available()
    device = settings.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError("this machine has no CUDA device that torch can use: choose the device cpu")
    if device == "mps" and not mps:
        raise UserError("this machine has no MPS device: choose the device cpu")
    if settings.offload and device == "cpu":
        raise UserError("offload needs an accelerator, and the work is done by the processor here")

    precision = settings.precision
    if precision == "auto":
        precision = "float16" if device != "cpu" else _fastest_on_cpu()
    if precision == "float16" and device == "cpu":
        raise UserError("float16 needs CUDA or MPS: choose the precision bfloat16 on a processor")
    if precision.startswith("int8") and device != "cpu":
        raise UserError(
            f"{precision} is made for processors: choose the precision float16 on {device}"
        )
    if precision.startswith("int8") and not _has_fbgemm():
        raise UserError(
            f"{precision} needs an x86 processor in this version of torch: choose the precision "
            "bfloat16"
        )
    kernel, note = None, ""
    wanted = settings.kernel == "auto" and precision in Kernel.TYPES
    if wanted and device == "cpu" and settings.attention == "fused":
        found = Kernel.find()
        kernel, note = found.kernel, "" if found.by_design else found.note
    return Compute(torch.device(device), precision, settings.attention, kernel, note)


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
                # Never refused: see below.
                chosen: dict[str, Any] = {"kernel": "torch", option.name: value}
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


def _fastest_on_cpu() -> str:
    """The fastest precision that this processor has instructions for."""
    if has_vnni() and _has_fbgemm():
        return "int8"
    has_bfloat16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return "bfloat16" if has_bfloat16() else "float32"
