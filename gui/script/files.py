"""Projects on the disk, for the Script view. Everything here belongs on an errand thread."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.documents.reading import Reading
from engine.errors import UserError, reason_of
from engine.models.info import ModelFacts
from engine.script.lock import LOCK, OWNER
from engine.script.pace import Pace, letters
from engine.script.project import Project
from engine.script.rows import Ids, Script, ScriptRow
from engine.script.selection import Maker, Recipe, RowState, Standing
from engine.script.split import room, split, split_row
from engine.script.split_spoken import spoken_parts
from engine.system.inner_files import Linked, links_inside
from engine.system.presence import is_file, is_there
from engine.system.responsiveness import Breath, undisturbed
from gui.script.hearing import hearing_of
from gui.script.lengths import pause_before, recorded_seconds
from gui.script.model import ScriptModel
from gui.script.source import (
    Source,
    read_source,
    source_at,
    source_in,
    speaks_numbers,
    write_source,
)
from gui.script.speaker import Speaker
from gui.script.tally import Tally
from gui.script.unread import Unread, unread_of

_LEARNED = 500  # takes from which the pace of a voice is learned


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Look:
    """How the rows of a project stand. rows: those that were looked at. paces: of each voice.
    tally: of the rows; whoever shows them keeps it up to date. made_by: what made rows in each of
    Standing.ways, where there are several; else (). unread: rows that the model cannot read."""

    rows: tuple[ScriptRow, ...]
    standing: Standing
    maker: Maker | None
    states: dict[str, RowState]
    paces: dict[str | None, Pace]
    tally: Tally
    made_by: tuple[str, ...] = ()
    unread: Unread = field(default_factory=Unread)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Opened:
    """A project that was opened. notes: what was found damaged. is_new: it was made of its text.
    newer: what its text says now, where that has changed since, and source, as it lies there now.
    text: as it was read."""

    project: Project
    look: Look
    notes: tuple[str, ...] = ()
    newer: Script | None = None
    source: Source | None = None
    text: Source = field(default_factory=Source)
    is_new: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """Whether rows can be rendered. rows: their ids, None for all. why_not: why they cannot be
    spoken as the project was begun, or "". open: there is something to make. model_is_here: the
    one that would speak."""

    rows: frozenset[str] | None
    why_not: str = ""
    open: bool = True
    model_is_here: bool = True


def ready(project: Project, speaker: Speaker, rows: frozenset[str] | None) -> Ready:
    """See whether rows can be rendered; it comes after what is being written."""
    if not project.pinned:
        return Ready(rows=rows, model_is_here=speaker.is_here)
    why_not = speaker.backend.why_not(project, speaker.settings)
    if not why_not:
        return Ready(rows=rows)
    states = [state for state in project.states() if rows is None or state.id in rows]
    is_open = not all(state.settled for state in states)
    return Ready(rows=rows, why_not=why_not, open=is_open)


REMAKE, MIX = "remake", "mix"


def begin(project: Project, speaker: Speaker, how: str) -> None:
    """Pin a project to what speaks now: REMAKE, for all rows, MIX, for those without a take."""
    with undisturbed():
        maker = speaker.backend.identify(project, speaker.settings, speaker.model)
        (project.speak_anew if how == REMAKE else project.mix)(maker)


def look_again(project: Project, speaker: Speaker, before: Look | None) -> Look:
    """`look`, beside a window that is used."""
    with undisturbed():
        return look(project, speaker, before)


def look(project: Project, speaker: Speaker, before: Look | None = None) -> Look:
    """How every row stands with what speaks now, and how fast the voices speak. Half a second for
    10 000 rows; half of it is rest, where there was a look before.

    before: the last look; states that look the same again are the same objects. Which take is to be
    made next is no matter of looks, and changes for all rows when a voice is made up.
    """
    maker = speaker.maker(project)
    if maker is not None:
        with suppress(UserError):  # a folder that cannot be written can be looked at
            project.set_maker(maker)
    tick: Callable[[], None] = Breath() if before is not None else _run_on
    standing = project.standing(None if before is None else before.standing)
    states = {state.id: state for state in standing.settle_all(tick)}
    known = {} if before is None else before.states
    for row, state in states.items():
        if row in known and _looks_as(known[row], state):
            states[row] = known[row]
        tick()
    rows = tuple(standing.rows)
    heard: dict[str | None, list[tuple[str, float]]] = {}
    for index, line in enumerate(rows):
        voice = project.voice_of(line)
        takes = heard.setdefault(voice, [])
        state = states[line.id]
        if state.key and state.measures is not None and state.verdict.good:
            takes.append((standing.text(index), state.measures.speech))
        tick()
    paces = {}
    for voice, takes in heard.items():
        path = None if voice is None else project.voice_path(voice)
        paces[voice] = Pace.learned(takes[-_LEARNED:]) if takes else speaker.pace(path)
    tally = Tally()
    for above, line in zip((None, *rows), rows, strict=False):
        state = states[line.id]
        seconds = recorded_seconds(line, state, paces[project.voice_of(line)], project.said)
        hearing = hearing_of(project, state.key)
        amiss = hearing is not None and hearing.outcome.error > 0
        tally.put(line.id, state.status, seconds, amiss)
        tally.put_pause(line.id, pause_before(above, line))
        tick()
    return Look(
        rows=rows,
        standing=standing,
        maker=project.maker,
        states=states,
        paces=paces,
        tally=tally,
        made_by=made_by(project),
        unread=unread_of(
            project, rows, speaker, Unread() if before is None else before.unread, tick
        ),
    )


def made_by(project: Project) -> tuple[str, ...]:
    """What made the rows in each way, as far as they differ; () where there is one."""
    if not project.earlier:
        return ()
    makers = [way.maker for way in project.ways]
    if len({maker.model for maker in makers}) == 1:
        return tuple(maker.settings_in_words() for maker in makers)
    return tuple(maker.in_words() for maker in makers)


def _looks_as(a: RowState, b: RowState) -> bool:
    return dataclasses.replace(a, next=None) == dataclasses.replace(b, next=None)


def _run_on() -> None:
    pass


def split_again(
    script: Script,
    paces: Mapping[str, Pace],
    facts: ModelFacts | None,
    say: Callable[[str], str],
) -> tuple[Script, Script]:
    """The script, and the script with rows that suit these paces, by row. Rows that fit stay. say:
    what is spoken for a text."""
    longest, most = room(facts)
    ids = Ids(row.id for row in script.rows)
    rows: list[ScriptRow] = []
    for row in script.rows:
        parts = [row.text]
        pace = paces[row.id]
        if letters(row.text) > min(longest * pace.rate, most):
            language = script.language
            parts = split(row.text, pace=pace, language=language, longest=longest, most=most)
        parts = [
            one
            for part in parts
            for one in spoken_parts(
                part, say, pace=pace, language=script.language, longest=longest, most=most
            )
        ]
        if len(parts) > 1:
            rows += split_row(row, parts, ids, together=script.kind != "text")
        else:
            rows.append(row)
    return script, script.replace(rows=tuple(rows))


class Kept:
    """The project that the window keeps to itself, while it has it. Errand thread: several may be
    asked for before the first one is shown."""

    def __init__(self) -> None:
        self.project: Project | None = None

    def instead(self, opening: Callable[..., Opened], *arguments: Any) -> Opened:
        """Open something; from then on others may write what was open before."""
        before = self.project
        if before is not None:
            before.close()  # it may be the same one
        try:
            with undisturbed(stays=True):
                opened = opening(*arguments)
        except BaseException:
            if before is not None and not before.read_only:
                before.inner.try_to_hold("window", take_over=False)
            raise
        self.project = opened.project
        return opened


def open_project(folder: Path, speaker: Speaker, take_over: bool = False) -> Opened:
    """A project, and whether it can be written: see Project.read_only."""

    def rebuild(path: Path) -> Script:
        reading = source_in(folder).reading
        source, numbers = Source(path=path, reading=reading), speaks_numbers(folder)
        return read_source(source, None, speaker, numbers=numbers)

    project = Project.open(folder, "window", take_over=take_over, rebuild=rebuild)
    return _look_first(project, speaker, notes=tuple(project.notes))


def open_again(folder: Path, speaker: Speaker, shown: Script) -> Opened:
    """`open_project` of one that is shown: an unchanged script is the very same object."""
    project = Project.open(folder, "window")
    if project.script == shown:
        project.script = shown
    return _look_first(project, speaker)


def stamp(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Name, time and size of what lies directly in a project's folder: another one when a row is
    settled, and when somebody comes or goes. Raises UserError where the disk refuses."""
    try:
        with os.scandir(folder) as entries:
            stats = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError as error:
        raise UserError(f"{folder} cannot be read: {reason_of(error)}") from error
    return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


