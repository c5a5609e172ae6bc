"""A Backend for tests: the window's questions, answered by what the test has set."""

from __future__ import annotations

import dataclasses
import threading
import zipfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QThread

from engine.advice.advise import Advised, advise
from engine.advice.facts import Machine, Model
from engine.advice.measured import Results
from engine.api import Take
from engine.errors import UserError
from engine.listening.heard import Heard, Word
from engine.models.info import DeviceMemory, MachineFact, ModelFacts, ModelInfo, Tell, Verdict
from engine.script.ears import Listener
from engine.script.hearings import Hearing
from engine.script.pace import Pace, voice_key
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.row_limits import learned
from engine.script.selection import Maker
from engine.settings import Settings
from tests.engine.script.speaker import Speaker
from tests.fake import REFUSED, SAMPLE_RATE, FakeEngine
from tests.gui.fake_bench import FakeBench


class FakeListening:
    """A Listening (gui/studio/backend.py): it hears every text as it is told to."""

    def __init__(self) -> None:
        self.packages = True
        self.here: tuple[str, ...] = ()
        self.mishears: dict[str, str] = {}  # text → what is heard of it
        self.fails = ""
        self.asked: list[str] = []  # texts
        self.threads: set[str] = set()

    def has_packages(self) -> bool:
        return self.packages

    def recognisers(self) -> tuple[str, ...]:
        return self.here

    def content(self, name: str) -> str:
        return f"content of {name}"

    def hear(self, name: str, text: str, audio: NDArray[np.float32], rate: int) -> Hearing:
        self.threads.add(QThread.currentThread().objectName())
        self.asked.append(text)
        if self.fails:
            raise UserError(self.fails)
        words = self.mishears.get(text, text).split()
        times = np.linspace(0.1, len(audio) / rate - 0.1, len(words) + 1).tolist()
        heard = (Word(f" {w}", *time) for w, time in zip(words, pairwise(times), strict=True))
        return Hearing.of(text, Heard(words=tuple(heard)))

    def stop(self) -> None:
        pass


