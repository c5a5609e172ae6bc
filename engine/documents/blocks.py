"""Prose as blocks, and blocks into rows: chapters, replies, pauses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.documents.left_out import Omissions
from engine.documents.reading import USUAL, Reading
from engine.documents.speakers import label, speakers
from engine.documents.tags import cut_tags, without_tags
from engine.documents.words import has_words, one_line
from engine.script.rows import CHAPTER_PAUSE, MAX_PAUSE, PARAGRAPH_PAUSE, Script, ScriptRow

_PART = re.compile(
    r"\s*(?:part|book|volume|teil|buch|band|partie|livre|tome|parte|libro|часть|том|книга)\b"
    r"|\s*第?[\d一二三四五六七八九十]+[部巻編]|\s*[上中下]巻",
    re.I,
)

NO_CHAPTER = 100  # a level from which on no heading begins one


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document. kind: "paragraph", "heading", "chapter" (a title that is not spoken),
    "note" (of the foot or the end) or "break". line: where it begins in the source, from 1; 0 where
    nobody counts lines. level: of a heading, from 1. wrapped: an editor broke the lines, so that
    the end of one ends nothing. name: the place of a note. marks: the places of the notes that the
    words lead to.
    """

    kind: str
    lines: tuple[str, ...] = ()
    line: int = 0
    level: int = 1
    wrapped: bool = False
    name: str = ""
    marks: tuple[str, ...] = ()


@dataclass
class _Rows:
    """Rows as they come, with what lasts from one to the next."""

    rows: list[ScriptRow] = field(default_factory=list)
    chapters: list[str] = field(default_factory=lambda: [""])
    voice: str | None = None
    wanted: float | None = None  # seconds of silence by [pause]
    usual: float | None = None  # … by blank lines and headings
    empty: bool = False  # nothing stands in the last chapter yet

    def add(self, text: str, speaker: str, how: str, line: int, heading: bool = False) -> None:
        for piece, voice, pause in cut_tags(text):
            if voice is not None:
                self.voice = voice or None
            if pause is not None:
                self.wanted = min((self.wanted or 0.0) + pause, MAX_PAUSE)
            if piece and not has_words(piece):
                self.usual = CHAPTER_PAUSE  # "* * *": nobody can say that
            elif piece:
                self._add(piece, speaker, how, line, heading)

    def _add(self, text: str, speaker: str, how: str, line: int, heading: bool) -> None:
        usual = self.usual if self.rows else None
        self.empty = False
        if usual == PARAGRAPH_PAUSE and speaker and self.rows[-1].speaker:
            usual = None  # a dialogue: the change of speaker decides
        self.rows.append(
            ScriptRow(
                id=str(len(self.rows) + 1),
                text=text,
                speaker=speaker,
                voice=self.voice,
                pause=usual if self.wanted is None else self.wanted,
                chapter=len(self.chapters) - 1,
                heading=heading,
                direction=how,
                line=line,
            )
        )
        self.wanted = self.usual = None


def script_of(
    blocks: Iterable[Block],
    title: str,
    omitted: Omissions | None = None,
    reading: Reading = USUAL,
) -> Script:
    """The rows of a document: a paragraph or a reply each. omitted: what its reader left out."""
    blocks = list(blocks)
    omitted = omitted or Omissions()
    known: frozenset[str] = frozenset()
    if reading.speakers:
        known = speakers(
            line for block in blocks if block.kind == "paragraph" for line in block.lines
        )
    rows = _Rows()
    notes: list[Block] = []  # that are to be spoken at the end of this chapter
    of_place: dict[str, list[Block]] = {}
    if reading.notes:
        for block in blocks:
            if block.kind == "note":
                of_place.setdefault(block.name, []).append(block)
    deepest = _chapter_level(blocks)
    for block in blocks:
        text = " ".join(block.lines).strip()
        if block.kind in ("heading", "chapter") and text:
            if block.level <= deepest:
                _add_notes(rows, notes)
                if block.kind == "chapter" and rows.empty:
                    rows.chapters.pop()  # two titles at one place: the inner one counts
                rows.chapters.append(without_tags(text))
                rows.empty = True
            rows.usual = CHAPTER_PAUSE
            if block.kind == "heading":
                rows.add(text, "", "", block.line, heading=True)
            rows.usual = CHAPTER_PAUSE
        elif block.kind == "break":
            rows.usual = CHAPTER_PAUSE
        elif block.kind == "note":
            if not reading.notes:
                omitted.add("notes", text)
            elif block in of_place.get(block.name, ()):  # no mark has led to it
                notes += of_place.pop(block.name)
        elif block.kind == "paragraph":
            rows.usual = rows.usual or PARAGRAPH_PAUSE
            _add_paragraph(rows, block, known)
        for place in block.marks:
            notes += of_place.pop(place, [])
    _add_notes(rows, notes)
    if len(rows.chapters) > 1 and not any(row.chapter == 0 for row in rows.rows):
        rows.chapters.pop(0)  # nothing before the first heading
        rows.rows = [row.replace(chapter=row.chapter - 1) for row in rows.rows]
    width = max(4, len(str(len(rows.rows))))
    numbered = tuple(row.replace(id=row.id.zfill(width)) for row in rows.rows)
    script = Script(title=title, rows=numbered, chapters=tuple(rows.chapters))
    return with_notes(script, omitted)


def with_notes(script: Script, omitted: Omissions) -> Script:
    """The script with what was left out, and a sentence on that."""
    notes = (*script.notes, *filter(None, [omitted.sentence()]))
    return script.replace(notes=notes, left_out=omitted.listed())


def _chapter_level(blocks: Iterable[Block]) -> int:
    """How deep a heading may be that begins a chapter: the shallowest level that stands more than
    once, and one more where those are but parts; two levels where none does."""
    titles: dict[int, list[str]] = {}
    for block in blocks:
        if block.kind in ("heading", "chapter") and block.lines and block.level < NO_CHAPTER:
            titles.setdefault(block.level, []).append(" ".join(block.lines))
    for level in sorted(titles):
        if len(titles[level]) > 1 and not all(map(_PART.match, titles[level])):
            return level
    return 2


def _add_notes(rows: _Rows, notes: list[Block]) -> None:
    for note in notes:
        rows.usual = rows.usual or PARAGRAPH_PAUSE
        rows.add(" ".join(note.lines), "", "", note.line)
    notes.clear()


def _add_paragraph(rows: _Rows, block: Block, known: frozenset[str]) -> None:
    speaker = how = ""
    parts = _unwrap(block.lines, known) if block.wrapped else list(enumerate(block.lines))
    for number, line in parts:
        if match := label(line, known):
            speaker, how = one_line(match["name"]), one_line(match["how"] or "")
            line = match["text"]
        rows.add(line, speaker, how, block.line + number)


def _unwrap(lines: Iterable[str], known: frozenset[str]) -> list[tuple[int, str]]:
    """Lines joined to one, but for those in which somebody begins to speak; with their numbers."""
    joined: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines):
        if not joined or label(line, known):
            joined.append((number, [line]))
        else:
            joined[-1][1].append(line)
    return [(number, " ".join(parts)) for number, parts in joined]
