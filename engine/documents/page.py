"""Pages of HTML into blocks: of books, saved pages and Markdown alike. Nothing is fetched."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from engine.documents.blocks import Block
from engine.documents.left_out import Omissions
from engine.documents.words import has_words, one_line, without_ligatures
from engine.errors import UserError

MAX_MARKS = 600_000  # of one document; War and Peace has some 40 000
_MAX_ATTRIBUTES = 2_000  # of one element: libxml2 compares each with every other

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAKS = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "section", "article", "table",
    "tr", "td", "th", "pre", "figure", "figcaption", "aside", "header", "footer", "body", "hr",
    "br", "main", "details", "summary", "caption", "address", "center", "fieldset", "legend"
})  # fmt: skip
_UNSPOKEN = frozenset({
    "script", "style", "nav", "svg", "math", "head", "iframe", "object", "audio", "video", "rp",
    "rtc", "template", "noscript", "button", "input", "select", "textarea", "canvas"
})  # fmt: skip
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr"
})  # fmt: skip
_NOTE_TYPES = frozenset({
    "footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes", "doc-footnote",
    "doc-endnote", "doc-endnotes"
})  # fmt: skip
_MARK_TYPES = frozenset({"noteref", "doc-noteref", "backlink", "doc-backlink", "footnote-backref"})
_PAGE_TYPES = frozenset({"pagebreak", "doc-pagebreak", "pagenum", "pageno", "page-number"})
_NOTE_BLOCKS = frozenset({"aside", "section", "div", "li", "p", "dd", "ol", "ul", "dl"})
_SMALL_BLOCKS = frozenset({"p", "li", "dd", "div", "td"})
_NUMBERED = re.compile(r"\s*[\[({]?\s?(?:\d{1,4}|[*†‡§¶]{1,4}|[a-z])\s?[\])}.:]?(?:\s|$)")
_MARK = re.compile(r"[\[({]?\s?(?:\d{1,4}|[*†‡§¶#]{1,4}|[a-z]{1,2}|[ivx]{1,6})\s?[\])}]?")
_BRACKETED = re.compile(r"\[\s?\S{1,4}\s?\]|[*†‡§¶]{1,4}")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_UNNUMBERED = re.compile(r"list-style(?:-type)?\s*:\s*none", re.I)
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:pages?|pp?|pg|pág|seite|стр|с)\b\W{0,2})?(?:\d{1,5}|[ivxlcdm]{1,9})\W{0,3}", re.I
)
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:-]{0,40})((?:\s[^<>]*)?)/>")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe"
    "\uffff\ud800-\udfff]"
)


def parse(text: str, name: str) -> Any:
    """The tree of a page. name: of the file, for sentences. Raises UserError for one that would
    take for ever, and what lxml makes of a page without anything."""
    from lxml import html

    if text.count("<") > MAX_MARKS or any(
        tag.count(" ") + tag.count("\n") + tag.count("\t") > _MAX_ATTRIBUTES
        and len(tag.partition(">")[0].split(None, _MAX_ATTRIBUTES)) > _MAX_ATTRIBUTES
        for tag in text.split("<")
    ):
        raise UserError(f"{name} has more marks than any book: it is not read")
    # <a id="x"/> is closed in XHTML and open in HTML, where it would swallow what follows.
    text = _SELF_CLOSED.sub(
        lambda tag: tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2]}></{tag[1]}>", text
    )
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    return html.document_fromstring(re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text), parser=parser)


def plain(text: str) -> str:
    """Without what nobody can say."""
    return without_ligatures(_CONTROL.sub("", text))


def blocks_of(
    root: Any,
    omitted: Omissions,
    *,
    anchors: Mapping[str, tuple[str, int]] | None = None,
    lines: bool = False,
    path: str = "",
    led: set[str] | None = None,
) -> Iterator[Block]:
    """Headings, paragraphs, breaks and notes below an element.

    anchors: id → title and level of a chapter that begins there. lines: line feeds within a
    paragraph are lines of the source, whose numbers stand in data-line (Markdown). path: of the
    page in its book, for links to notes on other pages. led: places of the book that marks of notes
    on earlier pages lead to; those of this one are added.
    """
    yield from _Page(
        root, omitted, anchors or {}, lines, path, set() if led is None else led
    ).blocks()


def put_readings(root: Any) -> None:
    """Replace every ruby of a tree by what is said of it."""
    page = _Page(root, Omissions(), {}, False, "", set())
    for ruby in list(root.iter("ruby")):
        said, tail = page._reading(ruby), ruby.tail
        ruby.clear()
        ruby.tag, ruby.text, ruby.tail = "span", plain(said), tail


class _Page:
    """A walk through a page."""

    def __init__(
        self,
        root: Any,
        omitted: Omissions,
        anchors: Mapping[str, tuple[str, int]],
        lines: bool,
        path: str,
        led: set[str],
    ) -> None:
        self.root, self.omitted, self.anchors, self.lines = root, omitted, anchors, lines
        self.path, self.led = path, led
        self.inside: list[Any] = []  # notes, the outermost first
        self.note = ""  # id of the note that we are in
        self.marks: list[str] = []  # places of the notes that the words lead to
        self.text: list[str] = []
        self.number = ""  # of a list's item, until it has words
        self.level = 0  # of the heading that we are in
        self.line = 0
        self.poems = 0  # how many preformatted texts we are in
        self.counts: dict[Any, int] = {}  # of ordered lists

    def blocks(self) -> Iterator[Block]:
        from lxml import etree

        walk = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if self._is_skipped(element):
                    walk.skip_subtree()
                    if element.tag in _BREAKS:
                        yield from self._flush()
                    continue
                yield from self._start(element)
            else:
                yield from self._end(element)
        yield from self._flush()

    def _start(self, element: Any) -> Iterator[Block]:
        tag = element.tag if isinstance(element.tag, str) else ""
        if (known := element.get("id") or element.get("name")) in self.anchors:
            yield from self._flush()
            title, level = self.anchors[known]
            yield Block("chapter", (title,), self.line, level)
        level = _HEADINGS.get(tag, 0)
        if level or (tag in _BREAKS and not (tag == "br" and (self.level or self.lines))):
            yield from self._flush()
        if self.lines and (line := element.get("data-line")):
            self.line = int(line)
        self.level = level or self.level
        place = self._place_of_note(element, tag) if self.led else ""
        if place or _is_note(element):
            self.inside.append(element)
        if self.inside and (place or element.get("id")):
            self.note = place or f"{self.path}#{element.get('id')}"
        self.poems += tag == "pre"
        if tag == "br":
            self.text.append(" ")
        elif tag == "li":
            self.number = self._number(element)
        elif tag == "hr":
            yield Block("break", (), self.line)
        self.text.append(element.text or "")

    def _end(self, element: Any) -> Iterator[Block]:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not self._is_skipped(element, count=False):
            if tag in _HEADINGS or (tag in _BREAKS and tag != "br"):
                yield from self._flush()
            self.level = 0 if tag in _HEADINGS else self.level
            if self.inside and self.inside[-1] is element:
                self.inside.pop()
            self.poems -= tag == "pre"
        if element is not self.root:
            self.text.append(element.tail or "")

    def _flush(self) -> Iterator[Block]:
        raw = plain("".join(self.text))
        self.text.clear()
        parts = raw.split("\n") if self.lines or self.poems else [raw]
        numbered = [(at, one_line(part)) for at, part in enumerate(parts)]
        numbered = [(at, part) for at, part in numbered if part]
        if not numbered:
            return
        words = [part for _, part in numbered]
        marks = tuple(self.marks)
        self.marks.clear()
        line = self.line + numbered[0][0] if self.line else 0
        if self.number and any(map(has_words, words)):
            if not self.inside:
                words[0] = f"{self.number} {words[0]}"
            self.number = ""
        if self.inside:
            if not self.level:
                yield Block("note", (" ".join(words),), line, name=self.note)
        elif self.level:
            yield Block("heading", (" ".join(words),), line, self.level, marks=marks)
        else:
            yield Block("paragraph", tuple(words), line, wrapped=self.lines, marks=marks)

    # ── what is said otherwise, or not at all ─────────────────────────────────────────────────

    def _is_skipped(self, element: Any, *, count: bool = True) -> bool:
        """Whether an element is not walked into: it is left out, or its words are added at once.

        count: it is met for the first time.
        """
        tag = element.tag if isinstance(element.tag, str) else "script"
        if tag in _UNSPOKEN or tag in ("img", "image", "ruby"):
            if count:
                self._unspoken(tag, element)
            return True
        types = _types(element)
        if types & _PAGE_TYPES and _is_page_number(element):
            if count:
                self.omitted.add("page numbers", "".join(element.itertext()))
            return True
        if types & _MARK_TYPES or _is_note_mark(tag, element):
            if count:
                self._mark(element)
            return True
        if _is_hidden(element):
            if count and has_words("".join(element.itertext())):
                self.omitted.add("hidden passages", "".join(element.itertext()))
            return True
        if tag == "pre" and element.find(".//code") is not None:
            if count:
                self.omitted.add("blocks of code", "".join(element.itertext()))
            return True
        if tag == "a" and element.get("data-address") is not None:
            if count:
                self.omitted.add("web addresses", "".join(element.itertext()))
            return True
        if tag == "tr" and not any(inner.tag in _BLOCKS_IN_CELLS for inner in element.iter()):
            if count:
                cells = (one_line(self._words(cell)) for cell in element.iterchildren("td", "th"))
                self._row(element, ", ".join(filter(None, cells)))
            return True
        return False

    def _mark(self, element: Any) -> None:
        link = element if element.tag == "a" else element.find(".//a")
        href = "" if link is None else link.get("href") or ""
        target, _, name = href.partition("#")
        if not name:
            return
        place = self.path
        if target:
            folder = posixpath.dirname(self.path)
            place = posixpath.normpath(posixpath.join(folder, unquote(target)))
        self.marks.append(f"{place}#{name}")
        self.led.add(f"{place}#{name}")

    def _place_of_note(self, element: Any, tag: str) -> str:
        """The place of a note that nothing calls one: a paragraph to which a mark has led, and
        which begins with its number; else ""."""
        if tag not in _SMALL_BLOCKS or any(
            inner.tag in _BREAKS for inner in element.iterchildren()
        ):
            return ""
        words = ""
        for piece in element.itertext():
            words += piece
            if len(words) > 40:
                break
        if not _NUMBERED.match(words[:40]):
            return ""
        first = [element, *element.iterchildren()][:2]
        first += [inner for child in first[1:] for inner in child.iterchildren()][:1]
        places = (f"{self.path}#{one.get('id') or one.get('name')}" for one in first)
        return next((place for place in places if place in self.led), "")

    def _unspoken(self, tag: str, element: Any) -> None:
        if tag == "ruby":
            self.text.append(self._reading(element))
        elif tag in ("img", "image"):
            alt = element.get("alt") or ""
            if has_words(alt):
                self.text.append(alt)
            else:
                self.omitted.add("pictures without a text", element.get("src") or "")
        elif tag == "math":
            self.omitted.add("formulas", "".join(element.itertext()))
        elif tag == "svg" and (title := element.find("title")) is not None and title.text:
            self.text.append(title.text)

    def _row(self, element: Any, words: str) -> None:
        """A row of a table is one paragraph: its cells, with commas."""
        if self.lines and (line := element.get("data-line")):
            self.line = int(line)
        self.text.append(words)

    def _words(self, element: Any) -> str:
        """What is said of a small element that is looked at as a whole."""
        if self._is_skipped(element, count=False) and element.tag != "tr":
            if element.tag == "ruby":
                return self._reading(element)
            return element.get("alt") or "" if element.tag in ("img", "image") else ""
        if element.tag == "br":
            return " "
        return (element.text or "") + "".join(
            self._words(inner) + (inner.tail or "") for inner in element
        )

    def _reading(self, ruby: Any) -> str:
        """Of each piece the text above it, or where that has no words (dots), the piece itself."""
        said, base = [], ruby.text or ""
        for part in ruby:
            if part.tag == "rt":
                reading = one_line("".join(part.itertext()))
                said.append(reading if has_words(reading) else base)
                base = ""
            elif part.tag not in ("rp", "rtc"):
                base += self._words(part)
            base += (part.tail or "").strip("\n\t ") if part.tag in ("rt", "rp") else ""
            base += (part.tail or "") if part.tag not in ("rt", "rp") else ""
        return "".join((*said, base))

    def _number(self, item: Any) -> str:
        """ "3." before an item of an ordered list."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol" or _UNNUMBERED.search(parent.get("style") or ""):
            return ""
        last = self.counts.get(parent)
        step = -1 if parent.get("reversed") is not None else 1
        if last is None:
            first = _whole(parent.get("start"), 1 if step == 1 else len(parent.findall("li")))
            last = first - step
        number = _whole(item.get("value"), last + step)
        self.counts[parent] = number
        if parent.get("type") in ("a", "A") and 1 <= number <= 26:
            return f"{chr(64 + number)}."
        return f"{number}."


