"""Contenders take turns, alone, each in a process of its own that leaves with the benchmark."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engine.bench import runner
from engine.bench.runner import Contender, Run
from engine.errors import UserError
from tests.processes import words_of

PLENTY = 2**60  # bytes that no machine has


def contender(name: str, **description: object) -> Contender:
    return Contender(name, "tests.engine.bench.contender", description)


def order(runs: list[Run]) -> list[tuple[int, str]]:
    return [(run.trial, run.contender) for run in runs]


def test_contenders_take_turns() -> None:
    told: list[str] = []
    both = [contender("a", seconds=0.01), contender("b", seconds=0.01)]
    runs = runner.take_turns(both, 2, 0, told.append)
    assert order(runs) == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert told == [
        "a: loading and warming up",
        "b: loading and warming up",
        "a: trial 1 of 2",
        "b: trial 1 of 2",
        "a: trial 2 of 2",
        "b: trial 2 of 2",
    ]
    times = [(run.values["from"], run.values["to"]) for run in runs]
    assert all(ended <= began for (_, ended), (began, _) in itertools.pairwise(times))


def test_each_has_one_process_that_stays_and_then_goes() -> None:
    runs = runner.take_turns([contender("a"), contender("b")], 2, 0)
    a, b = ({run.values["pid"] for run in runs if run.contender == name} for name in "ab")
    assert len(a) == len(b) == 1
    assert a != b
    assert [run.values["run"] for run in runs] == [1, 1, 2, 2]
    assert not any(map(psutil.pid_exists, a | b))


def test_where_memory_is_short_they_start_again() -> None:
    runs = runner.take_turns([contender("a"), contender("b")], 2, PLENTY)
    assert order(runs) == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert [run.values["run"] for run in runs] == [1, 1, 1, 1]


def test_the_peak_never_falls() -> None:
    runs = runner.take_turns([contender("a")], 2, PLENTY)
    first, second = (run.values["peak_bytes"] for run in runs)
    assert 10**6 < first <= second < 10**9


def test_what_a_contender_refuses_is_said_in_its_words() -> None:
    with pytest.raises(UserError, match=r"^no such model$"):
        runner.take_turns([contender("a"), contender("b", refuses=True)], 1, 0)


def test_a_contender_that_ends_is_named() -> None:
    with pytest.raises(UserError, match=r"^b ended without a result"):
        runner.take_turns([contender("a"), contender("b", dies=True)], 1, 0)
    assert not [p for p in psutil.Process().children() if "contender" in " ".join(words_of(p))]


@pytest.mark.parametrize(("said", "code"), [('{"seconds": 1', 1), ("no JSON\n", 0), ("[1]\n", 0)])
def test_half_a_line_is_no_result(said: str, code: int) -> None:
    contending = object.__new__(runner._Process)
    contending._name = "b"
    contending._process = SimpleNamespace(stdout=io.StringIO(said), wait=lambda: code)
    with pytest.raises(UserError, match=r"^b ended without a result"):
        contending.answer()


def test_a_contender_ends_with_its_parent() -> None:
    contending = runner._Process(contender("a", seconds=60))
    contending.answer()
    with contending._process as process:
        assert process.stdin is not None
        process.stdin.write("run\n")
        process.stdin.close()
        assert process.wait(10) == 0


def test_spread() -> None:
    values = runner.spread([3.0, 1.0, 2.5])
    assert values == {"median": 2.5, "min": 1.0, "max": 3.0, "all": [3.0, 1.0, 2.5]}


def test_contenders_are_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "__init__.py").write_text("raise SystemExit('the wrong engine')")
    monkeypatch.chdir(tmp_path)
    assert len(runner.take_turns([contender("a")], 1, 0)) == 1
