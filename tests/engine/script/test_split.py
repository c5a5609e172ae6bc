"""No character is lost or doubled, no row is too long, and a piece is not split again."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.info import ModelFacts
from engine.script import split as module
from engine.script.pace import TAG, Pace, letters
from engine.script.rows import PARAGRAPH_PAUSE, Script, ScriptRow
from engine.script.split import can_merge, merge_rows, room, sentences, split, split_script

# What texts are made of, dense enough that every rule meets every other one.
WORDS = (
    'word Mr. e.g. 3.50 1,000 Dr. A. i ... … . ! ? , ; : — - " “ ” ( ) [laughs] [ ] ♪ 今天 。 ， '
    "！ カタ 한국 « » ' \u3000 \u00a0 \u2028 \u200b é 👩‍🚀 No. § supercalifragilistic"
)
GAPS = st.sampled_from(["", " ", "  ", "\n", "\n\n", "\t", " \n \n "])
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS.split(" ")), GAPS), max_size=60).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
) | st.text(max_size=80)
LANGUAGES = st.sampled_from(("en", "de", "fr", "es", "zh", "ja", "ko", "hi", "ru", "pl", "xx"))
SPACE = re.compile(r"\s+")


def one_word(piece: str) -> bool:
    """Whether there is no place to break it: no white space outside tags, one wide character."""
    bare = TAG.sub("", piece)
    return not SPACE.search(bare) and len(re.findall(module._WIDE, bare)) <= 1


def test_a_row_has_the_room_of_its_model_and_never_more_than_is_safe() -> None:
    facts = [
        ModelFacts(
            voices=(), sample_rate=24_000, max_tokens=96, max_seconds=longest, sound_tags=True
        )
        for longest in (5.0, 99.0)
    ]
    assert [room(one) for one in facts] == [(facts[0].safe_seconds, 96), (module.LONGEST, 96)]
    assert room(None) == (module.LONGEST, float("inf"))


@settings(deadline=None)  # the machine may be busy
@given(TEXTS, LANGUAGES, st.floats(0.3, 12))
def test_nothing_is_lost_and_no_piece_is_too_long(text: str, language: str, longest: float) -> None:
    pieces = split(text, language=language, longest=longest)
    assert SPACE.sub("", "".join(pieces)) == SPACE.sub("", text)
    for piece in pieces:
        assert piece == piece.strip() != ""
        assert Pace().seconds(piece) <= longest + 1e-9 or one_word(piece), piece


@settings(deadline=None)  # the machine may be busy
@given(TEXTS, LANGUAGES, st.floats(0.3, 12))
def test_a_piece_is_not_split_again(text: str, language: str, longest: float) -> None:
    for piece in split(text, language=language, longest=longest):
        assert split(piece, language=language, longest=longest) == [piece]


@settings(deadline=None)  # the machine may be busy
@given(TEXTS, LANGUAGES)
def test_sentences_keep_every_character(text: str, language: str) -> None:
    for open_quotes in (False, True):
        found = module.sentences(text, language, open_quotes=open_quotes)
        assert "".join(found) == (text if text.strip() else "")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        (" \n\n ", []),
        ("One word", ["One word"]),
        (
            "Mr. Smith paid $3.50 to Dr. Jones at 5 p.m. on Friday. He left without a word.",
            ["Mr. Smith paid $3.50 to Dr. Jones at 5 p.m. on Friday.", "He left without a word."],
        ),
        # A sentence that is too short to be stable joins its neighbour,
        ("I will not come to you again. Yes.", ["I will not come to you again. Yes."]),
        # but not over a blank line.
        ("I will not come to you.\n\nYes.", ["I will not come to you.", "Yes."]),
        (
            "♪ In the jungle. The mighty jungle. The lion sleeps tonight. Yes, he does. ♪",
            ["♪ In the jungle. The mighty jungle. The lion sleeps tonight. Yes, he does. ♪"],
        ),
        ("We sat [sighs. Deeply] until the night.", ["We sat [sighs. Deeply] until the night."]),
        ("今天的天气非常好。我们一起去公园吧！", ["今天的天气非常好。", "我们一起去公园吧！"]),
        # A line that was wrapped by hand is one sentence.
        ("This sentence was broken\nby an editor.", ["This sentence was broken\nby an editor."]),
    ],
)  # fmt: skip
def test_where_a_text_is_split(text: str, pieces: list[str]) -> None:
    assert split(text) == pieces


def test_a_long_sentence_ends_its_pieces_with_clauses() -> None:
    text = (
        "This is a sentence with many clauses, of which this is the second, and it goes on and on; "
        "until, at the very end of the day, nobody at all remembers how the whole of it began, "
        "and everybody in the room is glad that it is over."
    )
    pieces = split(text, longest=8.0)
    assert len(pieces) == 3
    assert all(piece[-1] in ",;." for piece in pieces)


def test_a_long_quotation_is_split_within_its_quotes() -> None:
    inside = "I conquered the whole wide world with my own hands. "
    pieces = split(f"“{inside * 5}” he said.", longest=5.0)
    assert pieces[0] == f"“{inside}".strip()
    assert pieces[1] == inside.strip()


def test_words_are_broken_nowhere_and_shared_evenly() -> None:
    pieces = split("word " * 60, longest=11.0)  # 21.4 s
    assert [piece.count("word") for piece in pieces] == [30, 30]
    long = "x" * 1000
    assert split(f"a b {long} c d") == ["a b", long, "c d"]


def test_a_crumb_of_marks_is_no_piece_of_its_own() -> None:
    assert split("He went away from here. . . . And then he came back to us.", longest=4.0) == [
        "He went away from here. . . .",
        "And then he came back to us.",
    ]


def test_what_is_heard_of_a_text() -> None:
    assert letters("abc") == 3
    assert letters("1999") > letters("abcdefghij")
    assert letters("今天") > letters("abcde")
    assert letters("[laughs]") == letters("[clears throat]")
    assert letters("[a1]b2") == pytest.approx(letters("[a1]") + letters("b2"))


def test_the_pace_is_learned_from_good_takes() -> None:
    text = "x" * 100
    assert Pace.learned([]) == Pace()
    assert Pace.learned([(text, 0.0)]) == Pace()
    few, many = Pace.learned([(text, 5.0)]), Pace.learned([(text, 5.0)] * 60)
    assert Pace().rate < few.rate < many.rate < 20
    assert many.rate == pytest.approx(20, abs=0.5)
    assert Pace.learned([(text, 5.0)] * 9 + [(text, 90.0)]).rate > 17  # one bad take is one of ten
    with pytest.raises(ValueError, match="letters a second"):
        Pace(rate=0)


def test_a_slower_voice_gets_shorter_rows() -> None:
    text = "A sentence of a certain length, which a quick voice says at once, and a slow one not."
    assert len(split(text, pace=Pace(14))) == 1
    assert len(split(text, pace=Pace(6))) == 2


# ── scripts ───────────────────────────────────────────────────────────────────────────────────

LONG = "This is the first sentence of the row. And this is the second sentence of it."


def script(*rows: ScriptRow, kind: str = "text") -> Script:
    return Script(title="t", rows=rows, kind=kind, chapters=("", "B"))


def test_prose_is_split_and_only_its_first_row_keeps_the_pause() -> None:
    rows = split_script(script(ScriptRow(id="7", text=LONG, pause=0.7, speaker="A"))).rows
    assert [(row.id, row.pause, row.speaker, row.part_of) for row in rows] == [
        ("7", 0.7, "A", ""),
        ("7-2", None, "A", ""),
    ]


def test_new_ids_step_aside() -> None:
    rows = split_script(
        script(ScriptRow(id="7", text=LONG), ScriptRow(id="7-2", text="I was here before you."))
    ).rows
    assert [row.id for row in rows] == ["7", "7-3", "7-2"]


def test_a_subtitle_shares_its_time_out_and_stays_one_recording() -> None:
    whole = ScriptRow(id="1", text=LONG, start=10.0, end=14.0)
    first, second = split_script(script(whole, kind="subtitles")).rows
    assert (first.part_of, second.part_of) == ("1", "1")
    assert first.start == 10.0
    assert first.end == second.start == pytest.approx(12.0, abs=0.2)
    assert second.end == 14.0


def test_a_table_row_that_fits_stays_as_it_is() -> None:
    rows = (ScriptRow(id="a", text="Yes."), ScriptRow(id="b", text="No."))
    assert split_script(script(*rows, kind="table")).rows == rows


@pytest.mark.parametrize(
    "second",
    [
        {"speaker": "B"},
        {"voice": "v"},
        {"chapter": 1},
        {"heading": True},
        {"direction": "angry"},
        {"pause": 2.0},
        {"file": "b.wav"},
    ],
)
def test_short_rows_join_only_their_like(second: dict[str, object]) -> None:
    yes, no = ScriptRow(id="1", text="Yes."), ScriptRow(id="2", text="No.", pause=PARAGRAPH_PAUSE)
    assert [row.text for row in split_script(script(yes, no)).rows] == ["Yes.\nNo."]
    assert len(split_script(script(yes, no.replace(**second))).rows) == 2


def test_a_merged_row_ends_with_the_second_subtitle() -> None:
    first = ScriptRow(id="1", text="Yes.", start=1.0, end=2.0)
    second = ScriptRow(id="2", text="No.", start=3.0, end=4.0)
    assert can_merge(first, second)
    both = merge_rows(first, second)
    assert (both.id, both.text, both.start, both.end) == ("1", "Yes. No.", 1.0, 4.0)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(TEXTS, st.sampled_from("AB"), st.sampled_from([None, 0.7, 2.0]))))
def test_a_script_is_split_once_and_for_all(parts: list[tuple[str, str, float | None]]) -> None:
    speakable = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
    rows = tuple(
        ScriptRow(id=str(number), text=text, speaker=speaker, pause=pause)
        for number, (text, speaker, pause) in enumerate(parts)
        if text.strip() and not speakable.search(text.replace("\n", "").replace("\t", ""))
    )
    once = split_script(script(*rows))
    assert split_script(once) == once
    whole = "".join(row.text for row in rows)
    assert SPACE.sub("", "".join(row.text for row in once.rows)) == SPACE.sub("", whole)


def test_a_panic_of_the_splitter_costs_a_split_and_no_key_press_is_taken_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sentencex

    panic = type("PanicException", (BaseException,), {})  # as Rust's are, of no module
    errors = [KeyboardInterrupt(), ValueError("no such language"), panic("index out of bounds")]

    def fail(language: str, text: str) -> list[str]:
        raise errors.pop()

    monkeypatch.setattr(sentencex, "segment", fail)
    for _ in range(2):
        assert module.sentences("One. Two.", "en") == ["One. Two."]
    with pytest.raises(KeyboardInterrupt):
        module.sentences("One. Two.", "en")


def test_the_work_grows_as_the_text_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters looked at, for one paragraph without end, and for one row of many parts."""
    looked = 0
    real_letters, real_segment = module.letters, module._segment

    def counted(text: str) -> float:
        nonlocal looked
        looked += len(text)
        return real_letters(text)

    def segment(language: str, text: str) -> Iterable[str]:
        nonlocal looked
        looked += len(text)
        return real_segment(language, text)

    monkeypatch.setattr(module, "letters", counted)
    monkeypatch.setattr(module, "_segment", segment)

    def work(text: str) -> int:
        nonlocal looked
        looked = 0
        script = Script(title="t", rows=(ScriptRow(id="1", text=text),))
        assert len(split_script(script).rows) > 1
        return looked

    for piece in ("The lamp was lit early that evening, and nobody knew who had cut it. ", "word ",
                  "灯台守は海を見ていた。"):  # fmt: skip
        count = 20_000 // len(piece)
        assert work(piece * count * 2) < 2.2 * work(piece * count)


def test_sentences_before_a_long_one_stay() -> None:
    long = "the wind went on and on over the moor, " * 8
    pieces = split(f"It was late. Then {long}until morning.", language="en", longest=6.0)
    assert pieces[0].startswith("It was late.")
    assert SPACE.sub("", "".join(pieces)) == SPACE.sub(
        "", f"It was late. Then {long}until morning."
    )


def test_tags_of_any_length_stay_whole() -> None:
    text = "So it was [laughs. And laughs] indeed. He left [sighs! Twice? Yes.] at noon. It rained."
    assert sentences(text) == [
        "So it was [laughs. And laughs] indeed. ",
        "He left [sighs! Twice? Yes.] at noon. ",
        "It rained.",
    ]
