"""OpenDocument texts."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from engine.documents.read import read
from engine.documents.reading import Reading
from engine.errors import UserError
from tests.engine.documents.samples import texts

ODT = """<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"><office:body><office:text>
<text:tracked-changes><text:p>Deleted.</text:p></text:tracked-changes>
<text:h text:outline-level="1">The Quay</text:h>
<text:p>The <text:span>lamp</text:span><text:s/>was lit<text:note text:id="f1"><text:note-citation>1
</text:note-citation><text:note-body><text:p>Port book.</text:p></text:note-body></text:note
>.<text:line-break/>Twice.</text:p>
<text:p><text:ruby><text:ruby-base>灯台</text:ruby-base><text:ruby-text>とうだい</text:ruby-text
></text:ruby>へ。</text:p>
<text:list><text:list-item><text:p>An item.</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>Tom</text:p></table:table-cell>
<table:table-cell><text:p>9</text:p></table:table-cell></table:table-row></table:table>
<text:p><draw:frame draw:name="a"><svg:title>A boat.</svg:title></draw:frame
><draw:frame draw:name="b"/></text:p>
</office:text></office:body></office:document-content>"""


def odt(path: Path, content: str, manifest: str = "<m/>") -> Path:
    meta = (
        '<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>A. Writer</dc:creator>'
        "<dc:language>fr-FR</dc:language></m>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content)
        archive.writestr("meta.xml", meta)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def test_an_opendocument_text(tmp_path: Path) -> None:
    path = odt(tmp_path / "d.odt", ODT)
    script = read(path)
    assert texts(script) == [
        "The Quay", "The lamp was lit.", "Twice.", "とうだいへ。", "An item.", "Tom, 9", "A boat.",
    ]  # fmt: skip
    assert (script.author, script.language) == ("A. Writer", "fr")
    assert script.notes == ("Left out: 1 picture without a text, 1 note.",)
    assert "Port book." in texts(read(path, reading=Reading(notes=True)))
    with pytest.raises(UserError, match="protected by a password"):
        read(odt(tmp_path / "e.odt", ODT, "<m><encryption-data/></m>"))


def test_numbers_of_lists_are_spoken(tmp_path: Path) -> None:
    styles = (
        '<office:automatic-styles><text:list-style style:name="L">'
        '<text:list-level-style-number text:level="1" style:num-format="1"/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" text:start-value="2"/>'
        '</text:list-style><text:list-style style:name="B">'
        '<text:list-level-style-bullet text:level="1"/></text:list-style></office:automatic-styles>'
    )
    inner = item("Inner", "")
    seven = item("Seven", "").replace("-item>", "-item text:start-value='7'>", 1)
    first = item("One", f"<text:list>{inner}</text:list>")
    lists = (
        f'<text:list text:style-name="L" xml:id="l1">{first}'
        f"{item('Two', '<text:p>more</text:p>')}</text:list><text:p>Between</text:p>"
        f'<text:list text:style-name="L" text:continue-list="l1">{item("Three", "")}'
        f"{seven}</text:list>"
        f'<text:list text:style-name="L">{item("Anew", "")}</text:list>'
        f'<text:list text:style-name="B">{item("Bullet", "")}</text:list>'
    )
    head, _, _ = ODT.partition("<office:body>")
    head = head.replace(">", ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">')
    body = f"<office:body><office:text>{lists}</office:text></office:body>"
    path = odt(tmp_path / "d.odt", f"{head}{styles}{body}</office:document-content>")
    assert texts(read(path)) == [
        "1. One", "B. Inner", "2. Two", "more", "Between", "3. Three", "7. Seven", "1. Anew",
        "Bullet",
    ]  # fmt: skip


def item(words: str, more: str) -> str:
    return f"<text:list-item><text:p>{words}</text:p>{more}</text:list-item>"
