"""RTF."""

from __future__ import annotations

from pathlib import Path

from engine.documents.read import read
from tests.engine.documents.samples import texts


def test_rtf(tmp_path: Path) -> None:
    path = tmp_path / "d.rtf"
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}}{\info{\author No one}}\f0\fs24 "
        rb"Chapter 1\par The lamp was lit, \'e9t\'e9 \u28783?\u21488?.\par\par "
        rb"Home.{\footnote No.}\par }"
    )
    script = read(path)
    assert texts(script) == ["Chapter 1", "The lamp was lit, été 灯台.", "Home."]
    assert script.chapters == ("Chapter 1",)
    assert script.notes == ("Left out: 1 note.",)
