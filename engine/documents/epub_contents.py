"""The table of contents of an EPUB: which chapter begins at which place of which page."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import unquote

from engine.documents.page import parse, plain
from engine.documents.words import one_line

_MAX_LEVELS = 10
_MAX_ENTRIES = 20_000
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"


class Entry(NamedTuple):
    """A chapter. page: path in the archive. place: id on it, "" for its beginning. level: from
    1."""

    page: str
    place: str
    title: str
    level: int


def contents(ncx: tuple[Any, str] | None, nav: tuple[str, str] | None) -> list[Entry]:
    """Of the NCX (its tree and path) or, where that says nothing, of the navigation document (its
    text and path). What is broken in them is left out."""
    found: list[Entry] = []
    with suppress(Exception):  # a broken table of contents is no reason to refuse a book
        if ncx is not None:
            found = _entries(_points(ncx[0].find(f"{_NCX}navMap")), ncx[1])
    with suppress(Exception):
        if nav is not None and not found:
            found = _entries(_items(_nav_list(*nav)), nav[1])
    return found


def _entries(links: Iterable[tuple[str | None, str | None, int]], path: str) -> list[Entry]:
    """Links with a title, resolved against the page that they stand on."""
    folder = posixpath.dirname(path)
    found: list[Entry] = []
    for link, title, level in links:
        words = one_line(plain(title or ""))
        if link and words and len(found) < _MAX_ENTRIES:
            page, _, place = link.partition("#")
            page = posixpath.normpath(posixpath.join(folder, unquote(page)))
            found.append(Entry(page, unquote(place), words, level))
    return found


def _points(parent: Any, level: int = 1) -> Iterator[tuple[str | None, str | None, int]]:
    """(link, title, level) of the points below a point of an NCX, from the top down."""
    for point in parent.iterfind(f"{_NCX}navPoint"):
        titles = [None, *(label[0].text for label in point.iterfind(f"{_NCX}navLabel"))]
        links = [None, *(content.get("src") for content in point.iterfind(f"{_NCX}content"))]
        if level <= _MAX_LEVELS:
            yield links[-1], titles[-1], level
            yield from _points(point, level + 1)


def _nav_list(text: str, path: str) -> Any:
    root = parse(text, path)
    return root.xpath("//nav[@*='toc']")[0].find(".//ol")


def _items(parent: Any, level: int = 1) -> Iterator[tuple[str | None, str | None, int]]:
    """(link, title, level) of a list in a navigation document, from the top down."""
    for entry in parent.iterfind("li") if level <= _MAX_LEVELS else ():
        below = entry.find("ol")
        link = entry.find("a")
        link = entry.find("*//a") if link is None and below is None else link
        if link is not None:
            yield link.get("href"), link.text_content(), level
        if below is not None:
            yield from _items(below, level + 1)
