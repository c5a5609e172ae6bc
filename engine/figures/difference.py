"""What changed between two runs, beyond their noise.

Two runs were not measured side by side, so what drifted between them is in the difference of their
seconds. The ratio to each run's own reference is free of it: it says whether an optimisation brings
another part than before. Both are given, each with Welch's bounds of 95 %. Standard library only.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from engine.figures.paired import Ratio, student_t
from engine.figures.run import Result, Run


@dataclass(frozen=True, slots=True)
class Change:
    """A case in two runs. time: of a call, how many times the earlier one's. part: the same of its
    ratio to the reference; None for that itself. bytes: more than before."""

    name: str
    time: Ratio
    part: Ratio | None
    bytes: int


@dataclass(frozen=True)
class Difference:
    """changes: of cases that both runs have, by name. same_machine: the seconds can be compared at
    all. same_work: so can they, as rows of as many tokens by one model."""

    changes: dict[str, Change]
    same_machine: bool
    same_work: bool

    @property
    def seen(self) -> list[Change]:
        """Those whose time changed beyond noise."""
        return [change for change in self.changes.values() if change.time.is_seen]


def difference(earlier: Run, later: Run) -> Difference:
    """What changed from one run to another."""
    before = {result.name: result for result in earlier.results if result.is_measured}
    changes = {
        result.name: _change(before[result.name], result)
        for result in later.results
        if result.is_measured and result.name in before
    }
    facts = ("processor", "instructions")
    return Difference(
        changes,
        same_machine=all(earlier.machine.get(f) == later.machine.get(f) for f in facts),
        same_work=(_name(earlier), earlier.tokens) == (_name(later), later.tokens),
    )


def _name(run: Run) -> str:
    return run.model.replace(" ", "-")


def _change(before: Result, after: Result) -> Change:
    part = None
    if before.ratios and after.ratios:
        part = quotient(before.ratios, after.ratios)
    return Change(
        after.name, quotient(before.seconds, after.seconds), part, after.bytes - before.bytes
    )


def quotient(before: Sequence[float], after: Sequence[float]) -> Ratio:
    """How many times as large the later ones are, all above 0. The rounds are those of the shorter
    series; bounds are infinitely far apart where that has fewer than two."""
    logarithms = [[math.log(value) for value in values] for values in (before, after)]
    first, second = (statistics.fmean(values) for values in logarithms)
    middle, rounds = second - first, min(len(before), len(after))
    if rounds < 2:
        return Ratio(math.exp(middle), 0.0, math.inf, rounds)
    parts = [statistics.variance(values) / len(values) for values in logarithms]
    error = sum(parts)
    if not error:
        return Ratio(math.exp(middle), math.exp(middle), math.exp(middle), rounds)
    freedom = error**2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, logarithms, strict=True)
    )
    width = student_t(max(1, math.floor(freedom))) * math.sqrt(error)
    return Ratio(math.exp(middle), math.exp(middle - width), math.exp(middle + width), rounds)
