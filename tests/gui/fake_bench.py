"""Benchmarks for tests of the window: what they measure is set, and when they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.bench import export
from engine.errors import UserError
from engine.figures.plan import Notice, Plan, Prediction
from engine.figures.run import Run, Runs, run_of
from engine.models.info import Tell

if TYPE_CHECKING:
    from tests.gui.fake_backend import FakeBackend


class FakeBench:
    """A Bench (gui/studio/backend.py). hears: what a measurement tells. plans: that were measured.
    foretold: seconds of a plan of rounds. story: what `bench story` has measured. Its reports, what
    it measures and when it goes on are those of the backend."""

    def __init__(self, backend: FakeBackend) -> None:
        self._backend = backend
        self.hears: list[Notice] = []
        self.plans: list[Plan] = []
        self.foretold: float | None = 200.0
        self.told_story: dict[str, Any] | None = None

    def runs(self) -> Runs:
        found = [run_of(report) for report in self._backend.reports]
        return Runs(found, list(self._backend.bad_results), self.told_story)

    def predict(self, plan: Plan) -> Prediction:
        seconds = 60 * plan.minutes if plan.minutes else self.foretold
        return Prediction(seconds, at_most=plan.minutes is not None, cases=2 + len(plan.vary))

    def measure(self, plan: Plan, heard: Callable[[Notice], None], tell: Tell) -> None:
        self.plans.append(plan)
        self._measure(heard, tell)

    def story(self, model: str, heard: Callable[[Notice], None], tell: Tell) -> None:
        self._measure(heard, tell)

    def export(self, runs: Sequence[Run], path: Path) -> None:
        export.write(runs, path)

    def _measure(self, heard: Callable[[Notice], None], tell: Tell) -> None:
        backend = self._backend
        for what in self.hears:
            heard(what)
        try:
            while not backend.measuring_goes_on.wait(0.01):
                tell(100, 750)
        finally:  # also where it is stopped
            if backend.measured is not None:
                backend.reports = [backend.measured, *backend.reports]
        if backend.measured is None:
            raise UserError("it could not be measured: the model is damaged")
