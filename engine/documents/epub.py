"""EPUB books into rows: the package names the chapters in their order, lxml reads their pages."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from engine.documents.blocks import Block, script_of
from engine.documents.words import one_line
from engine.errors import UserError
from engine.script.rows import Script

MAX_MEMBERS = 20_000
MAX_TEXT_BYTES = 64 * 2**20  # unpacked, of all pages together
_PAGES = (".xhtml", ".html", ".htm", ".xml", ".opf", ".ncx")
_MAX_LEVELS = 10  # of the table of contents

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKS = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "section", "article", "table",
    "tr", "td", "th", "pre", "figure", "figcaption", "aside", "header", "footer", "body", "hr", "br"
})  # fmt: skip
_UNSPOKEN = frozenset({
    "script", "style", "nav", "svg", "math", "head", "iframe", "object", "audio", "video", "rt",
    "rp"
})  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\ufeff\ufffe\uffff\ud800-\udfff]")


class EpubException(Exception):  # its name stands in the sentence
    """The package is not where the container says."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A file of the book. path: from the folder of the package. nav: it holds the contents."""

    id: str | None
    path: str
    content: bytes
    nav: bool


@dataclass(frozen=True, slots=True)
class _Book:
    """What a package says. pages: in the order of reading. contents: titles of pages by path."""

    title: str
    language: str
    pages: list[_Item]
    contents: dict[str, str]


def read_epub(data: bytes, title: str, name: str) -> Script:
    """The book in an EPUB file. name: of the file, for sentences. Raises UserError."""
    _check(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = _book(_Members(archive, name))
        blocks = list(_blocks(book))
    except UserError:
        raise
    except Exception as error:  # whatever a broken book makes of a parser
        raise UserError(
            f"{name} is no EPUB that can be read ({type(error).__name__}): "
            "open it in a reader and save it again"
        ) from error
    script = script_of(blocks, _clean(book.title)[:200].strip())
    code = re.match(r"[a-z]{2,3}", book.language.strip().lower())
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


@dataclass(slots=True)
class _Members:
    """What an archive holds: pages only, and not more of them than fits into memory."""

    archive: zipfile.ZipFile
    name: str  # of the file, for sentences
    unpacked: int = 0

    def read(self, path: str) -> bytes:
        """Nothing for pictures and missing pages. Raises KeyError (no package) and UserError."""
        path = posixpath.normpath(path)
        if not path.lower().endswith(_PAGES):
            return b""  # pictures, fonts
        try:
            member = self.archive.getinfo(path)
        except KeyError:
            if path.endswith(("container.xml", ".opf")):
                raise
            return b""
        # zipfile unpacks no more than the size that a member declares.
        self.unpacked += member.file_size
        if self.unpacked > MAX_TEXT_BYTES:
            raise _too_large(self.name)
        return self.archive.read(member)


# ── package and table of contents ─────────────────────────────────────────────────────────────


def _book(members: _Members) -> _Book:
    """Raises UserError, and whatever a broken package makes of a parser."""
    path = _package_path(members)
    try:
        package = _xml(members.read(path)).getroot()
    except KeyError as error:
        raise EpubException(f"no package {path}") from error
    metadata = package.find(f"{_OPF}metadata")
    title, language = (_stated(metadata, what) for what in ("title", "language"))
    items = list(_items(package, posixpath.dirname(path), members))
    by_id = {item.id: item for item in reversed(items) if item.id}  # the first of an id counts
    spine = package.find(f"{_OPF}spine")
    pages = [by_id[entry.get("idref")] for entry in spine if entry.get("idref") in by_id]
    nav = next((item for item in items if item.nav), None)
    return _Book(title, language, pages, _contents(by_id.get(spine.get("toc")), nav))


def _package_path(members: _Members) -> str:
    path = ""  # the last one counts
    for root in _xml(members.read("META-INF/container.xml")).iterfind(f".//{_CONTAINER}rootfile"):
        if root.get("media-type") == "application/oebps-package+xml":
            path = root.get("full-path")
    return path


def _stated(metadata: Any, what: str) -> str:
    return next((entry.text for entry in metadata.iterfind(f"{_DC}{what}") if entry.text), "")


def _items(package: Any, folder: str, members: _Members) -> Iterator[_Item]:
    """What the manifest lists. folder: of the package."""
    for element in package.find(f"{_OPF}manifest"):
        if element.tag != f"{_OPF}item":
            continue
        known_as, href = element.get("id"), element.get("href")
        path = unquote(href)
        is_page = element.get("media-type") == "application/xhtml+xml"
        properties = element.get("properties", "").split() if is_page else ()
        nav = "nav" in properties
        # The contents may be stored under the name as it is written, %20 and all.
        content = members.read(posixpath.join(folder, href)) if nav else b""
        content = content or members.read(posixpath.join(folder, path))
        if "cover" in properties and not nav:
            known_as, path = "cover", "cover.xhtml"  # read only where the spine calls it so
        yield _Item(known_as, path, content, nav)


def _xml(data: bytes) -> Any:
    """The tree of what can be read of an XML document; nothing is fetched, no entity unfolded."""
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True)
    return etree.parse(io.BytesIO(data), parser=parser)


def _contents(ncx: _Item | None, nav: _Item | None) -> dict[str, str]:
    """Titles by page, of the NCX or, where there is none that can be read, of the nav document."""
    with suppress(Exception):  # a broken table of contents is no reason to refuse a book
        if ncx:
            return _titles(_points(_xml(ncx.content).getroot().find(f"{_NCX}navMap")))
    with suppress(Exception):
        if nav:
            return _titles(_entries(_nav_root(nav.content)), posixpath.dirname(nav.path))
    return {}


def _titles(links: Iterable[tuple[str | None, str | None]], folder: str = "") -> dict[str, str]:
    """Titles by page of (link, title); the last one of a page counts. folder: of the links."""
    return {
        posixpath.normpath(posixpath.join(folder, link.partition("#")[0])): one_line(_clean(title))
        for link, title in links
        if link and title
    }


def _points(parent: Any, level: int = 0) -> Iterator[tuple[str | None, str | None]]:
    """(link, title) of the points below a point of an NCX, from the top down."""
    for point in parent.iterfind(f"{_NCX}navPoint"):
        titles = [None, *(label[0].text for label in point.iterfind(f"{_NCX}navLabel"))]
        links = [None, *(content.get("src") for content in point.iterfind(f"{_NCX}content"))]
        if level < _MAX_LEVELS:
            yield links[-1], titles[-1]
        yield from _points(point, level + 1)


def _nav_root(content: bytes) -> Any:
    """The list in a navigation document."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    root = html.document_fromstring(content, parser=parser)
    return root.xpath("//nav[@*='toc']")[0].find("ol")


def _entries(parent: Any, level: int = 0) -> Iterator[tuple[str | None, str | None]]:
    """(link, title) of a list in a navigation document, from the top down."""
    for entry in parent.iterfind("li") if level < _MAX_LEVELS else ():
        link, below = entry.find("a"), entry.find("ol")
        if link is not None:
            yield link.get("href"), (link if below is None else entry[0]).text_content()
        if below is not None:
            yield from _entries(below, level + 1)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def _blocks(book: _Book) -> Iterator[Block]:
    for page in book.pages:
        blocks = list(_page(page.content)) if page.content else []
        title = book.contents.get(posixpath.normpath(page.path))
        if title and blocks and not any(block.kind == "heading" for block in blocks):
            yield Block("chapter", (title,))
        yield from blocks


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
        words = one_line(_clean("".join(text)))
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
