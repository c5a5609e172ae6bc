"""`main.py bench convert`: a script of uneven rows, spoken together and one by one.

Random weights never end a sentence by themselves, so every row gets a length of its own, the same
in every trial, between a sixth of the longest and the longest. Takes are checked and stored as
`convert` does it, and "busy" says how much of the time the engine worked. `runner.py`
lets the contenders take turns. Standard library only at import.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.bench import results, runner
from engine.bench.environment import Environment
from engine.bench.runner import Contender, Run, Values
from engine.errors import UserError
from engine.settings import Settings

_TEXT = "so it was that all of them went out into the rain and nobody said a word about it"


def measure(
    folder: Path,
    settings: Settings,
    *,
    rows: int = 64,
    batch: int = 8,
    seconds: float = 2.0,
    real: bool = False,
    trials: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Values:
    """Let the rows be spoken one by one and together; the report, ready for JSON.

    folder: the checkpoint. settings: but for the batch size. rows: how many. batch: rows decoded
    together. seconds: of the longest row. real: the checkpoint ends its sentences itself. Raises
    UserError.
    """
    if min(rows, batch, trials) < 1:
        raise UserError("rows, batch and trials are 1 or more")
    contenders = []
    for name, size in (("one by one", 1), (f"{batch} together", batch)):
        try:
            own = dataclasses.replace(settings, batch_size=size)
        except ValueError as error:
            raise UserError(str(error)) from error
        description: Values = {
            "folder": str(folder.resolve()),
            "settings": dataclasses.asdict(own),
            "rows": rows,
            "seconds": seconds,
            "real": real,
        }
        contenders.append(Contender(name, "engine.bench.scripts", description))
    environment = Environment()
    runs = runner.take_turns(contenders, trials, 2**30, tell)
    return results.report("convert", environment, figures=_figures(runs))


def _figures(runs: list[Run]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(run.contender for run in runs)
    figures: dict[str, dict[str, Any]] = {}
    for name in names:
        values = [run.values for run in runs if run.contender == name]
        figures[name] = {
            "seconds": runner.spread([v["seconds"] for v in values]),
            "busy": runner.spread([v["busy"] for v in values]),
            "peak_bytes": max(v["peak_bytes"] for v in values),
            "lengths": values[0]["lengths"],
            "sound": values[0]["sound"],
        }
    first, *others = figures.values()
    for figure in others:
        figure["ratio"] = first["seconds"]["median"] / figure["seconds"]["median"]
        figure["same_lengths"] = figure["lengths"] == first["lengths"]
    return figures


def prepare(description: Values) -> Callable[[], Values]:
    """Load and warm up one contender; the function that is one measured run of it."""
    from engine.api import SpeechRequest, SpeechRow
    from engine.bark.engine import BarkEngine
    from engine.models.hub import fetch_file
    from engine.script.maker import identify
    from engine.script.project import Project
    from engine.script.render import Renderer
    from engine.script.rendering import RenderRequest
    from engine.script.rows import Script, ScriptRow
    from engine.script.selection import Recipe

    if not description["real"]:
        _give_lengths(description["rows"])
    folder = Path(description["folder"])
    settings = Settings(**description["settings"])
    engine = BarkEngine(folder, settings, fetch_file)
    warm_up = SpeechRequest(rows=(SpeechRow(text="Hello."),), semantic_tokens=8)
    engine.generate(warm_up)
    # A random row is as long as its number says; a tiny checkpoint holds few letters.
    rows = tuple(
        ScriptRow(id=str(i), text=f"{i} {_text(i) if description['real'] else 'it was so'}.")
        for i in range(description["rows"])
    )
    recipe = Recipe(
        takes=1,  # random weights speak nothing that a check would call good
        max_seconds=description["seconds"],
    )

    def once() -> Values:
        # Each row speaks for itself: without a voice of its own it would continue the first.
        script = Script(
            title="bench", rows=tuple(row.replace(speaker=f"speaker {row.id}") for row in rows)
        )
        with tempfile.TemporaryDirectory() as elsewhere:
            project = Project.create(Path(elsewhere) / "p", script, recipe)
            renderer = Renderer(lambda request: engine, lambda p: identify(p, settings, folder))
            start = time.perf_counter()
            rendering = renderer.generate(RenderRequest(project=project))
            seconds = time.perf_counter() - start
            takes = [project.store.load(str(state.key)) for state in rendering.states if state.key]
        return {
            "seconds": seconds,
            "busy": rendering.busy,
            "sound": rendering.seconds,
            "lengths": [len(take.semantic) for take in takes],
        }

    return once


def _text(number: int) -> str:
    return " ".join((_TEXT.split() * 2)[number % 7 : 9 + number * 5 % 13])


def _give_lengths(count: int) -> None:
    """Let each row end after a number of tokens that its text gives; in this process."""
    from engine.bark.schedule import Schedule
    from engine.bark.semantic import SemanticRow

    whole = Schedule._semantic_row

    def uneven(schedule: Schedule, index: int) -> SemanticRow:
        row = whole(schedule, index)
        number = schedule.plans[index].row.text.split()[0]
        if number.isdecimal():  # not the warm-up
            share = (int(number) * 37 % count + 1) / count  # 37: neighbours differ
            row.limit = max(1, round(schedule.limit * (1 + 5 * share) / 6))
            row.fixed = True
        return row

    Schedule._semantic_row = uneven  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    runner.serve(prepare)
