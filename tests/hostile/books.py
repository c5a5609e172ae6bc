"""Small books of every kind that is read."""

from __future__ import annotations

import io

from tests.hostile.archives import Member, archive, packed
from tests.pictures import png

_TEXT = """Chapter One

ANNA: The lamp was lit early, and the boats came home. [pause 0.5]

BEN: Nobody knew who had cut the rope (that morning). "So?" he said.

* * *

It was late. See https://example.org, 3 km away, on 3 May 2026, for $5.
"""
_MARKDOWN = """---
title: The Quay
---
# One

A *line* with a [link](https://example.org "t"), `code`, ![a boat](b.png) and a note.[^1]

- an item
  1. within

| a | b |
|---|---|
| Tom | 9 |

> said

```
code
```

[^1]: The note.
"""
_SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\n<i>ANNA:</i> Hello.\n\n"
    "2\n00:00:03,000 --> 00:00:04,000\n- No.\n- Yes.\n"
)
_VTT = (
    "WEBVTT\n\nNOTE a\n\nSTYLE\n::cue {}\n\n1\n00:01.000 --> 00:02.500 align:start\n<v Anna>Hi &amp; ho."
    "\n\n00:03.000 --> 00:04.000\nSecond.\n"
)
_ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: A,Arial\n\n"
    "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:01.00,0:00:02.00,A,Anna,0,0,0,,{\\i1}Hello{\\i0}\\Nthere.\n"
)
_CSV = 'id,speaker,text,start,end,pause\n1,ANNA,"Hello, there.",0:01,0:02,0.5\n2,BEN,No.,3,4,\n'
_HTML = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>T</title><style>a{}</style>'
    "</head><body><nav><a href='#'>Home</a></nav><main><h1>The Quay</h1><p>The lamp was lit early, "
    "and the boats came home to the western shore.</p><table><tr><td>Tom</td><td>9</td></tr></table>"
    "<ul><li>An item of a list.</li></ul><ruby>灯台<rt>とうだい</rt></ruby></main></body></html>"
)
_FB2 = (
    '<?xml version="1.0" encoding="utf-8"?><FictionBook '
    'xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">'
    "<description><title-info><author><first-name>A.</first-name></author><book-title>T</book-title>"
    '<lang>en</lang><coverpage><image l:href="#c"/></coverpage></title-info></description><body>'
    '<section><title><p>One</p></title><p>It was dark<a l:href="#n1" type="note">[1]</a>.</p>'
    "<poem><stanza><v>A line.</v></stanza></poem></section></body><body name='notes'>"
    '<section id="n1"><p>A note.</p></section></body><binary id="c" content-type="image/png">AAAA'
    "</binary></FictionBook>"
)
_RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\info{\title T}}\pard\f0\fs24 The lamp "
    r"{\b was} lit.\par It\'e9 \u28783?\uc1 was {\*\generator x;}late.\par}"
)
_ODT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>'
    '<text:h text:outline-level="1">The Quay</text:h><text:p>The <text:span>lamp</text:span>'
    '<text:s text:c="2"/>was lit<text:note><text:note-body><text:p>A note.</text:p></text:note-body>'
    "</text:note>.</text:p><text:list><text:list-item><text:p>An item.</text:p></text:list-item>"
    "</text:list><table:table><table:table-row><table:table-cell "
    'table:number-columns-repeated="2"><text:p>Tom</text:p></table:table-cell></table:table-row>'
    "</table:table></office:text></office:body></office:document-content>"
)
_PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids "
    b"[3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
    b"/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n4 0 obj\n<< /Length 70 >>\n"
    b"stream\nBT /F1 12 Tf 72 700 Td (The lamp was lit early that evening.) Tj ET       \nendstream\n"
    b"endobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
    b"trailer\n<< /Root 1 0 R /Size 6 >>\n%%EOF\n"
)
_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
_OPF = (
    '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="u"><metadata '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Book</dc:title><dc:language>en'
    '</dc:language><meta name="cover" content="c"/></metadata><manifest>'
    '<item id="p0" href="one.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="p1" href="two.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="c" href="c.png" media-type="image/png" properties="cover-image"/>'
    '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
    '<spine toc="ncx"><itemref idref="p0"/><itemref idref="p1" linear="no"/></spine></package>'
)
_PAGE = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body>{}</body></html>'
)
_NAV = (
    '<nav xmlns:epub="http://www.idpf.org/2007/ops" epub:type="toc"><ol><li><a href="one.xhtml">One'
    '</a><ol><li><a href="two.xhtml#b">Two</a></li></ol></li></ol></nav>'
)
_NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>One</text>'
    '</navLabel><content src="one.xhtml"/></navPoint></navMap></ncx>'
)


def epub() -> bytes:
    members = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": _CONTAINER.encode(),
        "OEBPS/book.opf": _OPF.encode(),
        "OEBPS/one.xhtml": _PAGE.format("<h1>One</h1><p>The <em>lamp</em> was lit.</p>").encode(),
        "OEBPS/two.xhtml": _PAGE.format("<h1 id='b'>Two</h1><ul><li>An item</li></ul>").encode(),
        "OEBPS/nav.xhtml": _PAGE.format(_NAV).encode(),
        "OEBPS/toc.ncx": _NCX.encode(),
        "OEBPS/c.png": png(),
    }
    return archive(packed(Member(name, data)) for name, data in members.items())


def _odt() -> bytes:
    members = {
        "content.xml": _ODT,
        "meta.xml": '<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>A.</dc:creator></m>',
        "META-INF/manifest.xml": "<m/>",
    }
    return archive(packed(Member(name, text.encode())) for name, text in members.items())


def _docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("The Quay", 1)
    document.add_paragraph("The lamp was lit.")
    document.add_paragraph("An item.", style="List Number")
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Tom"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def all_kinds() -> dict[str, bytes]:
    """A file for every ending but .epub."""
    texts = {
        "a.txt": _TEXT, "a.md": _MARKDOWN, "a.srt": _SRT, "a.vtt": _VTT, "a.ass": _ASS,
        "a.csv": _CSV, "a.tsv": _CSV.replace(",", "\t"), "a.html": _HTML, "a.fb2": _FB2,
        "a.rtf": _RTF,
    }  # fmt: skip
    files = {name: text.encode() for name, text in texts.items()}
    return files | {"a.pdf": _PDF, "a.odt": _odt(), "a.docx": _docx()}
