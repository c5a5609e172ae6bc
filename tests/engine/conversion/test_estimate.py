"""How long a script will take."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.conversion.estimate import Clock, clock
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow


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
