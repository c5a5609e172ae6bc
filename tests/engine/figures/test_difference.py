"""What changed between two runs: what is made is found, and noise is not."""

from __future__ import annotations

import dataclasses
import math
import random

import pytest

from engine.figures.difference import difference, quotient
from engine.figures.run import Result, Run, run_of
from tests.engine.figures import real


def changed(run: Run, name: str, times: float) -> Run:
    """The same run again, with one case that takes so many times as long."""
    draw = random.Random(name)

    def again(result: Result) -> Result:
        factor = times if result.name == name else 1.0
        noisy = [draw.uniform(0.98, 1.02) * factor for _ in result.seconds]
        return dataclasses.replace(
            result,
            seconds=tuple(a * b for a, b in zip(result.seconds, noisy, strict=True)),
            ratios=tuple(a * b for a, b in zip(result.ratios, noisy, strict=False)),
        )

    return dataclasses.replace(run, results=tuple(map(again, run.results)))


def test_a_case_that_is_twice_as_slow_is_the_only_one_that_changed() -> None:
    run = run_of(real.report())
    found = difference(run, changed(run, "int8", 2.0))
    assert [change.name for change in found.seen] == ["int8"]
    int8 = found.changes["int8"]
    assert int8.time.middle == pytest.approx(2, rel=0.03)
    assert int8.part is not None
    assert int8.part.low < 2 < int8.part.high
    assert found.changes["float32 · 1 row"].part is None  # the reference
    assert "offload" not in found.changes  # nobody measured it
    assert found.same_machine
    assert found.same_work


def test_other_machines_and_other_work_are_told() -> None:
    run = run_of(real.report())
    other = dataclasses.replace(run, machine={**run.machine, "processor": "another"}, tokens=64)
    found = difference(run, other)
    assert not found.same_machine
    assert not found.same_work
    spelt = dataclasses.replace(run, model="starter-voice")
    assert difference(run, spelt).same_work


def test_equal_series_differ_once_in_twenty_times_at_most() -> None:
    draw = random.Random(1)
    series = [[math.exp(draw.gauss(0, 0.1)) for _ in range(8)] for _ in range(800)]
    seen = sum(quotient(a, b).is_seen for a, b in zip(series[::2], series[1::2], strict=True))
    assert 0.02 < seen / 400 < 0.08


def test_few_rounds_tell_nothing() -> None:
    assert quotient([1.0], [9.0]).high == math.inf
    assert not quotient([1.0] * 4, [2.0] * 9).is_seen
    assert quotient([1.0] * 5, [2.0] * 5).is_seen
