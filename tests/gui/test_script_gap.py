"""A script of 10 000 rows in the real window: whatever is done with it, the event loop goes on.

The figures wanted are two seconds to open and gaps of 50 ms on an idle machine; they are printed
(`-s`). What fails here is more than twice that, the least of several tries: work that grows with
the rows, on the window's thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gui.shown import run

_LONGEST = 0.15  # seconds
_OPENS = 4.0  # seconds
_TRIES = 3  # at most: whatever else the machine does shows as a gap too, but not every time

_PROGRAM = """
import json, sys, time
from pathlib import Path
from gui.script.filter import ALL, FAILED
from gui.script.model import TEXT
from tests.gui.fake_backend import FakeBackend
from tests.gui.shown import Shown

folder, tries, rows = Path(sys.argv[1]), int(sys.argv[2]), 10_000
longest, opens = float(sys.argv[3]), float(sys.argv[4])
words = "the rain fell on old roofs while seven people slept in a room near some river".split()
text = folder / "book.txt"
shown = Shown(folder, FakeBackend())
studio, window, wait, until = shown.studio, shown.window, shown.wait, shown.until
studio.start()

until(lambda: studio.facts is not None)
window.show_view("script")
view = window.view("script")
work, found = view.work, []
work.opened.connect(lambda: found.append("opened"))
work.rendered.connect(lambda result: found.append("rendered"))
times = {}

def phase(name, do, signal=""):
    until(lambda: work.idle)
    wait(300)
    found.clear()
    shown.watch()
    begun = time.perf_counter()
    do()
    until(lambda: not signal or signal in found)
    took = time.perf_counter() - begun
    wait(500)
    until(lambda: work.idle)
    wait(300)
    times.setdefault(name, []).append((took, shown.longest()))

def scroll():
    bar = view.table.verticalScrollBar()
    for step in range(30):
        bar.setValue(bar.maximum() * step // 30)
        wait(16)

def edit(number, text):
    view.model.setData(view.model.index(number, TEXT), text)

for number in range(tries):
    text.write_text("\\n\\n".join(
        f"Part {number} says in {i} that {' '.join(words[i % 7 : i % 7 + 5 + i % 6])}."
        for i in range(rows)
    ))
    again = Path(text).rename(folder / f"book{number}.txt")
    phase("open a text", lambda: view.open_path(again), "opened")
    assert len(view.model.rows) == rows
    project = work.project.folder
    phase("open a project", lambda: view.open_path(project), "opened")
    phase("scroll", scroll)
    phase("edit", lambda: edit(5000, "Something else stands here now."))
    phase("edit again", lambda: edit(4000, "One thing is here. And then another one is there."))
    phase("split", lambda: work.edits.split(4000))
    phase("merge", lambda: work.edits.merge([4000, 4001]))
    phase("undo", work.edits.undo)
    phase("select all", view.table.selectAll)
    phase("select one", lambda: view.table.selectRow(10))
    ids = [row.id for row in view.model.rows[:100]]
    phase("render", lambda: work.render(ids), "rendered")
    phase("a new take", lambda: work.reroll(ids[:1]), "rendered")
    phase("lock", lambda: work.lock(ids[:20], True))
    phase("find", lambda: view.bar.search.setText("roofs"))
    phase("find nothing", view.bar.search.clear)
    phase("filter", lambda: view.filter.show_only(FAILED, ""))
    phase("no filter", lambda: view.filter.show_only(ALL, ""))
    quick = all(min(gap for _, gap in tried) <= longest for tried in times.values())
    if quick and all(min(times[name])[0] <= opens for name in times if name.startswith("open ")):
        break
print(json.dumps(times))
shown.close()
"""


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_rows_block_nothing(tmp_path: Path) -> None:
    limits = map(str, (_TRIES, _LONGEST, _OPENS))
    times = run(_PROGRAM, str(tmp_path), *limits, timeout=800)
    gaps = {name: min(gap for _, gap in tries) for name, tries in times.items()}
    print({name: round(gap * 1000) for name, gap in gaps.items()})
    assert min(took for took, _ in times["open a text"]) <= _OPENS, times
    assert min(took for took, _ in times["open a project"]) <= _OPENS, times
    assert {name: gap for name, gap in gaps.items() if gap > _LONGEST} == {}, gaps
