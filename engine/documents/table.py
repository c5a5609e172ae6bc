"""CSV and TSV: tables into rows, and back."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.audio.formats import is_sound
from engine.documents.blocks import with_notes
from engine.documents.clock import frames_of, seconds
from engine.documents.left_out import Omissions
from engine.documents.markup import without_marks
from engine.documents.reading import USUAL, Reading
from engine.documents.speakers import speakers, split_speaker
from engine.documents.table_columns import (
    NAMES,
    Found,
    NoTextColumn,
    add_named,
    find_columns,
    header_of,
    plain_name,
)
from engine.documents.tags import cut_tags
from engine.documents.words import has_words, one_line
from engine.errors import UserError
from engine.script.rows import MAX_PAUSE, Ids, Script, ScriptRow

_LOOK = 400  # rows that decide what the columns are
_SHOWN = 30  # rows for somebody who chooses the columns
_SEPARATOR = re.compile(r"\"?sep=(.)\"?[^\S\n]*\n", re.I)  # for spreadsheets
_FORMULA = re.compile(r"'*[=+\-@]")  # what a spreadsheet would run, however often it was quoted


def read_table(text: str, title: str, reading: Reading = USUAL) -> Script:
    """The rows of a table with a header. Formulas are text. Raises UserError with what to mend."""
    reader, before = _reader(text.lstrip("\n"))
    try:
        numbered = [(cells, before + reader.line_num) for cells in reader]
        first = [cells for cells, _ in numbered[:_LOOK]]
        if not first:
            first = [[]]
        found = find_columns(first, reading.columns)
        table = _Table(found, reading, [cells for cells, _ in numbered[found.header :]])
        for cells, line in numbered[found.header :]:
            table.add(cells, line)
    except csv.Error as error:
        raise _unread(reader.line_num, error) from error
    except _Wrong as error:
        raise UserError(f"line {error.line} of the table: {error}") from error
    notes = _notes(first, found)
    if not table.names_sounds() and found.header:
        name = first[found.header - 1][found.columns["file"]].strip()
        table.rows = [row.replace(file="") for row in table.rows]
        notes.append(f"The column {name[:100]} names no sound files, so no recordings either.")
    return table.script(title, notes)


class Look(NamedTuple):
    """The first rows of a table, a row each, and which column was taken for what: field → index.
    names: of the columns, "" where they have none."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, int]


def look(text: str, reading: Reading = USUAL) -> Look:
    """What a table looks like, also where no column is the text. Raises UserError."""
    reader, _ = _reader(text.lstrip("\n"))
    try:
        first = [cells for cells in itertools.islice(reader, _LOOK) if any(map(str.strip, cells))]
    except csv.Error as error:
        raise _unread(reader.line_num, error) from error
    first = first or [[]]
    try:
        columns, header, *_ = find_columns(first, reading.columns)
    except NoTextColumn:
        columns, header = {}, header_of(first) + 1
        add_named(columns, [plain_name(name) for name in first[header - 1]], {"text": ""})
    shown = first[header:][:_SHOWN]
    width = max(map(len, (*shown, *first[:header])), default=0)
    names = (*(first[header - 1] if header else ()), *([""] * width))[:width]
    return Look(
        tuple(map(str.strip, names)),
        tuple((*map(str.strip, cells), *[""] * (width - len(cells))) for cells in shown),
        columns,
    )


def _reader(text: str) -> tuple[Any, int]:
    """The rows of a table, and how many lines stand above them."""
    delimiter, before = "", 0
    if match := _SEPARATOR.match(text):
        delimiter, before, text = match[1], match[0].count("\n"), text[match.end() :]
    return csv.reader(io.StringIO(text), delimiter=delimiter or _delimiter(text)), before


def _unread(line: int, error: csv.Error) -> UserError:
    return UserError(f"line {line} of the table cannot be read ({error}): save it as CSV again")


def _notes(first: list[list[str]], found: Found) -> list[str]:
    notes = []
    if found.guessed:
        notes.append(f"The column {found.guessed} was taken for the text.")
    if found.header:
        header = first[found.header - 1]
        unused = [
            name.strip() for at, name in enumerate(header) if at not in found.columns.values()
        ]
        if any(unused):
            notes.append(f"Columns that are not used: {', '.join(filter(None, unused))[:300]}.")
    return notes


def _delimiter(text: str) -> str:
    """That by which most columns are known; else one that gives all rows as many cells, or the one
    that stands most in the first line."""
    start = text[:20_000]
    head = start.partition("\n")[0]
    best, most, even = max("\t;,|", key=head.count), 0, 1
    for delimiter in "\t;,|":
        try:
            rows = list(itertools.islice(csv.reader(io.StringIO(start), delimiter=delimiter), 10))
        except csv.Error:
            continue
        names = {plain_name(name) for row in rows if len(row) > 1 for name in row}
        known = sum(not names.isdisjoint(words) for words in NAMES.values())
        widths = {len(row) for row in rows[: 9 if len(rows) > 9 else None] if row}
        if known > most:
            best, most = delimiter, known
        elif not most and len(rows) > 1 and len(widths) == 1 and max(widths) > even:
            best, even = delimiter, max(widths)
    return best


