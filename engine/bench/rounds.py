"""Cases beside a reference, round by round, until enough is known or the time is over.

    reference  first case  reference  second case  reference …

Every measurement of a case stands between two of the reference (see figures/paired.py), each round
begins with another case, and all rounds take the same time, so what drifts bends all alike.
Standard library only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.bench.runner import Contender, Pool, Tell, Values
from engine.errors import UserError
from engine.figures.paired import LEAST_ROUNDS, Ratio, between, ratio

NARROW = 0.02  # half the width of the bounds, as a part of the ratio: then a round more says little


@dataclass
class Measured:
    """What came of one case. runs: what each round measured, among it "seconds" of the call.
    ratios: to the reference, a row to a row, one a round. refused: why there is none."""

    case: Contender
    runs: list[Values] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    refused: str = ""

    @property
    def ratio(self) -> Ratio | None:
        """Where the true ratio lies; None before the first round."""
        return ratio(self.ratios) if self.ratios else None


@dataclass
class Rounds:
    """All that was measured. ended: "loops", "narrow" or "minutes", whichever came first. started:
    seconds until all cases were warm."""

    reference: Measured
    cases: list[Measured]
    ended: str = ""
    started: float = 0.0

    @property
    def done(self) -> int:
        """Whole rounds."""
        return max((len(case.runs) for case in self.cases), default=len(self.reference.runs))


def interleave(
    reference: Contender,
    cases: Sequence[Contender],
    *,
    pool: Pool,
    loops: int,
    until: float | None = None,
    narrow: float = NARROW,
    tell: Tell = lambda _: None,
    shown: Callable[[Rounds], None] = lambda _: None,
    now: Callable[[], float] = time.monotonic,
) -> Rounds:
    """Measure in rounds, `loops` at most.

    until: when `now` says so, no further round begins that would not be over by then. narrow: the
    rounds end as soon as all bounds are that narrow, which is looked at when their number has
    doubled (a look after every round would stop at the luckiest moment); 0 never ends them. shown:
    called after every round. A case that refuses, or dies, is out of the rounds and says why.
    Raises UserError where the reference does.
    """
    rounds = Rounds(Measured(reference), [Measured(case) for case in cases])
    began = now()
    pool.start(reference)
    for measured in rounds.cases:
        _or_refused(measured, lambda case=measured.case: pool.start(case))  # type: ignore[misc]
    rounds.started = now() - began
    # The widest bounds decide. Those of few cases are narrow by luck more often than they should.
    longest, look = 0.0, LEAST_ROUNDS if len(cases) >= 4 else 2 * LEAST_ROUNDS
    for number in range(1, loops + 1):
        began = now()
        if until is not None and number > 1 and began + longest > until:
            rounds.ended = "minutes"
            return rounds
        tell(f"round {number} of {loops}")
        _one_round(rounds, pool, number, tell)
        longest = max(longest, now() - began)
        shown(rounds)
        if number == look and number < loops:
            look *= 2
            doubts = [case.ratio.doubt for case in rounds.cases if case.ratio]
            if narrow and doubts and max(doubts) <= narrow:
                rounds.ended = "narrow"
                return rounds
    rounds.ended = "loops"
    return rounds


def _one_round(rounds: Rounds, pool: Pool, number: int, tell: Tell) -> None:
    able = [case for case in rounds.cases if not case.refused]
    first = (number - 1) % len(able) if able else 0

    def seconds_of_a_row(measured: Measured) -> float:
        pool.start(measured.case)
        tell(f"round {number}: {measured.case.name}")
        values = pool.run(measured.case)
        measured.runs.append(values)
        return float(values["seconds"]) / measured.case.rows

    before = seconds_of_a_row(rounds.reference)
    for measured in (*able[first:], *able[:first]):
        took = _or_refused(measured, lambda case=measured: seconds_of_a_row(case))  # type: ignore[misc]
        if took is None:
            continue
        after = seconds_of_a_row(rounds.reference)
        measured.ratios.append(between(took, before, after))
        before = after


def _or_refused(measured: Measured, work: Callable[[], float | None]) -> float | None:
    """What the work returns; None where the case refuses, which is noted."""
    try:
        return work()
    except UserError as error:
        measured.refused = str(error)
        return None
