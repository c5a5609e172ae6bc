"""A rendering on its way: rows in flight, and the time left by this machine's speed."""

from __future__ import annotations

import pytest

from engine.api import Progress
from engine.job import Job
from engine.script.rows import ScriptRow
from gui.script.at_work import AtWork, TimeLeft


@pytest.fixture
def work() -> AtWork:
    rows = tuple(ScriptRow(id=id, text="Some words.") for id in "abcd")
    return AtWork(Job(None), rows, {"b": 2.0, "c": 2.0, "d": 2.0}, "way", 0.0)


def test_rows_in_flight_are_those_that_the_engine_names(work: AtWork) -> None:
    step = {"stage": "coarse", "done": 1, "total": 9}
    assert work.ids(Progress(**step, rows=(1, 2))) == {"b", "c"}  # type: ignore[arg-type]
    assert work.ids(Progress(**step, row=3)) == {"d"}  # type: ignore[arg-type]
    assert work.ids(Progress(**step)) is None  # type: ignore[arg-type]
    assert work.ids(Progress(stage="rows", done=1, total=3, row=1)) is None


def test_the_time_left_is_known_from_the_start_where_the_machine_was_measured() -> None:
    now = [0.0]
    left = TimeLeft({"a": 10.0, "b": 10.0}, speed=0.5, now=lambda: now[0])
    assert left.seconds() == 10.0
    now[0] = 4.0
    assert left.seconds() == 6.0
    now[0] = 10.0  # twice as slow as the last time
    left.settle("a")
    assert 5.0 < left.seconds() < 10.0
    assert TimeLeft({"a": 1.0}).seconds() < 0
