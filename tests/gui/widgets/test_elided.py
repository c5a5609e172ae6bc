"""A line of text that does not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.widgets.elided import Elided

LONG = "a sentence that is far too long for the little room that it has"


def picture(qtbot: QtBot, text: str, width: int) -> QImage:
    label = Elided(text)
    qtbot.addWidget(label)
    label.resize(width, 20)
    return label.grab().toImage()


def test_what_does_not_fit_ends_in_dots(qtbot: QtBot) -> None:
    metrics = Elided().fontMetrics()
    width = metrics.horizontalAdvance("a sentence that…") + 2
    assert picture(qtbot, LONG, width) == picture(qtbot, "a sentence that…", width)
    assert picture(qtbot, LONG, 1000) != picture(qtbot, LONG[:-1], 1000)


def test_it_never_makes_its_window_wider(qtbot: QtBot) -> None:
    label = Elided(LONG * 10)
    qtbot.addWidget(label)
    policy = label.sizePolicy().horizontalPolicy()
    assert policy == policy.Ignored


def test_a_long_sentence_takes_the_second_line_before_it_is_cut(qtbot: QtBot) -> None:
    sentence = "int8: no speed to compare: the machine was busy, 40 MB less memory"
    label = Elided(sentence, lines=2)
    qtbot.addWidget(label)
    one = label.fontMetrics().horizontalAdvance(sentence)
    label.resize(round(0.65 * one), 36)
    assert label.shown == sentence
    label.resize(round(0.35 * one), 36)
    assert label.shown.endswith("…")
    assert label.fontMetrics().horizontalAdvance(label.shown) > label.width()  # both lines are used


def test_letters_of_another_font_have_both_lines_too(qtbot: QtBot) -> None:
    sentence = "ケース: 12。最長 3 分、少なくとも 1 ラウンド。すべてが確かになれば早く終わります。"
    label = Elided(sentence, lines=2)
    qtbot.addWidget(label)
    label.resize(round(0.8 * label.fontMetrics().horizontalAdvance(sentence)), 40)
    assert label.shown == sentence


def test_a_name_without_a_space_shows_its_end(qtbot: QtBot) -> None:
    name = "01-" + 30 * "lighthouse" + ".flac"
    for lines in (1, 2):
        label = Elided(name, Qt.TextElideMode.ElideMiddle, lines)
        qtbot.addWidget(label)
        label.resize(200, 36)
        assert label.shown.startswith("01-")
        assert label.shown.endswith(".flac")
        assert label.fontMetrics().horizontalAdvance(label.shown) <= 200 * lines


def test_what_turns_the_direction_of_writing_is_shown(qtbot: QtBot) -> None:
    label = Elided("annex\u202egpj.exe")
    qtbot.addWidget(label)
    assert label.text() == "annex\\u202egpj.exe"
    label.setText("\x1b[2J")
    assert label.text() == "\\x1b[2J"
