"""What the tests of the Benchmark view share: results of a real run of the starter voice."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.benchmark.view import BenchmarkView
from gui.studio.context import Context
from tests.engine.figures import real
from tests.gui.fake_backend import FakeBackend


@pytest.fixture
def report() -> dict[str, Any]:
    """The newest run that is kept, as on a busy machine."""
    warning = "other programs use 56% of this machine's processors: figures will be unsteady; end "
    return {**real.report(), "warning": f"{warning}them and measure again"}


@pytest.fixture
def older(report: dict[str, Any]) -> dict[str, Any]:
    """A run of before, in which int8 took twice as long."""
    older = copy.deepcopy(report)
    older["date"] = "2026-11-20T08:00:00+00:00"
    int8 = next(case for case in older["cases"] if case["name"] == "int8")
    for values in (int8["seconds"], int8["ratio"]):
        values["all"] = [2 * value for value in values["all"]]
    return older


@pytest.fixture
def view(
    qtbot: QtBot,
    studio: Context,
    backend: FakeBackend,
    report: dict[str, Any],
    older: dict[str, Any],
) -> BenchmarkView:
    """The view, with both runs and its plots."""
    backend.reports = [report, older]
    view = BenchmarkView(studio)
    qtbot.addWidget(view)
    view.resize(1100, 760)
    view.show()
    qtbot.waitUntil(lambda: bool(view.model.entries) and view.plots.canvas is not None)
    return view
