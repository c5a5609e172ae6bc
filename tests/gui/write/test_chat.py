"""The Chat page with an engine that writes when the test says so."""

from __future__ import annotations

import html
import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.api import BeamSearch
from gui.studio.context import Context
from gui.write.chat import ChatPage
from gui.write.view import WriteView
from tests import fake
from tests.fake import WritingEngine


@pytest.fixture
def page(view: WriteView) -> ChatPage:
    view.show_chat()
    return view.conversation


def say(qtbot: QtBot, page: ChatPage, writer: WritingEngine, text: str) -> None:
    """Say it, and have it answered: the engine says the same."""
    page.box.setPlainText(text)
    page.send_button.click()
    answer(qtbot, page, writer, len(text.split()))


def answer(qtbot: QtBot, page: ChatPage, writer: WritingEngine, words: int) -> None:
    writer.step(words)
    qtbot.waitUntil(page.send_button.isEnabled)


def click(page: ChatPage, act: str, number: int) -> None:
    """Click a link of the message with this number."""
    id = page.conversation.path()[number].id
    assert f"{act}:{id}" in page.messages.toHtml()
    page.messages.anchorClicked.emit(QUrl(f"{act}:{id}"))


def texts(page: ChatPage) -> list[str]:
    return [message.text for message in page.conversation.path()]


def test_a_conversation_goes_on(qtbot: QtBot, page: ChatPage, writer: WritingEngine) -> None:
    page.system.setText("Be brief.")
    page.system.textEdited.emit("Be brief.")
    say(qtbot, page, writer, "one two")
    say(qtbot, page, writer, "three")
    first, second = writer.requests
    assert first.prompts == ("one two",)
    assert first.chat is True
    assert first.history == (("system", "Be brief."),)
    assert second.history == (
        ("system", "Be brief."),
        ("user", "one two"),
        ("assistant", "one two "),
    )
    assert texts(page) == ["one two", "one two ", "three", "three "]
    assert "three" in page.messages.toPlainText()
    assert page.which.currentText() == "one two"


