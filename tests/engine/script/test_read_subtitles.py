"""Subtitles into rows and back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import UserError
from engine.script.read_subtitles import read_subtitles, write_srt, write_vtt
from engine.script.rows import Script, ScriptRow
from engine.script.split import split_script

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


def test_rows_without_times_cannot_be_written() -> None:
    with pytest.raises(UserError, match="row 1 has no time"):
        write_srt([ScriptRow(id="1", text="a")])


def test_the_parts_of_a_subtitle_are_written_as_one() -> None:
    text = "This is the first sentence of the row. And this is the second sentence of it."
    row = ScriptRow(id="1", text=text, start=1.0, end=4.0)
    script = split_script(Script(title="t", rows=(row,), kind="subtitles"))
    assert len(script.rows) == 2
    assert write_srt(script.rows) == f"1\n00:00:01,000 --> 00:00:04,000\n{text}\n"


CUES = st.tuples(
    st.integers(0, 10**8),  # milliseconds
    st.integers(0, 10**6),
    st.sampled_from(["", "ANNA", "MR. X"]),
    st.text("abc Ä今,.!?-0123456789&;:>♪\n", min_size=1, max_size=40),
)


@settings(deadline=None)
@given(st.lists(CUES, min_size=1, max_size=12))
def test_what_was_read_is_written_and_read_again(
    cues: list[tuple[int, int, str, str]],
) -> None:
    rows = tuple(
        ScriptRow(
            id=str(number),
            text=re.sub(r"\s*\n\s*", "\n", text.strip()),
            speaker=speaker,
            start=start / 1000,
            end=(start + length) / 1000,
        )
        for number, (start, length, speaker, text) in enumerate(cues, 1)
        if re.search(r"[^\W_]", text)
    )
    for write in (write_srt, write_vtt):
        if not rows:
            continue
        once = read_subtitles(write(rows), "t")
        again = read_subtitles(write(once.rows), "t")
        assert [(r.text, r.speaker, r.start, r.end) for r in again.rows] == [
            (r.text, r.speaker, r.start, r.end) for r in once.rows
        ]
        assert [(r.start, r.end) for r in once.rows] == [(r.start, r.end) for r in rows]
        kept = [(r.speaker, r.text.replace("-->", "→")) for r in rows]
        if not any("&" in text or ":" in text for _, text in kept):  # entities, new speakers
            assert [(r.speaker, r.text) for r in once.rows] == kept
