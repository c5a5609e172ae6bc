"""Subtitles into rows."""

from __future__ import annotations

import pytest

from engine.documents.reading import Reading
from engine.documents.subtitles import read_ass, read_subtitles
from engine.errors import UserError
from engine.script.rows import LeftOut
from tests.engine.documents.samples import texts

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
    assert script.notes == ("Left out: 1 cue without words.",)


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
    assert "turned round" in script.notes[0]


def test_a_text_without_times_is_no_subtitles() -> None:
    with pytest.raises(UserError, match="no subtitles"):
        read_subtitles("Hello.\n", "t")


def test_a_label_without_a_reply_is_what_is_said() -> None:
    body = "ANNA:\n\n00:02.000 --> 00:03.000\nANNA: Yes.\n\n00:04.000 --> 00:05.000\nBEN:\nNo."
    script = read_subtitles(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{body}\n", "t")
    assert [(row.speaker, row.text) for row in script.rows] == [
        ("", "ANNA:"), ("ANNA", "Yes."), ("BEN", "No."),
    ]  # fmt: skip


def srt(*bodies: str, time: str = "00:00:0{},000 --> 00:00:0{},900") -> str:
    cues = (f"{n}\n{time.format(n, n)}\n{body}\n" for n, body in enumerate(bodies, 1))
    return "\n".join(cues)


def test_the_number_of_a_cue_that_was_taken_out_is_not_spoken() -> None:
    times = "00:00:0{0},000 --> 00:00:0{0},900\n"
    text = (
        f"1\n{times.format(1)}One.\n\n2\n\n2\n{times.format(2)}Two.\n\n7\n{times.format(3)}\n200\n"
    )
    assert texts(read_subtitles(text, "t")) == ["One.", "Two.", "200"]


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("100:00:01,000 --> 100:00:03,500 X1:40 X2:600", 360_001, 360_003.5),
        ("00:00:05,5 --> 00:00:08,0", 5.5, 8),
        ("00:00:0,500 --> 00:00:2,00", 0.5, 2),
        ("00:00:06:000 --> 00:00:07:000", 6, 7),
        ("00:00:08,000 -> 00:00:09,000", 8, 9),
        ("00:00:10;000 --> 00:00:11;000", 10, 11),
        ("00:00:12,0000 --> 00:00:13,0000", 12, 13),
        ("-00:00:01,000 --> 00:00:02,000", 0, 2),
        ("0:00:01 --> 0:00:02", 1, 2),
        ("01:02.250-->01:03.000 align:start", 62.25, 63),
        ("00 : 00 : 01 , 000 --> 00 : 00 : 02 , 500", 1, 2.5),
    ],
)
def test_times_are_read_leniently(times: str, start: float, end: float) -> None:
    (row,) = read_subtitles(f"1\n{times}\nHello.\n", "t").rows
    assert (row.text, row.start, row.end) == ("Hello.", start, end)


def test_times_that_nobody_can_read_are_named_and_not_spoken() -> None:
    text = (
        srt("a") + "\n2\n00:00:1x,5 --> 00:00:20,0\nLost.\n\n3\n00:00:30,000 --> 00:00:31,000\nb\n"
    )
    script = read_subtitles(text, "t")
    assert [row.text for row in script.rows] == ["a", "b"]
    assert script.left_out == (
        LeftOut("cues without a time", 1, ("00:00:1x,5 --> 00:00:20,0 Lost.",)),
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<i>The lamp\nis lit</i> & a < b > c", [("", "The lamp\nis lit & a < b > c")]),
        ("{\\an8}<font color=\"#fff\">The lamp</font> is lit.", [("", "The lamp is lit.")]),
        ("Far\\haway,\\N{\\i1}at sea{\\i0} {softly}.", [("", "Far away,\nat sea (softly).")]),
        ("{sighs} Yes.", [("", "{sighs} Yes.")]),
        ("1984", [("", "1984")]),
        ("[MAN]: Come home.", [("MAN", "Come home.")]),
        ("ANNA: I am here.\nTOM: So am I.", [("ANNA", "I am here."), ("TOM", "So am I.")]),
        ("- Hello!\n- Good evening.", [("", "Hello!"), ("", "Good evening.")]),
        ("- Not a word.", [("", "- Not a word.")]),
        (">> TOM: Go.\n>> No.", [("TOM", "Go."), ("", "No.")]),
        ("\nAfter a blank line.\n\nAnd one more.", [("", "After a blank line.\nAnd one more.")]),
        ("Meet at 10:00:00,000 to 11:00:00,000 tomorrow.",
         [("", "Meet at 10:00:00,000 to 11:00:00,000 tomorrow.")]),
        ("08:00 next Thursday, or 09:00", [("", "08:00 next Thursday, or 09:00")]),
        ("<v Anna>Hi.<v Tom>Ho.", [("Anna", "Hi."), ("Tom", "Ho.")]),
        ("<ruby>灯台<rt>とうだい</rt></ruby>へ", [("", "とうだいへ")]),
    ],
)  # fmt: skip
def test_who_says_what_in_a_cue(body: str, said: list[tuple[str, str]]) -> None:
    script = read_subtitles(srt(body, "End."), "t")
    assert [(row.speaker, row.text) for row in script.rows[:-1]] == said
    assert (script.rows[0].start, script.rows[-2].end) == (1.0, 1.9)
    assert len({row.part_of or row.id for row in script.rows}) == 2  # a cue is one recording


