"""RTF."""

from __future__ import annotations

from pathlib import Path

from engine.documents.read import read
from engine.documents.reading import Reading
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


def test_notes_of_rtf_are_spoken_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "d.rtf"
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}{\f1\fcharset204 Cyr;}}Chapter 1\par "
        rb"The lamp{\super\chftn{\footnote\pard{\super\chftn} By whom\'e9? {\b Bold \}.}}} was "
        rb"lit.\par "
        rb"Chapter 2\par Home{\footnote {\f1 \'cf\'f0\'e8}} again.\par {\footnote no end"
    )
    assert texts(read(path)) == ["Chapter 1", "The lamp was lit.", "Chapter 2", "Home again."]
    script = read(path, reading=Reading(notes=True))
    assert texts(script)[2] == "By whomé? Bold }."
    assert texts(script)[5:] == ["При", "no end"]
    assert script.left_out == ()
