"""The open project: opening, editing, saving, rendering. What is slow runs on other threads."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.api import UserError
from engine.job import Done, Failed, Job, Running, Update
from engine.script.project import Project
from engine.script.render import Rendering, RenderRequest
from engine.script.rows import Script, ScriptRow, free_id
from engine.script.split import merge_rows, sentences, split, split_row
from engine.script.standing import Recipe, RowState, TakeInfo
from engine.settings import Settings
from gui.context import Context
from gui.script_files import (
    Look,
    Opened,
    copy,
    longest_row,
    look,
    open_project,
    open_text,
    split_again,
    write_source,
)
from gui.script_model import ScriptModel
from gui.worker import Errand

_LATER = 400  # milliseconds without an edit before the script is written
_UNDO = 200  # versions


class ScriptWork(QObject):
    """One project at a time. GUI thread; what a method asks for shows up in the model.

    opened(): another project is here. edited(): the script or its voices changed. looked(): states
    are up to date. running_changed(bool): rendering began or ended. progressed(int, int, float):
    rows settled, of how many, seconds left (below 0: unknown). rendered(Rendering): it is done.
    text_changed(Opened): the file of this project says something else than when it was read.
    """

    opened = Signal()
    edited = Signal()
    looked = Signal()
    running_changed = Signal(bool)
    progressed = Signal(int, int, float)
    rendered = Signal(object)
    text_changed = Signal(object)

    def __init__(self, studio: Context, model: ScriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.model = model
        self.project: Project | None = None
        self._seen: Look | None = None
        self._undo: list[Script] = []
        self._redo: list[Script] = []
        self._written: Script | None = None  # as it is on the disk
        self._open = 0  # errands on their way
        self._looking = self._look_again = False
        self._job: Job | None = None
        self._rows_at_work: tuple[ScriptRow, ...] = ()
        self._began = 0.0
        self._left: dict[str, float] = {}  # expected seconds of the rows still to be made
        self._total = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self.save)
        model.edited.connect(self._on_edited)
        studio.worker.updated.connect(self._on_updated)

    # ── opening ───────────────────────────────────────────────────────────────────────────────

    def open(self, path: Path) -> None:
        """Open a text, or the folder of a project; a sentence says why not."""
        if self.running:
            self.studio.say(self.tr("Stop the rendering first, then open something else."))
            return
        self.save()
        facts = self.studio.facts
        if (path / "project.json").is_file() or path.is_dir():
            self._ask(open_project, self._on_opened, path)
        else:
            self._ask(open_text, self._on_opened, path, self._root(), facts, self._first_voice())

    def read_again(self, opened: Opened) -> None:
        """Take what the file says now; edits in the table go, takes of equal rows stay."""
        if opened.newer is not None and self.project is opened.project:
            self.apply(opened.newer)
            self._ask(write_source, self._on_nothing, self.project, opened.source)

    def copy_to(self, folder: Path) -> None:
        """Copy the project, with all its takes, to a new folder."""
        if self.project is not None:
            self.save()
            self._ask(copy, self._on_copied, self.project, folder)

    def _root(self) -> Path:
        return self.studio.state.path.parent / "scripts"

    def _first_voice(self) -> str | None:
        """The voice of the Speak view, if it is a preset of this model."""
        voice = self.studio.state.get("speak.voice", "")
        known = self.studio.facts.voices if self.studio.facts is not None else ()
        return voice if voice in known else None

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        if self.running:
            return
        self.project = opened.project
        self._undo.clear()
        self._redo.clear()
        self._written = opened.project.script
        look = opened.look
        self._seen = look
        project = opened.project
        self.model.set_all(project.script, look.states, project.voices)
        self.model.set_expected(look.paces, look.expected)
        self.studio.state.set("script.project", str(project.folder))
        self.opened.emit()
        self.looked.emit()
        if opened.notes:
            self.studio.say(" ".join(opened.notes), "note")
        if opened.newer is not None:
            self.text_changed.emit(opened)

    @Slot(object)
    def _on_copied(self, folder: Path) -> None:
        self.studio.say(self.tr("The project is copied to {}.").format(folder))

    # ── editing ───────────────────────────────────────────────────────────────────────────────

    def apply(self, script: Script) -> None:
        """Another version of the script, which can be undone."""
        if self.project is None or script is self.model.script:
            return
        self._undo.append(self.model.script)
        del self._undo[:-_UNDO]
        self._redo.clear()
        self._show(script)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to make again."""
        return bool(self._redo)

    @Slot()
    def undo(self) -> None:
        """Take the last edit back."""
        if self._undo:
            self._redo.append(self.model.script)
            self._show(self._undo.pop())

    @Slot()
    def redo(self) -> None:
        """Make the edit again that was taken back."""
        if self._redo:
            self._undo.append(self.model.script)
            self._show(self._redo.pop())

    def split(self, number: int) -> None:
        """Row `number` as its sentences, or a single sentence as its halves."""
        row = self.model.rows[number]
        parts = [part.strip() for part in sentences(row.text, self.model.script.language)]
        if len(parts) < 2:
            half = self.model.pace(row).seconds(row.text) * 0.6
            parts = split(row.text, pace=self.model.pace(row), longest=half, shortest=0.0)
        if len(parts) < 2:
            self.studio.say(self.tr("A single word cannot be split."))
            return
        together = self.model.script.kind != "text"
        rows = split_row(row, parts, set(self.model.numbers), together=together)
        self._replace(number, 1, rows)

    @Slot()
    def split_long(self) -> None:
        """Split every row that lasts too long at the pace that was learned of its voice."""
        if self.project is not None:
            paces = {row.id: self.model.pace(row) for row in self.model.rows}
            longest = longest_row(self.studio.facts)
            script = self.model.script
            self._ask(split_again, self._on_split, script, paces, longest)

    @Slot(object)
    def _on_split(self, found: tuple[Script, Script]) -> None:
        before, after = found
        if before is not self.model.script:
            return  # edited meanwhile
        if after.rows == before.rows:
            self.studio.say(self.tr("No row is too long for its voice."))
        else:
            self.apply(after)

    def merge(self, numbers: list[int]) -> None:
        """Neighbouring rows as one; the first one's speaker and voice stay."""
        if len(numbers) < 2 or numbers[-1] - numbers[0] != len(numbers) - 1:
            self.studio.say(self.tr("Select rows that stand next to each other to merge them."))
            return
        merged = self.model.rows[numbers[0]]
        for number in numbers[1:]:
            merged = merge_rows(merged, self.model.rows[number])
        self._replace(numbers[0], len(numbers), [merged])

    def delete(self, numbers: list[int]) -> None:
        """The script without these rows."""
        gone = set(numbers)
        rows = tuple(row for number, row in enumerate(self.model.rows) if number not in gone)
        if gone:
            self.apply(self.model.script.replace(rows=rows))

    def insert(self, number: int) -> int:
        """A new row below row `number`, spoken as that one; its number."""
        rows = self.model.rows
        text = self.tr("New row")
        if rows:
            above = rows[number]
            new = above.replace(
                id=free_id(above.id, self.model.numbers),
                text=text,
                pause=None,
                heading=False,
                file="",
                start=None,
                end=None,
                part_of="",
            )
        else:
            new = ScriptRow(id="0001", text=text)
        self._replace(number + 1, 0, [new])
        return number + 1

    def set_field(self, numbers: Iterable[int], name: str, value: Any) -> None:
        """One field of several rows. A sentence says what cannot be."""
        rows = list(self.model.rows)
        try:
            for number in numbers:
                rows[number] = rows[number].replace(**{name: value})
        except ValueError as error:
            self.studio.say(str(error)[:1].upper() + str(error)[1:] + ".", "warning")
            return
        self.apply(self.model.script.replace(rows=tuple(rows)))

    def set_voice(self, speaker: str, voice: str | None) -> None:
        """The voice of a speaker in the voice sheet."""
        if self.project is not None:
            self._ask(self.project.set_voice, self._on_decided, speaker, voice)

    def set_recipe(self, recipe: Recipe) -> None:
        """How all rows are spoken."""
        if self.project is not None and recipe != self.project.recipe:
            self._ask(self.project.set_recipe, self._on_decided, recipe)

    @Slot()
    def save(self) -> None:
        """Write the script, if it changed. Nothing is lost before: the disk follows in a moment."""
        self._later.stop()
        script = self.model.script
        if self.project is not None and script is not self._written:
            self._written = script
            errand = self._ask(_save, self._on_decided, self.project, script)
            errand.failed.connect(self._on_not_saved)

    def save_now(self) -> None:
        """The same at the end of the program, when no errand is run any more."""
        self._later.stop()
        if self.project is not None and self.project.script is not self.model.script:
            try:
                self.project.set_script(self.model.script)
            except UserError as error:
                self.studio.explain(error)

    @Slot(object)
    def _on_not_saved(self, error: Exception) -> None:
        self._written = None  # the next edit tries again

    def _replace(self, first: int, count: int, new: list[ScriptRow]) -> None:
        rows = self.model.rows
        rows = (*rows[:first], *new, *rows[first + count :])
        self.apply(self.model.script.replace(rows=rows))

    def _show(self, script: Script) -> None:
        self.model.set_script(script)
        self._later.start()
        self.edited.emit()

    @Slot(int, str, object)
    def _on_edited(self, number: int, name: str, value: object) -> None:
        if name in ("text", "speaker") and isinstance(value, str):
            value = _cleaned(value) if name == "text" else " ".join(_cleaned(value).split())
        self.set_field([number], name, value)

    # ── takes ─────────────────────────────────────────────────────────────────────────────────

    def render(self, rows: Iterable[str] | None = None) -> None:
        """Make the takes that are missing, of the whole script or of some rows."""
        if self.project is None or self.running or not self.model.rows:
            return
        if not self._model_is_here():
            self.studio.say(
                self.tr("No model is here that could speak: get one on the page Models."), "warning"
            )
            return
        self.save()
        chosen = None if rows is None else frozenset(rows)
        self._ask(_nothing, self._on_saved, chosen)  # after what is being written

    @Slot(object)
    def _on_saved(self, chosen: frozenset[str] | None) -> None:
        if self.project is None or self.running:
            return
        request = RenderRequest(project=self.project, rows=chosen)
        # Many rows and no early start: they are decoded together.
        settings = self.studio.settings.replace(
            batch_size=max(self.studio.settings.batch_size, Settings().batch_size),
            early_sound=False,
        )
        self._rows_at_work = self.project.script.rows
        self._left = {
            row.id: self.model.seconds(row)
            for row in self._rows_at_work
            if (chosen is None or row.id in chosen) and not self._is_settled(row.id)
        }
        self._total = sum(self._left.values())
        self._began = time.monotonic()
        self._job = self.studio.submit(request, settings=settings)
        self.model.set_at_work(frozenset(self._left))
        self.running_changed.emit(True)

    @Slot()
    def stop(self) -> None:
        """Stop the rendering; every take that is finished stays."""
        if self._job is not None:
            self._job.cancel()

    @property
    def idle(self) -> bool:
        """Whether the disk and the table say the same, and nothing is on its way."""
        waiting = self._later.isActive() or self._looking or bool(self._open) or self.running
        return not waiting and (self.project is None or self._written is self.model.script)

    @property
    def running(self) -> bool:
        """Whether rows are being rendered."""
        return self._job is not None

    def reroll(self, rows: list[str]) -> None:
        """Make new takes of these rows; the earlier ones stay to be chosen from."""
        if self.project is not None and rows and not self.running:
            self.save()
            self._ask(_reroll, self._on_rerolled, self.project, rows)

    def takes(self, row: str) -> list[TakeInfo]:
        """All takes of a row as it is, also those that do not count any more."""
        seen = self._seen
        if seen is None or row not in seen.states:
            return []
        return seen.standing.takes(row)

    def choose(self, row: str, take: int) -> None:
        """This take is the one, good or not."""
        if self.project is not None:
            self._ask(self.project.choose, self._on_decided, row, take)

    def lock(self, rows: list[str], locked: bool) -> None:
        """Locked rows keep their take, whatever changes."""
        if self.project is not None and rows:
            self._ask(self.project.lock_all, self._on_decided, rows, locked)

    @Slot(object)
    def _on_rerolled(self, rows: list[str]) -> None:
        self._look()
        self.render(rows)

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        if self._job is None or update.job_id != self._job.id:
            return
        if isinstance(update, Running):
            progress = update.progress
            if progress.stage == "rows":
                self._on_row(progress.row)
                self.progressed.emit(progress.done, progress.total, self._seconds_left())
            return
        self._job = None
        self.model.set_at_work(frozenset())
        if isinstance(update, Done):
            self.model.set_states(
                _same(self._rows_at_work, self.model, _by_id(update.result.states))
            )
        self._look()
        self.running_changed.emit(False)
        if isinstance(update, Done):
            result: Rendering = update.result
            self.rendered.emit(result)
        elif isinstance(update, Failed):
            self.studio.explain(update.error)

    def _on_row(self, number: int) -> None:
        """Row `number` of what is rendered is settled."""
        if not 0 <= number < len(self._rows_at_work) or self.project is None:
            return
        row = self._rows_at_work[number]
        self._left.pop(row.id, None)
        seen = self._seen
        if seen is None or seen.rows is not self._rows_at_work or seen.maker != self.project.maker:
            self._look()  # what speaks is known only since the rendering began
            return
        state = seen.standing.settle(number)
        self.model.set_states(_same((row,), self.model, {row.id: state}))

    def _is_settled(self, row: str) -> bool:
        state = self.model.state(row)
        return state is not None and state.settled

    def _seconds_left(self) -> float:
        """By the sound that is made already, and what is expected; below 0 at the beginning."""
        left = sum(self._left.values())
        made = self._total - left
        if made <= 0:
            return -1.0
        return (time.monotonic() - self._began) * left / made

    def _model_is_here(self) -> bool:
        return any(
            model.id == self.studio.model and model.state == "here"
            for model in self.studio.backend.models()
        )

    # ── errands ───────────────────────────────────────────────────────────────────────────────

    def _ask(
        self, call: Callable[..., Any], then: Callable[[Any], None], *arguments: Any
    ) -> Errand:
        errand = self.studio.errands.ask(call, *arguments)
        errand.done.connect(then)
        errand.failed.connect(self.studio.explain)
        self._open += 1
        for ended in (errand.done, errand.failed, errand.stopped):
            ended.connect(self._on_ended)
        return errand

    @Slot()
    def _on_ended(self) -> None:
        self._open -= 1

    def _look(self) -> None:
        """Ask how the rows stand; once more at the end if one is asked already."""
        if self.project is None:
            return
        if self._looking:
            self._look_again = True
            return
        self._looking = True
        before = {} if self._seen is None else self._seen.states
        errand = self._ask(look, self._on_looked, self.project, before)
        errand.failed.connect(self._on_not_looked)

    @Slot(object)
    def _on_looked(self, found: Look) -> None:
        self._looking = False
        if self.project is None or found.standing.store is not self.project.store:
            return
        self._seen = found
        self.model.set_expected(found.paces, found.expected)
        self.model.set_states(_same(found.rows, self.model, found.states))
        self.looked.emit()
        if self._look_again:
            self._look_again = False
            self._look()

    @Slot(object)
    def _on_not_looked(self, error: Exception) -> None:
        self._looking = self._look_again = False

    @Slot(object)
    def _on_decided(self, _: object) -> None:
        if self.project is not None:
            self.model.set_voices(self.project.voices)
        self.edited.emit()
        self._look()

    @Slot(object)
    def _on_nothing(self, _: object) -> None:
        pass


def _same(
    rows: Iterable[ScriptRow], model: ScriptModel, states: Mapping[str, RowState]
) -> dict[str, RowState]:
    """The states of rows that have not been edited since they were looked at."""
    return {
        row.id: states[row.id]
        for row in rows
        if row.id in states
        and row.id in model.numbers
        and _speaks_the_same(model.rows[model.numbers[row.id]], row)
    }


def _speaks_the_same(a: ScriptRow, b: ScriptRow) -> bool:
    return a is b or (a.text, a.speaker, a.voice) == (b.text, b.speaker, b.voice)


def _by_id(states: Iterable[RowState]) -> dict[str, RowState]:
    return {state.id: state for state in states}


_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")


def _cleaned(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
    return _UNWANTED.sub("", text).strip()


def _save(project: Project, script: Script) -> None:
    project.set_script(script)


def _reroll(project: Project, rows: list[str]) -> list[str]:
    project.reroll_all(rows)
    return rows


def _nothing(value: Any) -> Any:
    return value
