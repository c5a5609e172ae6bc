"""An audiobook of some 40 minutes with what is said for its numbers, and how every format has it.

tests/engine/spoken/book.txt: {what is written|what is said}; a line with # is the title of a
chapter, every other one a paragraph. More chapters are made of audiobook.tsv beside it.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.spoken.words import cardinal_words
from tests.conftest import ROOT

SPOKEN = ROOT / "tests/engine/spoken"
_OF_A_CHAPTER = 27  # lines of audiobook.tsv
_FIGURES = re.compile(r"\d[\d.,:/'’-]*\d|\d|[½⅓⅔¼¾]")
_NUMBER = re.compile(r"\{([^|{}]*)\|([^{}]*)\}")
_FIGURE = re.compile(r"\d|^[IVXLCDM]+$|^i$")  # "Mr." is none
_EPUB_PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_ACROSS = 88  # letters of a line in a PDF


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the book. numbers: how many it holds."""

    written: str
    said: str
    numbers: int
    is_title: bool


def paragraphs() -> list[Paragraph]:
    found = []
    for line in (SPOKEN / "book.txt").read_text(encoding="utf-8").splitlines():
        bare = line.removeprefix("# ")
        written, said = _NUMBER.sub(r"\1", bare), _NUMBER.sub(r"\2", bare)
        numbers = sum(bool(_FIGURE.search(written)) for written, _ in _NUMBER.findall(bare))
        found.append(Paragraph(written, said, numbers, bare != line))
    lines = (SPOKEN / "audiobook.tsv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if number % _OF_A_CHAPTER == 0:
            chapter = sum(paragraph.is_title for paragraph in found) + 1
            said = f"Chapter {cardinal_words(chapter, 'en')}"
            found.append(Paragraph(f"Chapter {chapter}", said, 1, is_title=True))
        written, said = line.split("\t")
        found.append(Paragraph(written, said, len(_FIGURES.findall(written)), is_title=False))
    return found


def _chapters() -> list[list[Paragraph]]:
    chapters: list[list[Paragraph]] = []
    for paragraph in paragraphs():
        if paragraph.is_title:
            chapters.append([])
        chapters[-1].append(paragraph)
    return chapters


def _tagged(heading: str, plain: str) -> str:
    """Every paragraph between the tags of its kind, a line each."""
    return "\n".join(
        (heading if p.is_title else plain).format(html.escape(p.written)) for p in paragraphs()
    )


def _text() -> bytes:
    return "\n\n".join(p.written for p in paragraphs()).encode()


def _markdown() -> bytes:
    lines = (("# " if p.is_title else "") + _escaped(p.written) for p in paragraphs())
    return "\n\n".join(lines).encode()


def _escaped(text: str) -> str:
    """Of Markdown, whose marks these would be."""
    text = re.sub(r"^(\d+)\.", r"\1\\.", text)
    return re.sub(r"([*<>_\[\]])", r"\\\1", text)


def _html() -> bytes:
    body = _tagged("<h1>{}</h1>", "<p>{}</p>")
    return f"<html lang='en'><meta charset='utf-8'><body>{body}</body></html>".encode()


def _packed(members: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return data.getvalue()


def _epub() -> bytes:
    pages = {}
    for number, chapter in enumerate(_chapters()):
        body = "".join(
            f"<{tag}>{html.escape(p.written)}</{tag}>"
            for p in chapter
            for tag in ("h1" if p.is_title else "p",)
        )
        pages[f"{number}.xhtml"] = _EPUB_PAGE.format(body)
    items = "".join(
        f'<item id="p{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="p{n}"/>' for n in range(len(pages)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>book</dc:title>'
        "<dc:language>en</dc:language></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    head = {"mimetype": "application/epub+zip", "META-INF/container.xml": container}
    return _packed({**head, "book.opf": package, **pages})


def _docx() -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.language = "en-GB"
    for p in paragraphs():
        document.add_paragraph(p.written, style="Heading 1" if p.is_title else None)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _odt() -> bytes:
    body = _tagged('<text:h text:outline-level="1">{}</text:h>', "<text:p>{}</text:p>")
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" '
        f'xmlns:text="{_OFFICE}:text:1.0"><office:body><office:text>{body}</office:text>'
        "</office:body></office:document-content>"
    )
    meta = '<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language>en</dc:language></m>'
    mimetype = "application/vnd.oasis.opendocument.text"
    manifest = {"META-INF/manifest.xml": "<m/>"}
    return _packed({"mimetype": mimetype, "content.xml": content, "meta.xml": meta, **manifest})


def _fb2() -> bytes:
    sections = "".join(
        "<section>"
        + "".join(
            f"<title><p>{html.escape(p.written)}</p></title>"
            if p.is_title
            else f"<p>{html.escape(p.written)}</p>"
            for p in chapter
        )
        + "</section>"
        for chapter in _chapters()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><FictionBook '
        'xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info>'
        "<book-title>book</book-title><lang>en</lang></title-info></description>"
        f"<body>{sections}</body></FictionBook>"
    ).encode()


def _rtf() -> bytes:
    def letter(one: str) -> str:
        return one if ord(one) < 128 else f"\\u{ord(one)}?"

    body = "\\par\\par ".join("".join(map(letter, p.written)) for p in paragraphs())
    return f"{{\\rtf1\\ansi\\ansicpg1252 {body}\\par }}".encode()


def _pdf() -> bytes:
    """Helvetica, 11 points, headings 20, as many lines as a page holds."""
    pages: list[list[str]] = [[]]
    y = 740
    for p in paragraphs():
        lines = [p.written] if p.is_title else _wrapped(p.written)
        y -= 16  # between paragraphs
        if y - 14 * len(lines) < 60:
            pages.append([])
            y = 740
        for line in lines:
            shown = re.sub(r"([()\\])", r"\\\1", line)
            size = 20 if p.is_title else 11
            pages[-1].append(f"BT /F1 {size} Tf 72 {y} Td ({shown}) Tj ET")
            y -= 14
    font = 3 + 2 * len(pages)
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
    ]
    for number, drawn in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {4 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 {font} 0 R >> >> >>".encode()
        )
        stream = "\n".join(drawn).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects.append(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return data + b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) >= _ACROSS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _table(delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(("id", "text"))
    writer.writerows((f"r{n}", p.written) for n, p in enumerate(paragraphs()))
    return out.getvalue().encode()


def _cues(stop: str, hours: int = 2) -> list[tuple[str, str, str]]:
    """Begin, end and words of every cue, ten seconds each."""

    def clock(seconds: int) -> str:
        return f"{seconds // 3600:0{hours}}:{seconds // 60 % 60:02}:{seconds % 60:02}{stop}"

    return [(clock(10 * n), clock(10 * n + 9), p.written) for n, p in enumerate(paragraphs())]


def _srt() -> bytes:
    cues = (f"{n}\n{a} --> {b}\n{text}\n" for n, (a, b, text) in enumerate(_cues(",000"), 1))
    return "\n".join(cues).encode()


def _vtt() -> bytes:
    cues = (f"{a} --> {b}\n{html.escape(text, quote=False)}\n" for a, b, text in _cues(".000"))
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def _ass() -> bytes:
    head = (
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, "
        "MarginL, MarginR, MarginV, Effect, Text\n"
    )
    cues = (f"Dialogue: 0,{a},{b},Default,,0,0,0,,{text}" for a, b, text in _cues(".00", 1))
    return (head + "\n".join(cues) + "\n").encode()


WRITERS: dict[str, Callable[[], bytes]] = {
    ".txt": _text,
    ".md": _markdown,
    ".html": _html,
    ".epub": _epub,
    ".docx": _docx,
    ".odt": _odt,
    ".fb2": _fb2,
    ".rtf": _rtf,
    ".pdf": _pdf,
    ".csv": lambda: _table(","),
    ".tsv": lambda: _table("\t"),
    ".srt": _srt,
    ".vtt": _vtt,
    ".ass": _ass,
}
PROSE = (".txt", ".md", ".html", ".epub", ".docx", ".odt", ".fb2", ".rtf", ".pdf")


def write(folder: Path, suffix: str) -> Path:
    """The book as such a file."""
    path = folder / f"book{suffix}"
    path.write_bytes(WRITERS[suffix]())
    return path
