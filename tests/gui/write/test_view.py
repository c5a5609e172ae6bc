"""The Write view with a fake engine: write, stream, stop, warm, speak it, and what is missing."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.api import BeamSearch, Greedy, Sampling
from gui.studio.context import Context
from gui.write.view import WriteView
from tests import fake
from tests.fake import WritingEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.write.conftest import PROMPT


def finish(qtbot: QtBot, view: WriteView) -> None:
    qtbot.waitUntil(view.write_button.isEnabled)


def test_the_text_grows_while_it_is_written(
    qtbot: QtBot, view: WriteView, writer: WritingEngine
) -> None:
    view.write_button.click()
    assert view.stop_button.isEnabled()
    assert not view.write_button.isEnabled()
    writer.step(2)
    qtbot.waitUntil(lambda: view.text.toPlainText() == "Once upon ")
    assert not view.speak_button.isEnabled()
    writer.step(2)
    finish(qtbot, view)
    assert view.text.toPlainText().strip() == PROMPT
    assert "4 tokens · 8.0 tokens/s · the first after 0.15 s" in view.status.text()
    assert "0 ready, 2 new this time" in view.compiled.text()
    assert "trace 0.25 s · compile 1.50 s · run 0.50 s" in view.compiled.text()


def test_a_second_text_finds_the_functions_ready(
    qtbot: QtBot, view: WriteView, writer: WritingEngine
) -> None:
    for _ in range(2):
        view.write_button.click()
        writer.step(4)
        finish(qtbot, view)
    assert "2 ready, 0 new this time" in view.compiled.text()
    assert "since the start: 2 ready, 2 new" in view.compiled.text()
    assert view.text.toPlainText().strip() == PROMPT  # not twice


def test_stop_keeps_what_was_written(qtbot: QtBot, view: WriteView, writer: WritingEngine) -> None:
    view.write_button.click()
    writer.step(1)
    qtbot.waitUntil(lambda: view.text.toPlainText() == "Once ")
    qtbot.keyClick(view.text, Qt.Key.Key_Escape)
    finish(qtbot, view)
    assert view.text.toPlainText() == "Once "
    assert view.status.text() == "Stopped."
    assert view.speak_button.isEnabled()


def test_warming_compiles_and_keeps_the_text(
    qtbot: QtBot, view: WriteView, writer: WritingEngine
) -> None:
    view.text.setPlainText("an earlier text")
    view.warm_button.click()
    finish(qtbot, view)
    assert writer.requests[0].only_compile
    assert view.text.toPlainText() == "an earlier text"
    assert "0 ready, 2 new" in view.compiled.text()
    assert view.status.text() == "Ready to write."


def test_what_is_chosen_reaches_the_engine(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, backend: FakeBackend
) -> None:
    search = view.search
    view.end.tokens.setValue(40)
    view.end.stop.setText("The end|\\n\\n")
    view.chat.setChecked(False)
    search.penalty.setValue(1.2)
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    search.kind.setCurrentIndex(1)
    search.temperature.setValue(0.7)
    search.top_k.setValue(50)
    search.top_p.setValue(0.9)
    search.seed.set_value(42, locked=True)
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    search.kind.setCurrentIndex(2)
    search.beams.setValue(3)
    search.returned.setValue(9)  # no more than there are beams
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    first, second, third = writer.requests
    assert first.search == Greedy(repetition_penalty=1.2)
    assert (first.max_new_tokens, first.stop, first.chat) == (40, ("The end", "\n\n"), False)
    assert second.search == Sampling(temperature=0.7, top_k=50, top_p=0.9, seed=(42, 0))
    assert third.search == BeamSearch(beams=3, sequences=3)
    assert [model for _, model in backend.asked] == ["smollm2"] * 3


def test_several_texts_are_told_apart(qtbot: QtBot, view: WriteView, writer: WritingEngine) -> None:
    view.search.kind.setCurrentIndex(1)
    view.search.sampled.setValue(2)
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)
    assert view.text.toPlainText() == f"— 1 —\n{PROMPT}\n\n— 2 —\n{PROMPT}"


def test_an_unlocked_seed_is_another_for_each_text(
    qtbot: QtBot, view: WriteView, writer: WritingEngine
) -> None:
    view.search.kind.setCurrentIndex(1)
    for _ in range(2):
        view.write_button.click()
        writer.step(4)
        finish(qtbot, view)
    first, second = (request.search.seed for request in writer.requests)
    assert first != second


def test_the_text_or_what_is_marked_is_spoken(
    qtbot: QtBot, view: WriteView, studio: Context
) -> None:
    view.text.setPlainText("First line.\nSecond line.")
    with qtbot.waitSignal(studio.speak_requested) as all_of_it:
        view.speak_button.click()
    assert all_of_it.args == ["First line.\nSecond line."]
    cursor = view.text.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(11, cursor.MoveMode.KeepAnchor)
    view.text.setTextCursor(cursor)
    with qtbot.waitSignal(studio.speak_requested) as marked:
        view.speak_button.click()
    assert marked.args == ["First line."]


def test_what_cannot_be_written_is_explained(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, said: list[str]
) -> None:
    for prompt, words in ((" \n", "at least one word"), ("x" * 100_001, "100,000")):
        view.prompt.setPlainText(prompt)
        view.write_button.click()
        assert words in said[-1]
    assert writer.requests == []
    view.prompt.setPlainText(fake.REFUSED)
    view.write_button.click()
    finish(qtbot, view)
    assert "shorten it" in said[-1]


def test_without_a_model_the_page_of_models_is_shown(
    qtbot: QtBot, backend: FakeBackend, view: WriteView, studio: Context
) -> None:
    backend.known = tuple(dataclasses.replace(model, state="absent") for model in backend.known)
    studio.models_changed.emit()
    with qtbot.waitSignal(studio.show_requested) as shown:
        view.write_button.click()
    assert shown.args == ["models"]


def test_the_prompt_keeps_its_height(qtbot: QtBot, view: WriteView, studio: Context) -> None:
    view.resize(900, 700)
    view.show()
    before = view._texts.sizes()
    view._texts.setSizes([before[0] + 60, before[1] - 60])
    view._texts.splitterMoved.emit(before[0] + 60, 1)  # as the mouse does
    left = view._texts.sizes()
    assert left[0] > before[0]
    again = WriteView(studio)
    qtbot.addWidget(again)
    again.resize(view.size())
    again.show()
    assert again._texts.sizes() == left
    studio.state.set("size.write.texts", ["rubbish", 1])
    rubbish = WriteView(studio)
    qtbot.addWidget(rubbish)
    rubbish.resize(view.size())
    rubbish.show()
    assert rubbish._texts.sizes() == before


def test_choices_are_remembered(qtbot: QtBot, view: WriteView, studio: Context) -> None:
    view.search.kind.setCurrentIndex(2)
    view.search.beams.setValue(7)
    view.search.seed.set_value(5, locked=True)
    view.end.stop.setText("stop")
    view.remember()
    again = WriteView(studio)
    qtbot.addWidget(again)
    assert again.prompt.toPlainText() == PROMPT
    assert again.search.value() == BeamSearch(beams=7)
    assert again.search.seed.value() == 5
    assert again.end.strings() == ("stop",)


def test_rubbish_in_the_state_changes_nothing(qtbot: QtBot, view: WriteView) -> None:
    before = view.search.to_plain()
    view.search.from_plain({"kind": 99, "beams": "many", "seed": -1, "top_p": None, "x": 1})
    assert view.search.to_plain() == before


# ── installation ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bare(qtbot: QtBot, backend: FakeBackend, studio: Context) -> WriteView:
    """The view where TensorFlow is not installed."""
    backend.writing = False
    view = WriteView(studio)
    qtbot.addWidget(view)
    view.show()
    return view


def test_what_is_missing_is_installed_by_a_click(
    qtbot: QtBot, bare: WriteView, backend: FakeBackend, writer: WritingEngine
) -> None:
    assert bare.setup.isVisible()
    assert not bare.prompt.isVisible()
    assert backend.threads == set()  # nothing without a click
    bare.setup.install.click()
    qtbot.waitUntil(lambda: bare.setup.bar.value() == 500)
    assert "Collecting tensorflow" in bare.setup.facts.text()
    assert not bare.setup.install.isEnabled()
    backend.install_goes_on.set()
    qtbot.waitUntil(bare.prompt.isVisible)
    bare.prompt.setPlainText("a b")
    bare.write_button.click()
    writer.step(2)
    finish(qtbot, bare)
    assert bare.text.toPlainText() == "a b "


def test_a_cancelled_or_failed_installation_can_be_tried_again(
    qtbot: QtBot, bare: WriteView, backend: FakeBackend, said: list[str]
) -> None:
    bare.setup.install.click()
    qtbot.waitUntil(lambda: bare.setup.bar.value() == 500)
    bare.setup.cancel.click()
    qtbot.waitUntil(bare.setup.install.isEnabled)
    assert said == []
    backend.install_goes_on.set()
    backend.install_fails = True
    bare.setup.install.click()
    qtbot.waitUntil(lambda: said != [])
    assert "no network" in said[0]
    assert bare.setup.install.isEnabled()
    assert bare.setup.isVisible()


def test_every_control_has_a_name(view: WriteView, bare: WriteView) -> None:
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit)
    for kind in kinds:
        for control in [*view.findChildren(kind), *bare.findChildren(kind)]:
            if not control.objectName().startswith("qt_"):
                named = control.accessibleName() or getattr(control, "text", str)()
                assert named, describe(control)


def describe(widget: QWidget) -> str:
    return f"{type(widget).__name__} in {type(widget.parent()).__name__}"
