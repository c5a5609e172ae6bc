"""CSV and TSV: tables into rows, and back."""

from __future__ import annotations

import csv
import io
import re

from engine.audio.formats import is_sound
from engine.documents.tags import cut_tags
from engine.documents.words import has_words, one_line
from engine.errors import UserError
from engine.script.rows import MAX_PAUSE, Ids, Script, ScriptRow

# What people call the columns, best first.
NAMES = {
    "text": ("text", "line", "dialogue", "dialog", "sentence", "transcript", "transcription",
             "script", "caption", "subtitle", "utterance", "words", "content", "phrase"),
    "id": ("id", "key", "line id", "lineid", "string id", "stringid", "no", "nr", "number", "#"),
    "speaker": ("speaker", "character", "actor", "role", "who", "person", "name"),
    "voice": ("voice", "preset", "voice preset"),
    "file": ("file", "filename", "file name", "output", "audio", "audio file", "wav", "path"),
    "direction": ("direction", "directions", "emotion", "style", "tone", "acting", "delivery",
                  "note", "notes", "context", "comment"),
    "pause": ("pause", "silence", "gap"),
    "chapter": ("chapter", "section", "scene"),
    "heading": ("heading",),
    "start": ("start", "start time"),
    "end": ("end", "end time"),
    "part_of": ("part of",),
}  # fmt: skip
_MAYBE_SOURCE = ("file", "filename", "file name", "path")  # also of the file a line stands in
_FORMULA = re.compile(r"'*[=+\-@]")  # what a spreadsheet would run, however often it was quoted


def read_table(text: str, title: str) -> Script:
    """The rows of a table with a header. Formulas are text. Raises UserError with what to mend."""
    text = text.lstrip("\n")
    head = text.partition("\n")[0][:10_000]
    delimiter = max("\t;,|", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        header = next(reader, [])
        columns = _columns(header)
        if "text" not in columns:
            found = ", ".join(filter(None, map(str.strip, header[:20]))) or "nothing"
            raise UserError(
                f"the table has no column called text, only {found[:300]}: "
                "name the column that is to be spoken text, in the first row"
            )
        notes = []
        unused = [name.strip() for at, name in enumerate(header) if at not in columns.values()]
        if any(unused):
            notes.append(f"Columns that are not used: {', '.join(filter(None, unused))[:300]}.")
        rows = _Table()
        for cells in reader:
            cell = {
                name: _unquoted(cells[at].strip()) if at < len(cells) else ""
                for name, at in columns.items()
            }
            rows.add(cell, reader.line_num)
    except csv.Error as error:
        raise UserError(
            f"line {reader.line_num} of the table cannot be read ({error}): save it as CSV again"
        ) from error
    except ValueError as error:
        raise UserError(f"line {reader.line_num} of the table: {error}") from error
    if "file" in columns and _plain(header[columns["file"]]) in _MAYBE_SOURCE:
        name = header[columns["file"]].strip()
        if not all(is_sound(row.file) for row in rows.rows if row.file):
            rows.rows = [row.replace(file="") for row in rows.rows]
            notes.append(f"The column {name[:100]} names no sound files, so no recordings either.")
    return rows.script(title, notes)


class _Table:
    """Rows as they come, and what was found on the way."""

    def __init__(self) -> None:
        self.rows: list[ScriptRow] = []
        self.chapters: dict[str, int] = {}
        self.ids = Ids()
        self.silent = 0
        self.twice: list[str] = []

    def add(self, cell: dict[str, str], line: int) -> None:
        pieces = [piece for piece in cut_tags(cell["text"]) if has_words(piece[0])]
        if not pieces:
            self.silent += any(cell.values())
            return
        wanted = one_line(cell.get("id", "")) or f"{len(self.rows) + 1:04}"
        whole = self.ids.take(wanted)
        if whole != wanted:
            self.twice.append(wanted)
        chapter = self.chapters.setdefault(one_line(cell.get("chapter", "")), len(self.chapters))
        start, end = _number(cell, "start"), _number(cell, "end")
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

    def script(self, title: str, notes: list[str]) -> Script:
        if self.silent:
            many = "s" if self.silent > 1 else ""
            notes.append(f"{self.silent} row{many} of the table without words were left out.")
        if self.twice:
            some = ", ".join(dict.fromkeys(self.twice[:5]))
            notes.append(f"Ids that stood more than once got a number: {some}.")
        return Script(
            title=title,
            rows=tuple(self.rows),
            kind="table",
            chapters=tuple(self.chapters) or ("",),
            notes=tuple(notes),
        )


def _columns(header: list[str]) -> dict[str, int]:
    """Field → index of its column."""
    plain = [_plain(name) for name in header]
    columns: dict[str, int] = {}
    for name, words in NAMES.items():
        for word in words:
            if word in plain and plain.index(word) not in columns.values():
                columns[name] = plain.index(word)
                break
    return columns


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


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
