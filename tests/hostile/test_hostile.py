"""Thousands of files of strangers: no traceback, no hang, no gigabytes, nothing written elsewhere,
no code run. And the judge of that is one: it finds every check that is taken away.

One process tries many cases, each in a child (judge.py). A case is repeated with its number:
`python -m tests.hostile NUMBER`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.plants import PLANTS
from tests.hostile.samples import KINDS

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="system: children of a child, and their limits, are Linux's"
)


class Asked:
    """The judge in its process."""

    def __init__(self, folder: Path) -> None:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.hostile.judge", str(folder / "judge")],
            cwd=ROOT,
            env={**os.environ, **threads, "QT_QPA_PLATFORM": "offscreen", "HF_HUB_OFFLINE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def try_all(self, numbers: range, **order: Any) -> list[dict[str, Any]]:
        """What came of each case; order: see judge.Order."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"numbers": list(numbers), **order}) + "\n")
        self._process.stdin.flush()
        found = []
        while (line := self._line()) != "done":
            assert line, "the judge has ended"
            found.append(json.loads(line))
        return found

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    asked = Asked(tmp_path_factory.mktemp("hostile"))
    yield asked
    asked.end()


def faults(outcomes: list[dict[str, Any]]) -> list[str]:
    return [
        f"case {one['number']}, {one['kind']} ({one['damage']}): {fault}"
        for one in outcomes
        for fault in one["faults"]
    ]


@pytest.mark.slow
def test_whole_files_are_read(judge: Asked) -> None:
    for kind in KINDS:
        (outcome,) = judge.try_all(range(-1, 0), of=kind)
        assert not outcome["faults"], outcome
        assert outcome["answer"] == "read", (kind, outcome["answer"])


@pytest.mark.slow
def test_150_files_of_strangers_do_no_harm(judge: Asked) -> None:
    outcomes = judge.try_all(range(150))
    assert len(outcomes) == 150
    assert {one["kind"] for one in outcomes} == set(KINDS)
    assert not faults(outcomes), "\n\n".join(faults(outcomes))


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("first", range(0, 3000, 500), ids=lambda first: f"from_{first}")
def test_3000_files_of_strangers_do_no_harm(first: int, judge: Asked) -> None:
    outcomes = judge.try_all(range(first, first + 500))
    assert len(outcomes) == 500
    assert not faults(outcomes), "\n\n".join(faults(outcomes))


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", PLANTS)
def test_a_check_that_is_taken_away_is_found(name: str, judge: Asked) -> None:
    """Fails where the generator makes no file that shows it: then its searches prove nothing."""
    plant = PLANTS[name]
    for number in range(500):
        (with_it,) = judge.try_all(range(number, number + 1), of=plant.of, plant=name, wait=5)
        # A check holds more than it is named for: the first fault may be a lesser one.
        if any(fault.startswith(plant.finds) for fault in with_it["faults"]):
            (without,) = judge.try_all(range(number, number + 1), of=plant.of)
            if not without["faults"]:
                return
    raise AssertionError("none of 500 files shows it")
