"""RTF into rows, by striprtf."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

from engine.documents.blocks import Block, script_of
from engine.documents.encoding import clean
from engine.documents.language import guess_language
from engine.documents.left_out import Omissions
from engine.documents.plain_text import text_blocks
from engine.documents.reading import USUAL, Reading
from engine.documents.words import one_line
from engine.errors import UserError
from engine.script.rows import Script

MAX_BYTES = 16 * 2**20
_PICTURE = re.compile(r"\\pict\b")
_FOOTNOTE = re.compile(r"\{\\(?:\*\\)?footnote\b")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_CODE_PAGE = re.compile(r"\\ansicpg\d{1,5}")
_HERE, _NEXT = "\ue002", "\ue003"  # where a note stood; between the notes
_HERE_CODE, _NEXT_CODE = r"{\uc1\u-8190?}", r"\par{\uc1\u-8189?}\par "


def read_rtf(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The text of an RTF file, a paragraph each. name: of the file, for sentences. Raises
    UserError."""
    if len(data) > MAX_BYTES:
        raise UserError(
            f"{name} is larger than {MAX_BYTES // 2**20} MB: split it into several files"
        )
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UserError(f"{name} is no RTF: give it the ending of what it is")
    source, notes = _without_notes(data.decode("latin-1"))
    omitted = Omissions()
    omitted.add("pictures without a text", "", len(_PICTURE.findall(source)))
    try:
        text = _text(source)
        said = _text(_NEXT_CODE.join((_head(source), *notes)) + "}").split(_NEXT)[1:]
    except Exception as error:  # whatever a broken file makes of the library
        raise UserError(f"{name} is no RTF that can be read: save it as text") from error
    # A line is a paragraph here; blank lines between them mean nothing.
    blocks = text_blocks(re.sub(r"\n+", "\n\n", text), omitted)
    script = script_of(_with_notes(blocks, said), title, omitted, reading)
    return script.replace(language=guess_language(text))


def _text(source: str) -> str:
    from striprtf import striprtf

    # Line feeds mean nothing in RTF, and end the searches of the library that else never end.
    convert: Any = striprtf.rtf_to_text
    return clean(convert(source.replace("{\\f", "\n{\\f"), errors="replace"))


def _without_notes(source: str) -> tuple[str, list[str]]:
    """The source with _HERE for each footnote, and the footnotes' own."""
    parts, notes, at = [], [], 0
    for found in _FOOTNOTE.finditer(source):
        if found.start() >= at:
            end = _end_of_group(source, found.start())
            parts += [source[at : found.start()], _HERE_CODE]
            notes.append(source[found.end() : end].removesuffix("}"))
            at = end
    return "".join((*parts, source[at:])), notes


def _end_of_group(source: str, start: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return len(source)


def _head(source: str) -> str:
    """What the notes need of the document: its code page and its fonts' own."""
    page = _CODE_PAGE.search(source)
    fonts = source.find("{\\fonttbl")
    table = source[fonts : _end_of_group(source, fonts)] if fonts >= 0 else ""
    return rf"{{\rtf1\ansi{page[0] if page else ''}{table} "


def _with_notes(blocks: Iterable[Block], notes: list[str]) -> Iterator[Block]:
    """Each note after the paragraph that it stands in."""
    count = 0
    for block in blocks:
        met = sum(line.count(_HERE) for line in block.lines)
        lines = (one_line(line.replace(_HERE, "")) for line in block.lines) if met else block.lines
        block = dataclasses.replace(block, lines=tuple(filter(None, lines)))
        if block.lines or block.kind == "break":
            yield block
        for number, words in enumerate(notes[count : count + met], count):
            if words.strip():
                yield Block("note", (one_line(words),), name=f"note {number}")
        count += met
