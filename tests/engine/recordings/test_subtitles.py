"""Subtitles written: SRT and WebVTT, and what was read comes back."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.documents.subtitles import read_subtitles
from engine.errors import UserError
from engine.recordings.subtitles import write_srt, write_vtt
from engine.script.rows import Script, ScriptRow
from engine.script.split import split_script

CUES = st.tuples(
    st.integers(0, 10**8),  # milliseconds
    st.integers(0, 10**6),
    st.sampled_from(["", "ANNA", "MR. X"]),
    st.text("abc Ä今,.!?-0123456789&;:>♪\n", min_size=1, max_size=40),
)


def test_rows_without_times_cannot_be_written() -> None:
    with pytest.raises(UserError, match="row 1 has no time"):
        write_srt([ScriptRow(id="1", text="a")])


def test_the_parts_of_a_subtitle_are_written_as_one() -> None:
    text = "This is the first sentence of the row. And this is the second sentence of it."
    row = ScriptRow(id="1", text=text, start=1.0, end=4.0)
    script = split_script(Script(title="t", rows=(row,), kind="subtitles"))
    assert len(script.rows) == 2
    assert write_srt(script.rows) == f"1\n00:00:01,000 --> 00:00:04,000\n{text}\n"


@settings(deadline=None)
@example([(0, 5, "", "0"), (7, 5, "", "Ä:"), (14, 5, "", "Ä:")])
@example([(0, 5, "", "Ä:"), (7, 5, "", "Ä:")])
@example([(0, 5, "MR. X", "Ä:"), (7, 5, "", "MR. X: ♪"), (14, 5, "", "Ä: .")])
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
