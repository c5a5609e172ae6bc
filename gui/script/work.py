"""The open project: opening, editing, saving, rendering. What is slow runs on other threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.documents.reading import Reading
from engine.errors import UserError
from engine.job import Done, Failed, Running, Update
from engine.script.project import Project
from engine.script.rendering import Rendering, RenderRequest
from engine.script.rows import Script
from engine.script.selection import Recipe, TakeInfo
from engine.system.presence import is_folder
from gui.script import files
from gui.script.at_work import AtWork, to_make
from gui.script.chosen import first_voice, model_is_here, settings_for_rows
from gui.script.edit import ScriptEdits
from gui.script.files import Look, Opened, Ready, still_so
from gui.script.model import ScriptModel
from gui.script.questions import Questions
from gui.script.source import Source, UnclearTable
from gui.script.speaker import Speaker
from gui.script.told import told_in_words
from gui.studio import speeds
from gui.studio.context import Context
from gui.studio.worker import Errand
from gui.widgets.sentences import translated

_LATER = 400  # milliseconds without an edit before the script is written


class ScriptWork(QObject):
    """One project at a time. GUI thread; what a method asks for shows up in the model.

    opened(): another project is here. edited(): the script or its voices changed. looked(): states
    are up to date. running_changed(bool): rendering began or ended. progressed(int, int, float):
    rows settled, of how many, seconds left (below 0: unknown). rendered(Rendering): it is done.
    text_changed(Opened): the file of this project says something else than when it was read.
    table_unclear(Path): a table cannot be opened before its text column is known. stuck(str,
    object): why rows, by id, cannot be spoken as the project was begun.
    """

    opened = Signal()
    edited = Signal()
    looked = Signal()
    running_changed = Signal(bool)
    progressed = Signal(int, int, float)
    rendered = Signal(object)
    text_changed = Signal(object)
    table_unclear = Signal(object)
    stuck = Signal(str, object)

    def __init__(self, studio: Context, model: ScriptModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.model = model
        self.project: Project | None = None
        self.text = Source()  # that the project was made from
        self._seen: Look | None = None
        self._written: Script | None = None  # as it is on the disk
        self.kept = files.Kept()  # what is open
        self._questions = Questions(studio, self)
        self._openings = Questions(studio, self)  # those that open something
        self._ask, self.ask_to_open = self._questions.ask, self._openings.ask
        self._looking = self._look_again = False
        self._work: AtWork | None = None
        self._later = QTimer(self, singleShot=True, interval=_LATER)
        self._later.timeout.connect(self.save)
        self.edits = ScriptEdits(studio, model, self)
        self.edits.changed.connect(self._on_edited)
        self.edits.may_edit = self.may_change
        studio.settings_changed.connect(self._on_other_maker)
        studio.facts_changed.connect(self._on_other_maker)
        studio.worker.updated.connect(self._on_updated)

    # ── opening ───────────────────────────────────────────────────────────────────────────────

    def open(self, path: Path, reading: Reading | None = None) -> Errand | None:
        """Open a text, or the folder of a project; a sentence says why not. reading: of the text;
        None is as it was read before. Returns None where it is not even tried."""
        if self.running:
            self.studio.say(self.tr("Stop the rendering first, then open something else."))
            return None
        if is_folder(path):
            return self._open_instead(files.open_project, path, self.speaker())
        root, voice = self.studio.state.path.parent / "scripts", first_voice(self.studio)
        return self._open_instead(files.open_text, path, root, voice, self.speaker(), reading)

    @Slot()
    def take_over(self) -> None:
        """Take the project from the window or the run that has it, as it is on the disk now."""
        if self.project is not None and self.project.read_only:
            self._open_instead(files.open_project, self.project.folder, self.speaker(), True)

    def _open_instead(self, opening: Callable[..., Opened], *arguments: Any) -> Errand:
        self.save()
        errand = self.ask_to_open(self.kept.instead, self._on_opened, opening, *arguments)
        errand.failed.connect(self._on_not_opened)
        return errand

    @Slot(object)
    def _on_not_opened(self, error: Exception) -> None:
        if isinstance(error, UnclearTable):
            self.table_unclear.emit(error.path)

    def show_again(self, opened: Opened) -> None:
        """The project that is shown, as it lies on the disk now."""
        spoken_as = None if self.project is None else self.project.recipe
        if opened.project.script is not self.model.script or opened.project.recipe != spoken_as:
            self._on_opened(opened)
            return
        self.project = opened.project
        self.model.set_voices(opened.project.voices)
        self._on_looked(opened.look)
        self.edited.emit()

    def may_change(self) -> bool:
        """Whether the project can be changed; a sentence says why not."""
        if self.project is None:
            return False
        if self.project.read_only:
            self.studio.say(self.project.read_only, "warning")
            self.edited.emit()  # what shows whether it can be has to look
            return False
        return True

    def close(self) -> None:
        """At the end of the program: others may write the project."""
        if self.kept.project is not None:
            self.kept.project.close()

    def copy_to(self, folder: Path) -> None:
        """Copy the project, with all its takes, to a new folder."""
        if self.project is not None:
            self.save()
            self._ask(files.copy, self._on_copied, self.project, folder)

    def speaker(self) -> Speaker:
        """What speaks now, for whoever looks at the rows."""
        studio = self.studio
        settings, here = settings_for_rows(studio), model_is_here(studio) and not self.running
        return Speaker(studio.backend, studio.model, settings, studio.facts, here)

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        self.project, self.text = opened.project, opened.text
        self.edits.forget()
        project, look = opened.project, opened.look
        self._written, self._seen = project.script, look
        self.model.made_by, self.model.unread = look.made_by, look.unread.rows
        self.model.set_all(project.script, look.states, project.voices, look.paces, look.tally)
        self.studio.state.set("script.project", str(project.folder))
        self.opened.emit()
        self.looked.emit()
        notes = told_in_words(project.script) if opened.is_new else map(translated, opened.notes)
        if words := " ".join(notes):
            self.studio.say(words, "note")
        if opened.newer is not None:
            self.text_changed.emit(opened)

    @Slot(object)
    def _on_copied(self, folder: Path) -> None:
        self.studio.say(self.tr("The project is copied to {}.").format(folder))

    # ── rows and recipe ───────────────────────────────────────────────────────────────────────

    @Slot()
    def split_long(self) -> None:
        """Split every row that lasts too long at the pace that was learned of its voice."""
        if self.project is not None:
            paces = {row.id: self.model.pace(row) for row in self.model.rows}
            asked = self.model.script, paces, self.studio.facts, self.project.said
            self._ask(files.split_again, self._on_split, *asked)

    @Slot(object)
    def _on_split(self, found: tuple[Script, Script]) -> None:
        before, after = found
        if before is not self.model.script:
            return  # edited meanwhile
        if after.rows == before.rows:
            self.studio.say(self.tr("No row is too long for its voice."))
        else:
            self.edits.apply(after)

    def set_voice(self, speaker: str, voice: str | None) -> None:
        """The voice of a speaker in the voice sheet."""
        self.decide(Project.set_voice, speaker, voice)

    def set_recipe(self, recipe: Recipe) -> None:
        """How all rows are spoken."""
        if self.project is not None and recipe != self.project.recipe:
            self.decide(Project.set_recipe, recipe)

    @Slot()
    def save(self) -> None:
        """Write the script, if it changed. Nothing is lost before: the disk follows in a moment."""
        self._later.stop()
        script = self.model.script
        if self.project is not None and script is not self._written:
            self._written = script
            errand = self._ask(files.save, self._on_decided, self.project, script)
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

    @Slot()
    def _on_edited(self) -> None:
        self._later.start()
        self.edited.emit()

    # ── takes ─────────────────────────────────────────────────────────────────────────────────

    def render(self, rows: Iterable[str] | None = None) -> None:
        """Make the takes that are missing, of the whole script or of some rows."""
        if self.running or self._openings.open or not self.model.rows or not self.may_change():
            return
        self.save()
        chosen = None if rows is None else frozenset(rows)
        self._ask(files.ready, self._on_ready, self.project, self.speaker(), chosen)

    @Slot(object)
    def _on_ready(self, ready: Ready) -> None:
        if self.project is None or self.running or self._openings.open:
            return
        if not ready.model_is_here:
            words = self.tr("No model is here that could speak: get one on the page Models.")
            self.studio.say(words, "warning")
        elif ready.why_not and ready.open:
            self.stuck.emit(ready.why_not, ready.rows)
        elif ready.why_not:
            self.studio.say(self.tr("Nothing had to be made: every row has its take."))
        else:
            self._start(ready.rows)

    def _start(self, chosen: frozenset[str] | None) -> None:
        assert self.project is not None
        request = RenderRequest(project=self.project, rows=chosen)
        rows, settings = self.project.script.rows, settings_for_rows(self.studio)
        way = speeds.way(self.studio.model, settings, many=True)
        job = self.studio.submit(request, settings=settings)
        speed = speeds.speed(self.studio.state, way)
        self._work = AtWork(job, rows, to_make(self.model, rows, chosen), way, speed)
        self.model.set_at_work(frozenset(), queue=self._work.queue)
        self.running_changed.emit(True)

    @Slot()
    def stop(self) -> None:
        """Stop the rendering; every take that is finished stays."""
        if self._work is not None:
            self._work.job.cancel()

    @property
    def idle(self) -> bool:
        """Whether the disk and the table say the same, and nothing is on its way."""
        asked = self._questions.open + self._openings.open > 0
        waiting = self._later.isActive() or self._looking or asked or self.running
        return not waiting and (self.project is None or self._written is self.model.script)

    @property
    def running(self) -> bool:
        """Whether rows are being rendered."""
        return self._work is not None

    def reroll(self, rows: list[str]) -> None:
        """Make new takes of these rows; the earlier ones stay to be chosen from."""
        if rows and not self.running and self.may_change():
            self.save()
            self._ask(files.reroll, self._on_rerolled, self.project, rows)

    def takes(self, row: str) -> list[TakeInfo]:
        """All takes of a row as it is, also those that do not count any more."""
        seen = self._seen
        return [] if seen is None or row not in seen.states else seen.standing.takes(row)

    def choose(self, row: str, take: int) -> None:
        """This take is the one, good or not."""
        self.decide(Project.choose, row, take)

    def lock(self, rows: list[str], locked: bool) -> None:
        """Locked rows keep their take, whatever changes."""
        if rows:
            self.decide(files.lock, rows, locked)

    def lock_take(self, row: str, key: str) -> None:
        """This take stays, however it was made and whatever changes."""
        self.decide(Project.lock_take, row, key)

    @Slot(object)
    def _on_other_maker(self, _: object) -> None:
        """Another model or other settings: takes of the earlier ones do not count now."""
        if not self.running:
            self._look()

    @Slot(object)
    def _on_rerolled(self, rows: list[str]) -> None:
        self._look()
        self.render(rows)

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        work = self._work
        if work is None or update.job_id != work.job.id:
            return
        if isinstance(update, Running):
            progress = update.progress
            if progress.stage == "rows":
                self._on_row(work, progress.row)
                self.progressed.emit(progress.done, progress.total, work.left.seconds())
            elif (ids := work.ids(progress)) is not None and ids != self.model.at_work:
                self.model.set_at_work(ids, queue=work.queue)
            return
        self._work = None
        self.model.set_at_work(frozenset())
        self._look()
        self.running_changed.emit(False)
        if isinstance(update, Done):
            result: Rendering = update.result
            speeds.learn(self.studio.state, work.way, result.metrics.seconds, result.seconds)
            self.rendered.emit(result)
        elif isinstance(update, Failed):
            self.studio.explain(update.error, "script")

    def _on_row(self, work: AtWork, number: int) -> None:
        """Row `number` of what is rendered is settled."""
        row = work.row(number)
        if row is None or self.project is None:
            return
        seen = self._seen
        if seen is None or seen.rows is not work.rows or seen.maker != self.project.maker:
            self._look()  # what speaks is known only since the rendering began
            return
        state = seen.states[row.id] = seen.standing.settle(number)
        self.model.set_states(still_so((row,), self.model, {row.id: state}))

    # ── errands ───────────────────────────────────────────────────────────────────────────────

    def decide(self, call: Callable[..., Any], *arguments: Any) -> Errand | None:
        """Change the project, off the GUI thread, and look at its rows again."""
        if self.may_change():
            return self._ask(call, self._on_decided, self.project, *arguments)
        return None

    def _look(self) -> None:
        """Ask how the rows stand; once more at the end if one is asked already."""
        if self.project is None:
            return
        if self._looking:
            self._look_again = True
            return
        self._looking = True
        asked = files.look_again, self._on_looked, self.project, self.speaker(), self._seen
        self._ask(*asked).failed.connect(self._on_not_looked)

    @Slot(object)
    def _on_looked(self, found: Look) -> None:
        self._looking = False
        if self.project is None or found.standing.store is not self.project.store:
            return
        self._seen = found
        fresh = found.rows is self.model.rows
        self.model.set_paces(found.paces, found.tally if fresh else None)
        known = self.model.state
        changed = [row for row in found.rows if known(row.id) is not found.states[row.id]]
        self.model.made_by = found.made_by
        self.model.set_unread(found.unread.rows)
        self.model.set_states(still_so(changed, self.model, found.states), counted=fresh)
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
