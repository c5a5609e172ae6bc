"""What a window asks of the benchmarks: what was measured, and to measure. Standard library only at
import, and little of it: a window is up before it asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.models.info import Tell

if TYPE_CHECKING:
    from engine.figures.plan import Notice, Plan, Prediction
    from engine.figures.run import Run, Runs, Values


class Bench:
    """Implements gui.studio.backend.Bench, which says on which thread each method is called."""

    def of(self, model: str) -> tuple[list[Values], list[str]]:
        """Reports of a speech model on this machine by this version, newest first, and a sentence
        for each file that is left out."""
        from engine.bench import kept
        from engine.models.catalog import find_here
        from engine.models.fingerprint import model_hash
        from engine.system.machine import facts

        found, content = kept.find(), ""
        with suppress(UserError):  # it is not here: by its name
            content = model_hash(find_here(model, "speech"))
        return kept.of_here(found.reports, facts(), model, content), found.problems

    def runs(self) -> Runs:
        """Everything that was measured and kept."""
        from engine.bench import kept

        return kept.runs()

    def predict(self, plan: Plan) -> Prediction:
        """How long it will take."""
        from engine.bench import planned

        return planned.predict(plan, self.of(plan.model)[0])

    def measure(self, plan: Plan, heard: Callable[[Notice], None], tell: Tell) -> None:
        """Measure in another process; `runs` has it then. Raises UserError, Cancelled."""
        from engine.bench import planned

        planned.run(plan, self.predict(plan), heard, tell)

    def story(self, model: str, heard: Callable[[Notice], None], tell: Tell) -> None:
        """Run the two texts' own code beside ours; `runs` has it then. Raises UserError,
        Cancelled."""
        from engine.bench import planned

        planned.story(model, heard, tell)

    def export(self, runs: Sequence[Run], path: Path) -> None:
        """Write runs as Markdown, CSV or JSON, as the ending says. Raises UserError."""
        from engine.bench import export

        export.write(runs, path)
