"""A measurement in another process: what it tells is understood, what it has measured is kept."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from engine.api import Cancelled
from engine.bench import child, kept, planned
from engine.figures.plan import Notice, Plan, Prediction


def test_its_lines_are_understood() -> None:
    lines = {
        "int8 · 8 rows: loading and warming up": Notice("loading", "int8 · 8 rows"),
        "round 3 of 1000": Notice("round", round=3),
        "round 12: torch's step": Notice("measuring", "torch's step", 12),
        "int8: looking where its tokens part": Notice("comparing", "int8"),
        "WARNING: other programs rest": Notice("warning", "other programs rest"),
        "done": Notice("other", "done"),
    }
    assert {line: child.understood(line) for line in lines} == lines


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's own folder, for this test alone; also of the process."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert tmp_path in kept.folder().parents
    return tmp_path


@pytest.mark.slow  # three processes that load torch: some ten seconds on an idle machine
def test_a_real_run_is_heard_of_and_grows_and_what_is_measured_when_it_is_stopped_is_kept(
    own: Path,
) -> None:
    before = set(psutil.Process().children(recursive=True))
    heard: list[Notice] = []
    told: list[tuple[int, int]] = []

    def stop_after_two_rounds(done: int, total: int) -> None:
        told.append((done, total))
        if heard and heard[-1].report is not None and heard[-1].round >= 2:
            raise Cancelled

    plan = Plan(model="starter-voice", vary=("window",), tokens=16, minutes=None, loops=900)
    with pytest.raises(Cancelled):
        planned.run(plan, Prediction(None, False, 3), heard.append, stop_after_two_rounds)
    assert set(psutil.Process().children(recursive=True)) <= before
    said = {(what.at, what.words) for what in heard}
    for name in ("float32 · 1 row", "long window", "the reference again"):
        assert {("loading", name), ("measuring", name)} <= said
    assert told[0] == (0, 0)  # nobody knows
    assert told[-1][1] > 100  # but after a round
    (run,) = kept.runs().runs
    assert run.here
    assert not run.finished
    assert run.rounds >= 2
    assert run.tokens == 16
    assert [result.name for result in run.results] == ["float32 · 1 row", "long window"]
    assert planned.predict(plan, [run.report]).seconds is not None
