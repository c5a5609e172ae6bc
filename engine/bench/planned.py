"""A plan of measuring: how long it takes, and its run. Standard library only at import."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from engine.bench import child
from engine.bench.cases import PRECISIONS, cases
from engine.bench.runner import SPINNING
from engine.errors import UserError
from engine.figures.plan import Notice, Plan, Prediction
from engine.figures.run import Run, Values, run_of
from engine.models.info import Tell
from engine.settings import Settings

_START = 15  # seconds of a start, for those that the minutes leave out
_STORY = 420  # seconds of `bench story` as it is asked for here, on two cores
_SHORT = ("--tokens", "32", "--minutes", "2")
_THEIRS = 4  # cases of transformers, and one more where rows are spoken together


def predict(plan: Plan, earlier: Sequence[Values]) -> Prediction:
    """How long it takes. earlier: reports of this model on this machine, newest first."""
    count = _count(plan)
    if plan.minutes is not None:
        return Prediction(60 * plan.minutes, at_most=True, cases=count)
    for report in earlier:
        with suppress(UserError, KeyError, TypeError, ZeroDivisionError):
            run, started = run_of(report), float(report["started"])
            return Prediction(_seconds(plan, run, started, count), at_most=False, cases=count)
    return Prediction(None, at_most=False, cases=count)


def _seconds(plan: Plan, run: Run, started: float, count: int) -> float:
    """By an earlier run: its starts, and what its calls took, the longer the more tokens."""
    able = [result for result in run.results if result.is_measured]
    start = started / (len(able) + 1)  # the reference's double started too
    longer = plan.tokens / run.tokens
    first = able[0].latency * longer
    mean = sum(result.latency for result in able) / len(able) * longer
    a_round = count * (2 * SPINNING + first + mean)
    return start * count + plan.loops * a_round


def _count(plan: Plan) -> int:
    """Cases that are measured."""
    batches = plan.batches if "batch" in plan.vary else (1,)
    precisions = ("float32", "bfloat16", "int8") if "precision" in plan.vary else PRECISIONS[:1]
    _, others = cases(Settings(batch_size=1), precisions, batches, vary=plan.vary, cross=plan.cross)
    theirs = (_THEIRS + (max(batches) > 1)) if plan.compare else 0
    return 2 + len(others) + theirs


def run(plan: Plan, prediction: Prediction, heard: Callable[[Notice], None], tell: Tell) -> None:
    """Measure; the report is kept. heard: see `child.run`. tell: tenths of seconds done, of so many
    expected, 0 while nobody knows. What is measured when `tell` raises Cancelled is kept too, where
    a round was done. Raises UserError."""
    clock = _Clock(plan, prediction.seconds)

    def hear(what: Notice) -> None:
        clock.hear(what)
        heard(what)

    child.run(plan.arguments(), hear, lambda: tell(*clock.told()), keep_part=True)


@dataclass
class _Clock:
    """Foretells the end, from the rounds as soon as there are some. seconds: None: not known."""

    plan: Plan
    seconds: float | None

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._rounds_began = 0.0

    def hear(self, what: Notice) -> None:
        now = time.monotonic()
        if what.at == "round" and what.report is None and what.round == 1:
            self._rounds_began = now
        elif what.report is not None and self.plan.minutes is None and self._rounds_began:
            done = max(1, what.round)
            a_round = (now - self._rounds_began) / done
            self.seconds = now - self._began + a_round * max(0, self.plan.loops - done)

    def told(self) -> tuple[int, int]:
        took = time.monotonic() - self._began
        if self.seconds is None:
            return 0, 0
        whole = self.seconds + (_START if self.plan.minutes is not None else 0)
        return min(round(10 * took), round(10 * whole) - 1), round(10 * whole)


def story(model: str, heard: Callable[[Notice], None], tell: Tell) -> None:
    """Run `bench story`, which makes its environment first; see `run`."""
    began = time.monotonic()

    def look() -> None:
        tell(min(round(time.monotonic() - began), _STORY - 1), _STORY)

    child.run(["bench", "story", "--model", model, *_SHORT, "--yes"], heard, look)
