"""The precision of texts: what is chosen, what it brought, and what others would change."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.studio.context import Context
from gui.write.view import WriteView
from tests import fake
from tests.fake import WritingEngine
from tests.gui.write.test_view import finish


def write(qtbot: QtBot, view: WriteView, writer: WritingEngine) -> None:
    view.write_button.click()
    writer.step(4)
    finish(qtbot, view)


def test_the_choice_reaches_the_engine_and_is_remembered(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, studio: Context
) -> None:
    write(qtbot, view, writer)
    box = view.precision
    box.weights.setCurrentIndex(box.weights.findData("int8"))
    box.key_values.setCurrentIndex(box.key_values.findData("int8"))
    assert "8 bits" in box.about.text()
    write(qtbot, view, writer)
    first, second = writer.requests
    assert (first.precision, first.key_values) == ("auto", "float16")
    assert (second.precision, second.key_values) == ("int8", "int8")
    view.remember()
    again = WriteView(studio)
    qtbot.addWidget(again)
    assert again.precision.value == ("int8", "int8")


def test_what_was_measured_here_stands_beside_the_choice(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, studio: Context
) -> None:
    assert not view.precision.brought.isVisible()
    writer.texts = {"steps": 4, "precision": "Q4_1"}
    write(qtbot, view, writer)
    assert view.precision.brought.text() == "Measured here: 100.0 ms a step with Q4_1"
    writer.texts = {"steps": 8, "precision": "float32"}
    write(qtbot, view, writer)
    assert "50.0 ms a step with float32" in view.precision.brought.text()
    studio.state.set("write.speeds", {"smollm2\nint8": "rubbish"})
    view.precision.show_choice()
    assert not view.precision.brought.isVisible()


def test_precisions_are_compared_on_my_text(
    qtbot: QtBot, view: WriteView, writer: WritingEngine
) -> None:
    view.text.setPlainText("and a text.")
    box = view.precision
    box.compare_button.click()
    assert not view.write_button.isEnabled()
    qtbot.waitUntil(lambda: box.found.text() == "Reading … 30 %")
    view.write()  # nothing: one thing at a time
    writer.step()
    qtbot.waitUntil(box.compare_button.isEnabled)
    assert writer.compared[0].text == "Once upon a time\nand a text."
    assert writer.requests == []
    exact, other, none, *rest = box.found.text().splitlines()
    assert exact == "float32: perplexity 17.20 · a step reads 540 MB"
    assert other == (
        "Q4_1, keys and values float16: perplexity 18.90 · another token is the likeliest 12.5 % "
        "of the time · a step reads 90 MB"
    )
    assert none == "int8, keys and values int8: graphics cards do without"
    assert rest == ["200 tokens were looked at.", "12 more of the text were not."]
    assert view.write_button.isEnabled()


def test_comparing_is_stopped_and_fails_with_a_sentence(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, said: list[str]
) -> None:
    box = view.precision
    box.compare_button.click()
    qtbot.waitUntil(lambda: "30" in box.found.text())
    box.stop_button.click()
    qtbot.waitUntil(box.compare_button.isEnabled)
    assert not box.stop_button.isEnabled()
    assert not box.found.isVisible()
    view.prompt.setPlainText(fake.REFUSED)
    box.compare_button.click()
    writer.step()
    qtbot.waitUntil(lambda: bool(said))
    assert "too little text" in said[-1]
    view.prompt.setPlainText("")
    box.compare_button.click()
    assert "no text to compare by" in said[-1]
    assert not box.busy


@pytest.mark.parametrize("precision", ["Q4_1", "float32"])
def test_what_computed_the_text_is_said_as_it_is(
    qtbot: QtBot, view: WriteView, writer: WritingEngine, precision: str
) -> None:
    writer.texts = {
        "precision": precision,
        "steps": 4,
        "passes": 2,
        "step_bytes": 10**8,
        "read": 50,
        "kept": 7,
        "bandwidth": 1e10,
        "notes": ("computed in float32, not in the file's own Q4_1: beam search does without",),
    }
    write(qtbot, view, writer)
    told = view.compiled.text()
    if precision == "Q4_1":
        assert "Computed in Q4_1 by the step in C, which needs no compiling." in told
        assert "ready" not in told
    else:
        assert "0 ready, 2 new this time" in told
    assert "prompt: 500 tokens/s · 20 % of the memory's bandwidth" in told
    assert "7 tokens of it were read before" in told
    assert "text: 100.0 ms a step · 10 % of the memory's bandwidth" in told
    assert "the memory gives 10.0 GB/s, measured here" in told
    assert told.endswith("beam search does without")