_BLOCKS_IN_CELLS = frozenset({
    "p", "div", "ul", "ol", "table", "blockquote", "pre", "section", "article", "dl",
    *_HEADINGS
})  # fmt: skip


def _types(element: Any) -> set[str]:
    """What an element says that it is: by EPUB, by ARIA, by its class."""
    words = f"{element.get('epub:type') or ''} {element.get('role') or ''}"
    return set(f"{words} {element.get('class') or ''}".lower().split())


def _is_note(element: Any) -> bool:
    return element.tag in _NOTE_BLOCKS and not _NOTE_TYPES.isdisjoint(_types(element))


def _is_note_mark(tag: str, element: Any) -> bool:
    """The little number that leads to a note: a link that is raised or in brackets."""
    if tag not in ("a", "sup"):
        return False
    link = element if tag == "a" else element.find(".//a")
    if link is None or "#" not in (link.get("href") or ""):
        return False
    words = one_line("".join(element.itertext()))
    if not _MARK.fullmatch(words):
        return False
    parent = element.getparent()
    raised = tag == "sup" or element.find(".//sup") is not None
    raised = raised or (parent is not None and parent.tag == "sup")
    return raised or _BRACKETED.fullmatch(words) is not None


def _is_page_number(element: Any) -> bool:
    """Whether what is marked as the break of a page is no more than that: some publishers mark the
    first paragraph or heading of a page."""
    words = one_line("".join(element.itertext()))
    if not words:
        return element.find(".//img") is None
    return element.tag not in _HEADINGS and _PAGE_NUMBER.fullmatch(words) is not None


def _is_hidden(element: Any) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or _HIDDEN.search((element.get("style") or "")[:2000]) is not None
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text.strip()) else otherwise
