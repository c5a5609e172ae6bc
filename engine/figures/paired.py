"""Is one way faster than another? Ratios of what was measured side by side, with their doubt.

A machine drifts: it warms up, and other programs come and go. So each measurement of a case stands
between two of the reference, and what counts is its ratio to the geometric mean of those two: what
moves all alike, or steadily, falls out. The logarithms of the ratios of several rounds are
averaged, and Student's t gives the bounds that hold the true ratio in 95 of 100 such runs.

Standard library only.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_ROUNDS = 5  # below that Student's t has tails too long to tell anything

# 97.5 % points of Student's t with 1 to 10 degrees of freedom; from there on a series is exact to
# four digits (Abramowitz and Stegun 26.7.5).
_T = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the reference's measure a case takes: below 1 it takes less. low, high: bounds
    of 95 %; infinitely far apart where fewer than two rounds were measured."""

    middle: float
    low: float
    high: float
    rounds: int

    @property
    def is_seen(self) -> bool:
        """Whether the bounds leave out 1, in rounds enough to say so."""
        return self.rounds >= LEAST_ROUNDS and not self.low <= 1 <= self.high

    @property
    def doubt(self) -> float:
        """Half the width of the bounds, as a part of the ratio: 0.02 is ±2 %."""
        return math.sqrt(self.high / self.low) - 1 if self.low > 0 else math.inf


def between(case: float, before: float, after: float) -> float:
    """The ratio of a measurement to those of the reference right before and after it. A drift that
    is steady from one to the next falls out."""
    return case / math.sqrt(before * after)


def ratio(ratios: Sequence[float]) -> Ratio:
    """The mean of the rounds' ratios, each above 0, and where the true one lies.

    Raises ValueError for none, and for a ratio that is not above 0.
    """
    if not ratios or min(ratios) <= 0:
        raise ValueError("a ratio needs one round or more, and all of them above 0")
    logarithms = [math.log(value) for value in ratios]
    middle = statistics.fmean(logarithms)
    if len(ratios) < 2:
        return Ratio(math.exp(middle), 0.0, math.inf, len(ratios))
    error = statistics.stdev(logarithms) / math.sqrt(len(ratios))
    width = student_t(len(ratios) - 1) * error
    return Ratio(math.exp(middle), math.exp(middle - width), math.exp(middle + width), len(ratios))


def student_t(freedom: int) -> float:
    """The 97.5 % point of Student's t: between minus and plus that lie 95 of 100 values."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    z = statistics.NormalDist().inv_cdf(0.975)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )
