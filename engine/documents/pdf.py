"""PDF into rows: pypdfium2 finds the words and where they stand, their places make paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from engine.documents.blocks import Block, script_of
from engine.documents.chapters import titles
from engine.documents.encoding import clean
from engine.documents.language import guess_language
from engine.documents.left_out import Omissions
from engine.documents.plain_text import unbroken
from engine.documents.reading import USUAL, Reading
from engine.documents.words import has_words, one_line
from engine.errors import UserError
from engine.script.rows import Script

MAX_PAGES = 5_000
MAX_PIECES = 20_000  # of one page; a full one has some hundred
_HYPHEN = re.compile("[\x02\ufffe]\\s*")  # what PDFium makes of one at the end of a line
_SENTENCE_END = re.compile(r"[.!?…:。！？][\"'”’»)\]」』]*$")
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|seite|p\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von)\s*\d{1,4})?[\W_]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """Words that stand beside each other, in points from the lower left corner of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


def read_pdf(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The text of a PDF. name: of the file, for sentences. Raises UserError."""
    import pypdfium2

    omitted = Omissions()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UserError(f"{name} is protected by a password: save it without one") from error
        raise UserError(f"{name} is no PDF that can be read: print it into a new one") from error
    try:
        if len(document) > MAX_PAGES:
            raise UserError(f"{name} has more than {MAX_PAGES} pages: split it into several files")
        pages = [_lines(document, number, omitted) for number in range(len(document))]
        about = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise UserError(f"{name} is no PDF that can be read: print it into a new one") from error
    finally:
        document.close()
    if not any(pages):
        raise UserError(
            f"{name} holds pictures of pages and no text: have its text recognised first (OCR)"
        )
    blocks = list(_blocks(_without_margins(pages, omitted)))
    script = script_of(blocks, title, omitted, reading)
    words = " ".join(row.text for row in script.rows[:200])
    author = one_line(clean(about.get("Author") or ""))[:200]
    return script.replace(language=guess_language(words), author=author)


# ── one page ──────────────────────────────────────────────────────────────────────────────────


def _lines(document: Any, number: int, omitted: Omissions) -> list[_Line]:
    """The lines of a page in the order of reading."""
    page = document[number]
    try:
        text = page.get_textpage()
        count = text.count_rects()
        if count > MAX_PIECES:
            omitted.add("pages that are too full", f"page {number + 1}")
            return []
        pieces = []
        for index in range(count):
            left, bottom, right, top = text.get_rect(index)
            words = text.get_text_bounded(left, bottom, right, top)
            words = one_line(clean(_HYPHEN.sub("-", words)))
            if words:
                # A piece is as high as its letters; a character's loose box as high as its font.
                at = text.get_index(left + 1, (bottom + top) / 2, 4, 4)
                if at is not None:
                    _, bottom, _, top = text.get_charbox(at, loose=True)
                pieces.append(_Line(words, left, right, bottom, top))
        text.close()
    finally:
        page.close()
    if not pieces:
        omitted.add("pages without text", f"page {number + 1}")
    return _in_columns(_joined(pieces))


def _joined(pieces: Sequence[_Line]) -> list[_Line]:
    """Pieces that follow each other on one line as one: a word in italics is a piece of its own."""
    lines: list[_Line] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last is not None:
            overlap = min(last.top, piece.top) - max(last.bottom, piece.bottom)
            beside = overlap > 0.5 * min(last.height, piece.height)
            gap = piece.left - last.right
            if beside and -last.height < gap < 1.2 * max(last.height, piece.height):
                space = "" if gap < 0.08 * last.height else " "
                lines[-1] = _Line(
                    f"{last.text}{space}{piece.text}", last.left, max(last.right, piece.right),
                    min(last.bottom, piece.bottom), max(last.top, piece.top),
                )  # fmt: skip
                continue
        lines.append(piece)
    return lines


def _in_columns(lines: list[_Line]) -> list[_Line]:
    """Two columns one after the other, each from the top down; whatever goes over both stands
    between what is above and below it."""
    if len(lines) < 8:
        return lines
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    best: tuple[int, float] | None = None
    for step in range(35, 66):
        x = left + (right - left) * step / 100
        crossing = sum(line.left < x < line.right for line in lines)
        before = sum(line.right <= x for line in lines)
        after = len(lines) - crossing - before
        split = crossing * 5 <= len(lines) and min(before, after) * 4 >= len(lines)
        if split and (best is None or crossing < best[0]):
            best = crossing, x
    if best is None:
        return lines
    x = best[1]
    ordered: list[_Line] = []
    sides: tuple[list[_Line], list[_Line]] = ([], [])
    for line in sorted(lines, key=lambda line: -line.top):
        if line.left < x < line.right:
            ordered += [*sides[0], *sides[1], line]
            sides = ([], [])
        else:
            sides[line.left >= x].append(line)
    return [*ordered, *sides[0], *sides[1]]


# ── all pages ─────────────────────────────────────────────────────────────────────────────────


def _without_margins(pages: list[list[_Line]], omitted: Omissions) -> list[list[_Line]]:
    """Without running heads and page numbers: what stands at the edge of many pages, or is but a
    number there."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_alike(line.text) for line in _edges(lines)})
    often = max(3, sum(map(bool, pages)) * 0.3)
    left = []
    for lines in pages:
        edges = _edges(lines)
        kept = []
        for line in lines:
            if line in edges and _PAGE_NUMBER.fullmatch(line.text):
                omitted.add("page numbers", line.text)
            elif line in edges and seen[_alike(line.text)] >= often:
                omitted.add("page heads and feet", line.text)
            else:
                kept.append(line)
        left.append(kept)
    return left


def _edges(lines: Sequence[_Line]) -> list[_Line]:
    """What stands in the outermost line of a page, at the top and at the bottom."""
    if len(lines) < 3:
        return []
    top, bottom = max(line.top for line in lines), min(line.bottom for line in lines)
    return [line for line in lines if line.bottom > top - 1.5 * line.height
            or line.top < bottom + 1.5 * line.height]  # fmt: skip


def _alike(text: str) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "0", text.lower())


