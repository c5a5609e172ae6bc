"""HTML files and saved pages into rows: lxml reads them, trafilatura tells text from menus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.documents import page
from engine.documents.blocks import Block, script_of
from engine.documents.encoding import decode, decode_page, is_binary
from engine.documents.language import guess_language
from engine.documents.left_out import Omissions
from engine.documents.reading import USUAL, Reading
from engine.documents.words import one_line
from engine.errors import UserError
from engine.script.rows import Script

MAX_BYTES = 32 * 2**20
_SMALL = 600  # letters of a page that has no menus worth speaking of
_LEAST = 0.3  # of a page's letters that its main text has
_LONG = 80  # letters of a paragraph that is no menu, wherever it stands
_NEAR = 50_000  # letters of the main text around the last paragraph, among which the next is sought
# trafilatura takes elements out one by one, each in the time of the text before it.
_MOST_WORK = 5 * 10**8  # elements of a paragraph times its letters; some 3 s


def read_html(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The main text of a page. name: of the file, for sentences. Raises UserError."""
    if len(data) > MAX_BYTES:
        raise UserError(
            f"{name} is larger than {MAX_BYTES // 2**20} MB: split it into several files"
        )
    omitted = Omissions()
    text = decode(data, name, reading.encoding)[0] if reading.encoding else decode_page(data)
    if is_binary(text) or not text.strip():
        raise UserError(f"{name} is no HTML that can be read: save it as text")
    try:
        root = page.parse(text, name)
        blocks = list(page.blocks_of(root, omitted))
        main = _main_text(page.parse(text, name)) if _needs_a_look(blocks) else None
    except UserError:
        raise
    except Exception as error:  # whatever a broken page makes of a parser
        raise UserError(f"{name} is no HTML that can be read: save it as text") from error
    if main is not None:
        blocks = list(_within(blocks, main, omitted))
    script = script_of(blocks, title, omitted, reading)
    code = re.match(r"[a-z]{2,3}", (root.get("lang") or root.get("xml:lang") or "").lower())
    words = " ".join(row.text for row in script.rows[:200])
    author = root.xpath("string(//meta[@name='author']/@content)")
    return script.replace(
        language=code[0] if code else guess_language(words),
        author=one_line(page.plain(str(author)))[:200],
    )


def _needs_a_look(blocks: list[Block]) -> bool:
    return sum(len(_letters(" ".join(block.lines))) for block in blocks) > _SMALL


def _main_text(root: Any) -> str | None:
    """The letters of what is not menu, advertisement or comment; None where that is not clear."""
    import trafilatura

    page.put_readings(root)  # as the blocks have them
    if sum(len(element) * _between(element) for element in root.iter()) > _MOST_WORK:
        return None
    try:
        found = trafilatura.bare_extraction(
            root, include_comments=False, include_tables=True, favor_recall=True,
            with_metadata=False,
        )  # fmt: skip
    except Exception:  # a library of heuristics; without it the whole page is read
        return None
    text = getattr(found, "text", None)
    return _letters(text) if text else None


def _between(parent: Any) -> int:
    """Letters that stand between the elements below a parent."""
    return sum(len(element.tail or "") for element in parent)


def _within(blocks: list[Block], main: str, omitted: Omissions) -> Iterator[Block]:
    """The blocks of the main text, from its first to its last one; all where it is but a part."""
    letters = [_letters(" ".join(block.lines)) for block in blocks]
    inside = list(_found(letters, main))
    kept = sum(len(words) for words, is_inside in zip(letters, inside, strict=True) if is_inside)
    if kept < _LEAST * sum(map(len, letters)):
        yield from blocks
        return
    first, last = inside.index(True), len(inside) - 1 - inside[::-1].index(True)
    while first and blocks[first - 1].kind == "heading":  # the title over the text
        first -= 1
    for at, block in enumerate(blocks):
        within = first <= at <= last
        own = block.kind in ("heading", "break", "note") or len(letters[at]) >= _LONG
        if within and (inside[at] or own):
            yield block
        elif block.lines:
            omitted.add("lines beside the main text", " ".join(block.lines))


def _found(pieces: list[str], text: str) -> Iterator[bool]:
    """Which pieces stand in a text. They come in its order, more or less: searching all of it for
    each would take the square of its length."""
    at = 0
    for piece in pieces:
        start, middle = max(at - _NEAR, 0), at + len(piece)
        place = text.find(piece, at, middle + _NEAR) if piece else -1
        if piece and place < 0:
            place = text.find(piece, start, middle)
        if place >= 0:
            at = place
        yield place >= 0


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
