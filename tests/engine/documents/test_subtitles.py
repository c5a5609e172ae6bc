"""Subtitles into rows."""

from __future__ import annotations

import pytest

from engine.documents.subtitles import read_subtitles
from engine.errors import UserError

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Hello</i> {\\an8}there,
old friend.

2
00:00:03,000 --> 00:01:04,050
ANNA: Yes,

I know 5.

3
00:01:05,000 --> 00:01:06,000
♪
4
01:00:00,5 --> 01:00:02,000
[pause 0.5] 1984
"""


def test_srt() -> None:
    script = read_subtitles(SRT, "t")
    assert [(row.id, row.start, row.end, row.speaker, row.text) for row in script.rows] == [
        ("1", 1.0, 2.5, "", "Hello there,\nold friend."),
        ("2", 3.0, 64.05, "ANNA", "Yes,\nI know 5."),
        ("4", 3600.5, 3602.0, "", "1984"),
    ]
    assert script.rows[2].pause == 0.5
    assert script.kind == "subtitles"
    assert script.notes == ("1 subtitle without words were left out.",)


def test_vtt() -> None:
    script = read_subtitles(
        "WEBVTT - title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE\na comment\n\n"
        "intro\n00:01.000 --> 00:02.500 align:start position:0%\n<v.loud Anna Maria>Tom &amp; I\n\n"
        "NOTE another\n\n00:00:03.000 --> 00:00:04.000\n<00:00:03.500><c.x>No</c> one\n",
        "t",
    )
    assert [(row.id, row.start, row.end, row.speaker, row.text) for row in script.rows] == [
        ("intro", 1.0, 2.5, "Anna Maria", "Tom & I"),
        ("2", 3.0, 4.0, "", "No one"),
    ]


def test_times_that_run_backwards_and_ids_that_stand_twice() -> None:
    script = read_subtitles(
        "7\n00:00:02,000 --> 00:00:01,000\na\n\n7\n00:00:03,000 --> 00:00:04,000\nb\n", "t"
    )
    assert [(row.id, row.start, row.end) for row in script.rows] == [("7", 1, 2), ("7-2", 3, 4)]
    assert "swapped" in script.notes[0]


def test_a_text_without_times_is_no_subtitles() -> None:
    with pytest.raises(UserError, match="no subtitles"):
        read_subtitles("Hello.\n", "t")


def test_a_label_without_a_reply_is_what_is_said() -> None:
    body = "ANNA:\n\n00:02.000 --> 00:03.000\nANNA: Yes.\n\n00:04.000 --> 00:05.000\nBEN:\nNo."
    script = read_subtitles(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{body}\n", "t")
    assert [(row.speaker, row.text) for row in script.rows] == [
        ("", "ANNA:"), ("ANNA", "Yes."), ("BEN", "No."),
    ]  # fmt: skip
