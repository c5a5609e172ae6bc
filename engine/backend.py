"""What a window asks of the program, on top of the engines and the models.

`Backend` implements gui.studio.backend.Backend, which says on which thread each method is called.
Nothing imports a framework in this process before the first request.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.api import Engine, SpeechRequest, Take
from engine.bench.window import Bench
from engine.conversion.hearing import Hearers
from engine.conversion.window_hearing import Listening
from engine.engines import Engines
from engine.errors import UserError
from engine.models import bark, catalog, hub, packaged
from engine.models.info import DeviceMemory, MachineFact, ModelFacts, ModelInfo, Tell, Verdict
from engine.readings import TextWork
from engine.script.row_limits import Speakable, learned
from engine.script.split import LONGEST
from engine.settings import Settings
from engine.setup import environment, packages
from engine.system.paths import ROOT
from engine.system.responsiveness import import_gently
from engine.system.threads import in_background

if TYPE_CHECKING:
    from engine.advice.advise import Advised
    from engine.advice.measured import Results
    from engine.script.pace import Pace
    from engine.script.project import Project
    from engine.script.selection import Maker

_BERT = 100_000  # word pieces of the multilingual vocabulary that the published Bark was trained on


class Backend:
    """One engine of each kind at a time, and what there is to know about models and this
    machine."""

    def __init__(self) -> None:
        self._engines: dict[str, Engines] = {}  # "speech" and "text", each used by its own thread
        self._made_of: dict[str, tuple[Settings, Path]] = {}
        self._computed = False  # torch is in this process, whole
        self._checkpoints: dict[Path, _Checkpoint] = {}
        self._hearers = Hearers()
        self.listening = Listening(self._hearers)
        self.bench = Bench()

    # ── engine thread ─────────────────────────────────────────────────────────────────────────

    def engine_for(self, request: Any, settings: Settings, model: str) -> Engine[Any, Any]:
        """The engine of this request; a new one where settings or model have changed.

        Raises UserError where the model is not here, or this machine cannot do the settings.
        """
        # Scripts are not needed before the first request.
        from engine.script.maker import further_maker
        from engine.script.render import Renderer
        from engine.script.rendering import RenderRequest

        if isinstance(request, RenderRequest):
            own, folder = self._goes_on(request.project, settings, model)
            return Renderer(
                lambda speech: self._engine_at(speech, own, folder),
                lambda project: further_maker(project, own, folder, model),
                learned(),
                Speakable(folder, LONGEST, learned()).unreadable,
                self._hearers.of(request.project.recipe),
            )
        kind = "speech" if isinstance(request, SpeechRequest) else "text"
        engine = self._engine_at(request, settings, catalog.find_here(model, kind))
        if isinstance(request, SpeechRequest) and len(request.rows) > 1:
            from engine.conversion.one_voice import OneVoice

            if all(row.voice is None for row in request.rows):
                return OneVoice(engine)
        return engine

    def _engine_at(self, request: Any, settings: Settings, place: Path) -> Engine[Any, Any]:
        in_background()  # and so do the threads that torch and the compiled step start from here
        kind = "text" if isinstance(request, TextWork) else "speech"
        if kind == "text":  # the rest is about speech
            settings = Settings(device=settings.device, batch_size=settings.batch_size)
        made_of = settings, place
        if made_of != self._made_of.get(kind):
            self.release(kind)
            self._engines[kind], self._made_of[kind] = Engines(*made_of), made_of
        return self._engines[kind].engine_for(request)

    def release(self, kind: str) -> None:
        """Give the memory of the engine of a kind back, "speech" or "text"."""
        engines = self._engines.pop(kind, None)
        self._made_of.pop(kind, None)
        if engines is not None:
            self._computed = self._computed or engines.made
            engines.close()

    # ── any thread ────────────────────────────────────────────────────────────────────────────

    def models(self) -> tuple[ModelInfo, ...]:
        """All known models, the default one first."""
        return catalog.models()

    def offline(self) -> bool:
        """Whether the program keeps away from the network."""
        return hub.offline()

    def set_offline(self, offline: bool) -> None:
        """Keep away from the network, or not, until the program ends."""
        hub.set_offline(offline)

    def models_folder(self) -> Path:
        """Where downloaded speech models are kept."""
        return hub.cache_folder()

    def device_memory(self) -> DeviceMemory | None:
        """None without an accelerator or before an engine was made."""
        engines = self._engines.get("speech")
        # While it is being imported, on the engine's thread, half of it is there.
        self._computed = self._computed or (engines is not None and engines.made)
        torch: Any = sys.modules.get("torch") if self._computed else None
        if torch is None:
            return None
        expected = 0 if engines is None else engines.expected_bytes
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            # The card that has the engine: each thread has a current one of its own.
            card = max(range(torch.cuda.device_count()), key=torch.cuda.memory_allocated)
            try:
                free, total = torch.cuda.mem_get_info(card)
            except RuntimeError:  # it does not answer any more; the engine's thread says so
                return None
            return DeviceMemory(
                name=torch.cuda.get_device_name(card),
                allocated=torch.cuda.memory_allocated(card),
                peak=torch.cuda.max_memory_allocated(card),
                free=free,
                total=total,
                others=max(0, total - free - torch.cuda.memory_reserved(card)),
                expected=expected,
            )
        if torch.backends.mps.is_available():
            allocated = torch.mps.current_allocated_memory()
            total = torch.mps.recommended_max_memory()
            return DeviceMemory(
                name="Apple GPU",
                allocated=allocated,
                peak=torch.mps.driver_allocated_memory(),
                free=max(0, total - allocated),
                total=total,
                others=0,
                expected=expected,
            )
        return None

    def can_write(self) -> bool:
        """Whether the packages of writing are installed."""
        return not packages.missing(text=True)

    # ── errand thread ─────────────────────────────────────────────────────────────────────────

    def facts(self, model: str) -> ModelFacts:
        """What a speech model knows and can, read from its own files. Raises UserError."""
        from engine.bark.voice_facts import read_voice_facts
        from engine.bark.voices import presets

        checkpoint = self._checkpoint(model)
        semantic, coarse = checkpoint.config.semantic_rules, checkpoint.config.coarse_rules
        return ModelFacts(
            voices=tuple(presets(checkpoint.folder)),
            sample_rate=checkpoint.config.sample_rate,
            max_tokens=semantic.max_input_semantic_length,
            max_seconds=checkpoint.config.max_seconds,
            moras=checkpoint.tokenizer.moras,
            sound_tags=checkpoint.tokenizer.size >= _BERT,
            rates={
                "semantic": semantic.semantic_rate_hz,
                "coarse": coarse.coarse_rate_hz * coarse.n_coarse_codebooks,
            },
            about=read_voice_facts(checkpoint.folder),
        )

    def count_tokens(self, model: str, text: str) -> int:
        """How many of max_tokens a text takes. Raises UserError."""
        return len(self._checkpoint(model).tokenizer(text))

    def cannot(self) -> dict[tuple[str, Any], str]:
        """(settings field, value) → why this machine cannot do it. Takes some seconds."""
        packaged.remove_leftovers()  # once, and beside the window
        listed = json.loads(_ask("engine.bark.limits"))
        return {(field, value): why for field, value, why in listed}

    def identify(self, project: Project, settings: Settings, model: str) -> Maker:
        """What would speak a script now, by content. Raises UserError."""
        from engine.script.maker import identify

        if settings.precision != "float32":  # this machine's answer needs it
            import_gently("torch")
        return identify(project, settings, catalog.find_here(model, "speech"), model)

    def further(self, project: Project, settings: Settings, model: str) -> Maker:
        """What speaks further rows of a script: what it is pinned to, where it is. Raises
        UserError."""
        from engine.script.maker import further_maker

        if not project.pinned or project.maker is None:
            return self.identify(project, settings, model)
        return further_maker(project, settings, _pinned_place(project.maker), model)

    def unreadable(self, project: Project, model: str, texts: Sequence[str]) -> list[str] | None:
        """Why what speaks a script cannot read each of these texts, "" where it can; None where it
        is not here."""
        from engine.bark.readable import unreadable

        with suppress(UserError):  # that it is not here is said before it is to speak
            place = model
            if project.pinned and project.maker is not None:
                place = str(_pinned_place(project.maker))
            tokenizer = self._checkpoint(place).tokenizer
            kept = [project.readings.kept(project.maker, text) for text in texts]
            pairs = zip(texts, kept, strict=True)
            return [unreadable(tokenizer, read or text) for text, read in pairs]
        return None

    def why_not(self, project: Project, settings: Settings) -> str:
        """Why a script cannot be spoken here as it was begun; "" where it can."""
        try:
            self._goes_on(project, settings, "")
        except UserError as error:
            return str(error)
        return ""

    def _goes_on(self, project: Project, settings: Settings, model: str) -> tuple[Settings, Path]:
        """The settings and the model that speak a script: those that it is pinned to."""
        from engine.script.maker import going_on

        if not project.pinned or project.maker is None:
            return settings, catalog.find_here(model, "speech")
        place = _pinned_place(project.maker)
        if project.maker.settings.get("precision") != "float32":
            import_gently("torch")
        return going_on(project.maker, settings), place

    def lost(self, model: str, text: str) -> str:
        """The letters of a text that a model cannot read, each once. Raises UserError."""
        return self._checkpoint(model).tokenizer.lost(text)

    def pace(self, model: str, voice: str | None) -> Pace:
        """How fast a voice speaks, as far as that was learned."""
        from engine.script.pace import START

        key = _voice_key(model, voice)
        return learned().of(key) if key else START

    def learn(self, model: str, voice: str | None, heard: Sequence[tuple[str, float]]) -> None:
        """Remember good takes of a voice: text and seconds of sound."""
        if key := _voice_key(model, voice):
            learned().learn({key: heard})

    def download(self, model: str, tell: Tell) -> Path:
        """Fetch or go on fetching a model. Raises UserError, Cancelled."""
        return catalog.download(model, tell)

    def install_writing(self, say: Callable[[str], None], tell: Tell) -> None:
        """Fetch and install the packages of writing. Raises UserError, Cancelled."""
        environment.add_text(ROOT, say, tell)

    def verify(self, model: str, tell: Tell) -> Verdict:
        """Read every file again. Raises UserError, Cancelled."""
        return catalog.verify(model, tell)

    def remove(self, model: str) -> None:
        """Delete a downloaded model from the disk. Raises UserError."""
        catalog.remove(model)
        self._checkpoints.clear()

    def check_voice(self, path: Path, model: str) -> None:
        """Raise UserError where an .npz is no voice for this model."""
        from engine.bark.voices import read_npz

        read_npz(path, self._checkpoint(model).config)

    def save_voice(self, path: Path, take: Take, model: str) -> None:
        """Keep a take as a voice. Raises UserError."""
        from engine.bark.voices import save_npz

        save_npz(path, take, self._checkpoint(model).config)

    def results(self, model: str) -> Results:
        """What was measured here of a speech model."""
        from engine.advice.measured import Results

        return Results(*self.bench.of(model))

    def advise(self, model: str) -> Advised:
        """Which settings suit this machine. Takes some seconds the first time. Raises UserError."""
        from engine.advice import advise, probe
        from engine.advice.facts import Machine

        place = catalog.find_here(model, "speech")
        sizes, reports = probe.model(place, model), self.results(model).reports
        machine = Machine.from_json(_ask("engine.advice.probe"))
        return advise.Advised(advise.advise(machine, sizes, reports), machine, sizes)

    def measure(self, model: str, tell: Tell) -> None:
        """A minute of measuring in another process; `results` has it then. Raises UserError,
        Cancelled."""
        from engine.bench import minute

        minute.run(model, tell)

    def examine(self) -> list[MachineFact]:
        """What the doctor finds. Takes some seconds."""
        found = json.loads(_ask("engine.setup.doctor"))
        return [MachineFact(name, **about) for name, about in found.items()]

    def _checkpoint(self, model: str) -> _Checkpoint:
        folder = catalog.find_here(model, "speech")
        if folder not in self._checkpoints:
            self._checkpoints = {folder: _Checkpoint(folder)}
        return self._checkpoints[folder]


class _Checkpoint:
    """The small files of a speech model."""

    def __init__(self, folder: Path) -> None:
        from engine.bark.config import read_config
        from engine.bark.tokenizer import TextTokenizer

        self.folder = folder
        self.config = read_config(folder)
        self.tokenizer = TextTokenizer(folder)


def _pinned_place(maker: Maker) -> Path:
    place = catalog.find_content(maker.model, maker.name)
    if place is None and bark.is_starter(maker.name, maker.model):
        raise UserError(
            "this project is spoken by an earlier edition of the voice that comes with the program "
            f"({maker.model[:8]}), which is not here any more; what is spoken stays"
        )
    if place is None:
        raise UserError(
            f"this project is spoken by the model {maker.model_in_words()}, which is not here"
        )
    return place


def _voice_key(model: str, voice: str | None) -> str:
    """Under which name the pace of a voice is remembered; "" for a model that is not here."""
    from engine.models.fingerprint import model_hash
    from engine.script.pace import voice_key

    with suppress(UserError):
        return voice_key(model_hash(catalog.find_here(model, "speech")), voice)
    return ""


def _ask(module: str) -> str:
    """What a module prints that is run as a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"this machine could not be examined ({last}): run main.py doctor")
    return done.stdout
