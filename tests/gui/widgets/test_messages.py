"""Messages: a sentence belongs to its view, and goes when its cause has gone."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.message import Message
from gui.widgets.messages import Messages

LONG = "A sentence of many words, which does not fit into one line of a narrow window. " * 3


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """A window with something in it, and the place of the message below."""
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.addWidget(QLabel("what is shown"), 1)
    column.addWidget(QWidget())
    page.resize(400, 300)
    return page


@pytest.fixture
def message(page: QWidget) -> Message:
    message = Message()
    layout = page.layout()
    assert layout is not None
    item = layout.itemAt(1)
    assert item is not None
    place = item.widget()
    assert place is not None
    message.sit_on(place)
    page.show()
    return message


@pytest.fixture
def messages(message: Message) -> Messages:
    messages = Messages(message, message)
    messages.show_view("speak")
    return messages


def test_nothing_moves_when_a_message_comes(page: QWidget, message: Message) -> None:
    label = page.findChildren(QLabel)[0]
    before = label.geometry()
    for sentence in ("Short.", LONG):
        message.say(sentence)
        assert label.geometry() == before
        assert page.rect().contains(message.geometry())
        assert message.height() >= message._text.heightForWidth(message._text.width())


def test_a_name_without_a_space_is_read_to_its_end(page: QWidget, message: Message) -> None:
    sentence = f"Written: {'lighthouse' * 24}.wav, in /home/mira/music"
    message.say(sentence)
    assert message.sentence == sentence
    text = message._text
    assert text.minimumSizeHint().width() <= text.width()
    assert message.height() >= text.heightForWidth(text.width())
    assert page.rect().contains(message.geometry())


def test_a_warning_goes_with_its_view_and_comes_back(message: Message, messages: Messages) -> None:
    messages.say("The disk is full.", "warning")
    messages.show_view("script")
    assert message.sentence == ""
    messages.say("Written.", "note")
    messages.show_view("speak")
    assert message.sentence == "The disk is full."
    messages.show_view("script")
    assert message.sentence == ""  # a note is not kept
    messages.say("A sentence was cut.", "warning", "speak")  # of work that goes on there
    assert message.sentence == "A sentence was cut."
    messages.show_view("write")
    messages.show_view("speak")
    assert message.sentence == "A sentence was cut."


def test_it_goes_when_other_work_begins_or_its_cause_has_gone(
    message: Message, messages: Messages
) -> None:
    messages.say("The disk is full.", "warning")
    messages.show_view("script")
    messages.say("A row failed.", "warning")
    messages.work_begins()
    assert message.sentence == ""
    messages.show_view("speak")
    assert message.sentence == "The disk is full."  # that was other work
    messages.cause_is_gone()
    assert message.sentence == ""
    messages.show_view("script")
    messages.show_view("speak")
    assert message.sentence == ""


def test_what_was_dismissed_does_not_come_back(message: Message, messages: Messages) -> None:
    messages.say("The disk is full.", "warning")
    message._on_close()
    messages.show_view("script")
    messages.show_view("speak")
    assert message.sentence == ""
