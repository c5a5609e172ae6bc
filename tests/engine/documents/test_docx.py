"""Word documents."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml

from engine.documents.read import read
from engine.documents.reading import Reading
from tests.engine.documents.samples import texts

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(path: Path, *paragraphs: str) -> Path:
    """A document of these w:p and w:tbl."""
    document = docx.Document()
    body = document.element.body
    for xml in paragraphs:
        place: Any = parse_xml(xml.replace(">", f" {W}>", 1) if W not in xml else xml)
        body.insert(len(body) - 1, place)
    document.core_properties.author = "A. Writer"
    document.core_properties.language = "de-DE"
    document.save(str(path))
    return path


def p(*runs: str, style: str = "") -> str:
    head = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{head}{''.join(runs)}</w:p>"


def r(text: str, more: str = "") -> str:
    return f'<w:r>{more}<w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_word_document(tmp_path: Path) -> None:
    path = word(
        tmp_path / "d.docx",
        p(r("The Quay"), style="Heading1"),
        p(r("The lamp "), r("was"), r(" lit."), "<w:r><w:br/></w:r>", r("Twice.")),
        p('<w:ins w:id="1">' + r("Put in. ") + "</w:ins>",
          '<w:del w:id="2"><w:r><w:delText>Gone.</w:delText></w:r></w:del>',
          '<w:moveFrom w:id="3">' + r("Moved.") + "</w:moveFrom>", r("Kept.")),
        p(r("Seen."), r(" Hidden.", "<w:rPr><w:vanish/></w:rPr>")),
        p("<w:r><w:instrText>PAGE</w:instrText></w:r>", r("7 boats.")),
        p("<w:r><w:ruby><w:rt>" + r("とうだい") + "</w:rt><w:rubyBase>" + r("灯台")
          + "</w:rubyBase></w:ruby></w:r>", r("へ。")),
        "<w:sdt><w:sdtContent>" + p(r("In a box.")) + "</w:sdtContent></w:sdt>",
        "<w:tbl><w:tr><w:tc>" + p(r("Tom")) + "</w:tc><w:tc>" + p(r("9"))
        + "</w:tc></w:tr></w:tbl>",
        p(r("Night"), style="Heading1"),
        p(r("All slept.")),
    )  # fmt: skip
    script = read(path)
    assert texts(script) == [
        "The Quay", "The lamp was lit.", "Twice.", "Put in. Kept.", "Seen.", "7 boats.",
        "とうだいへ。", "In a box.", "Tom, 9", "Night", "All slept.",
    ]  # fmt: skip
    assert script.chapters == ("The Quay", "Night")
    assert (script.author, script.language) == ("A. Writer", "de")
    assert script.notes == ("Left out: 1 hidden passage.",)


def test_numbers_of_word_lists_are_spoken(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Open.", style="List Number")
    document.add_paragraph("Wait.", style="List Bullet")
    document.save(str(tmp_path / "d.docx"))
    assert texts(read(tmp_path / "d.docx"))[1:] == ["Wait."]
    direct = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr></w:pPr>{}</w:p>'
    )
    numbering = docx.Document().part.numbering_part.element
    kinds = {
        num.numId: numbering.xpath(
            f"//w:abstractNum[@w:abstractNumId='{num.abstractNumId.val}']/w:lvl[1]/w:numFmt/@w:val"
        )[0]
        for num in numbering.num_lst
    }
    decimal = next(known for known, kind in kinds.items() if kind == "decimal")
    path = word(tmp_path / "e.docx", *(direct.format(decimal, r(t)) for t in ("Open.", "Wait.")))
    assert texts(read(path)) == ["1. Open.", "2. Wait."]


NOTES = (
    '<?xml version="1.0"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/'
    '2006/main"><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote><w:footnote w:id="2">'
    "<w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>Port book.</w:t></w:r></w:p></w:footnote>"
    "</w:footnotes>"
)


def test_notes_of_a_word_document(tmp_path: Path) -> None:
    path = word(
        tmp_path / "d.docx",
        p(r("One"), style="Heading1"),
        p(r("Lit"), '<w:r><w:footnoteReference w:id="2"/></w:r>', r(".")),
        p(r("Two"), style="Heading1"),
        p(r("Home.")),
    )
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    rels = "word/_rels/document.xml.rels"
    members[rels] = members[rels].replace(
        b"</Relationships>",
        f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
    )
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/word/footnotes.xml" ContentType="text/xml"/></Types>',
    )
    members["word/footnotes.xml"] = NOTES.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    script = read(path)
    assert texts(script) == ["One", "Lit.", "Two", "Home."]
    assert script.notes == ("Left out: 1 note.",)
    script = read(path, reading=Reading(notes=True))
    assert texts(script) == ["One", "Lit.", "Port book.", "Two", "Home."]
