"""What is to be measured: remembered, foretold, and impossible only with a sentence."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.benchmark.plan import PlanPanel
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend


def panel(qtbot: QtBot, studio: Context) -> PlanPanel:
    made = PlanPanel(studio)
    qtbot.addWidget(made)
    return made


def test_the_time_is_foretold_as_it_is_known(
    qtbot: QtBot, studio: Context, backend: FakeBackend
) -> None:
    plan = panel(qtbot, studio)
    qtbot.waitUntil(lambda: "At most 3 minutes" in plan.time.text())
    plan.until.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "About 3 minutes, by what was measured here" in plan.time.text())
    backend.bench.foretold = None
    plan.loops.setValue(9)
    qtbot.waitUntil(lambda: "known after the first round" in plan.time.text())
    assert (plan.plan().minutes, plan.plan().loops) == (None, 9)


def test_it_is_remembered(qtbot: QtBot, studio: Context) -> None:
    first = panel(qtbot, studio)
    first.vary["window"].setChecked(False)
    first.batches.setCurrentIndex(1)
    first.tokens.setCurrentIndex(2)
    first.minutes.setValue(7.5)
    first.cross.setChecked(True)
    first.remember()
    assert panel(qtbot, studio).plan() == first.plan()
    assert first.plan().batches == (1, 2, 4, 8)
    studio.state.set("benchmark.plan", {"vary": ["window"], "batches": [3], "tokens": "x"})
    assert panel(qtbot, studio).plan().vary == ("window",)  # what another version knew


def test_nothing_to_compare_and_no_model_are_sentences(
    qtbot: QtBot, studio: Context, backend: FakeBackend
) -> None:
    plan = panel(qtbot, studio)
    for box in plan.vary.values():
        box.setChecked(False)
    assert not plan.is_ready
    assert plan.time.text() == "Choose something to compare."
    plan.vary["batch"].setChecked(True)
    assert plan.is_ready
    backend.known = backend.known[1:]
    studio.models_changed.emit()
    assert not plan.is_ready
    assert "get one on the page Models" in plan.time.text()
