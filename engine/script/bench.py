"""`main.py bench convert`: a script of uneven rows, spoken together and one by one.

Random weights never end a sentence by themselves, so every row gets a length of its own, the same
in every trial, between a sixth of the longest and the longest. Takes are checked and stored as
`convert` does it, and "busy" says how much of the time the engine worked. The engine of
`engine/bench.py` runs the contenders. Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine import bench, terminal
from engine.bench import Contender, Run, Values
from engine.errors import UserError

_TEXT = "so it was that all of them went out into the rain and nobody said a word about it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of `bench convert`."""
    parser.add_argument("--model", required=True, metavar="FOLDER|ID", help="a checkpoint")
    parser.add_argument("--rows", type=int, default=64, metavar="N", help="(default: 64)")
    parser.add_argument(
        "--batch", type=int, default=8, metavar="N", help="rows decoded together (default: 8)"
    )
    parser.add_argument(
        "--seconds", type=float, default=2.0, metavar="S", help="longest row (default: 2)"
    )
    parser.add_argument(
        "--real", action="store_true", help="the checkpoint speaks: it ends its sentences itself"
    )
    parser.add_argument("--trials", type=int, default=1, metavar="N", help="(default: 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    terminal.add_settings(parser, without=("batch_size",))


def run(args: argparse.Namespace, find_model: Callable[[str | None], Path]) -> int:
    """Measure, print the table."""
    import dataclasses

    from engine.system.atomic_files import check_writable, write_atomically

    if min(args.rows, args.batch, args.trials) < 1:
        raise UserError("rows, batch and trials are 1 or more")
    if args.json is not None:
        check_writable(args.json)
    folder = find_model(args.model)
    contenders = []
    for name, batch in (("one by one", 1), (f"{args.batch} together", args.batch)):
        settings = terminal.settings_from(args, batch_size=batch)
        description: Values = {
            "folder": str(folder.resolve()),
            "settings": dataclasses.asdict(settings),
            "rows": args.rows,
            "seconds": args.seconds,
            "real": args.real,
        }
        contenders.append(Contender(name, "engine.script.bench", description))

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    runs = bench.take_turns(contenders, args.trials, 2**30, tell)
    figures = _figures(runs)
    print(_table(figures))
    if args.json is not None:
        report = {"machine": bench.machine(), "figures": figures}
        write_atomically(args.json, json.dumps(report, indent=1).encode() + b"\n")
    return terminal.OK


def _figures(runs: list[Run]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(run.contender for run in runs)
    figures: dict[str, dict[str, Any]] = {}
    for name in names:
        values = [run.values for run in runs if run.contender == name]
        figures[name] = {
            "seconds": bench.spread([v["seconds"] for v in values]),
            "busy": bench.spread([v["busy"] for v in values]),
            "peak_bytes": max(v["peak_bytes"] for v in values),
            "lengths": values[0]["lengths"],
            "sound": values[0]["sound"],
        }
    first, *others = figures.values()
    for figure in others:
        figure["ratio"] = first["seconds"]["median"] / figure["seconds"]["median"]
        figure["same_lengths"] = figure["lengths"] == first["lengths"]
    return figures


def _table(figures: dict[str, dict[str, Any]]) -> str:
    rows = [
        [
            name,
            f"{figure['seconds']['median']:.1f} s",
            f"{figure['seconds']['median'] / figure['sound']:.2f}" if figure["sound"] else "-",
            f"{figure.get('ratio', 1.0):.2f}",
            f"{100 * figure['busy']['median']:.1f} %",
            f"{figure['peak_bytes'] / 2**20:.0f} MiB",
        ]
        for name, figure in figures.items()
    ]
    lengths = sorted(next(iter(figures.values()))["lengths"])
    middle = lengths[len(lengths) // 2]
    same = all(figure.get("same_lengths", True) for figure in figures.values())
    head = ["rows", "time", "for 1 s of sound", "times as fast", "engine busy", "peak memory"]
    return (
        f"{bench.table(head, rows)}\n{len(lengths)} rows of {lengths[0]} to {lengths[-1]} semantic "
        f"tokens, half of them under {middle}; {'the same' if same else 'NOT the same'} lengths"
    )


def prepare(description: Values) -> Callable[[], Values]:
    """Load and warm up one contender; the function that is one measured run of it."""
    from engine.api import SpeechRequest, SpeechRow
    from engine.bark.engine import BarkEngine
    from engine.models.hub import fetch_file
    from engine.script.maker import identify
    from engine.script.project import Project
    from engine.script.render import Renderer, RenderRequest
    from engine.script.rows import Script, ScriptRow
    from engine.script.selection import Recipe
    from engine.settings import Settings

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
    bench.serve(prepare)