def open_text(
    path: Path, root: Path, voice: str | None, speaker: Speaker, reading: Reading | None = None
) -> Opened:
    """The project of a text: the one that is there, or a new one. reading: None is as it was read
    before."""
    full = str(path.resolve())
    name = re.sub(r"[^\w-]+", "-", path.stem).strip("-")[:60] or "script"
    folder = root / f"{name}-{hashlib.sha256(full.encode()).hexdigest()[:8]}"
    before = source_in(folder)
    reading = before.reading if reading is None else reading
    numbers = speaks_numbers(folder)
    script = read_source(Source(path=path, reading=reading), voice, speaker, numbers=numbers)
    source = source_at(path, reading)
    if is_file(folder / "project.json"):
        project = Project.open(folder, "window", rebuild=lambda _: script)
        same = source_in(folder).sha256 == source.sha256 and before.reading == reading
        notes = tuple(project.notes)
        return _look_first(
            project, speaker, notes=notes, newer=None if same else script, source=source
        )
    voices = {"": voice} if voice else None
    recipe = Recipe(numbers=True)
    project = Project.create(folder, script, recipe, voices=voices, program="window")
    with _closed_on_errors(project):
        write_source(project, source)
    return _look_first(project, speaker, is_new=True)


def _look_first(project: Project, speaker: Speaker, **more: Any) -> Opened:
    with _closed_on_errors(project):
        text = source_in(project.folder)
        return Opened(project=project, look=look(project, speaker), text=text, **more)


@contextmanager
def _closed_on_errors(project: Project) -> Iterator[None]:
    try:
        yield
    except BaseException:
        project.close()
        raise


def copy(project: Project, folder: Path) -> Path:
    if is_there(folder):
        raise UserError(f"{folder} exists already: name a new folder")
    if folder.resolve().is_relative_to(project.folder.resolve()):
        raise UserError(f"{folder} lies in the project itself: name another place")
    for link in links_inside(project.folder):
        raise Linked(link)
    left_out = shutil.ignore_patterns(LOCK, OWNER, "*.part")
    try:
        shutil.copytree(project.folder, folder, ignore=left_out)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UserError(
            f"cannot write {folder}: free some space or choose another place"
        ) from error
    return folder


def save(project: Project, script: Script) -> None:
    project.set_script(script, Breath())


def reroll(project: Project, rows: list[str]) -> list[str]:
    with undisturbed():
        project.reroll_all(rows)
    return rows


def lock(project: Project, rows: list[str], locked: bool) -> None:
    with undisturbed():
        project.lock_all(rows, locked)


def still_so(
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
