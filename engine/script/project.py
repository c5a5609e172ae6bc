"""A project: a script, its voices, the takes of its rows, and what the user decided about them.

A folder that can be copied to another machine:

    project.json   the recipe, the voice sheet, how fast the voices are expected to speak
    script.json    the rows
    choices.json   locked rows, chosen takes
    voices/        the voice files that are used
    takes/ …       see engine/script/store.py

Reading it needs no engine. One process at a time may render it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.api import SpeechSampling, StageSampling
from engine.errors import UserError
from engine.script.pace import START, Pace, Paces, voice_key
from engine.script.rows import Script, ScriptRow, from_json, to_json
from engine.script.selection import Choice, Maker, Recipe, RowState, Standing, TakeInfo
from engine.script.store import Store
from engine.system.atomic_files import write_atomically

_FORMAT = 1  # of the folder


class Project:
    """An open project folder. Thread-safe; every change is on the disk when a method returns."""

    def __init__(self, folder: Path, script: Script | None = None) -> None:
        """Open a folder that `create` made. script: what its script.json says, where that is known;
        then it may also be a new project. Raises UserError for a folder that is no project."""
        self.folder = folder
        self._lock = threading.RLock()
        self._file_lock: Any = None
        try:
            head = folder / "project.json"
            is_new = script is not None and not head.exists()
            stored = _new_head() if is_new else json.loads(head.read_bytes())
            if stored["format"] > _FORMAT:
                raise UserError(f"{folder} was made by a newer Bark Studio: update this one")
            recipe = dict(stored["recipe"])
            recipe["sampling"] = _sampling(recipe["sampling"])
            self.recipe = Recipe(**recipe)
            self.voices: dict[str, str | None] = dict(stored["voices"])
            self._files: dict[str, str] = dict(stored["files"])  # as the rows name them → own
            maker = stored.get("maker")
            self.maker = None if maker is None else Maker(**maker)
            paces = stored.get("paces", {})
            self._paces = {str(key): Pace(float(rate)) for key, rate in paces.items()}
            self.script = script or from_json((folder / "script.json").read_bytes())
            choices = folder / "choices.json"
            decided = json.loads(choices.read_bytes()) if choices.exists() else {}
            self._choices = {row: Choice(**values) for row, values in decided.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{folder} is no project of Bark Studio: open a text file") from error
        self.store = Store(folder)

    @classmethod
    def create(
        cls,
        folder: Path,
        script: Script,
        recipe: Recipe | None = None,
        voices: Mapping[str, str | None] | None = None,
        paces: Mapping[str, float] | None = None,
    ) -> Project:
        """Make the folder, or give the project that is there this script and recipe; its takes and
        decisions stay. voices: speaker → voice, "" for everybody else. paces: letters a second of
        voices, by `voice_key`. Raises UserError."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make {folder}: {error.strerror or error}") from error
        write_atomically(folder / "script.json", to_json(script))
        project = cls(folder, script)
        project.recipe = recipe or project.recipe
        if paces is not None:
            project._paces = {key: Pace(rate) for key, rate in paces.items()}
        project.voices = {speaker: project._own(voice) for speaker, voice in (voices or {}).items()}
        project._files = project._voice_files()
        project._save_head()
        return project

    @contextmanager
    def rendering(self) -> Iterator[None]:
        """Keep other processes from working on this project. Raises UserError where one does.

        May be entered again by who has entered it.
        """
        from filelock import FileLock, Timeout

        if self._file_lock is None:
            self._file_lock = FileLock(self.folder / ".lock", thread_local=False)
        lock = self._file_lock
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError(
                f"{self.folder} is being worked on by another run: wait for it, or stop it"
            ) from error
        except OSError as error:
            raise UserError(f"cannot write {self.folder}: {error.strerror or error}") from error
        try:
            for left in self.folder.rglob(".*.part"):  # of a run that was killed
                left.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    # ── what the user changes ─────────────────────────────────────────────────────────────────

    def set_script(self, script: Script, tick: Callable[[], None] = lambda: None) -> None:
        """Other rows. Takes of rows that stay the same are found again. tick is called at each."""
        data = to_json(script, tick)
        with self._lock:
            write_atomically(self.folder / "script.json", data)
            self.script = script
            files = self._files
            self._files = self._voice_files()
            if self._files != files:
                self._save_head()

    def set_recipe(self, recipe: Recipe) -> None:
        """Another way to speak all rows."""
        with self._lock:
            self.recipe = recipe
            self._save_head()

    def set_voice(self, speaker: str, voice: str | None) -> None:
        """The voice of a speaker ("" for everybody without one): a preset's name, the path of an
        .npz, which is copied into the project, or None. Raises UserError."""
        with self._lock:
            self.voices[speaker] = self._own(voice)
            self._save_head()

    def set_maker(self, maker: Maker) -> None:
        """What speaks from now on: takes of another maker do not count."""
        with self._lock:
            if maker != self.maker:
                self.maker = maker
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

    def choose(self, row: str, take: int) -> None:
        """Take this one, good or not, as long as the row stays as it is."""
        key = next((info.key for info in self.takes(row) if info.number == take), None)
        if key is None:
            raise UserError(f"row {row} has no take {take + 1}")
        self._decide(row, take=take, key=key)

    def keep(self, row: str) -> None:
        """The row's present take is good, whatever the check says."""
        state = self.state(row)
        if state.take is None:
            raise UserError(f"row {row} has no take yet: render it first")
        self._decide(row, take=state.take, key=state.key)

    def lock(self, row: str, locked: bool = True) -> None:
        """Locked, a row keeps its present take even when its text or voice changes."""
        state = self.state(row)
        key = state.key or state.earlier
        if locked and key is None:
            raise UserError(f"row {row} has no take yet: render it first")
        if locked:
            self._decide(row, take=state.take, key=key, locked=True)
        else:
            self._decide(row, take=None, key=None, locked=False)

    def lock_take(self, row: str, key: str) -> None:
        """Lock a row with one of its takes, however that was made."""
        take = next((info for info in self.takes(row) if info.key == key), None)
        if take is None:
            raise UserError(f"row {row} has no such take")
        self._decide(row, take=take.number if take.number >= 0 else None, key=key, locked=True)

    def reroll(self, row: str) -> None:
        """The row's takes so far do not count any more: the next rendering makes new ones. They
        stay to be chosen from."""
        self.reroll_all([row])

    def reroll_all(self, rows: Iterable[str]) -> None:
        """`reroll` for many rows, at the price of one."""
        standing = self.standing()
        standing.settle_all()
        self._decide_all(
            {
                row: {
                    "start": max((info.number for info in standing.takes(row)), default=-1) + 1,
                    "take": None,
                    "key": None,
                    "locked": False,
                }
                for row in rows
            }
        )

    def lock_all(self, rows: Iterable[str], locked: bool = True) -> None:
        """`lock` for many rows, at the price of one; rows without a take are left out."""
        states = {state.id: state for state in self.states()}
        keep = {row: states[row] for row in rows if row in states}
        self._decide_all(
            {
                row: {"take": s.take, "key": s.key or s.earlier, "locked": True}
                for row, s in keep.items()
                if s.key or s.earlier
            }
            if locked
            else {row: {"take": None, "key": None, "locked": False} for row in keep}
        )

    def choice(self, row: str) -> Choice:
        """What was decided about a row."""
        return self._choices.get(row, Choice())

    def _decide(self, row: str, **changes: Any) -> None:
        self._decide_all({row: changes})

    def _decide_all(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        with self._lock:
            for row, change in changes.items():
                self._choices[row] = dataclasses.replace(self.choice(row), **change)
            values = {row: dataclasses.asdict(choice) for row, choice in self._choices.items()}
            write_atomically(self.folder / "choices.json", json.dumps(values, indent=1).encode())

    def _own(self, voice: str | None) -> str | None:
        """A voice file, copied into the project under a name that its content gives."""
        if voice is None or not voice.lower().endswith(".npz") or self._is_own(voice):
            return voice
        try:
            data = Path(voice).expanduser().read_bytes()
        except OSError as error:
            raise UserError(f"there is no voice file {voice}") from error
        name = f"{Path(voice).stem}-{hashlib.sha256(data).hexdigest()[:8]}.npz"
        target = self.folder / "voices" / name
        target.parent.mkdir(exist_ok=True)
        write_atomically(target, data)
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
        return voice.startswith("voices/") and (self.folder / voice).is_file()

    def _save_head(self) -> None:
        head = {
            "format": _FORMAT,
            "recipe": dataclasses.asdict(self.recipe),
            "voices": self.voices,
            "files": self._files,
            "maker": None if self.maker is None else dataclasses.asdict(self.maker),
            "paces": {key: pace.rate for key, pace in sorted(self._paces.items())},
        }
        write_atomically(self.folder / "project.json", json.dumps(head, indent=1).encode() + b"\n")

    # ── what there is ─────────────────────────────────────────────────────────────────────────

    def voice_of(self, row: ScriptRow) -> str | None:
        """The name of the voice that the script and the sheet give a row: a preset, or a file
        relative to the project; None where the model makes one up."""
        if row.voice is not None:
            return self._files.get(row.voice, row.voice)
        voice = self.voices.get(row.speaker)
        return voice if voice is not None else self.voices.get("")

    def voice_path(self, name: str) -> str:
        """A name that `voice_of` gave, as SpeechRow wants it."""
        return str(self.folder / name) if self._is_own(name) else name

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
            )

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


def _sampling(stored: dict[str, Any]) -> SpeechSampling:
    stages = {name: StageSampling(**stored[name]) for name in ("semantic", "coarse", "fine")}
    return SpeechSampling(**stages, min_eos_p=stored["min_eos_p"])


def _new_head() -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "recipe": dataclasses.asdict(Recipe()),
        "voices": {},
        "files": {},
        "maker": None,
    }
