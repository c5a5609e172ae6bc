"""Files of results: what was written is read again, all else is refused in a sentence."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from engine.bench import environment, results
from engine.bench.environment import Environment, busy
from engine.bench.rounds import Measured
from engine.bench.runner import Contender
from engine.errors import UserError


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "look", lambda: {"load": 0.1, "used": 0.02})


def test_a_report_says_all_that_figures_depend_on(tmp_path: Path) -> None:
    report = results.report("speech", Environment("pytest", "no-such-package"), rounds=5)
    file = tmp_path / "x.json"
    line = results.save(file, report)
    assert results.load(file) == json.loads(line) == {"made_by": "Bark Studio", **report}
    assert (report["format"], report["benchmark"], report["rounds"]) == (
        results.FORMAT,
        "speech",
        5,
    )
    assert {"processor", "memory", "python", "torch", "pytest"} <= report["machine"].keys()
    assert "no-such-package" not in report["machine"]
    assert report["before"] == report["after"] == {"load": 0.1, "used": 0.02}
    assert report["date"].endswith("+00:00")
    assert report["warning"] == ""


def test_a_busy_machine_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "look", lambda: {"load": 3.0, "used": 0.4})
    surroundings = Environment()
    assert "other programs use 40% of this machine's processors" in surroundings.warning
    assert results.report("x", surroundings)["warning"] == surroundings.warning
    assert busy(environment.BUSY - 0.01) == ""


def test_what_goes_on_says_so() -> None:
    report = results.report("speech", Environment(), finished=False)
    assert report["finished"] is False
    assert report["after"] is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no JSON", "is damaged"),
        ("[1]", "holds no results of this program"),
        ('{"format": 1, "benchmark": "speech"}', "holds no results of this program"),
        ('{"made_by": "Bark Studio", "rows": 3}', "holds no results of a benchmark"),
        ('{"made_by": "Bark Studio", "format": "1", "benchmark": "x"}', "holds no results"),
        ('{"made_by": "Bark Studio", "format": 99, "benchmark": "x"}', "newer version"),
        (None, "cannot read"),
    ],
)
def test_what_is_no_results_is_refused(tmp_path: Path, content: Any, words: str) -> None:
    file = tmp_path / "x.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UserError, match=words):
        results.load(file)


def test_what_every_case_has() -> None:
    runs = [{"seconds": 2.0, "peak_bytes": 5}, {"seconds": 4.0, "peak_bytes": 7}]
    case = Measured(Contender("8 rows", "", {"rows": 8}), runs, [0.5, 0.5])
    values = results.measured(case)
    assert values["seconds"]["median"] == 3.0
    assert values["throughput"] == 8 / 3
    assert values["peak_bytes"] == 7
    assert values["ratio"]["middle"] == pytest.approx(0.5)
    refused = results.measured(Measured(Contender("b", "", {}), refused="not here"))
    assert refused == {"name": "b", "rows": 1, "refused": "not here"}


def test_ratios_in_words() -> None:
    assert results.bounds([0.5, 0.51, 0.49, 0.5, 0.5])["seen"] == "faster"
    assert results.bounds([2.0, 2.1, 1.9, 2.0, 2.0])["seen"] == "slower"
    assert results.bounds([0.9, 1.1, 1.0, 0.95, 1.05])["seen"] == "no difference seen"
    one = results.bounds([0.5])
    assert (one["high"], one["seen"]) == (None, "no difference seen")
    assert all(math.isfinite(x) for x in (one["low"], one["middle"]))
    assert json.loads(json.dumps(one, allow_nan=False)) == one
