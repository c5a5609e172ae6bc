import math
import random

import pytest

from engine.figures.paired import LEAST_ROUNDS, Ratio, between, ratio, student_t


def a_round(draw: random.Random, place: int, truth: float, drift: float, noise: float) -> float:
    """The ratio of one case between two references; each takes its turn, later by one place."""

    def took(seconds: float, at: int) -> float:
        return seconds * math.exp(drift * at + draw.gauss(0, noise))

    before, case, after = took(1, place), took(truth, place + 1), took(1, place + 2)
    return between(case, before, after)


@pytest.mark.parametrize("rounds", [5, 20])
@pytest.mark.parametrize(("truth", "drift"), [(1.0, 0.0), (0.8, 0.02), (3.0, -0.05)])
def test_the_bounds_hold_the_truth_as_often_as_they_say(
    rounds: int, truth: float, drift: float
) -> None:
    draw = random.Random(1)
    held = 0
    for _ in range(1000):
        measured = ratio(
            [a_round(draw, 2 * place, truth, drift, noise=0.05) for place in range(rounds)]
        )
        held += measured.low <= truth <= measured.high
    assert 930 <= held <= 970


def test_a_steady_drift_falls_out() -> None:
    draw = random.Random(0)
    measured = ratio([a_round(draw, 2 * place, 0.9, drift=0.1, noise=0) for place in range(5)])
    assert measured.middle == pytest.approx(0.9, rel=1e-12)
    alone = [0.9 * math.exp(0.1 * (2 * place + 1)) for place in range(5)]  # all cases, one by one
    assert ratio(alone).middle > 1


def test_a_difference_is_seen_only_beyond_doubt() -> None:
    assert not ratio([0.98, 1.02, 0.99, 1.01, 1.0]).is_seen
    assert ratio([0.90, 0.92, 0.91, 0.89, 0.90]).is_seen
    assert ratio([1.10, 1.12, 1.11, 1.09, 1.10]).is_seen
    assert not Ratio(0.5, 0.4, 0.6, LEAST_ROUNDS - 1).is_seen


def test_one_round_says_nothing() -> None:
    alone = ratio([0.5])
    assert (alone.middle, alone.low, alone.high, alone.doubt) == (0.5, 0.0, math.inf, math.inf)
    assert not alone.is_seen


def test_equal_rounds_leave_no_doubt() -> None:
    assert ratio([2.0] * 5) == Ratio(*(pytest.approx(2.0),) * 3, 5)  # type: ignore[arg-type]
    assert ratio([2.0] * 5).doubt == pytest.approx(0)


@pytest.mark.parametrize("ratios", [[], [1.0, 0.0], [-1.0]])
def test_what_is_no_ratio_is_refused(ratios: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        ratio(ratios)


@pytest.mark.parametrize(
    ("freedom", "value"),  # from tables of the distribution
    [
        (1, 12.7062),
        (4, 2.7764),
        (10, 2.2281),
        (11, 2.2010),
        (19, 2.0930),
        (30, 2.0423),
        (120, 1.9799),
    ],
)
def test_students_t(freedom: int, value: float) -> None:
    assert student_t(freedom) == pytest.approx(value, abs=1e-4)
