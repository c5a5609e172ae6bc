"""FictionBook."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from engine.documents.read import read
from engine.documents.reading import Reading
from tests.engine.documents.samples import texts
from tests.pictures import jpeg

FB2 = """<?xml version="1.0" encoding="{encoding}"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"
 xmlns:l="http://www.w3.org/1999/xlink">
<description><title-info><author><first-name>A.</first-name><last-name>Writer</last-name></author>
<book-title>Гавань</book-title><lang>ru</lang><coverpage><image l:href="#c.jpg"/></coverpage>
</title-info></description>
<body><title><p>Гавань</p></title><section><title><p>Глава 1</p></title><p>Было темно<a
 l:href="#n1" type="note">[1]</a>.</p><poem><stanza><v>Строка.</v></stanza></poem><empty-line/>
<image l:href="#x"/>
</section><section><title><p>Глава 2</p></title><p>Конец.</p></section></body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>Заметка.</p></section></body>
<binary id="c.jpg" content-type="image/jpeg">{cover}</binary></FictionBook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_a_fictionbook(tmp_path: Path, encoding: str) -> None:
    picture = jpeg()
    cover = base64.b64encode(picture).decode()
    path = tmp_path / "d.fb2"
    path.write_bytes(FB2.format(encoding=encoding, cover=cover).encode(encoding))
    script = read(path)
    assert texts(script) == ["Гавань", "Глава 1", "Было темно.", "Строка.", "Глава 2", "Конец."]
    assert script.chapters == ("Гавань", "Глава 1", "Глава 2")
    assert (script.title, script.author, script.language) == ("Гавань", "A. Writer", "ru")
    assert script.cover == picture
    assert script.notes == ("Left out: 1 picture without a text, 1 note.",)
    assert texts(read(path, reading=Reading(notes=True)))[4] == "Заметка."
