"""FictionBook (FB2) into rows, by lxml."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from engine.audio.cover import cover_of
from engine.documents import packed
from engine.documents.blocks import Block, script_of
from engine.documents.left_out import Omissions
from engine.documents.page import plain
from engine.documents.reading import USUAL, Reading
from engine.documents.words import has_words, one_line
from engine.errors import UserError
from engine.script.rows import Script

MAX_BYTES = 64 * 2**20
_BINARY = re.compile(rb"<binary\b([^<>]{0,500})>([^<]*)</binary>")
_F = "{http://www.gribuser.ru/xml/fictionbook/2.0}"
_LINK = "{http://www.w3.org/1999/xlink}href"


def read_fb2(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The book of an FB2 file. name: of the file, for sentences. Raises UserError."""
    if len(data) > MAX_BYTES:
        raise UserError(
            f"{name} is larger than {MAX_BYTES // 2**20} MB: split it into several files"
        )
    omitted = Omissions()
    try:
        root = packed.tree(_BINARY.sub(b"", data), name)
        about = root.find(f"{_F}description/{_F}title-info")
        blocks = [
            block
            for body in root.iterchildren(f"{_F}body")
            for block in _Body(omitted, body.get("name") in ("notes", "comments")).blocks(body, 1)
        ]
        info = _about(about, data, omitted) if about is not None else {}
    except UserError:
        raise
    except Exception as error:  # whatever a broken file makes of a parser
        raise packed.broken(name, "FB2", error) from error
    if not blocks:
        raise UserError(f"{name} has no words to speak: choose another file")
    script = script_of(blocks, title, omitted, reading)
    return script.replace(**{"language": "en", **info})


def _about(about: Any, data: bytes, omitted: Omissions) -> dict[str, Any]:
    names = [
        " ".join(filter(None, (one_line(author.findtext(f"{_F}{part}") or "")
                               for part in ("first-name", "middle-name", "last-name"))))
        for author in about.iterchildren(f"{_F}author")
    ]  # fmt: skip
    found: dict[str, Any] = {"author": plain(", ".join(filter(None, names)))[:200]}
    if title := one_line(plain(about.findtext(f"{_F}book-title") or ""))[:200]:
        found["title"] = title
    if code := re.match(r"[a-z]{2}", (about.findtext(f"{_F}lang") or "").lower()):
        found["language"] = code[0]
    cover = about.find(f"{_F}coverpage/{_F}image")
    wanted = (cover.get(_LINK) or "").lstrip("#").encode() if cover is not None else b""
    for attributes, content in _BINARY.findall(data) if wanted else ():
        if b'"' + wanted + b'"' in attributes:
            with suppress(ValueError):
                picture = base64.b64decode(content)
                if cover_of(picture):
                    found["cover"] = picture
                else:
                    omitted.add("covers that sound files cannot have", wanted.decode())
    return found


class _Body:
    """A walk through a body; of the notes' body each section is a note."""

    def __init__(self, omitted: Omissions, notes: bool) -> None:
        self.omitted, self.notes = omitted, notes
        self.note = ""
        self.marks: list[str] = []

    def blocks(self, parent: Any, level: int) -> Iterator[Block]:
        """level: of the headings in it."""
        for child in parent:
            tag = child.tag.removeprefix(_F) if isinstance(child.tag, str) else ""
            if tag == "section":
                self.note = f"#{child.get('id')}" if child.get("id") else self.note
                yield from self.blocks(child, level + 1)
            elif tag == "title" and not self.notes:
                lines = (one_line(plain(self._words(p))) for p in child.iterchildren(f"{_F}p"))
                if words := " ".join(filter(None, lines)):
                    yield Block("heading", (words,), level=level)
            elif tag in ("p", "v", "subtitle", "text-author", "date"):
                yield from self._paragraph(child)
            elif tag == "empty-line":
                yield Block("break")
            elif tag == "image":
                self._words(child)
            elif tag == "table":
                for row in child.iter(f"{_F}tr"):
                    cells = (one_line(plain(self._words(cell))) for cell in row)
                    yield Block("paragraph", (", ".join(filter(None, cells)),))
            elif tag and tag != "title":
                yield from self.blocks(child, level)

    def _paragraph(self, element: Any) -> Iterator[Block]:
        words = one_line(plain(self._words(element)))
        marks, self.marks = tuple(self.marks), []
        if words and self.notes:
            yield Block("note", (words,), name=self.note)
        elif words:
            yield Block("paragraph", (words,), marks=marks)

    def _words(self, element: Any) -> str:
        parts = [element.text or ""]
        for child in element:
            tag = child.tag.removeprefix(_F) if isinstance(child.tag, str) else ""
            if tag == "a" and child.get("type") == "note":
                self.marks.append(child.get(_LINK) or "")
            elif tag == "image":
                alt = child.get("alt") or ""
                parts.append(alt)
                self.omitted.add(
                    "pictures without a text", child.get(_LINK) or "", not has_words(alt)
                )
            elif tag:
                parts.append(self._words(child))
            parts.append(child.tail or "")
        if element.tag == f"{_F}image":
            alt = element.get("alt") or ""
            self.omitted.add(
                "pictures without a text", element.get(_LINK) or "", not has_words(alt)
            )
        return "".join(parts)
