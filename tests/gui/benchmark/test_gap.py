"""10 000 results in the real window: whatever is done with them, the event loop goes on.

What is wanted are gaps of 50 ms at most on an idle machine; they are printed (`-s`). What fails is
more than twice that, the least of several tries: work that grows with the results, on the window's
thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gui.shown import run

_LONGEST = 0.12  # seconds
_TRIES = 3  # at most: whatever else the machine does shows as a gap too, but not every time

_PROGRAM = """
import copy, json, sys
from pathlib import Path
from PySide6.QtCore import Qt
from gui.benchmark.model import LATENCY
from tests.engine.figures import real
from tests.gui.fake_backend import FakeBackend
from tests.gui.shown import Shown

folder, tries, longest = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
backend = FakeBackend()
report = real.report()
backend.reports = [
    {**report, "date": f"2026-{1 + n // 280:02}-{1 + n // 10 % 28:02}T{n % 10:02}:00:00+00:00"}
    for n in range(910)
]
shown = Shown(folder, backend)
studio, window, wait, until = shown.studio, shown.window, shown.wait, shown.until
studio.start()
until(lambda: studio.facts is not None)
window.show_view("benchmark")
view = window.view("benchmark")
until(lambda: bool(view.model.entries) and view.plots.canvas is not None)
for plot in view.plots.buttons:  # each is built once
    view.plots.choose(plot)
    wait(200)
view.plots.choose("scatter")
times = {}

def phase(name, do):
    wait(300)
    shown.watch()
    do()
    wait(500)
    times.setdefault(name, []).append(shown.longest())

def scroll():
    bar = view.table.verticalScrollBar()
    for step in range(30):
        bar.setValue(bar.maximum() * step // 30)
        wait(16)

def show_all(index):
    view.bar.run_box.setCurrentIndex(index)
    view.bar.run_box.activated.emit(index)

last = view.bar.run_box.count() - 1
for number in range(tries):
    phase("one run", lambda: show_all(0))
    phase("all runs", lambda: show_all(last))
    assert len(view.model.entries) >= 10_000
    phase("scroll", scroll)
    phase("choose", lambda: view.table.selectRow(5000))
    phase("sort", lambda: view.table.sortByColumn(LATENCY, Qt.SortOrder.DescendingOrder))
    phase("as it was", lambda: view.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder))
    if all(min(tried) <= longest for tried in times.values()):
        break
print(json.dumps(times))
shown.close()
"""


@pytest.mark.alone
@pytest.mark.slow
def test_ten_thousand_results_block_nothing(tmp_path: Path) -> None:
    times = run(_PROGRAM, str(tmp_path), str(_TRIES), str(_LONGEST), timeout=200)
    gaps = {name: min(tries) for name, tries in times.items()}
    print({name: round(gap * 1000) for name, gap in gaps.items()})
    assert {name: gap for name, gap in gaps.items() if gap > _LONGEST} == {}, gaps
