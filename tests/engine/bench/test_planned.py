"""How long a plan takes: as long as the minutes say, or as an earlier run here tells."""

from __future__ import annotations

from engine.bench.planned import predict
from engine.figures.plan import Plan
from tests.engine.figures import real

LOOPS = Plan(model="m", minutes=None, loops=10)


def test_minutes_are_what_they_say() -> None:
    found = predict(Plan(model="m", minutes=2), [])
    assert (found.seconds, found.at_most) == (120, True)


def test_nobody_knows_before_something_was_measured() -> None:
    assert predict(LOOPS, []).seconds is None
    assert predict(LOOPS, [real.report()]).seconds is None  # of before: no starts in it


def test_an_earlier_run_foretells_a_later_one() -> None:
    report = {**real.report(), "started": 44.0}  # eleven processes, four seconds each
    found = predict(LOOPS, [{"no": "report"}, report])
    assert found.cases == 2 + 10
    assert found.seconds is not None
    assert not found.at_most
    # Ten rounds of twelve cases, each with a reference, 0.3 s of rest before each; and the starts.
    assert 44 + 10 * 12 * 0.6 < found.seconds < 250
    longer = predict(Plan(model="m", minutes=None, loops=10, tokens=320), [report]).seconds
    assert longer is not None
    assert longer > found.seconds + 9 * 10 * 12 * report["reference"]["seconds"]["median"]


def test_all_that_is_measured_is_counted() -> None:
    assert predict(Plan(model="m", vary=("window",)), []).cases == 3
    assert predict(Plan(model="m", vary=("precision", "batch")), []).cases == 2 + 4
    crossed = Plan(model="m", vary=("precision", "batch"), batches=(1, 2, 4), cross=True)
    assert predict(crossed, []).cases == 2 + 3 * 3 - 1
    assert predict(Plan(model="m", vary=(), compare=True), []).cases == 2 + 4
