"""How long a script will take."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.conversion.estimate import Clock, clock, overruns, plan_of
from engine.recordings.plan import Delivery
from engine.recordings.timed import Timing
from engine.script.project import Project
from engine.script.recipe import Recipe
from engine.script.rows import Script, ScriptRow
from engine.script.trims import kept_seconds
from tests.engine.script.speaker import Speaker
from tests.engine.script.test_render import render
from tests.engine.script.test_trims import BY, TEXT, hear


def test_time_left_follows_the_length_of_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("engine.conversion.estimate.time.monotonic", lambda: now)
    rows = tuple(ScriptRow(id=str(i), text="word " * (2 if i else 6) + "end") for i in range(4))
    line = Clock(Project.create(tmp_path / "p", Script(title="t", rows=rows)))
    assert line.words("rows") == "row 0 of 4"
    now += 33
    line.note(0)
    left = 33 * 3 * len(rows[1].text) / len(rows[0].text)
    assert line.words("semantic") == f"row 1 of 4, semantic, {clock(left)} left"
    assert (clock(5), clock(65.4), clock(3725)) == ("0:05", "1:05", "1:02:05")


def test_of_a_trimmed_take_what_is_left_counts(tmp_path: Path) -> None:
    rows = (ScriptRow(id="r0", text=TEXT, start=0.0, end=60.0),)
    script = Script(title="t", rows=rows, kind="subtitles")
    project = Project.create(tmp_path / "p", script, Recipe(listen=BY))
    render(project, Speaker())
    hear(project)
    project.trim("r0", begin=4)
    state = project.state("r0")
    assert state.measures is not None
    left = kept_seconds(state.measures, state.trim)
    (row,) = plan_of(project, None, project.pace_of, "float32", str).rows
    assert row.seconds == left < state.measures.seconds / 2
    late = project.script.replace(rows=(rows[0].replace(end=left / 1.3 + 0.01),))
    project.set_script(late)
    timed = Delivery(out=tmp_path, timing=Timing())
    assert overruns(project, timed, project.pace_of) == []
