"""The text that a project was made from: where it lies, and how it is read. Errand threads."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.documents.reading import USUAL, Reading
from engine.errors import UserError
from engine.script.pace import Pace
from engine.script.project import Project
from engine.script.project_files import HEAD, SOURCE, source_of
from engine.script.recipe import Recipe
from engine.script.rows import Script, ScriptRow
from engine.script.split import room
from engine.system.inner_files import read_inner
from engine.system.outside import JSON_BYTES, open_outside
from engine.system.untrusted_json import parse, parse_object
from gui.script.speaker import Speaker


class UnclearTable(UserError):
    """No column of a table is the text: the user has to say which one is."""

    def __init__(self, sentence: str, path: Path) -> None:
        super().__init__(sentence)
        self.path = path


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """path: of the text; None where nobody knows. sha256: of its content when it was read."""

    path: Path | None = None
    sha256: str = ""
    reading: Reading = USUAL


def source_in(folder: Path) -> Source:
    """What a project's folder says of its text."""
    stored = source_of(folder)
    name = stored.get("file")
    return Source(
        path=Path(name) if name else None,
        sha256=stored.get("sha256", ""),
        reading=_reading(stored.get("reading", "")),
    )


def write_source(project: Project, source: Source) -> None:
    """Keep it with the project. Raises UserError."""
    stored = {"file": str(source.path), "sha256": source.sha256}
    if source.reading != USUAL:
        stored["reading"] = json.dumps(dataclasses.asdict(source.reading))
    project.inner.write(SOURCE, json.dumps(stored).encode())


def source_at(path: Path, reading: Reading) -> Source:
    """A text as it is on the disk now. Raises UserError."""
    try:
        with open_outside(path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    return Source(path=path.resolve(), sha256=digest, reading=reading)


def speaks_numbers(folder: Path) -> bool:
    """Whether a project's figures are spoken in words; those of a new one are."""
    try:
        return (
            parse_object(read_inner(folder, HEAD, JSON_BYTES))["recipe"].get("numbers", False)
            is True
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return True


def read_source(
    source: Source, voice: str | None, speaker: Speaker, *, numbers: bool = True
) -> Script:
    """A text in rows of speakable length. numbers: as in Recipe. Raises UserError."""
    from engine.documents.read import read
    from engine.documents.table_columns import NoTextColumn
    from engine.script.pronunciation import language_of_numbers, saying
    from engine.script.split import split_script
    from engine.script.split_spoken import split_spoken

    if source.path is None:
        raise UserError("nobody knows which text this project was made from: open the text")
    paces: dict[str | None, Pace] = {}

    def pace_of(row: ScriptRow) -> Pace:
        name = row.voice or voice
        return paces.get(name) or paces.setdefault(name, speaker.pace(name))

    longest, most = room(speaker.facts)
    try:
        script = read(source.path, reading=source.reading)
    except NoTextColumn as error:
        raise UnclearTable(str(error), source.path) from error
    script = split_script(script, pace_of=pace_of, longest=longest, most=most)
    say = saying(Recipe(numbers=numbers), language_of_numbers(script))
    return split_spoken(script, say, pace_of=pace_of, longest=longest, most=most)


def read_otherwise(
    project: Project, reading: Reading, voice: str | None, speaker: Speaker
) -> tuple[Script, Source]:
    """The rows of a project's text, read in another way. Raises UserError."""
    path = source_in(project.folder).path
    source = Source(reading=reading) if path is None else source_at(path, reading)
    numbers = project.recipe.numbers
    return read_source(source, voice, speaker, numbers=numbers), source


def _reading(text: str) -> Reading:
    """What was kept; whatever of it cannot be read is as usual."""
    stored: Any = None
    with suppress(ValueError):
        stored = parse(text.encode())
    if not isinstance(stored, Mapping):
        return USUAL
    columns = stored.get("columns")
    encoding = stored.get("encoding")
    return Reading(
        notes=stored.get("notes") is True,
        speakers=stored.get("speakers") is not False,
        encoding=encoding if isinstance(encoding, str) else None,
        columns={str(field): str(name) for field, name in columns.items()}
        if isinstance(columns, Mapping)
        else {},
    )
