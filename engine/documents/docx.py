"""Word documents into rows: python-docx opens them, their XML is walked through."""

from __future__ import annotations

import io
import re
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

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_HEADING = re.compile(r"heading ([1-9])", re.I)
_SPACES = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_docx(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The text of a Word document. name: of the file, for sentences. Raises UserError."""
    import docx

    sizes = packed.check(data, name, "Word document")
    if "EncryptedPackage" in sizes:
        raise UserError(f"{name} is protected by a password: save it without one")
    omitted = Omissions()
    try:
        document = docx.Document(io.BytesIO(data))
        packed.tree(document.part.blob, name)  # refuses what is too much
        blocks = list(_Document(document, omitted).blocks())
        about = document.core_properties
        author, language = about.author or "", about.language or ""
    except UserError:
        raise
    except Exception as error:  # whatever a broken file makes of the library
        raise packed.broken(name, "Word document", error) from error
    script = script_of(blocks, title, omitted, reading)
    words = " ".join(row.text for row in script.rows[:200])
    code = re.match(r"[a-z]{2}", language.lower())
    return script.replace(
        language=code[0] if code else guess_language(words), author=one_line(plain(author))[:200]
    )


class _Document:
    """A walk through the body, and through the notes that it leads to."""

    def __init__(self, document: Any, omitted: Omissions) -> None:
        self.document, self.omitted = document, omitted
        self.levels = {style.style_id: _level_of(style) for style in document.styles}
        self.counts: dict[tuple[str, int], int] = {}  # of numbered lists
        self.kinds = _kinds_of_lists(document)
        self.marks: list[str] = []

    def blocks(self) -> Iterator[Block]:
        yield from self._children(self.document.element.body)
        for relation in self.document.part.rels.values():
            kind = relation.reltype.rpartition("/")[2]
            if kind in ("footnotes", "endnotes") and not relation.is_external:
                yield from self._notes(relation.target_part.blob, kind[:-1])
            elif kind == "comments" and not relation.is_external:
                root = packed.tree(relation.target_part.blob, "the comments")
                self.omitted.add("comments", "", len(root.findall(f"{_W}comment")))

    def _children(self, parent: Any) -> Iterator[Block]:
        """Of the body, a cell, or what Word packs paragraphs in."""
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag == f"{_W}sdt":
                if child.find(f".//{_W}docPartGallery[@{_W}val='Table of Contents']") is not None:
                    self.omitted.add("tables of contents")
                    continue
                content = child.find(f"{_W}sdtContent")
                yield from self._children(() if content is None else content)
            elif child.tag in (f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"):
                yield from self._children(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        lines = [one_line(line) for line in plain(self._words(paragraph)).split("\n")]
        lines = list(filter(None, lines))
        marks, self.marks = tuple(self.marks), []
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = style.get(f"{_W}val") if style is not None else ""
        if name.upper().startswith("TOC") and name[3:].isdigit():
            self.omitted.add("lines of the contents", " ".join(lines), bool(lines))
            return
        if not lines:
            return
        outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        level = self.levels.get(name, 0)
        if outline is not None and (outline.get(f"{_W}val") or "").isdigit():
            level = min(int(outline.get(f"{_W}val")) + 1, 9) % 10 or level
        if level:
            yield Block("heading", (" ".join(lines),), level=level, marks=marks)
        else:
            if number := self._number(paragraph):
                lines[0] = f"{number} {lines[0]}"
            yield Block("paragraph", tuple(lines), marks=marks)

    def _table(self, table: Any) -> Iterator[Block]:
        """A row is a paragraph, its cells with commas; of one cell (a frame) its paragraphs are."""
        for row in table.iterchildren(f"{_W}tr"):
            cells = [list(self._children(cell)) for cell in row.iterchildren(f"{_W}tc")]
            if len(cells) == 1:
                yield from cells[0]
                continue
            words = [" ".join(line for block in cell for line in block.lines) for cell in cells]
            marks = tuple(mark for cell in cells for block in cell for mark in block.marks)
            if any(words):
                yield Block("paragraph", (", ".join(filter(None, words)),), marks=marks)

    def _notes(self, data: bytes, kind: str) -> Iterator[Block]:
        for note in packed.tree(data, f"a {kind}").iterchildren(f"{_W}{kind}"):
            words = one_line(plain(" ".join(self._words(p) for p in note.iter(f"{_W}p"))))
            if words and note.get(f"{_W}type") not in ("separator", "continuationSeparator"):
                yield Block("note", (words,), name=f"{kind} {note.get(f'{_W}id')}")
        self.marks.clear()

    def _words(self, element: Any) -> str:
        """What is said of a paragraph: not what was deleted, is hidden or drawn."""
        tag = element.tag
        if tag == f"{_W}t":
            return element.text or ""
        if tag in _SPACES:
            return " " if element.get(f"{_W}type") == "page" else _SPACES[tag]
        if tag in (f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}instrText", f"{_MC}Fallback"):
            return ""
        if tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
            kind = tag.removeprefix(_W).removesuffix("Reference")
            self.marks.append(f"{kind} {element.get(f'{_W}id')}")
            return ""
        if tag == f"{_W}ruby":
            read = "".join(
                t.text or "" for rt in element.iter(f"{_W}rt") for t in rt.iter(f"{_W}t")
            )
            if has_words(read):
                return read
        if tag == f"{_W}rt":
            return ""
        if tag == f"{_M}oMath":
            self.omitted.add("formulas", "".join(element.itertext()))
            return ""
        if tag == f"{_W}txbxContent":
            words = " ".join(self._words(p) for p in element.iter(f"{_W}p"))
            return f"\n{words}\n"
        if tag == f"{_WP}docPr":
            alt = element.get("descr") or ""
            if not has_words(alt) and element.getparent().find(f".//{_W}txbxContent") is None:
                self.omitted.add("pictures without a text", element.get("name") or "")
            return alt
        hidden = element.find(f"{_W}rPr/{_W}vanish") if tag == f"{_W}r" else None
        if hidden is not None and hidden.get(f"{_W}val") not in ("0", "false"):
            self.omitted.add("hidden passages", "".join(element.itertext()))
            return ""
        return "".join(self._words(child) for child in element if isinstance(child.tag, str))

    def _number(self, paragraph: Any) -> str:
        """ "3." before an item of a numbered list."""
        known = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        depth = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        if known is None:
            return ""
        place = (
            known.get(f"{_W}val") or "",
            int((depth.get(f"{_W}val") if depth is not None else 0) or 0),
        )
        kind, first = self.kinds.get(place, ("bullet", 1))
        if kind != "decimal":
            return ""
        self.counts[place] = self.counts.get(place, first - 1) + 1
        for other in [key for key in self.counts if key[0] == place[0] and key[1] > place[1]]:
            del self.counts[other]  # lists within it begin anew
        return f"{self.counts[place]}."


def _level_of(style: Any) -> int:
    name = style.name or ""
    match = _HEADING.fullmatch(name)
    return int(match[1]) if match else 1 if name.lower() == "title" else 0


def _kinds_of_lists(document: Any) -> dict[tuple[str, int], tuple[str, int]]:
    """(list, level) → how its items are numbered, and from what on."""
    part = next(
        (relation.target_part for relation in document.part.rels.values()
         if relation.reltype.endswith("/numbering") and not relation.is_external),
        None,
    )  # fmt: skip
    if part is None:
        return {}
    root = packed.tree(part.blob, "its lists")
    kinds: dict[str, list[tuple[int, str, int]]] = {}
    for abstract in root.iterchildren(f"{_W}abstractNum"):
        for level in abstract.iterchildren(f"{_W}lvl"):
            form, start = level.find(f"{_W}numFmt"), level.find(f"{_W}start")
            kinds.setdefault(abstract.get(f"{_W}abstractNumId"), []).append((
                int(level.get(f"{_W}ilvl") or 0),
                form.get(f"{_W}val") if form is not None else "bullet",
                int(start.get(f"{_W}val") or 1) if start is not None else 1,
            ))  # fmt: skip
    found = {}
    for number in root.iterchildren(f"{_W}num"):
        known = number.find(f"{_W}abstractNumId")
        for depth, kind, first in kinds.get(known.get(f"{_W}val") if known is not None else "", []):
            found[number.get(f"{_W}numId") or "", depth] = (kind, first)
    return found
