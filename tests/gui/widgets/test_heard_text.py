"""The words of a take: marked, clicked, and a page at a time."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.listening.marks import MarkedWord
from gui.widgets.heard_text import HeardText, word_at

WORDS = (
    MarkedWord("The ", 0.1, 0.3),
    MarkedWord("harbour <b> ", 0.3, 0.9, "wrong", "hammer"),
    MarkedWord("was ", 1.0, 1.2, "missing"),
    MarkedWord("now ", 1.2, 1.2, "added", "now"),
)


def test_words_are_marked_and_say_where_they_begin(qtbot: QtBot) -> None:
    text = HeardText()
    qtbot.addWidget(text)
    assert not text.isVisibleTo(text.parentWidget())
    text.show_words(WORDS)
    assert "harbour &lt;b&gt;</a> <i>hammer</i>" in text.text()
    assert text.text().count("line-through") == 2
    assert text.text().count("font-style:italic") == 1
    with qtbot.waitSignal(text.word_clicked) as clicked:
        text.linkActivated.emit("1")
    assert clicked.args == [0.3]


def test_the_word_that_sounds_is_marked(qtbot: QtBot) -> None:
    text = HeardText()
    qtbot.addWidget(text)
    text.show_words(WORDS)
    assert "background-color" not in text.text()
    text.set_position(0.5)
    assert text.sounding == 1
    assert text.text().count("background-color") == 1
    for silent in (0.95, -1.0, 9.0):
        text.set_position(silent)
        assert text.sounding == -1
    assert [word_at(WORDS, at) for at in (0.0, 0.1, 0.3, 1.1)] == [-1, 0, 1, 2]


def test_of_a_long_text_a_page_is_shown(qtbot: QtBot) -> None:
    text = HeardText()
    qtbot.addWidget(text)
    text.show_words([MarkedWord(f"w{n} ", n, n + 1.0) for n in range(500)])
    assert "w59" in text.text()
    assert "w60 " not in text.text()
    text.set_position(130.5)
    assert "w130" in text.text()
    assert text.text().startswith("… ")
    assert len(text.text()) < 10_000
