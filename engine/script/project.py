"""A project: a script, its voices, the takes of its rows, and what the user decided about them.

A folder that can be copied to another machine:

    project.json   what speaks, the recipe, the voice sheet, how fast the voices are expected to be
    script.json    the rows
    choices.json   locked rows, chosen takes, and what of a take is used
    cover          the picture of a book, JPEG or PNG
    held.json      what settled rows follow from, see engine/script/held.py
    readings.jsonl how Japanese rows were read, see engine/script/reading.py
    voices/        the voice files that are used
    takes/ …       see engine/script/store.py

Reading it needs no engine. One process at a time may write it (see engine/script/lock.py), and no
link in it is followed (see engine/system/inner_files.py).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from engine.audio.cover import MAX_BYTES
from engine.errors import UserError, reason_of
from engine.script.decisions import Decided
from engine.script.hearings import Hearings
from engine.script.pace import START, Pace, Paces, voice_key
from engine.script.pin import Pinned
from engine.script.project_files import (
    CHOICES,
    COVER,
    FORMAT,
    HEAD,
    SCRIPT,
    is_voice_file,
    read_contents,
    rebuilt,
)
from engine.script.project_folder import ProjectFolder
from engine.script.pronunciation import language_of_numbers, saying
from engine.script.reading import Readings
from engine.script.recipe import Recipe
from engine.script.rows import Script, ScriptRow, to_json
from engine.script.selection import Standing
from engine.script.states import RowState, TakeInfo
from engine.script.store import Store
from engine.system.inner_files import is_inner_file, read_inner
from engine.system.outside import VOICE_BYTES, read_outside


class Project(Pinned, Decided):
    """An open project folder. Thread-safe; every change is on the disk when a method returns.

    notes: sentences for the user on what was found damaged.
    """

    def __init__(
        self,
        folder: Path,
        script: Script | None = None,
        *,
        rebuild: Callable[[Path], Script] | None = None,
        inner: ProjectFolder | None = None,
    ) -> None:
        """Look at a folder that `create` made; `open` also keeps others from writing it. script:
        what its script.json is going to say, where that is known; then it may also be a new
        project. rebuild: reads the text that a project was made from, where its script.json is
        damaged. Raises UserError for a folder that is no project."""
        self.folder = folder
        self._lock = threading.RLock()
        self.inner = inner or ProjectFolder(folder)
        contents = read_contents(folder, script)
        self.store = Store(folder, self.inner.may_write)
        self.hearings = Hearings(folder, self.inner.may_write)
        self.readings = Readings(folder, self.inner.may_write)
        self.recipe, self.maker = contents.recipe, contents.maker
        self._pinned, self.earlier = contents.pinned, contents.earlier
        self.made_up = contents.made_up
        self.voices = contents.voices
        self._files = contents.files  # as the rows name them → own
        self._paces = contents.paces
        self._choices = contents.choices
        self._language: tuple[Script, str] | None = None  # of the script that it was told of
        self._saying: tuple[tuple[Recipe, str], Callable[[str], str]] | None = None
        self._read_held()
        self.script = contents.script or rebuilt(folder, contents, self.store, rebuild)
        self.notes = [*contents.notes, *self.store.problems]
        self.inner.damaged = contents.damaged
        is_there = is_inner_file(folder, HEAD) and HEAD not in contents.damaged
        self._saved_head = self._head() if is_there else b""

    @classmethod
    def open(
        cls,
        folder: Path,
        program: str,
        *,
        take_over: bool = False,
        rebuild: Callable[[Path], Script] | None = None,
    ) -> Project:
        """Open a folder and keep others from writing it, until `close`; read-only where somebody
        else has it, or the disk cannot be written. program: "window" or "run". take_over: also
        from somebody who is at work. Raises UserError for a folder that is no project."""
        inner = ProjectFolder(folder)
        inner.try_to_hold(program, take_over=take_over)
        try:
            project = cls(folder, rebuild=rebuild, inner=inner)
            if inner.lock.held:
                inner.tidy()
                project._repair()
            project.notes += project.read_otherwise()
        except BaseException:
            inner.lock.release()
            raise
        return project

    @classmethod
    def create(
        cls,
        folder: Path,
        script: Script,
        recipe: Recipe | None = None,
        voices: Mapping[str, str | None] | None = None,
        paces: Mapping[str, float] | None = None,
        *,
        program: str = "",
        take_over: bool = False,
    ) -> Project:
        """Make the folder, or give the project that is there this script and recipe; its takes and
        decisions stay. voices: speaker → voice, "" for everybody else. paces: letters a second of
        voices, by `voice_key`. program: keep others from writing it until `close`, as `open` does;
        "": only while it is made. Raises UserError, also where somebody else has it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make {folder}: {reason_of(error)}") from error
        inner = ProjectFolder(folder)
        inner.lock.hold(program or "run", take_over=take_over)
        try:
            inner.tidy()
            project = cls._before(folder, inner) or cls(folder, script, inner=inner)
            data = to_json(script)
            if project.script is script or data != to_json(project.script):
                project.hold_all()
                inner.write(SCRIPT, data)
                project.script = script
            project._keep_cover(script)
            if not script.cover and project.cover:
                inner.remove(COVER)
            project.recipe = recipe or project.recipe
            if paces is not None:
                project._paces = {key: Pace(rate) for key, rate in paces.items()}
            if voices is not None:
                project.voices = {name: project._own(voice) for name, voice in voices.items()}
            project._files = project._voice_files()
            project._save_head()
        except BaseException:
            inner.lock.release()
            raise
        if not program:
            inner.lock.release()
        return project

    @classmethod
    def _before(cls, folder: Path, inner: ProjectFolder) -> Project | None:
        """The project as it is, before it is given another script; None where there is none."""
        if is_inner_file(folder, HEAD) and is_inner_file(folder, SCRIPT):
            with suppress(UserError):
                project = cls(folder, inner=inner)
                return None if inner.damaged else project
        return None

    def close(self) -> None:
        """Let others write it. It can still be read."""
        self.inner.lock.release()

    @property
    def read_only(self) -> str:
        """Why nothing can be changed, as a sentence; "" where it can."""
        return self.inner.read_only

    def rendering(self) -> AbstractContextManager[None]:
        """Keep other processes from working on this project. Raises UserError where one does.

        May be entered again by who has entered it.
        """
        return self.inner.held()

    def _repair(self) -> None:
        """Write anew what was found damaged. Where the disk refuses, it can be looked at."""
        with suppress(UserError):
            if SCRIPT in self.inner.damaged or not is_inner_file(self.folder, SCRIPT):
                self.inner.write(SCRIPT, to_json(self.script))
            if HEAD in self.inner.damaged:
                self._save_head()
            if CHOICES in self.inner.damaged:
                self._decide_all({})

    # ── what the user changes ─────────────────────────────────────────────────────────────────

    def set_script(self, script: Script, tick: Callable[[], None] = lambda: None) -> None:
        """Other rows. Takes of rows that stay the same are found again. tick is called at each."""
        data = to_json(script, tick)
        with self._lock:
            self.hold_all()
            self.inner.write(SCRIPT, data)
            self.script = script
            self._keep_cover(script)
            files = self._files
            self._files = self._voice_files()
            if self._files != files:
                self._save_head()

    def _keep_cover(self, script: Script) -> None:
        if script.cover and script.cover != self.cover:
            self.inner.write(COVER, script.cover)

    def set_voice(self, speaker: str, voice: str | None) -> None:
        """The voice of a speaker ("" for everybody without one): a preset's name, the path of an
        .npz, which is copied into the project, or None. Raises UserError."""
        with self._lock:
            self.hold_all()
            self.voices[speaker] = self._own(voice)
            self._save_head()

    def fix_paces(self, learned: Paces) -> None:
        """Settle how fast each voice is expected to speak, where that is open. It stays so: what is
        learned later shall change no verdict here."""
        with self._lock:
            keys = {self.pace_key(row) for row in self.script.rows} - {""}
            new = {key: learned.of(key) for key in keys - self._paces.keys()}
            if new:
                self._paces |= new
                self._save_head()

    def _own(self, voice: str | None) -> str | None:
        """A voice file, copied into the project under a name that its content gives."""
        if voice is None or not voice.lower().endswith(".npz") or self._is_own(voice):
            return voice
        try:
            data = read_outside(Path(voice).expanduser(), VOICE_BYTES)
        except OSError as error:
            raise UserError(f"there is no voice file {voice}") from error
        name = f"{Path(voice).stem}-{hashlib.sha256(data).hexdigest()[:8]}.npz"
        self.inner.write(f"voices/{name}", data)
        return f"voices/{name}"

    def _voice_files(self) -> dict[str, str]:
        """The voice files that rows name themselves, copied into the project."""
        named = {row.voice for row in self.script.rows if row.voice is not None}
        return {
            name: self._files.get(name) or self._own(name) or name
            for name in sorted(named)
            if name.lower().endswith(".npz")
        }

    def _is_own(self, voice: str) -> bool:
        return is_voice_file(voice) and is_inner_file(self.folder, voice)

    def _save_head(self) -> None:
        if self._head() == self._saved_head:
            self.inner.may_write()  # who may not is told, also where nothing changes
        else:
            self._pinned = self.pinned
            data = self._head()
            self.inner.write(HEAD, data)
            self._saved_head = data

    def _head(self) -> bytes:
        head = {
            "format": FORMAT,
            "recipe": dataclasses.asdict(self.recipe),
            "voices": self.voices,
            "files": self._files,
            "maker": None if self.maker is None else dataclasses.asdict(self.maker),
            "paces": {key: pace.rate for key, pace in sorted(self._paces.items())},
            **self._pin_values(),
        }
        return json.dumps(head, indent=1).encode() + b"\n"

    # ── what there is ─────────────────────────────────────────────────────────────────────────

    @property
    def cover(self) -> bytes:
        """The picture of the book; b"" where there is none. Raises Linked."""
        try:
            return read_inner(self.folder, COVER, MAX_BYTES)
        except (OSError, ValueError):
            return b""

    def voice_of(self, row: ScriptRow) -> str | None:
        """The name of the voice that the script and the sheet give a row: a preset, or a file
        relative to the project; None where the model makes one up."""
        if row.voice is not None:
            return self._files.get(row.voice, row.voice)
        voice = self.voices.get(row.speaker)
        return voice if voice is not None else self.voices.get("")

    def speaks_made_up(self, speaker: str) -> bool:
        """Whether a speaker has a voice that the model made up."""
        voice = self.voices.get(speaker) or self.voices.get("")
        return voice is None and speaker in self.made_up

    def voice_path(self, name: str) -> str:
        """A name that `voice_of` gave, or the file of a made-up voice, as SpeechRow wants it."""
        if self._is_own(name):
            return str(self.folder / name)
        take = next((one.take for one in self.made_up.values() if one.file == name), None)
        return name if take is None else str(self.store.path(take))

    def pace_key(self, row: ScriptRow) -> str:
        """The `voice_key` of a row; "" before it is known what speaks."""
        if self.maker is None:
            return ""
        voice = self.voice_of(row)
        return voice_key(self.maker.model, voice, self.maker.voices.get(voice or "", ""))

    def pace_of(self, row: ScriptRow) -> Pace:
        """How fast a row is expected to be spoken, as it was settled for this project."""
        return self._paces.get(self.pace_key(row), START)

    def voices_in_use(self) -> set[str]:
        """The names that `voice_of` gives the rows."""
        return {name for row in self.script.rows if (name := self.voice_of(row)) is not None}

    def standing(self, before: Standing | None = None) -> Standing:
        """A look at the project as it is now; whoever shows many rows keeps it, and asks it again
        about those that change. before: an earlier one, which saves half the work."""
        with self._lock:
            rows = self.script.rows
            voices = [self.voice_of(row) for row in rows]
            examples = dict(zip(voices, rows, strict=True))
            paces = {voice: self.pace_of(row) for voice, row in examples.items()}
            return Standing(
                rows,
                recipe=self.recipe,
                maker=self.maker,
                store=self.store,
                voices=voices,
                choices=[self.choice(row.id) for row in rows],
                paces=[paces[voice] for voice in voices],
                voice_path=self.voice_path,
                before=before,
                earlier=self.earlier,
                made_up=self.made_up,
                held=self._held,
                language=self.language_of_numbers,
                hearings=self.hearings,
                readings=self.readings,
            )

    @property
    def language_of_numbers(self) -> str:
        """In which language figures are spoken, an ISO 639-1 code."""
        if self._language is None or self._language[0] is not self.script:
            self._language = self.script, language_of_numbers(self.script)
        return self._language[1]

    def said(self, text: str) -> str:
        """What is spoken for a text. Raises UserError for replacements that cannot be applied."""
        how = self.recipe, self.language_of_numbers
        if self._saying is None or self._saying[0] != how:
            self._saying = how, saying(*how)
        return self._saying[1](text)

    def read(self, text: str) -> str:
        """What the model is given for a text, as far as it is known which. Raises as `said`."""
        return self.readings.of(self.maker, self.said(text))

    def states(self) -> list[RowState]:
        """Where every row stands, in the order of the script. Needs no engine; 10 000 rows take
        about half a second."""
        return self.standing().settle_all()

    def state(self, row: str) -> RowState:
        """Where one row stands."""
        found = next((state for state in self.states() if state.id == row), None)
        if found is None:
            raise UserError(f"there is no row {row}")
        return found

    def takes(self, row: str) -> list[TakeInfo]:
        """All takes of a row as it is now, also those that do not count any more."""
        standing = self.standing()
        standing.settle_all()
        return standing.takes(row)
