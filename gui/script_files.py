"""Projects on the disk, for the Script view. Everything here belongs on an errand thread."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.api import UserError
from engine.files import write_atomically
from engine.script.pace import Pace
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow
from engine.script.split import LONGEST, split, split_row
from engine.script.standing import Maker, RowState, Standing
from gui.backend import ModelFacts

_START = Pace()
_LEARNED = 500  # takes from which the pace of a voice is learned
_NONE: Mapping[str, RowState] = {}
_SOURCE = "source.json"  # which text a project was made from, and its hash


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Look:
    """How the rows of a project stand. rows: those that were looked at. expected: seconds of each
    row by the pace of its voice."""

    rows: tuple[ScriptRow, ...]
    standing: Standing
    maker: Maker | None
    states: dict[str, RowState]
    paces: dict[str | None, Pace]
    expected: dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Opened:
    """A project that was opened. newer: what its text says now, where that has changed since."""

    project: Project
    look: Look
    notes: tuple[str, ...] = ()
    newer: Script | None = None
    source: dict[str, str] | None = None


def look(project: Project, before: Mapping[str, RowState] = _NONE) -> Look:
    """How every row stands, and how fast the voices speak. Half a second for 10 000 rows.

    before: states of the last look; those that are the same again are the same objects.
    """
    maker = project.maker
    standing = project.standing()
    states = {state.id: state for state in standing.settle_all()}
    for row, state in states.items():
        if row in before and before[row] == state:
            states[row] = before[row]
    rows = tuple(standing.rows)
    voices = [project.voice_of(row) for row in rows]
    heard: dict[str | None, list[tuple[str, float]]] = {}
    for line, voice in zip(rows, voices, strict=True):
        state = states[line.id]
        if state.key and state.measures is not None and state.verdict.good:
            heard.setdefault(voice, []).append((line.text, state.measures.speech))
    paces = {voice: Pace.learned(takes[-_LEARNED:]) for voice, takes in heard.items()}
    expected = {
        line.id: paces.get(voice, _START).seconds(line.text)
        for line, voice in zip(rows, voices, strict=True)
    }
    return Look(
        rows=rows,
        standing=standing,
        maker=maker,
        states=states,
        paces=paces,
        expected=expected,
    )


def longest_row(facts: ModelFacts | None) -> float:
    """Seconds that a row may last by prediction, with room for a prediction that is off."""
    return LONGEST if facts is None else min(LONGEST, 0.8 * facts.max_seconds)


def split_again(script: Script, paces: Mapping[str, Pace], longest: float) -> tuple[Script, Script]:
    """The script, and the script with rows that suit these paces, by row. Rows that fit stay."""
    ids = {row.id for row in script.rows}
    rows: list[ScriptRow] = []
    for row in script.rows:
        parts = [row.text]
        if paces[row.id].seconds(row.text) > longest:
            parts = split(row.text, pace=paces[row.id], language=script.language, longest=longest)
        if len(parts) > 1:
            rows += split_row(row, parts, ids, together=script.kind != "text")
        else:
            rows.append(row)
    return script, script.replace(rows=tuple(rows))


def open_project(folder: Path) -> Opened:
    project = Project(folder)
    return Opened(project=project, look=look(project))


def open_text(path: Path, root: Path, facts: ModelFacts | None, voice: str | None) -> Opened:
    """The project of a text: the one that is there, or a new one."""
    from engine.script.read import read
    from engine.script.split import split_script

    script = split_script(read(path), longest=longest_row(facts))
    full = str(path.resolve())
    name = re.sub(r"[^\w-]+", "-", path.stem).strip("-")[:60] or "script"
    folder = root / f"{name}-{hashlib.sha256(full.encode()).hexdigest()[:8]}"
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    source = {"file": full, "sha256": digest}
    if (folder / "project.json").is_file():
        project = Project(folder)
        newer = script if _read_source(folder).get("sha256") != digest else None
        return Opened(project=project, look=look(project), newer=newer, source=source)
    project = Project.create(folder, script, voices={"": voice} if voice else None)
    write_source(project, source)
    return Opened(project=project, look=look(project), notes=script.notes)


def _read_source(folder: Path) -> dict[str, str]:
    try:
        stored = json.loads((folder / _SOURCE).read_bytes())
        return {str(key): str(value) for key, value in stored.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def write_source(project: Project, source: dict[str, str]) -> None:
    write_atomically(project.folder / _SOURCE, json.dumps(source).encode())


def copy(project: Project, folder: Path) -> Path:
    if folder.exists():
        raise UserError(f"{folder} exists already: name a new folder")
    if folder.resolve().is_relative_to(project.folder.resolve()):
        raise UserError(f"{folder} lies in the project itself: name another place")
    try:
        shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns(".lock", "*.part"))
    except (OSError, shutil.Error) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UserError(
            f"cannot write {folder}: free some space or choose another place"
        ) from error
    return folder
