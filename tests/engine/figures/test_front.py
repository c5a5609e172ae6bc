"""Which results are worth a thought."""

from __future__ import annotations

from engine.figures.front import front
from engine.figures.run import Result, run_of
from tests.engine.figures import real


def result(name: str, latency: float, size: int) -> Result:
    return Result(name=name, seconds=(latency,), latency=latency, bytes=size)


def test_the_front_holds_what_no_other_one_beats_in_both() -> None:
    quick, small, both = result("quick", 1, 9), result("small", 9, 1), result("both", 2, 2)
    worse, same = result("worse", 3, 3), result("same", 2, 2)
    refused = Result(name="refused", refused="no")
    assert front([worse, small, refused, both, same, quick]) == [quick, both, small]
    assert front([refused]) == []


def test_of_a_real_run_it_goes_from_the_quickest_to_the_smallest() -> None:
    measured = [one for one in run_of(real.report()).results if one.is_measured]
    found = front(measured)
    assert found[0].latency == min(one.latency for one in measured)
    assert found[-1].bytes == min(one.bytes for one in measured)
