"""`main.py bench load`: no figure is judged, but what stands beside each run and how it is told."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.bench import environment, load, runner
from engine.bench.runner import Contender
from engine.cli import bench_tables
from tests.conftest import ROOT
from tests.engine.bark import tiny
from tests.processes import words_of


@pytest.mark.parametrize(
    ("loops", "cores", "times"), [(0, 2, 1), (2, 2, 2), (4, 2, 3), (6, 2, 4), (2, 8, 1.25)]
)
def test_fair_share(loops: int, cores: int, times: float) -> None:
    assert load.fair_share(loops, cores) == times


def children() -> list[psutil.Process]:
    return [c for c in psutil.Process().children() if "while True: pass" in words_of(c)]


@pytest.mark.alone
@pytest.mark.slow
def test_loops_run_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt), load.busy_loops(2):
        until = time.monotonic() + 60
        while len(children()) < 2 or min(c.cpu_times().user for c in children()) < 0.02:
            assert time.monotonic() < until
        raise KeyboardInterrupt
    assert children() == []


def test_idle_and_loaded_runs_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run stands in its trial, and its figures beside the loops of that trial."""
    now: list[int] = []

    class Loops:
        def __init__(self, count: int) -> None:
            now[:] = [count]

        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    def take_turns(contenders: Any, trials: int, **options: Any) -> list[runner.Run]:
        runs = []
        for trial in range(1, trials + 1):
            with options["beside"](trial):
                seconds = (1 + now[0]) * (10 if trial == trials else 1)
                runs.append(runner.Run(trial, "one", {"seconds": seconds, "unit": "s"}))
        return runs

    monkeypatch.setattr(load, "busy_loops", Loops)
    monkeypatch.setattr(load, "cores", lambda: 2)
    monkeypatch.setattr(runner, "take_turns", take_turns)
    monkeypatch.setattr(environment, "look", lambda: {"load": 0.0, "used": 0.0})
    report = load.measure([Contender("one", "", {})], loops=(2, 4), runs=3)
    (one,) = report["contenders"]
    assert one["idle"]["all"] == [1, 1, 1]
    assert [(x["loops"], x["fair_share"], x["median"], x["worst"]) for x in one["loads"]] == [
        (2, 2, 3, 3),
        (4, 3, 5, 50),
    ]
    text = bench_tables.load(report)
    assert "beside 2: median (goal 2.4)" in text
    assert "worst (goal 4.5)" in text
    assert "50.00 ×" in text


@pytest.mark.alone
@pytest.mark.slow
def test_the_command(tmp_path: Path) -> None:
    """The real thing on a tiny checkpoint, once each."""
    folder = tmp_path / "tiny"
    tiny.write_checkpoint(folder)
    command = [sys.executable, str(ROOT / "main.py"), "bench", "load", "--model", str(folder)]
    options = ["--batch", "2", "--loops", "1", "--runs", "1", "--json", str(tmp_path / "x.json")]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    *text, last = done.stdout.splitlines()
    report = json.loads(last)
    assert json.loads((tmp_path / "x.json").read_text()) == report
    names = [c["name"] for c in report["contenders"]]
    assert names == [
        *("starter voice, say, float32", "starter voice, say, int8"),
        "int8 decode step, 2 rows",
    ]
    assert all(c["loads"][0]["median"] > 0 for c in report["contenders"])
    assert any("beside 1" in line for line in text)
