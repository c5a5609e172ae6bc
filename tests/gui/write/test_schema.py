"""The schema that texts follow: chosen, shown, read anew for each text, and taken away again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from gui.write import schema
from gui.write.view import WriteView
from tests.fake import WritingEngine
from tests.gui.write.test_view import finish


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A schema, which whoever is asked for a file chooses."""
    path = tmp_path / "keeper.schema.json"
    path.write_text('{"type": "object"}')
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    return path


def test_a_schema_is_followed_until_it_is_cleared(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, path: Path, said: list[str]
) -> None:
    box = view.schema
    assert not box.name.isVisibleTo(box)
    assert not box.clear_button.isVisibleTo(box)
    box.choose_button.click()
    assert box.name.text() == "keeper.schema.json"
    assert box.name.isVisibleTo(box)
    for text in ('{"type": "object"}', "{}"):  # as it is when the text is asked for
        path.write_text(text)
        view.write_button.click()
        writer.step(4)
        finish(qtbot, view)
    assert "The JSON is not whole: ask for more tokens." in said
    view.show_chat()
    view.conversation.box.setPlainText("What is it?")
    view.conversation.send_button.click()
    writer.step(3)
    qtbot.waitUntil(view.conversation.send_button.isEnabled)
    box.clear_button.click()
    assert not box.name.isVisibleTo(box)
    assert view.focusWidget() is box.choose_button
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    asked = [request.schema for request in writer.requests]
    assert asked == ['{"type": "object"}', "{}", "{}", ""]


def test_what_cannot_be_followed_is_said_and_nothing_is_written(
    view: WriteView, writer: WritingEngine, path: Path, said: list[str]
) -> None:
    view.schema.choose_button.click()
    path.write_text("{")
    view.write_button.click()
    assert "keeper.schema.json is no JSON schema" in said[-1]
    path.write_text("{}")
    view.search.kind.setCurrentIndex(2)
    view.write_button.click()
    assert "No beams follow a schema" in said[-1]
    path.unlink()
    view.search.kind.setCurrentIndex(0)
    view.write_button.click()
    assert "cannot read" in said[-1]
    assert writer.requests == []
    assert view.write_button.isEnabled()


def test_the_choice_is_remembered(
    qtbot: QtBot, view: WriteView, studio: Context, path: Path
) -> None:
    view.schema.choose_button.click()
    view.remember()
    again = WriteView(studio)
    qtbot.addWidget(again)
    assert again.schema.name.text() == "keeper.schema.json"
    again.schema.clear_button.click()
    again.remember()
    assert schema.SchemaBox(studio).path == ""


@pytest.mark.parametrize("here", [True, False])
def test_a_package_that_lacks_is_said_when_it_is_needed(
    here: bool, view: WriteView, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "find_spec", lambda name: name if here else None)
    box = view.schema
    assert not box.lacking.isVisibleTo(box)
    box.choose_button.click()
    assert box.lacking.isVisibleTo(box) == (not here)
    box.clear_button.click()
    assert not box.lacking.isVisibleTo(box)