class FakeBackend:
    """A Backend (gui/studio/backend.py) around one engine. What it answers can be set."""

    def __init__(self, engine: FakeEngine | None = None) -> None:
        self.engine = engine or FakeEngine()
        self.listening = FakeListening()
        self.bench = FakeBench(self)
        self.listener: Listener | None = None  # of scripts whose recipe names it
        self.speaker: Any = Speaker()  # for scripts
        self.asked: list[tuple[Settings, str]] = []  # engine_for
        self.released: list[str] = []  # kinds
        self.threads: set[str] = set()  # names of those that did slow work
        self.known = (
            ModelInfo(id="starter", kind="speech", state="here", folder=Path("starter"), size=9),
            ModelInfo(id="suno/bark-small", kind="speech", state="absent", size=1_700_000_000),
            ModelInfo(id="smollm2", kind="text", state="here", folder=Path("smollm2"), size=93),
        )
        self.model_facts = ModelFacts(
            voices=("v2/en_speaker_0", "v2/en_speaker_6", "v2/ja_speaker_2", "announcer"),
            sample_rate=SAMPLE_RATE,
            max_tokens=256,
            max_seconds=14.0,
            sound_tags=True,
        )
        self.limits: dict[tuple[str, Any], str] = {
            ("offload", True): "this machine has no accelerator",
            ("precision", "float16"): "float16 needs CUDA or MPS",
        }
        self.memory: DeviceMemory | None = None
        self.saved: list[Path] = []
        self.removed: list[str] = []
        self.writing = True  # what writing needs is installed
        self.install_goes_on = threading.Event()
        self.install_fails = False
        self.is_offline = False
        self.gone = ""  # why a project cannot go on as it was begun
        self.unknown: set[str] = set()  # letters that no model reads
        self.reports: list[dict[str, Any]] = []  # that were measured before
        self.measured: dict[str, Any] | None = None  # what a measuring gives
        self.measuring_goes_on = threading.Event()
        self.bad_results: list[str] = []
        self.free = 6 * 10**9  # bytes of memory
        self.verdict = Verdict()  # of verify

    def engine_for(self, request: Any, settings: Settings, model: str) -> Any:
        self._note()
        self.asked.append((settings, model))
        if isinstance(request, RenderRequest):
            return Renderer(
                lambda speech: self.speaker,
                lambda project: self.further(project, settings, model),
                learned(),
                listener=self.listener,
            )
        return self.engine

    def release(self, kind: str) -> None:
        self._note()
        self.released.append(kind)

    def models(self) -> tuple[ModelInfo, ...]:
        return self.known

    def facts(self, model: str) -> ModelFacts:
        self._note()
        if model == REFUSED:
            raise UserError("this model is damaged: get it again")
        return self.model_facts

    def count_tokens(self, model: str, text: str) -> int:
        self._note()
        return len(text.split())

    def cannot(self) -> dict[tuple[str, Any], str]:
        self._note()
        return self.limits

    def device_memory(self) -> DeviceMemory | None:
        return self.memory

    def identify(self, project: Project, settings: Settings, model: str) -> Maker:
        self._note()
        voices = {name: f"content of {name}" for name in project.voices_in_use()}
        made_of = {"precision": settings.precision}
        return Maker(model=f"fake {model}", settings=made_of, voices=voices, name=model)

    def further(self, project: Project, settings: Settings, model: str) -> Maker:
        if not project.pinned or project.maker is None:
            return self.identify(project, settings, model)
        self._note()
        voices = {name: f"content of {name}" for name in project.voices_in_use()}
        return dataclasses.replace(project.maker, voices=voices)

    def why_not(self, project: Project, settings: Settings) -> str:
        self._note()
        return self.gone

    def unreadable(self, project: Project, model: str, texts: Sequence[str]) -> list[str]:
        self._note()
        lost = ("".join(sorted(self.unknown.intersection(text))) for text in texts)
        return [f"the model cannot read {letters}" if letters else "" for letters in lost]

    def lost(self, model: str, text: str) -> str:
        self._note()
        return "".join(sorted(self.unknown.intersection(text)))

    def pace(self, model: str, voice: str | None) -> Pace:
        self._note()
        return learned().of(voice_key(f"fake {model}", voice))

    def learn(self, model: str, voice: str | None, heard: Sequence[tuple[str, float]]) -> None:
        self._note()
        learned().learn({voice_key(f"fake {model}", voice): heard})

    def download(self, model: str, tell: Tell) -> Path:
        self._note()
        for done in range(0, 1001, 100):
            tell(done, 1000)
        self._here(model)
        return Path(model)

    def can_write(self) -> bool:
        return self.writing

    def install_writing(self, say: Callable[[str], None], tell: Tell) -> None:
        self._note()
        say("Collecting tensorflow")
        while not self.install_goes_on.wait(0.01):
            tell(500, 1000)
        tell(1000, 1000)
        if self.install_fails:
            raise UserError("TensorFlow was not installed: there is no network")
        self.writing = True

    def verify(self, model: str, tell: Tell) -> Verdict:
        self._note()
        tell(1, 1)
        return self.verdict

    def remove(self, model: str) -> None:
        self._note()
        self.removed.append(model)
        self.known = tuple(
            dataclasses.replace(info, state="absent", folder=None) if info.id == model else info
            for info in self.known
        )

    def check_voice(self, path: Path, model: str) -> None:
        self._note()
        if not zipfile.is_zipfile(path):
            raise UserError(f"{path} is no voice file, or a damaged one (.npz)")

    def save_voice(self, path: Path, take: Take, model: str) -> None:
        self._note()
        np.savez(path, semantic_prompt=take.semantic)
        self.saved.append(path)

    def offline(self) -> bool:
        return self.is_offline

    def set_offline(self, offline: bool) -> None:
        self.is_offline = offline

    def models_folder(self) -> Path:
        return Path("models").resolve()

    def results(self, model: str) -> Results:
        self._note()
        return Results(list(self.reports), list(self.bad_results))

    def advise(self, model: str) -> Advised:
        self._note()
        machine = Machine(
            instructions="AVX2, AVX-512 VNNI",
            own_step=True,
            memory=8 * 10**9,
            free=self.free,
            refused=self.limits,
        )
        sizes = Model(name=model, weights=29 * 10**6, largest=10**7, row=6 * 10**6)
        return Advised(advise(machine, sizes, self.reports), machine, sizes)

    def measure(self, model: str, tell: Tell) -> None:
        self._note()
        tell(10, 75)
        assert self.measuring_goes_on.wait(120)
        tell(20, 75)
        if self.measured is None:
            raise UserError("it could not be measured: the model is damaged")
        self.reports = [self.measured]

    def examine(self) -> list[MachineFact]:
        self._note()
        return [MachineFact("processor", "a fake one"), MachineFact("sound output", "none", "buy")]

    def _note(self) -> None:
        self.threads.add(QThread.currentThread().objectName())

    def _here(self, model: str) -> None:
        self.known = tuple(
            dataclasses.replace(info, state="here", folder=Path(model))
            if info.id == model
            else info
            for info in self.known
        )
