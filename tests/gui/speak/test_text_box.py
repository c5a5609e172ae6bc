"""The text box: what comes in by any way, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from engine.backend import Backend
from engine.conversion.say_rows import Rows
from engine.errors import UserError
from engine.models import bark
from engine.models.info import ModelFacts
from gui.speak.division import Chosen, lines_of
from gui.speak.editor import LIMIT, clean
from gui.speak.text_box import TextBox, duration, read_text
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend


@pytest.fixture
def box(qtbot: QtBot, studio: Context) -> TextBox:
    box = TextBox(studio)
    qtbot.addWidget(box)
    box.show()
    return box


@pytest.fixture
def said(studio: Context) -> list[str]:
    sentences: list[str] = []
    studio.said.connect(lambda sentence, kind: sentences.append(sentence))
    return sentences


def paste(box: TextBox, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    box.editor.insertFromMimeData(data)


def know_the_model(qtbot: QtBot, studio: Context) -> None:
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None)


# ── what comes in ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("one\r\ntwo\rthree\u2028four\x0cfive", "one\ntwo\nthree\nfour\nfive"),
        ("tab\tstays", "tab\tstays"),
        ("\ufeffmark", "mark"),
        ("half \ud83d", "half "),
        ("مرحبا 👩‍👩‍👧 ありがとう", "مرحبا 👩‍👩‍👧 ありがとう"),
    ],
)
def test_a_text_is_kept_but_for_what_no_text_holds(box: TextBox, text: str, kept: str) -> None:
    assert clean(text) == kept
    box.take(text)
    assert box.text() == kept


def test_a_paste_goes_where_the_cursor_is(box: TextBox) -> None:
    box.take("Hello world")
    cursor = box.editor.textCursor()
    cursor.setPosition(5)
    box.editor.setTextCursor(cursor)
    paste(box, " big\x00")
    assert box.text() == "Hello big world"


def test_pasted_megabytes_are_refused_and_the_text_stays(box: TextBox, said: list[str]) -> None:
    box.take("Keep me.")
    paste(box, "word " * 1_000_000)
    assert box.text() == "Keep me."
    assert "5,000,008" in said[0]
    assert "Script" in said[0]


def test_a_paste_over_what_is_selected_counts_what_is_left(box: TextBox, said: list[str]) -> None:
    box.take("a" * LIMIT)
    box.editor.selectAll()
    paste(box, "b" * LIMIT)
    assert box.text() == "b" * LIMIT
    assert not said


def test_a_dropped_file_is_handed_on(qtbot: QtBot, box: TextBox, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a b.txt"))])
    with qtbot.waitSignal(box.editor.dropped) as dropped:
        box.editor.insertFromMimeData(data)
    assert dropped.args == [[tmp_path / "a b.txt"]]
    assert box.text() == ""


def test_taking_a_text_can_be_undone(box: TextBox) -> None:
    box.take("First.")
    box.take("Second.")
    box.editor.undo()
    assert box.text() == "First."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b"\xef\xbb\xbfmarked", "marked"),
        ("日本語のテキストです。".encode("utf-16"), "日本語のテキストです。"),
        ("Übergrößenträger, schön und weiß, für alle Fälle".encode("cp1252"), None),
    ],
)
def test_a_text_file_is_read(tmp_path: Path, data: bytes, text: str | None) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(data)
    read = read_text(path)
    assert read == text if text is not None else "Übergrößenträger" in read


@pytest.mark.parametrize("data", [b"\x7fELF\x00\x00\x01", bytes(range(256)) * 8, b"x" * 10**6])
def test_a_file_that_is_no_text_or_too_long_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "data"
    path.write_bytes(data)
    with pytest.raises(UserError):
        read_text(path)


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UserError, match="cannot read"):
            read_text(path)


# ── counters ──────────────────────────────────────────────────────────────────────────────────


def test_the_text_is_counted(qtbot: QtBot, box: TextBox, studio: Context) -> None:
    know_the_model(qtbot, studio)
    box.take("The first sentence is here. The second one follows it now.")
    qtbot.waitUntil(lambda: box.figures is not None)
    assert box.figures is not None
    assert len(box.figures.rows) == 2
    for words in ("58 characters", "11 tokens", "2 parts", "≈ 4 s"):
        assert words in box.counter.text()


def test_counts_of_an_older_text_are_not_shown(qtbot: QtBot, box: TextBox, studio: Context) -> None:
    know_the_model(qtbot, studio)
    box.take("One two three.")
    qtbot.waitUntil(lambda: box.figures is not None)
    box.editor.insertPlainText(" four")
    assert box.figures is None
    assert "tokens" not in box.counter.text()
    qtbot.waitUntil(lambda: "4 tokens" in box.counter.text())


def test_without_a_model_there_are_seconds_and_no_tokens(
    qtbot: QtBot, box: TextBox, backend: FakeBackend
) -> None:
    box.take("One two three.")
    qtbot.waitUntil(lambda: "≈" in box.counter.text())
    assert "token" not in box.counter.text()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"max_tokens": 20}, "Part 1 is too long: 60 tokens of 20"),
        ({"max_seconds": 1.0}, "Part 1 will probably be cut"),
    ],
)
def test_a_limit_is_warned_of_before_it_is_hit(
    qtbot: QtBot,
    box: TextBox,
    studio: Context,
    backend: FakeBackend,
    limits: dict[str, float],
    words: str,
) -> None:
    facts = {"voices": (), "sample_rate": 24_000, "sound_tags": False}
    backend.model_facts = ModelFacts(
        **{**facts, "max_tokens": 256, "max_seconds": 14.0, **limits}  # type: ignore[arg-type]
    )
    know_the_model(qtbot, studio)
    backend.count_tokens = lambda model, text: len(text)  # type: ignore[method-assign]
    box.take("Internationalization" * 3)  # rows that can be split never reach a limit
    qtbot.waitUntil(lambda: words in box.counter.text())
    assert box.counter.property("look") == "warning"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1:00 min"), (3725, "62:05 min")]
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


# ── helper buttons ────────────────────────────────────────────────────────────────────────────


def button(box: TextBox, text: str) -> QPushButton:
    return next(b for b in box.findChildren(QPushButton) if b.text() == text)


def test_sounds_are_offered_where_the_model_knows_them(
    qtbot: QtBot, box: TextBox, studio: Context, backend: FakeBackend
) -> None:
    assert not button(box, "[laughs]").isVisible()
    know_the_model(qtbot, studio)
    assert button(box, "[laughs]").isVisible()
    box.take("So funny")
    button(box, "[laughs]").click()
    button(box, "…").click()
    assert box.text() == "So funny [laughs] …"


def test_the_note_makes_a_song_of_what_is_selected(
    qtbot: QtBot, box: TextBox, studio: Context
) -> None:
    know_the_model(qtbot, studio)
    box.take("In the jungle")
    box.editor.selectAll()
    button(box, "♪").click()
    assert box.text() == "♪ In the jungle ♪"


def rows_of(
    text: str, facts: ModelFacts, voice: str | None = None, *, numbers: bool = True
) -> list[str]:
    chosen = Chosen(model="starter", facts=facts, voice=voice, numbers=numbers)
    return [line.text for line in lines_of(text, chosen)]


def test_a_text_is_split_as_its_language_is_written() -> None:
    facts = ModelFacts(
        voices=(), sample_rate=24_000, max_tokens=256, max_seconds=14.0, sound_tags=False
    )
    german = "Das sagte Dr. Meier am 3. Oktober vor dem alten Haus. " * 4
    rows = rows_of(german, facts, "v2/de_speaker_3", numbers=False)
    assert rows == [german.strip()[:53]] * 4  # "3. Oktober" is one date
    assert len(rows_of(german, facts, numbers=False)) > 4


def test_a_text_is_divided_as_say_divides_it() -> None:
    facts = Backend().facts(bark.STARTER.name)
    text = "Dr. Lee paid $3.50 in 1999. It was\nthe 4th of May!\n\nChapter 2\n\n" + "a word " * 40
    for numbers in (True, False):
        chosen = Chosen(model=bark.STARTER.name, facts=facts, voice=None, numbers=numbers)
        by_say = Rows(bark.STARTER, None, numbers=numbers).of([text])
        assert list(lines_of(text, chosen)) == list(by_say)


def test_no_part_has_more_letters_than_the_model_takes() -> None:
    facts = ModelFacts(
        voices=(), sample_rate=24_000, max_tokens=30, max_seconds=14.0, sound_tags=False
    )
    rows = rows_of("one two three four five six seven eight nine ten eleven twelve", facts)
    assert len(rows) > 2
    assert all(len(row) <= 30 for row in rows)


def test_what_is_said_otherwise_than_it_is_written_is_shown(
    qtbot: QtBot, box: TextBox, studio: Context, backend: FakeBackend
) -> None:
    """Letters that are said in words are none that the model would have to read."""
    backend.unknown = set("$9")
    know_the_model(qtbot, studio)
    box.take("She paid $3.50 in 1999. Nobody saw it.")
    qtbot.waitUntil(lambda: box.figures is not None)
    assert box.otherwise.isVisible()
    assert box.otherwise.text() == (
        "Spoken as: She paid three dollars fifty in nineteen ninety-nine."
    )
    assert box.counter.property("look") == "muted"
    assert box.text() == "She paid $3.50 in 1999. Nobody saw it."
    box.numbers = lambda: False
    box.count_again()
    qtbot.waitUntil(lambda: not box.otherwise.isVisible())
    assert box.counter.property("look") == "warning"


def test_the_prediction_follows_what_was_learned_of_the_voice(
    qtbot: QtBot, box: TextBox, studio: Context, backend: FakeBackend
) -> None:
    know_the_model(qtbot, studio)
    box.voice = lambda: "announcer"
    box.take("word " * 28)
    qtbot.waitUntil(lambda: "≈ 10 s" in box.counter.text())
    backend.learn(studio.model, "announcer", [("word " * 28, 20.0)] * 60)
    box.count_again()
    qtbot.waitUntil(lambda: "≈ 19 s" in box.counter.text())


def test_a_word_that_is_being_composed_is_part_of_the_text(qtbot: QtBot, box: TextBox) -> None:
    hint = box.editor.placeholderText()
    QApplication.sendEvent(box.editor, QInputMethodEvent("にほん", []))
    assert box.text() == "にほん"
    assert box.editor.placeholderText() == ""  # it would be printed under the word
    commit = QInputMethodEvent()
    commit.setCommitString("日本")
    QApplication.sendEvent(box.editor, commit)
    assert (box.text(), box.editor.placeholderText()) == ("日本", hint)
    box.take("😀 one\ntwo 😀 three")
    cursor = box.editor.textCursor()
    cursor.setPosition(len("😀 one\ntwo 😀".encode("utf-16-le")) // 2)
    box.editor.setTextCursor(cursor)
    QApplication.sendEvent(box.editor, QInputMethodEvent(" ここ", []))
    assert box.text() == "😀 one\ntwo 😀 ここ three"


def test_an_emoji_is_one_character(qtbot: QtBot, box: TextBox) -> None:
    box.take("😀😀")
    assert box.counter.text().startswith("2 characters")
    tag = next(b for b in box.findChildren(QPushButton) if b.text() == "[laughs]")
    tag.click()
    assert box.text() == "😀😀 [laughs] "
    box.take("😀" * LIMIT)
    assert len(box.text()) == LIMIT


def test_what_the_model_cannot_read_is_marked_with_the_way_out(
    qtbot: QtBot, box: TextBox, backend: FakeBackend, studio: Context
) -> None:
    """Positions are Qt's: a letter beyond 0xFFFF counts as two."""
    backend.unknown = set("灯台")
    know_the_model(qtbot, studio)
    box.take("Good 🙂 morning 灯台, 灯.")
    qtbot.waitUntil(lambda: bool(box.editor.extraSelections()))
    marked = [s.cursor.selectedText() for s in box.editor.extraSelections()]
    assert marked == ["灯台", "灯"]
    assert "cannot read what is marked" in box.counter.text()
    assert "Models" in box.counter.text()
    assert box.counter.property("look") == "warning"
    box.take("Good morning.")
    qtbot.waitUntil(lambda: box.figures is not None)
    assert not box.editor.extraSelections()
    assert "Latin letters" in box.counter.text()


def test_the_languages_of_text_and_voice_are_shown(qtbot: QtBot, box: TextBox) -> None:
    box.voice = lambda: "v2/en_speaker_6"
    box.take("おはようございます。")
    qtbot.waitUntil(lambda: "日本語, voice English" in box.counter.text())