def _blocks(pages: Sequence[Sequence[_Line]]) -> Iterator[Block]:
    usual = median(line.height for lines in pages for line in lines)
    paragraphs: list[list[_Line]] = []
    for lines in pages:
        paragraphs += _paragraphs(lines, usual, paragraphs)
    groups = [(0, [line.text for line in paragraph]) for paragraph in paragraphs]
    known = titles(groups)
    for at, (paragraph, (_, texts)) in enumerate(zip(paragraphs, groups, strict=True)):
        words = [line for line in unbroken(texts, frozenset()) if line]
        large = min(line.height for line in paragraph) > 1.25 * usual and len(paragraph) <= 3
        if not any(map(has_words, words)):
            yield Block("break")
        elif at in known or large:
            yield Block("heading", (" ".join(words),))
        else:
            yield Block("paragraph", tuple(words), wrapped=True)


def _paragraphs(
    lines: Sequence[_Line], usual: float, before: list[list[_Line]]
) -> list[list[_Line]]:
    """The paragraphs of a page. The first of its lines goes on with the last one `before` where no
    sentence has ended there."""
    found: list[list[_Line]] = []
    last = before[-1][-1] if before else None
    if (
        (
            last is not None
            and lines
            and last.height <= 1.25 * usual
            and lines[0].height <= 1.25 * usual
        )
        and not _SENTENCE_END.search(last.text)
        and has_words(last.text)
    ):
        before[-1].append(replace(lines[0]))
        found.append(before[-1])
        lines = lines[1:]
    right = max((line.right for line in lines), default=0.0)
    for line in lines:
        above = found[-1][-1] if found else None
        if above is None or _begins(above, line, right):
            found.append([line])
        else:
            found[-1].append(line)
    return [paragraph for paragraph in found if not before or paragraph is not before[-1]]


def _begins(above: _Line, line: _Line, right: float) -> bool:
    """Whether a line begins a paragraph: by its distance, its size, its indent, or because the one
    above ends early."""
    if line.top > above.top:  # the next column
        return _SENTENCE_END.search(above.text) is not None
    size = max(above.height, line.height)
    if abs(above.height - line.height) > 0.2 * size and min(above.height, line.height) < 0.8 * size:
        return True
    if above.bottom - line.top > 0.9 * size:
        return True
    ended = _SENTENCE_END.search(above.text) is not None
    if line.left - above.left > 0.8 * size and ended:
        return True
    width = max(above.right, line.right, above.left + 1) - min(above.left, line.left)
    return (
        ended
        and above.right < max(above.left, line.left) + 0.85 * width
        and line.right > above.right
    )