ROLLING = """WEBVTT
Kind: captions

00:00:00.160 --> 00:00:02.430 align:start position:0%
\x20
the<00:00:00.500><c> lamp</c><00:00:01.000><c> was</c><00:00:01.500><c> lit</c>

00:00:02.430 --> 00:00:02.440 align:start position:0%
the lamp was lit
\x20

00:00:02.440 --> 00:00:05.000 align:start position:0%
the lamp was lit
and<00:00:03.000><c> the</c><00:00:03.500><c> boats</c><00:00:04.000><c> came</c>

00:00:05.000 --> 00:00:05.010 align:start position:0%
and the boats came
\x20

00:00:05.010 --> 00:00:07.000 align:start position:0%
and the boats came
home<00:00:06.000><c> again</c>
"""


def test_captions_that_roll_are_said_once() -> None:
    script = read_subtitles(ROLLING, "t")
    assert [(row.text, row.start, row.end) for row in script.rows] == [
        ("the lamp was lit", 0.16, 2.44),
        ("and the boats came", 2.44, 5.01),
        ("home again", 5.01, 7.0),
    ]
    words = ["The", "The lamp", "The lamp was", "The lamp was lit.", "No.", "No. Wait."]
    joined = srt(*words, time="00:00:0{},000 --> 00:00:0{},999")
    assert [row.text for row in read_subtitles(joined, "t").rows] == [
        "The lamp was lit.", "No.", "No. Wait.",
    ]  # fmt: skip


def test_a_drawing_in_srt_is_no_words() -> None:
    script = read_subtitles(srt("{\\p1}m 0 0 l 100 0{\\p0}", "Home."), "t")
    assert texts(script) == ["Home."]
    assert script.notes == ("Left out: 1 cue without words.",)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("mark", ["{", "{\\i1}", "{\\i1"])
def test_a_hundred_thousand_marks_are_no_hang(mark: str) -> None:
    assert texts(read_subtitles(srt("\\h" + mark * 100_000 + "x", "Home."), "t"))[-1] == "Home."
    assert texts(
        read_ass(f"{ASS}Dialogue: 0,0:01:00.00,0:01:01.00,,,0,0,0,,{mark * 100_000}x", "t")
    )


def test_what_is_said_twice_stays() -> None:
    bodies = ["No.", "No.", "Go home.\nNow.", "Now.", "Now.\nReally."]
    script = read_subtitles(srt(*bodies), "t")
    assert [row.text for row in script.rows] == bodies


ASS = """[Script Info]
Title: x

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:04.00,0:00:05.00,Default,Tom,0,0,0,,Later, I say.
Dialogue: 0,0:00:01.00,0:00:03.00,Default,Anna,0,0,0,,{\\i1}The lamp{\\i0} is lit.\\NCome.
Dialogue: 1,0:00:01.00,0:00:03.00,Default,Anna,0,0,0,,{\\blur3}The lamp is lit.\\NCome.
Dialogue: 0,0:00:06.00,0:00:07.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
Comment: 0,0:00:08.00,0:00:09.00,Default,,0,0,0,,Not this.
"""


def test_ass() -> None:
    script = read_ass(ASS, "t")
    assert [(row.speaker, row.text, row.start) for row in script.rows] == [
        ("Anna", "The lamp is lit.\nCome.", 1.0),
        ("Tom", "Later, I say.", 4.0),
    ]
    assert script.notes == ("Left out: 1 comment, 1 cue without words.",)
    plain = read_ass(ASS, "t", Reading(speakers=False))
    assert [(row.speaker, row.text) for row in plain.rows][1:] == [("", "Later, I say.")]
    with pytest.raises(UserError, match="no subtitles"):
        read_ass("Hello.", "t")
