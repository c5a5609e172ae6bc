"""OpenDocument texts (LibreOffice) into rows, by lxml."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from engine.documents import packed
from engine.documents.blocks import Block, script_of
from engine.documents.language import guess_language
from engine.documents.left_out import Omissions
from engine.documents.page import plain
from engine.documents.reading import USUAL, Reading
from engine.documents.words import has_words, one_line
from engine.errors import UserError
from engine.script.rows import Script

_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TB = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_D = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_S = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_ST = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_DC = "{http://purl.org/dc/elements/1.1/}"
_UNSPOKEN = (f"{_T}tracked-changes", f"{_T}note-citation", f"{_T}ruby-base", f"{_O}forms",
             f"{_T}sequence-decls", f"{_T}bookmark", f"{_T}page-number")  # fmt: skip


def read_odt(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The text of an OpenDocument text. name: of the file, for sentences. Raises UserError."""
    packed.check(data, name, "OpenDocument text")
    omitted = Omissions()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise UserError(f"{name} is protected by a password: save it without one")
            content = packed.tree(archive.read("content.xml"), name)
            kinds = _kinds_of_lists(content)
            if "styles.xml" in archive.namelist():
                kinds = {**_kinds_of_lists(packed.tree(archive.read("styles.xml"), name)), **kinds}
            about = (
                packed.tree(archive.read("meta.xml"), name)
                if "meta.xml" in archive.namelist()
                else None
            )
        blocks = list(_Body(omitted, kinds).blocks(content.find(f".//{_O}text")))
    except UserError:
        raise
    except Exception as error:  # whatever a broken file makes of a parser
        raise packed.broken(name, "OpenDocument text", error) from error
    script = script_of(blocks, title, omitted, reading)
    author = about.findtext(f".//{_DC}creator") or "" if about is not None else ""
    stated = about.findtext(f".//{_DC}language") or "" if about is not None else ""
    code = re.match(r"[a-z]{2}", stated.lower())
    words = " ".join(row.text for row in script.rows[:200])
    return script.replace(
        language=code[0] if code else guess_language(words), author=one_line(plain(author))[:200]
    )


class _Body:
    """A walk through the text."""

    def __init__(self, omitted: Omissions, kinds: dict[tuple[str, int], tuple[str, int]]) -> None:
        self.omitted, self.kinds = omitted, kinds
        self.number = ""  # of a list's item, until it has words
        self.counts: dict[str | None, int] = {}  # the last number of each list, by its id
        self.notes: list[Block] = []
        self.marks: list[str] = []

    def blocks(self, parent: Any, style: str = "", level: int = 0) -> Iterator[Block]:
        """style, level: of the list that it is in."""
        for child in parent:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in (f"{_T}p", f"{_T}h"):
                yield from self._paragraph(child)
            elif tag == f"{_T}list":
                yield from self._list(child, child.get(f"{_T}style-name") or style, level + 1)
            elif tag == f"{_TB}table":
                yield from self._table(child)
            elif tag in (f"{_T}table-of-content", f"{_T}alphabetical-index"):
                self.omitted.add("tables of contents")
            elif tag not in _UNSPOKEN:
                yield from self.blocks(child, style, level)

    def _list(self, element: Any, style: str, level: int) -> Iterator[Block]:
        form, first = self.kinds.get((style, level), ("", 1))
        number = first - 1
        if element.get(f"{_T}continue-numbering") == "true":
            number = self.counts.get(style, number)
        elif before := element.get(f"{_T}continue-list"):
            number = self.counts.get(before, number)
        for item in element:
            if item.tag == f"{_T}list-item" and form:
                start = item.get(f"{_T}start-value") or ""
                number = int(start) if start.isdigit() and len(start) < 7 else number + 1
                letter = form in "aA" and 1 <= number <= 26
                self.number = f"{chr(64 + number) if letter else number}."
            if isinstance(item.tag, str):
                yield from self.blocks(item, style, level)
            self.number = ""
        self.counts |= {style: number, element.get(_XML_ID): number}

    def _paragraph(self, element: Any) -> Iterator[Block]:
        lines = [one_line(line) for line in plain(self._words(element)).split("\n")]
        lines = list(filter(None, lines))
        marks, self.marks = tuple(self.marks), []
        if lines and element.tag == f"{_T}h":
            level = element.get(f"{_T}outline-level") or "1"
            yield Block(
                "heading",
                (" ".join(lines),),
                level=int(level) if level.isdigit() else 1,
                marks=marks,
            )
        elif lines:
            if self.number:
                lines[0], self.number = f"{self.number} {lines[0]}", ""
            yield Block("paragraph", tuple(lines), marks=marks)
        yield from self.notes
        self.notes.clear()

    def _table(self, table: Any) -> Iterator[Block]:
        for row in table.iter(f"{_TB}table-row"):
            cells = [list(self.blocks(cell)) for cell in row.iterchildren(f"{_TB}table-cell")]
            words = [" ".join(line for block in cell for line in block.lines) for cell in cells]
            if any(words):
                yield Block("paragraph", (", ".join(filter(None, words)),))

    def _words(self, element: Any) -> str:
        """What is said of a paragraph, with its tails."""
        parts = [element.text or ""]
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag == f"{_T}s" or tag == f"{_T}tab":
                parts.append(" ")
            elif tag == f"{_T}line-break":
                parts.append("\n")
            elif tag == f"{_T}note":
                self._note(child)
            elif tag == f"{_O}annotation":
                self.omitted.add("comments", "".join(child.itertext()))
            elif tag == f"{_T}ruby":
                read = child.findtext(f"{_T}ruby-text") or ""
                base = child.find(f"{_T}ruby-base")
                parts.append(read if has_words(read) or base is None else self._words(base))
            elif tag == f"{_D}frame":
                parts.append(self._frame(child))
            elif tag and tag not in _UNSPOKEN:
                parts.append(self._words(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _note(self, note: Any) -> None:
        body = note.find(f"{_T}note-body")
        if body is not None:
            place = f"note {note.get(f'{_T}id')}"
            words = one_line(plain(" ".join("".join(p.itertext()) for p in body)))
            if words:
                self.marks.append(place)
                self.notes.append(Block("note", (words,), name=place))

    def _frame(self, frame: Any) -> str:
        box = frame.find(f"{_D}text-box")
        if box is not None:
            return "\n" + "\n".join(self._words(p) for p in box.iter(f"{_T}p")) + "\n"
        alt = frame.findtext(f"{_S}title") or frame.findtext(f"{_S}desc") or ""
        if not has_words(alt):
            self.omitted.add("pictures without a text", frame.get(f"{_D}name") or "")
        return alt


def _kinds_of_lists(root: Any) -> dict[tuple[str, int], tuple[str, int]]:
    """(style, level) → of numbered lists the form of their numbers, "1" or "a", and the first."""
    found = {}
    for style in root.iter(f"{_T}list-style"):
        for level in style.iterchildren(f"{_T}list-level-style-number"):
            depth, first = (level.get(f"{_T}{name}") or "" for name in ("level", "start-value"))
            if form := level.get(f"{_ST}num-format"):
                place = style.get(f"{_ST}name") or "", int(depth) if depth.isdigit() else 1
                found[place] = form, int(first) if first.isdigit() and len(first) < 7 else 1
    return found
