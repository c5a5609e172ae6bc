"""EPUB books into rows: the package names the pages in their order, lxml reads them."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from engine.audio.cover import MAX_BYTES, cover_of
from engine.documents import page
from engine.documents.blocks import NO_CHAPTER, Block, script_of
from engine.documents.encoding import decode_page
from engine.documents.epub_contents import Entry, contents
from engine.documents.left_out import Omissions
from engine.documents.reading import USUAL, Reading
from engine.documents.words import one_line
from engine.errors import UserError
from engine.script.rows import Script

MAX_MEMBERS = 20_000  # of the archive, and of the manifest
MAX_PAGES = 5_000
MAX_TEXT_BYTES = 64 * 2**20  # unpacked, of all pages together

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ENC = "{http://www.w3.org/2001/04/xmlenc#}"
_PAGE_TYPES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml")
_PAGE_ENDS = (".xhtml", ".html", ".htm", ".xht", ".xml")
_PICTURE_ENDS = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")
_FONT_MASKS = (  # what is no encryption of text
    "http://www.idpf.org/2008/embedding",
    "http://ns.adobe.com/pdf/enc#RC",
)


class EpubException(Exception):  # its name stands in the sentence
    """The package is not where the container says."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A file of the book. paths: where it may lie in the archive, best first."""

    id: str | None
    paths: tuple[str, ...]
    type: str
    properties: frozenset[str]

    @property
    def is_page(self) -> bool:
        """Whether it can be read; the media type decides, then the name."""
        if self.type.startswith(("image/", "font/", "audio/", "video/")):
            return False
        return self.type in _PAGE_TYPES or self.paths[0].lower().endswith(_PAGE_ENDS)


@dataclass(frozen=True, slots=True)
class _Book:
    """What a package says. pages: in the order of reading. beside: those that are not in it."""

    title: str
    language: str
    author: str
    pages: list[_Item]
    beside: list[_Item]
    contents: list[Entry]
    cover: _Item | None


def read_epub(data: bytes, title: str, name: str, reading: Reading = USUAL) -> Script:
    """The book in an EPUB file. name: of the file, for sentences. Raises UserError."""
    _check(data, name)
    omitted = Omissions()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _Members(archive, name)
            book = _book(members)
            _refuse_encrypted(members, book)
            blocks = list(_blocks(book, members, omitted, reading))
            cover = members.picture(book.cover, omitted)
    except UserError:
        raise
    except Exception as error:  # whatever a broken book makes of a parser
        raise UserError(
            f"{name} is no EPUB that can be read ({type(error).__name__}): "
            "open it in a reader and save it again"
        ) from error
    if not blocks and any("pictures" in one.what for one in omitted.listed()):
        raise UserError(
            f"{name} holds pictures of pages and no text: have its text recognised first (OCR)"
        )
    script = script_of(blocks, page.plain(book.title)[:200].strip(), omitted, reading)
    code = re.match(r"[a-z]{2,3}", book.language.strip().lower())
    return script.replace(
        language=code[0] if code else "en",
        title=script.title or title,
        author=one_line(page.plain(book.author))[:200],
        cover=cover,
    )


def _check(data: bytes, name: str) -> None:
    """Refuse what would not fit, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError) as error:
        raise UserError(f"{name} is no EPUB: it cannot be unpacked") from error
    ends = (*_PAGE_ENDS, ".opf", ".ncx")
    pages = sum(m.file_size for m in members if m.filename.lower().endswith(ends))
    if len(members) > MAX_MEMBERS or pages > MAX_TEXT_BYTES:
        raise _too_large(name)
    if any(member.filename == "META-INF/rights.xml" for member in members):
        raise _protected(name)


def _too_large(name: str) -> UserError:
    return UserError(
        f"{name} unpacks to more than {MAX_TEXT_BYTES // 2**20} MB of text: it is no book"
    )


def _protected(name: str) -> UserError:
    return UserError(f"{name} is copy-protected: only books without protection can be read")


class _Members:
    """What an archive holds, and not more of it than fits into memory."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name  # of the file, for sentences
        self._archive = archive
        self._unpacked = self._marks = 0
        self._names = {member.casefold(): member for member in reversed(archive.namelist())}

    def find(self, *paths: str) -> str | None:
        """The name of the first of these that is there; letters may differ in case."""
        found = (self._names.get(_normal(path).casefold()) for path in paths)
        return next(filter(None, found), None)

    def read(self, path: str) -> bytes:
        """Raises KeyError where it is not there, UserError where it is too much."""
        member = self._archive.getinfo(self.find(path) or path)
        # zipfile unpacks no more than the size that a member declares.
        self._unpacked += member.file_size
        if self._unpacked > MAX_TEXT_BYTES:
            raise _too_large(self.name)
        return self._archive.read(member)

    def tree(self, path: str | None) -> Any:
        """Of a part that a book can do without; None where it cannot be read."""
        with suppress(Exception):
            return _xml(self.read(path)).getroot() if path else None
        return None

    def page(self, path: str) -> str:
        """The text of a page. All pages together have no more marks than a book."""
        text = decode_page(self.read(path))
        self._marks += text.count("<")
        if self._marks > page.MAX_MARKS:
            raise UserError(f"{self.name} has more marks than any book: it is not read")
        return text

    def picture(self, item: _Item | None, omitted: Omissions) -> bytes:
        """The cover where sound files can have it."""
        path = item and self.find(*item.paths)
        member = self._archive.getinfo(path) if path else None
        if member is None:
            return b""
        data = b"" if member.file_size > MAX_BYTES else self._archive.read(member)
        omitted.add("covers that sound files cannot have", member.filename, cover_of(data) is None)
        return data if cover_of(data) else b""