def test_an_answer_grows_and_is_stopped(
    qtbot: QtBot, view: WriteView, page: ChatPage, writer: WritingEngine
) -> None:
    view.search.kind.setCurrentIndex(2)
    page.box.setPlainText("a b c")
    qtbot.keyClick(page.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    writer.step(2)
    qtbot.waitUntil(lambda: texts(page)[-1] == "a b ")
    assert page.messages.toPlainText().endswith("a b ")
    assert not view.write_button.isEnabled()
    page.stop_button.click()
    qtbot.waitUntil(page.send_button.isEnabled)
    assert texts(page) == ["a b c", "a b "]
    assert writer.requests[0].search == BeamSearch(sequences=1)
    assert view.text.toPlainText() == ""


def test_a_message_is_changed_and_both_branches_stay(
    qtbot: QtBot, page: ChatPage, writer: WritingEngine
) -> None:
    say(qtbot, page, writer, "old")
    click(page, "edit", 0)
    assert page.box.toPlainText() == "old"
    page.box.setPlainText("new words")
    page.send_button.click()
    answer(qtbot, page, writer, 2)
    assert texts(page) == ["new words", "new words "]
    click(page, "before", 0)
    assert texts(page) == ["old", "old "]
    click(page, "after", 0)
    assert texts(page) == ["new words", "new words "]
    click(page, "again", 1)
    answer(qtbot, page, writer, 2)
    assert "2/2" in page.messages.toPlainText()
    click(page, "edit", 1)  # an answer: put into its place, and nothing is asked
    page.box.setPlainText("mine")
    page.send_button.click()
    assert texts(page) == ["new words", "mine"]
    assert len(writer.requests) == 3


def test_a_change_is_left_again(qtbot: QtBot, page: ChatPage, writer: WritingEngine) -> None:
    say(qtbot, page, writer, "old")
    assert not page.leave_button.isVisible()
    click(page, "edit", 0)
    page.leave_button.click()
    assert page.box.toPlainText() == ""
    say(qtbot, page, writer, "more")
    assert texts(page)[0] == "old"


def test_what_could_not_be_answered_can_be_asked_again(
    qtbot: QtBot, page: ChatPage, writer: WritingEngine, said: list[str]
) -> None:
    page.box.setPlainText(fake.REFUSED)
    page.send_button.click()
    qtbot.waitUntil(lambda: bool(said))
    assert "shorten it" in said[-1]
    qtbot.waitUntil(page.send_button.isEnabled)
    assert texts(page) == [fake.REFUSED]
    click(page, "answer", 0)
    qtbot.waitUntil(lambda: len(said) == 2)
    qtbot.waitUntil(page.send_button.isEnabled)
    page.box.setPlainText("x" * 100_001)
    page.send_button.click()
    assert "100,000" in said[-1]
    page.box.setPlainText("  ")
    page.send_button.click()
    assert len(writer.requests) == 2


def test_one_thing_is_done_at_a_time(
    qtbot: QtBot, view: WriteView, page: ChatPage, writer: WritingEngine, said: list[str]
) -> None:
    view.write_button.click()
    page.box.setPlainText("a b")
    page.send_button.click()
    assert "Something else is at work" in said[-1]
    assert texts(page) == ["a b"]
    answer(qtbot, page, writer, 4)
    qtbot.waitUntil(view.write_button.isEnabled)
    click(page, "answer", 0)
    answer(qtbot, page, writer, 2)
    assert texts(page) == ["a b", "a b "]


def test_what_was_to_be_changed_is_not_put_into_another_conversation(
    qtbot: QtBot, page: ChatPage, writer: WritingEngine
) -> None:
    say(qtbot, page, writer, "old")
    click(page, "edit", 0)
    page.new_button.click()
    assert not page.leave_button.isVisible()
    say(qtbot, page, writer, "new")
    assert texts(page) == ["new", "new "]


def test_a_full_conversation_says_so(
    page: ChatPage, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.write.conversation._LONGEST", 3)
    page.conversation.say("user", "four")
    page.box.setPlainText("more")
    page.send_button.click()
    assert "begin a new one" in said[-1]
    assert texts(page) == ["four"]
    assert page.box.toPlainText() == "more"


def test_conversations_are_there_at_the_next_start(
    qtbot: QtBot, view: WriteView, page: ChatPage, writer: WritingEngine, studio: Context
) -> None:
    say(qtbot, page, writer, "first talk")
    page.new_button.click()
    page.new_button.click()  # an empty one is enough
    assert page.which.count() == 2
    say(qtbot, page, writer, "second talk")
    view.remember()
    again = ChatPage(studio)
    qtbot.addWidget(again)
    assert again.which.count() == 2
    assert texts(again) == ["second talk", "second talk "]
    again.which.setCurrentIndex(again.which.findText("first talk"))
    again.which.activated.emit(again.which.currentIndex())
    assert texts(again) == ["first talk", "first talk "]


def test_an_answer_is_on_the_disk_while_it_is_written(
    qtbot: QtBot, page: ChatPage, writer: WritingEngine
) -> None:
    page.box.setPlainText("a b")
    page.send_button.click()
    writer.step(1)
    qtbot.waitUntil(lambda: texts(page)[-1] == "a ")
    page._later.timeout.emit()

    def there() -> bool:
        found, *_ = page._chats.load()
        return bool(found) and [m.text for m in found[0].path()] == ["a b", "a "]

    qtbot.waitUntil(there)
    answer(qtbot, page, writer, 1)


def test_a_conversation_is_deleted_after_a_question(
    qtbot: QtBot, page: ChatPage, writer: WritingEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(qtbot, page, writer, "a b")
    page.remember()
    buttons = QMessageBox.StandardButton
    monkeypatch.setattr(QMessageBox, "question", lambda *_: buttons.Cancel)
    page.delete_button.click()
    assert texts(page) == ["a b", "a b "]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: buttons.Yes)
    page.delete_button.click()
    assert texts(page) == []
    qtbot.waitUntil(lambda: page._chats.load()[0] == [])
    page.remember()
    assert page._chats.load()[0] == []


def test_an_answer_is_spoken_and_shown_as_text(
    qtbot: QtBot, page: ChatPage, writer: WritingEngine, studio: Context
) -> None:
    said = "<b>bold</b> &amp; <img src='file:///etc/passwd'>"
    say(qtbot, page, writer, said)
    assert html.unescape(re.sub(r"<[^>]*>", "", page.messages.toHtml())).count("<img") == 2
    assert "<b>bold</b> &amp;" in page.messages.toPlainText()
    with qtbot.waitSignal(studio.speak_requested) as spoken:
        click(page, "speak", 1)
    assert spoken.args == [said + " "]
