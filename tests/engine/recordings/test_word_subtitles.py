"""Subtitles by words, as other programs read them."""

from __future__ import annotations

import json

import pysubs2

from engine.documents.subtitles import read_subtitles
from engine.listening.heard import Word
from engine.recordings.word_subtitles import (
    SungRow,
    write_ass,
    write_lrc,
    write_word_json,
    write_word_vtt,
)
from engine.script.rows import ScriptRow

ROWS = (
    SungRow(
        ScriptRow(id="1", text="The <harbour> lit", speaker="Anna", start=1.0, end=2.5),
        (Word("The ", 1.0, 1.2), Word("<harbour> ", 1.4, 2.0), Word("lit", 2.0, 2.5)),
    ),
    SungRow(
        ScriptRow(id="2", text="at {night}", start=61.0, end=62.0),
        (Word("at ", 61.1, 61.5), Word("{night}", 61.5, 62.0)),
    ),
)


def test_webvtt_has_the_times_inside() -> None:
    assert write_word_vtt(ROWS) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n"
        "<v Anna>The <00:00:01.400>&lt;harbour&gt; <00:00:02.000>lit\n\n"
        "00:01:01.000 --> 00:01:02.000\nat <00:01:01.500>{night}\n"
    )
    (first, _) = read_subtitles(write_word_vtt(ROWS), "t").rows
    assert (first.speaker, first.text) == ("Anna", "The <harbour> lit")
    row = ScriptRow(id="1", text='"It\'s" --> A & B', start=1.0, end=2.0)
    written = write_word_vtt([SungRow(row, (Word(row.text, 1.0, 2.0),))])
    assert written.endswith('\n"It\'s" → A &amp; B\n')  # quotes are nothing there


def test_ass_sings_word_by_word() -> None:
    events = pysubs2.SSAFile.from_string(write_ass(ROWS))
    assert [(e.start, e.end, e.name) for e in events] == [(1000, 2500, "Anna"), (61000, 62000, "")]
    assert events[0].text == r"{\k20}The {\k20}{\k60}<harbour> {\k50}lit"
    assert events[1].plaintext == "at (night)"  # braces are orders there
    row = ScriptRow(id="1", text="C:\\Night", start=1.0, end=2.0)
    (event,) = pysubs2.SSAFile.from_string(write_ass([SungRow(row, (Word(row.text, 1.0, 2.0),))]))
    assert event.plaintext == "C:/Night"  # so are these: \\N ends a line


def test_lrc_and_json() -> None:
    assert write_lrc(ROWS).splitlines() == [
        "[00:01.00]<00:01.00>The <00:01.40><harbour> <00:02.00>lit<00:02.50>",
        "[01:01.00]<01:01.10>at <01:01.50>{night}<01:02.00>",
    ]
    (first, second) = json.loads(write_word_json(ROWS))["rows"]
    assert first["words"][1] == {"text": "<harbour>", "start": 1.4, "end": 2.0}
    assert (second["row"], second["start"]) == ("2", 61.0)
