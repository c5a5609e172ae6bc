"""The Benchmark view: runs are shown, compared and measured, and a row and its point are one."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.figures.front import front
from engine.figures.plan import Notice
from gui.benchmark.model import AGAINST, CASE, CHANGE, LATENCY, MEMORY, RUN
from gui.benchmark.view import BenchmarkView
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend


def cells(view: BenchmarkView, column: int) -> list[str]:
    model = view.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def row_of(view: BenchmarkView, name: str) -> int:
    return [entry.result.name for entry in view.model.entries].index(name)


def test_a_real_run_is_shown(view: BenchmarkView, report: dict[str, Any]) -> None:
    assert len(view.model.entries) == 11
    int8 = row_of(view, "int8")
    assert cells(view, CASE)[int8] == "int8"
    measured = next(case for case in report["cases"] if case["name"] == "int8")
    assert cells(view, LATENCY)[int8] == f"{measured['seconds']['median']:.3f}"
    assert cells(view, MEMORY)[int8] == f"{measured['peak_bytes'] / 1e6:.0f} MB"
    assert cells(view, AGAINST)[int8].startswith(f"{1 / measured['ratio']['middle']:.1f}")
    assert "× faster (" in cells(view, AGAINST)[int8]
    assert cells(view, LATENCY)[row_of(view, "offload")] == "refused"
    assert view.table.isColumnHidden(CHANGE)
    assert view.table.isColumnHidden(RUN)
    assert view.about.text().startswith("Other programs use 56% of this machine's processors")
    assert f"Rounds: {report['rounds']}" in view.about.text()
    best = ", ".join(result.name for result in front(view.bar.shown[0].results))
    assert view.plots.caption.text() == f"Nothing is both quicker and smaller than: {best}"


def test_nothing_measured_says_what_to_do(qtbot: QtBot, studio: Context) -> None:
    view = BenchmarkView(studio)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: "press Measure" in view.table.empty)
    assert not view.bar.export_button.isEnabled()
    assert not view.bar.run_box.isEnabled()
    assert view.bar.run_box.currentText() == "Nothing measured yet"


def test_what_is_left_out_is_told_once(
    qtbot: QtBot, view: BenchmarkView, backend: FakeBackend, studio: Context
) -> None:
    said: list[tuple[str, str]] = []
    studio.said.connect(lambda sentence, kind, of: said.append((sentence, of)))
    backend.bad_results = ["x.json is of a newer version of this program: get that one"]
    for _ in range(2):
        view.read()
        qtbot.waitUntil(lambda: view._reading is None)
    assert said == [(backend.bad_results[0], "benchmark")]


# ── one selection ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("plot", ["scatter", "lines", "stages", "spread"])
def test_a_row_and_its_point_are_one_selection(view: BenchmarkView, plot: str) -> None:
    view.plots.choose(plot)
    canvas = view.plots.canvas
    assert canvas is not None
    assert canvas.ring is None
    view.table.selectRow(row_of(view, "int8"))
    assert canvas.ring is not None
    at = canvas.index_of(view.table.entry)
    assert at is not None
    assert canvas.entries[at].result.name == "int8"
    picked = next(entry for entry in canvas.entries if entry.result.name == "8 rows")
    canvas.picked.emit(picked)  # as its click does
    assert view.table.entry is picked
    assert canvas.index_of(view.table.entry) == canvas.entries.index(picked)


def test_the_chosen_row_stays_where_the_table_is_sorted_or_read_again(
    qtbot: QtBot, view: BenchmarkView
) -> None:
    view.table.selectRow(row_of(view, "int8"))
    view.table.sortByColumn(LATENCY, Qt.SortOrder.DescendingOrder)
    figures = [entry.result.latency for entry in view.model.entries[:-1]]
    assert figures == sorted(figures, reverse=True)
    assert view.model.entries[-1].result.refused  # what is not known is last in any case
    assert view.table.entry is not None
    assert view.table.entry.result.name == "int8"
    view.read()
    qtbot.waitUntil(lambda: view._reading is None)
    assert view.table.entry.result.name == "int8"
    assert [entry.result.latency for entry in view.model.entries[:-1]] == figures
    view.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert view.model.entries[0].result.name == "float32 · 1 row"  # as it was measured


def test_all_runs_stand_in_one_table(view: BenchmarkView) -> None:
    view.bar.run_box.setCurrentIndex(2)
    view.bar.run_box.activated.emit(2)
    assert len(view.model.entries) == 22
    assert not view.table.isColumnHidden(RUN)
    assert not view.bar.other_box.isEnabled()
    assert len(set(cells(view, RUN))) == 2


def test_two_runs_are_compared(view: BenchmarkView) -> None:
    view.bar.other_box.setCurrentIndex(2)
    view.bar.other_box.activated.emit(2)
    assert not view.table.isColumnHidden(CHANGE)
    changes = dict(zip(cells(view, CASE), cells(view, CHANGE), strict=True))
    assert changes["int8"].startswith("2.0× faster")
    assert changes["bfloat16"].startswith("no difference seen")
    assert view.about.text().startswith("Changed beyond noise: 1 of 10")


# ── measuring ─────────────────────────────────────────────────────────────────────────────────


def test_a_measurement_is_watched_from_its_plan_to_its_run(
    qtbot: QtBot, view: BenchmarkView, backend: FakeBackend, report: dict[str, Any]
) -> None:
    qtbot.waitUntil(lambda: "At most 3 minutes" in view.status.text())
    for name in ("offload", "padding", "window"):
        view.plan.vary[name].setChecked(False)
    view.plan.minutes.setValue(2)
    first = {**report, "date": "2026-11-28T12:00:00+00:00", "finished": False, "rounds": 1}
    first["cases"] = report["cases"][:3]
    backend.bench.hears = [
        Notice("loading", "int8"),
        Notice("round", round=1, report=first),
        Notice("measuring", "8 rows", 2),
    ]
    backend.measured = {**report, "date": "2026-11-28T12:00:00+00:00"}
    qtbot.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Round 2: 8 rows · 0:10 of about 1:15" in view.status.text())
    assert view.bar.run_box.currentText() == "Being measured now"
    assert len(view.model.entries) == 4  # it grows
    assert not view.measure_button.isEnabled()
    assert view.progress.isVisible()
    assert (view.progress.value(), view.progress.maximum()) == (100, 750)
    backend.measuring_goes_on.set()
    qtbot.waitUntil(lambda: view.measure_button.isEnabled() and len(view.model.entries) == 11)
    assert view.bar.run_box.currentIndex() == 0  # the new one
    assert view.bar.run_box.count() == 4  # with the two of before, and all
    (plan,) = backend.bench.plans
    assert plan.vary == ("attention", "step", "precision", "batch")
    assert (plan.model, plan.minutes, plan.batches) == ("starter", 2, (1, 8))


def test_it_is_stopped_and_whole_rounds_are_shown(
    qtbot: QtBot, view: BenchmarkView, backend: FakeBackend, report: dict[str, Any]
) -> None:
    backend.measured = {**report, "date": "2026-11-28T12:00:00+00:00", "finished": False}
    view.measure()
    qtbot.waitUntil(lambda: view.progress.maximum() == 750)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.stop_button.isEnabled()
    qtbot.waitUntil(lambda: view.measure_button.isEnabled())
    assert view.status.text() == "Stopped. Whole rounds are kept."
    qtbot.waitUntil(lambda: "stopped" in view.bar.run_box.currentText())


def test_what_cannot_be_measured_is_a_sentence(
    qtbot: QtBot, view: BenchmarkView, backend: FakeBackend, studio: Context
) -> None:
    said: list[str] = []
    studio.said.connect(lambda sentence, kind, of: said.append(sentence))
    backend.measuring_goes_on.set()
    view.measure()
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["it could not be measured: the model is damaged"]
    assert view.measure_button.isEnabled()