def _normal(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/")).lstrip("/")


def _refuse_encrypted(members: _Members, book: _Book) -> None:
    """Raise UserError where a page is encrypted; fonts may be."""
    if members.find("META-INF/encryption.xml") is None:
        return
    pages = {_normal(path).casefold() for item in book.pages for path in item.paths}
    for entry in (
        _xml(members.read("META-INF/encryption.xml")).getroot().iter(f"{_ENC}EncryptedData")
    ):
        method = entry.find(f"{_ENC}EncryptionMethod")
        for reference in entry.iter(f"{_ENC}CipherReference"):
            uri = reference.get("URI") or ""
            masked = method is not None and method.get("Algorithm") in _FONT_MASKS
            if not masked and _normal(unquote(uri)).casefold() in pages:
                raise _protected(members.name)


# ── package ───────────────────────────────────────────────────────────────────────────────────


def _book(members: _Members) -> _Book:
    """Raises UserError, and whatever a broken package makes of a parser."""
    path = _package_path(members)
    try:
        package = _xml(members.read(path)).getroot()
    except KeyError as error:
        raise EpubException(f"no package {path}") from error
    metadata, manifest = package.find(f"{_OPF}metadata"), package.find(f"{_OPF}manifest")
    title, language = (_stated(metadata, what) for what in ("title", "language"))
    spine = package.find(f"{_OPF}spine")
    if len(manifest) > MAX_MEMBERS or len(spine) > MAX_MEMBERS:
        raise _too_large(members.name)
    items = list(_items(manifest, posixpath.dirname(path)))
    by_id = {item.id: item for item in reversed(items)}  # the first of an id counts
    pages: list[_Item] = []
    beside: list[_Item] = []
    for entry in spine:
        item = by_id.get(entry.get("idref") or "")
        if item is not None and "cover" not in item.properties:
            (beside if entry.get("linear") == "no" else pages).append(item)
    toc = by_id.get(spine.get("toc") or "")
    ncx = members.find(*toc.paths) if toc else None
    nav_item = next((item for item in items if "nav" in item.properties), None)
    nav = members.find(*nav_item.paths) if nav_item else None
    found = contents(
        (tree, ncx) if ncx and (tree := members.tree(ncx)) is not None else None,
        (decode_page(members.read(nav)), nav) if nav else None,
    )
    return _Book(
        title, language, _authors(metadata), pages, beside, found, _cover(metadata, items, by_id)
    )


def _package_path(members: _Members) -> str:
    path = ""  # the last one counts
    for root in _xml(members.read("META-INF/container.xml")).iterfind(f".//{_CONTAINER}rootfile"):
        if root.get("media-type") == "application/oebps-package+xml":
            path = root.get("full-path")
    return unquote(path) if path and members.find(path) is None else path


def _stated(metadata: Any, what: str) -> str:
    return next((entry.text for entry in metadata.iterfind(f"{_DC}{what}") if entry.text), "")


def _authors(metadata: Any) -> str:
    """Who wrote it; translators and illustrators are no authors."""
    names = []
    for entry in metadata.iterfind(f"{_DC}creator"):
        role = entry.get(f"{_OPF}role") or "aut"
        if entry.text and role == "aut":
            names.append(one_line(entry.text))
    return ", ".join(dict.fromkeys(names[:20]))


def _cover(metadata: Any, items: list[_Item], by_id: dict[str | None, _Item]) -> _Item | None:
    for item in items:
        if "cover-image" in item.properties:
            return item
    for entry in metadata.iterfind(f"{_OPF}meta"):
        if entry.get("name") == "cover":
            return by_id.get(entry.get("content"))
    return None


def _items(manifest: Any, folder: str) -> Iterator[_Item]:
    """What the manifest lists. folder: of the package."""
    for element in manifest:
        if element.tag == f"{_OPF}item":
            href = element.get("href")
            # It may be stored under the name as it is written, %20 and all.
            paths = tuple(posixpath.join(folder, name) for name in (unquote(href), href))
            media = (element.get("media-type") or "").strip().lower()
            properties = frozenset((element.get("properties") or "").split())
            yield _Item(element.get("id"), paths, media, properties)


def _xml(data: bytes) -> Any:
    """The tree of what can be read of an XML document; nothing is fetched, no entity unfolded."""
    from lxml import etree

    if any(tag.count(b"=") > 1000 for tag in data.split(b"<")) or data.count(b"<") > page.MAX_MARKS:
        raise EpubException("more marks than any book")
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True)
    return etree.parse(io.BytesIO(data), parser=parser)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def _blocks(
    book: _Book, members: _Members, omitted: Omissions, reading: Reading
) -> Iterator[Block]:
    read: list[tuple[str, _Item]] = []
    led: set[str] = set()  # places that marks of notes lead to, of all pages so far
    for item in book.pages:
        path = members.find(*item.paths)
        if not item.is_page:
            ends = item.paths[0].lower().endswith(_PICTURE_ENDS)
            what = "pictures without a text" if ends else "pages without text"
            omitted.add(what, item.paths[0])
        elif path is None:
            omitted.add("pages that cannot be found", item.paths[0])
        else:
            read.append((path, item))
    repeats = Counter(path for path, _ in read)
    for path, times in repeats.items():
        omitted.add("repeated pages", path, times - 1)
    if len(repeats) > MAX_PAGES:
        raise _too_large(members.name)
    chapters, count = _chapters(book, repeats)
    for path in repeats:
        places = chapters.get(path.casefold(), [])
        yield from _page(members.page(path), path, places, count > 1, omitted, members.name, led)
    for item in book.beside:
        omitted.add("pages beside the text", item.paths[0])
        path = members.find(*item.paths)
        if reading.notes and path is not None and path not in repeats and item.is_page:
            root = page.parse(members.page(path), members.name)  # notes often stand there
            blocks = page.blocks_of(root, Omissions(), path=path)
            yield from (block for block in blocks if block.kind == "note")


