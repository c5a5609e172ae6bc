"""Prose as blocks, and blocks into rows: chapters, replies, pauses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.documents.speakers import label, speakers
from engine.documents.tags import cut_tags, without_tags
from engine.documents.words import has_words, one_line
from engine.script.rows import CHAPTER_PAUSE, MAX_PAUSE, PARAGRAPH_PAUSE, Script, ScriptRow


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document. kind: "paragraph", "heading", "chapter" (a title that is not spoken)
    or "break". line: where it begins in the source, from 1. level: of a heading, from 1. wrapped:
    an editor broke the lines, so that the end of one ends nothing.
    """

    kind: str
    lines: tuple[str, ...] = ()
    line: int = 0
    level: int = 1
    wrapped: bool = False


@dataclass
class _Rows:
    """Rows as they come, with what lasts from one to the next."""

    rows: list[ScriptRow] = field(default_factory=list)
    chapters: list[str] = field(default_factory=lambda: [""])
    voice: str | None = None
    wanted: float | None = None  # seconds of silence by [pause]
    usual: float | None = None  # … by blank lines and headings

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


def script_of(blocks: Iterable[Block], title: str, notes: Iterable[str] = ()) -> Script:
    """The rows of a document: a paragraph or a reply each."""
    blocks = list(blocks)
    known = speakers(line for block in blocks if block.kind == "paragraph" for line in block.lines)
    rows = _Rows()
    for block in blocks:
        text = " ".join(block.lines).strip()
        if block.kind in ("heading", "chapter") and text:
            if block.level <= 2:
                rows.chapters.append(without_tags(text))
            rows.usual = CHAPTER_PAUSE
            if block.kind == "heading":
                rows.add(text, "", "", block.line, heading=True)
            rows.usual = CHAPTER_PAUSE
        elif block.kind == "break":
            rows.usual = CHAPTER_PAUSE
        elif block.kind == "paragraph":
            rows.usual = rows.usual or PARAGRAPH_PAUSE
            _add_paragraph(rows, block, known)
    if len(rows.chapters) > 1 and not any(row.chapter == 0 for row in rows.rows):
        rows.chapters.pop(0)  # nothing before the first heading
        rows.rows = [row.replace(chapter=row.chapter - 1) for row in rows.rows]
    width = max(4, len(str(len(rows.rows))))
    numbered = tuple(row.replace(id=row.id.zfill(width)) for row in rows.rows)
    return Script(title=title, rows=numbered, chapters=tuple(rows.chapters), notes=tuple(notes))


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
