"""Rounds with a machine that is made up: its noise and drift are known, and so is the truth."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from engine.bench.rounds import Rounds, interleave
from engine.bench.runner import Contender
from engine.errors import UserError

REFERENCE = Contender("reference", "", {})


class Machine:
    """Stands in for the processes. Each call takes its seconds, and all of them longer as time goes
    on: drift is a part of the speed at the start, lost in each second."""

    def __init__(self, seconds: dict[str, float], drift: float = 0.0, noise: float = 0.0) -> None:
        self.seconds, self.drift, self.noise = seconds, drift, noise
        self.draw = random.Random(0)
        self.time = 0.0
        self.calls: list[str] = []
        self.refuses: dict[str, str] = {}
        self.dies_at = math.inf

    def start(self, case: Contender) -> None:
        if case.name in self.refuses:
            raise UserError(self.refuses[case.name])

    def run(self, case: Contender) -> dict[str, Any]:
        self.calls.append(case.name)
        if case.name == "dies" and len(self.calls) > self.dies_at:
            raise UserError("dies ended without a result")
        slower = math.exp(self.drift * self.time + self.draw.gauss(0, self.noise))
        took = self.seconds[case.name] * slower
        self.time += took
        return {"seconds": took}


def measure(machine: Machine, *names: str, loops: int = 5, **options: Any) -> Rounds:
    cases = [Contender(name, "", {"rows": 8} if "8" in name else {}) for name in names]
    pool: Any = machine
    return interleave(REFERENCE, cases, pool=pool, loops=loops, now=lambda: machine.time, **options)


def test_each_case_stands_between_two_references_and_each_round_begins_with_another() -> None:
    machine = Machine({"reference": 1, "a": 1, "b": 1})
    measure(machine, "a", "b", loops=3)
    rounds = [machine.calls[i : i + 5] for i in range(0, 15, 5)]
    assert rounds == [
        ["reference", "a", "reference", "b", "reference"],
        ["reference", "b", "reference", "a", "reference"],
        ["reference", "a", "reference", "b", "reference"],
    ]


@pytest.mark.parametrize("drift", [0.002, -0.002])
def test_a_linear_drift_is_removed(drift: float) -> None:
    """Half as fast, or twice as fast, at the end as at the beginning."""
    machine = Machine({"reference": 1.0, "equal": 1.0, "half": 0.5, "twice": 2.0}, drift)
    done = measure(machine, "equal", "half", "twice", loops=20, narrow=0)
    assert abs(math.log(machine.time / (20 * 7.5))) > 0.1  # it drifted indeed
    for case, truth in zip(done.cases, (1.0, 0.5, 2.0), strict=True):
        assert case.ratio is not None
        assert case.ratio.middle == pytest.approx(truth, rel=0.002)
    # One after the other, not in turns, an equal case would look slower or faster.
    first, *_, last = (run["seconds"] for run in done.reference.runs)
    assert abs(math.log(last / first)) > 0.2


@pytest.mark.parametrize("rounds", [5, 20])
def test_the_bounds_of_whole_runs_hold_the_truth(rounds: int) -> None:
    """All of it together: interleaving, drift, noise, and references that two cases share."""
    held = total = 0
    machine = Machine({"reference": 1.0, "equal": 1.0, "a": 0.8, "b": 3.0}, noise=0.03)
    for _ in range(334):
        machine.time, machine.drift = 0.0, machine.draw.gauss(0, 0.001)
        done = measure(machine, "equal", "a", "b", loops=rounds, narrow=0)
        for case, truth in zip(done.cases, (1.0, 0.8, 3.0), strict=True):
            assert case.ratio is not None
            held += case.ratio.low <= truth <= case.ratio.high
            total += 1
    assert total == 1002
    assert 0.93 <= held / total <= 0.97


def test_an_early_end_keeps_the_promise() -> None:
    """To end when bounds are narrow is to end at a lucky moment: not so lucky that it counts."""
    held = total = 0
    ends = set()
    machine = Machine({"reference": 1.0, "a": 1.0, "b": 0.9, "c": 1.0, "d": 2.0}, noise=0.03)
    for _ in range(250):
        done = measure(machine, "a", "b", "c", "d", loops=40)
        ends.add(done.ended)
        for case, truth in zip(done.cases, (1.0, 0.9, 1.0, 2.0), strict=True):
            assert case.ratio is not None
            held += case.ratio.low <= truth <= case.ratio.high
            total += 1
    assert ends == {"narrow", "loops"}
    assert 0.93 <= held / total <= 0.97


def test_it_ends_early_where_nothing_is_in_doubt() -> None:
    machine = Machine({"reference": 1, "a": 0.5, "b": 1, "c": 1, "d": 1})
    done = measure(machine, "a", "b", "c", "d", loops=100)
    assert (done.done, done.ended) == (5, "narrow")
    done = measure(machine, "a", loops=100)  # one alone may be lucky
    assert (done.done, done.ended) == (10, "narrow")
    done = measure(machine, "a", loops=30, narrow=0)
    assert (done.done, done.ended) == (30, "loops")


def test_no_round_begins_that_would_end_too_late() -> None:
    machine = Machine({"reference": 1, "a": 2})
    done = measure(machine, "a", loops=100, until=17.0, narrow=0)
    assert (done.done, done.ended) == (4, "minutes")
    assert machine.time == 16
    machine = Machine({"reference": 1, "a": 2})
    assert measure(machine, "a", loops=100, until=1.0).done == 1  # one at least


def test_rows_count_each() -> None:
    machine = Machine({"reference": 1, "8 rows": 4})
    (case,) = measure(machine, "8 rows").cases
    assert case.ratio is not None
    assert case.ratio.middle == pytest.approx(0.5)


def test_who_refuses_or_dies_says_why_and_the_others_go_on() -> None:
    machine = Machine({"reference": 1, "a": 2, "dies": 1})
    machine.refuses = {"b": "no such model"}
    machine.dies_at = 8
    told: list[int] = []
    done = measure(machine, "a", "b", "dies", shown=lambda rounds: told.append(rounds.done))
    a, b, dies = done.cases
    assert (b.refused, b.runs) == ("no such model", [])
    assert dies.refused == "dies ended without a result"
    assert len(dies.runs) < 5
    assert a.ratio is not None
    assert a.ratio.rounds == 5
    assert told == [1, 2, 3, 4, 5]


def test_without_the_reference_there_is_nothing() -> None:
    machine = Machine({})
    machine.refuses = {"reference": "no such model"}
    with pytest.raises(UserError, match=r"^no such model$"):
        measure(machine, "a")
