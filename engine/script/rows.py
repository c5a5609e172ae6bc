"""A script: a text as a table of rows to speak. Standard library only."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.errors import UserError
from engine.system.untrusted_json import fields_of, parse_object, whole

KINDS = ("text", "subtitles", "table")
MAX_BYTES = 2**28  # of a script as JSON; War and Peace has 6 MB
MAX_PAUSE = 600.0  # seconds
PARAGRAPH_PAUSE = 0.7  # seconds of silence that a blank line asks for
CHAPTER_PAUSE = 1.6  # seconds of silence around a heading

_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # tab and line feed may stay
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScriptRow:
    """One row to speak.

    id: unique in its script; part of file names and lists. speaker: who says it, "" for nobody in
    particular. voice: this row's own voice, as in SpeechRow; None takes the speaker's from the
    voice sheet. pause: seconds of silence before the row that the script asks for; None leaves it
    to whoever joins (punctuation, change of speaker). chapter: index into Script.chapters.
    heading: the row is its chapter's title. file: the name that the script wants for this row's
    recording, "" for none. direction: how to say it; kept for the manifest, never spoken. line:
    where it stands in the source, counted from 1 (for a table: the row of the file); 0 when it
    stands nowhere. start, end: the seconds of its subtitle, or None. part_of: the id of the table
    row or subtitle that was too long for one take; its parts follow each other, the first one
    keeps its id, and together they are one recording. "" for a row that is whole.

    Frozen and valid by construction: ValueError with a sentence otherwise.
    """

    id: str
    text: str
    speaker: str = ""
    voice: str | None = None
    pause: float | None = None
    chapter: int = 0
    heading: bool = False
    file: str = ""
    direction: str = ""
    line: int = 0
    start: float | None = None
    end: float | None = None
    part_of: str = ""

    def __post_init__(self) -> None:
        if not self.id or _NOT_IN_A_NAME.search(self.id):
            raise ValueError(f"a row's id is a short word, not {self.id!r}")
        if not self.text.strip():
            raise ValueError(f"row {self.id} has no text: type at least one word")
        if _UNSPEAKABLE.search(self.text):
            raise ValueError(f"row {self.id} has control characters in its text")
        for name in (self.speaker, self.voice or "", self.file, self.direction, self.part_of):
            if _NOT_IN_A_NAME.search(name):
                raise ValueError(f"row {self.id} has control characters beside its text")
        if self.pause is not None and not 0 <= self.pause <= MAX_PAUSE:
            raise ValueError(f"a pause lasts 0 to {MAX_PAUSE:.0f} seconds, not {self.pause}")
        if self.chapter < 0 or self.line < 0:
            raise ValueError(f"row {self.id}: chapters and lines are not negative")
        if (self.start is None) != (self.end is None):
            raise ValueError(f"row {self.id}: a subtitle has a start and an end")
        if self.start is not None and not 0 <= self.start <= (self.end or 0.0) < float("inf"):
            raise ValueError(f"row {self.id}: a subtitle ends after its start")

    def replace(self, **changes: Any) -> ScriptRow:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a reader did not turn into rows. what: in words, such as "notes". examples: the first
    few, shortened."""

    what: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """Rows in the order in which they are spoken.

    title: for file names and tags. kind: "text" (prose: rows may be merged), "subtitles" or
    "table" (every row of the source is one recording). language: ISO
    639-1 code, for finding sentence ends. chapters: titles; "" is the part before the first
    heading. notes: sentences for the user on how the source was read. left_out: what is not among
    the rows. author: of the source, for tags. cover: a picture of it (JPEG or PNG), which a
    project keeps in a file of its own.
    """

    title: str
    rows: tuple[ScriptRow, ...]
    kind: str = "text"
    language: str = "en"
    chapters: tuple[str, ...] = ("",)
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    author: str = ""
    cover: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a script is one of {', '.join(KINDS)}, not {self.kind}")
        if not self.chapters:
            raise ValueError("a script has at least one chapter; its title may be empty")
        seen: set[str] = set()
        for row in self.rows:
            if row.id in seen:
                raise ValueError(f"two rows have the id {row.id}: ids are used once in a script")
            seen.add(row.id)
            if row.chapter >= len(self.chapters):
                raise ValueError(f"row {row.id} lies in chapter {row.chapter}, which is missing")

    @property
    def speakers(self) -> tuple[str, ...]:
        """Every speaker once, in the order in which they appear; "" for rows without one."""
        return tuple(dict.fromkeys(row.speaker for row in self.rows))

    def replace(self, **changes: Any) -> Script:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)


class Ids:
    """Ids that are taken. A free one is found at once, however many begin alike."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}  # number given to each id that was wanted

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def take(self, wanted: str) -> str:
        """wanted, or where that is taken: wanted-2, wanted-3 … It is taken from now on."""
        new = wanted
        while new in self._taken:
            self._last[wanted] = self._last.get(wanted, 1) + 1
            new = f"{wanted}-{self._last[wanted]}"
        self._taken.add(new)
        return new


def to_json(script: Script, tick: Callable[[], None] = lambda: None) -> bytes:
    """The script as UTF-8 JSON, a row a line, fields at their default left out. tick is called at
    each row."""
    rows = []
    for row in script.rows:
        rows.append(json.dumps(_changed_fields(row), ensure_ascii=False, allow_nan=False))
        tick()
    lines = ",\n".join(rows)
    about: dict[str, Any] = {
        "title": script.title,
        "kind": script.kind,
        "language": script.language,
        "chapters": script.chapters,
        "notes": script.notes,
    }
    if script.left_out:
        about["left_out"] = [dataclasses.asdict(what) for what in script.left_out]
    if script.author:
        about["author"] = script.author
    head = json.dumps(about, ensure_ascii=False)
    return f'{head[:-1]}, "rows": [\n{lines}\n]}}\n'.encode()


def from_json(data: bytes) -> Script:
    """Read what `to_json` wrote; unknown fields are ignored. UserError where it is no script."""
    try:
        stored = parse_object(data, most=MAX_BYTES)
        rows = tuple(fields_of(ScriptRow, row) for row in stored["rows"])
        return Script(
            title=str(stored["title"]),
            rows=rows,
            kind=str(stored.get("kind", "text")),
            language=str(stored["language"]),
            chapters=tuple(map(str, stored["chapters"])),
            notes=tuple(map(str, stored.get("notes", ()))),
            left_out=tuple(
                LeftOut(str(what["what"]), whole(what["count"]), tuple(map(str, what["examples"])))
                for what in stored.get("left_out", ())
            ),
            author=str(stored.get("author", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(
            f"this is no script of Bark Studio ({error}): open the text that it was made from"
        ) from error


_FIELDS = {known.name: known.default for known in dataclasses.fields(ScriptRow)}


def _changed_fields(row: ScriptRow) -> dict[str, Any]:
    values = ((name, getattr(row, name)) for name in _FIELDS)
    return {name: value for name, value in values if value != _FIELDS[name]}