class _Wrong(ValueError):
    """A sentence on a cell. line: of the table."""

    def __init__(self, line: int, error: object) -> None:
        super().__init__(str(error))
        self.line = line


class _Table:
    """Rows as they come, and what was found on the way."""

    def __init__(self, found: Found, reading: Reading, cells: Sequence[Sequence[str]]) -> None:
        self.found, self.columns = found, found.columns
        self.rows: list[ScriptRow] = []
        self.chapters: dict[str, int] = {}
        self.ids = Ids()
        self.omitted = Omissions()
        self.twice: list[str] = []
        times = (row[at] for row in cells for at in self._times() if at < len(row))
        self.frames = frames_of(times)
        self.known: frozenset[str] = frozenset()
        if reading.speakers and not found.own and "speaker" not in self.columns:
            at = self.columns["text"]
            self.known = speakers(row[at].partition("\n")[0] for row in cells if at < len(row))

    def _times(self) -> list[int]:
        return [self.columns[name] for name in ("start", "end") if name in self.columns]

    def add(self, cells: Sequence[str], line: int) -> None:
        """Raises _Wrong."""
        cell = {
            name: _unquoted(cells[at].strip()) if at < len(cells) else ""
            for name, at in self.columns.items()
        }
        if not self.found.own:
            cell["text"], marks = without_marks(cell["text"])
            for mark in marks:
                self.omitted.add("marks of the engine", mark)
        if cell.get("speaker", "").lower() == "extend" and self.rows:
            cell["speaker"] = self.rows[-1].speaker  # Ren'Py: the last one goes on
        if self.known:
            name, cell["text"] = split_speaker(cell["text"], self.known)
            cell["speaker"] = name
        try:
            self._add(cell, line)
        except ValueError as error:
            raise _Wrong(line, error) from error

    def _add(self, cell: dict[str, str], line: int) -> None:
        pieces = [piece for piece in cut_tags(cell["text"]) if has_words(piece[0])]
        if not pieces:
            if any(cell.values()):
                self.omitted.add("rows without words", ", ".join(filter(None, cell.values())))
            return
        wanted = one_line(cell.get("id", "")) or f"{len(self.rows) + 1:04}"
        whole = self.ids.take(wanted)
        if whole != wanted:
            self.twice.append(wanted)
        chapter = self.chapters.setdefault(one_line(cell.get("chapter", "")), len(self.chapters))
        start, end = (seconds(cell.get(name, ""), name, self.frames) for name in ("start", "end"))
        pause, voice = _number(cell, "pause"), one_line(cell.get("voice", ""))
        for number, (text, voice_tag, pause_tag) in enumerate(pieces):
            name = whole if number == 0 else self.ids.take(whole)
            voice = voice if voice_tag is None else voice_tag
            pause = pause if pause_tag is None else pause_tag
            self.rows.append(
                ScriptRow(
                    id=name,
                    text=text,
                    speaker=one_line(cell.get("speaker", "")),
                    voice=voice or None,
                    pause=None if pause is None else min(pause, MAX_PAUSE),
                    chapter=chapter,
                    heading=cell.get("heading", "").lower() in ("1", "yes", "true", "x"),
                    file=one_line(cell.get("file", "")),
                    direction=one_line(cell.get("direction", "")),
                    line=line,
                    start=start,
                    end=end,
                    part_of=one_line(cell.get("part_of", "")) or (whole if pieces[1:] else ""),
                )
            )
            pause = None

    def names_sounds(self) -> bool:
        """Whether the column of files may name recordings: it may be that of a line's source."""
        if not self.found.maybe_source:
            return True
        return all(is_sound(row.file) for row in self.rows if row.file)

    def script(self, title: str, notes: list[str]) -> Script:
        if self.frames:
            notes.append(f"The times count {self.frames} frames a second.")
        if self.twice:
            some = ", ".join(dict.fromkeys(self.twice[:5]))
            notes.append(f"Ids that stood more than once got a number: {some}.")
        script = Script(
            title=title,
            rows=tuple(self.rows),
            kind="table",
            chapters=tuple(self.chapters) or ("",),
            notes=tuple(notes),
        )
        return with_notes(script, self.omitted)


def _number(cell: dict[str, str], name: str) -> float | None:
    """Seconds in a cell; None where it is empty. Raises ValueError with a sentence."""
    text = cell.get(name, "").removesuffix("s").strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} is a number of seconds, not {text[:30]}") from None


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


# ── writing ───────────────────────────────────────────────────────────────────────────────────


def write_csv(script: Script) -> str:
    """The script as a CSV text that `read_table` reads back; save it with a byte-order mark.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    names = ["id", "chapter", "speaker", "voice", "pause", "text", "direction", "file"]
    rows = script.rows
    if any(row.heading for row in rows):
        names.append("heading")
    if any(row.start is not None for row in rows):
        names += ["start", "end"]
    if any(row.part_of for row in rows):
        names.append("part_of")
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    titles = {"file": "audio file"}
    writer.writerow([titles.get(name, name.replace("_", " ")) for name in names])
    for row in rows:
        writer.writerow(_quoted(_cell(script, row, name)) for name in names)
    return file.getvalue()


def _cell(script: Script, row: ScriptRow, name: str) -> str:
    value = getattr(row, name)
    if name == "chapter":
        return script.chapters[row.chapter]
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _quoted(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