def _chapters(
    book: _Book, pages: Counter[str]
) -> tuple[dict[str, list[tuple[str, str, int]]], int]:
    """(place, title, level) of the chapters of each page that is read, and how many there are. The
    outermost level is 1, however deep it stands."""
    known = {path.casefold() for path in pages}
    entries = [entry for entry in book.contents if entry.page.casefold() in known]
    ranks = sorted({entry.level for entry in entries})
    found: dict[str, list[tuple[str, str, int]]] = {}
    for entry in entries:
        level = ranks.index(entry.level) + 1
        found.setdefault(entry.page.casefold(), []).append((entry.place, entry.title, level))
    return found, len(entries)


def _page(
    text: str,
    path: str,
    places: list[tuple[str, str, int]],
    has_contents: bool,
    omitted: Omissions,
    name: str,
    led: set[str],
) -> Iterator[Block]:
    """The blocks of a page. has_contents: the table of contents says where chapters begin. led: as
    in page.blocks_of."""
    root = page.parse(text, name)
    ids = set(root.xpath("//@id")) | set(root.xpath("//a/@name")) if places else set()
    anchors = {place: (title, level) for place, title, level in places if place in ids}
    start = [(title, level) for place, title, level in places if place not in ids]
    waiting = [Block("chapter", (title,), level=level) for title, level in start]
    spoke = False
    for block in page.blocks_of(root, omitted, anchors=anchors, path=path, led=led):
        if block.kind == "chapter":
            waiting.append(block)
            continue
        if waiting and block.kind in ("heading", "paragraph"):
            yield from waiting[:-1]
            last = waiting.pop()
            waiting.clear()
            if _same(block, last):  # the title itself: a heading, and a chapter of that name
                yield Block("heading", last.lines, block.line, last.level, marks=block.marks)
                spoke = True
                continue
            yield last
        if block.kind == "heading" and has_contents:
            level = block.level + NO_CHAPTER
            block = Block("heading", block.lines, block.line, level, marks=block.marks)
        spoke = spoke or block.kind in ("heading", "paragraph")
        yield block
    if not spoke and not root.xpath("//nav"):
        pictures = root.xpath("//img | //*[local-name()='image']")
        omitted.add("pages without text", path, 0 if pictures else 1)


def _same(block: Block, chapter: Block) -> bool:
    """Whether a block says the title of a chapter, and nothing else."""
    return _letters(" ".join(block.lines)) == _letters(" ".join(chapter.lines))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
