"""EPUB books into rows. ebooklib finds the chapters in their order, lxml reads their pages."""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from engine.documents.blocks import Block, script_of
from engine.errors import UserError
from engine.script.rows import Script

MAX_MEMBERS = 20_000
MAX_TEXT_BYTES = 64 * 2**20  # unpacked, of all pages together
_PAGES = (".xhtml", ".html", ".htm", ".xml", ".opf", ".ncx")

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKS = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "section", "article", "table",
    "tr", "td", "th", "pre", "figure", "figcaption", "aside", "header", "footer", "body", "hr",
    "br"
})  # fmt: skip
_UNSPOKEN = frozenset({
    "script", "style", "nav", "svg", "math", "head", "iframe", "object", "audio", "video", "rt",
    "rp"
})  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\ufeff\ufffe\uffff\ud800-\udfff]")


def read_epub(data: bytes, title: str, name: str) -> Script:
    """The book in an EPUB file. name: of the file, for sentences. Raises UserError."""
    from ebooklib import epub  # imports lxml

    class Reader(epub.EpubReader):  # type: ignore[misc]
        """Reads pages only, and not more of them than fits into memory."""

        unpacked = 0

        def read_file(self, path: str) -> bytes:
            path = posixpath.normpath(path)
            if not path.lower().endswith(_PAGES):
                return b""  # pictures, fonts
            try:
                member = self.zf.getinfo(path)
            except KeyError:
                if path.endswith(("container.xml", ".opf")):
                    raise
                return b""
            # zipfile unpacks no more than the size that a member declares.
            self.unpacked += member.file_size
            if self.unpacked > MAX_TEXT_BYTES:
                raise _too_large(name)
            return bytes(self.zf.read(member))

        # A broken table of contents is no reason to refuse a book.
        def _parse_ncx(self, *arguments: Any, **options: Any) -> None:
            with suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):
                super()._parse_ncx(*arguments, **options)

        def _parse_nav(self, *arguments: Any, **options: Any) -> None:
            with suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):
                super()._parse_nav(*arguments, **options)

    _check(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ebooklib warns of its own deprecations
            book = Reader(io.BytesIO(data), {"ignore_ncx": False}).load()
        blocks = list(_blocks(book))
        found = book.get_metadata("DC", "title")
        language = book.get_metadata("DC", "language")
    except UserError:
        raise
    except Exception as error:  # whatever a broken book makes of a parser
        raise UserError(
            f"{name} is no EPUB that can be read ({type(error).__name__}): "
            "open it in a reader and save it again"
        ) from error
    titles = [text for text, _ in found if text] if found else []
    codes = [text for text, _ in language if text] if language else []
    script = script_of(blocks, _clean(titles[0])[:200].strip() if titles else title)
    code = re.match(r"[a-z]{2,3}", codes[0].strip().lower()) if codes else None
    return script.replace(language=code[0] if code else "en", title=script.title or title)


def _check(data: bytes, name: str) -> None:
    """Refuse what would not fit, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError) as error:
        raise UserError(f"{name} is no EPUB: it cannot be unpacked") from error
    pages = sum(m.file_size for m in members if m.filename.lower().endswith(_PAGES))
    if len(members) > MAX_MEMBERS or pages > MAX_TEXT_BYTES:
        raise _too_large(name)
    if any(member.filename == "META-INF/rights.xml" for member in members):
        raise UserError(f"{name} is copy-protected: only books without protection can be read")


def _too_large(name: str) -> UserError:
    return UserError(
        f"{name} unpacks to more than {MAX_TEXT_BYTES // 2**20} MB of text: it is no book"
    )


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def _blocks(book: Any) -> Iterator[Block]:
    contents = dict(_contents(book.toc))
    for entry in book.spine:
        item = book.get_item_with_id(entry[0] if isinstance(entry, tuple) else entry)
        if item is None or not item.content or "nav" in (getattr(item, "properties", None) or ()):
            continue
        blocks = list(_page(item.content))
        title = contents.get(posixpath.normpath(item.get_name()))
        if title and blocks and not any(block.kind == "heading" for block in blocks):
            yield Block("chapter", (title,))
        yield from blocks


def _contents(toc: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """(page, title) of the table of contents."""
    for entry in toc if isinstance(toc, (list, tuple)) and depth < 20 else ():
        if isinstance(entry, (list, tuple)):
            yield from _contents(entry, depth + 1)
        elif getattr(entry, "href", None) and getattr(entry, "title", None):
            page = posixpath.normpath(str(entry.href).partition("#")[0])
            yield page, " ".join(_clean(str(entry.title)).split())


def _page(content: bytes) -> Iterator[Block]:
    """The headings and paragraphs of an XHTML page."""
    from lxml import etree, html

    declared = re.match(rb"\s*<\?xml[^>]{0,100}encoding=[\"']([\w-]{1,30})", content)
    parser = html.HTMLParser(
        encoding=declared[1].decode("ascii") if declared else "utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
    )
    root = html.document_fromstring(content, parser=parser)
    text: list[str] = []
    level = 0  # of the heading that we are in

    def flush() -> Iterator[Block]:
        words = " ".join(_clean("".join(text)).split())
        text.clear()
        if words:
            yield Block("heading" if level else "paragraph", (words,), level=level or 1)

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _UNSPOKEN or _is_note_mark(element):
                walk.skip_subtree()
                continue
            if tag in _HEADINGS or (tag in _BREAKS and not (level and tag == "br")):
                yield from flush()
            level = _HEADINGS.get(tag, level)
            text.append(" " if tag == "br" else "")
            text.append(element.text or "")
            if tag == "hr":
                yield Block("break")
        else:
            if tag in _HEADINGS or tag in _BREAKS:
                yield from flush()
            level = 0 if tag in _HEADINGS else level
            text.append(element.tail or "")
    yield from flush()


def _is_note_mark(element: Any) -> bool:
    """The little number that leads to a footnote."""
    return "noteref" in (element.get("epub:type") or "") or element.get("role") == "doc-noteref"


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
