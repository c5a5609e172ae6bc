"""`main.py bench speech`: Bark's four stages, timed, ours beside transformers'.

Both sides speak one short text into exactly as many semantic tokens as asked for (`semantic_tokens`
here, `min_new_tokens` = `max_new_tokens` there), greedily, from the same text ids and the same
voice, so that they do the same work and, in float32, should make the same tokens. That they do is
looked at and reported, stage by stage. All seconds are wall-clock time of `generate` with the model
loaded and warm; those of several rows spoken together are divided by their number. The engine of
`engine/bench.py` runs the contenders.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine import bench, terminal
from engine.bark.contender import STAGES, TEXT, TOKENS, WARM_UP, request_of
from engine.bench import Contender, Run, Values
from engine.errors import UserError
from engine.settings import Settings

REFERENCE = "transformers float32"


# ── the command ───────────────────────────────────────────────────────────────────────────────


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of `bench speech`."""
    parser.add_argument(
        "--model",
        metavar="FOLDER|ID",
        help="a checkpoint (default: one of bark-small's dimensions with random weights, made once "
        "in the cache folder: 1.7 GB)",
    )
    parser.add_argument(
        "--compare",
        choices=("transformers", "transformers-batch"),
        help="measure transformers' Bark too, one row in float32 and in each of our precisions "
        "that it has; transformers-batch: also as many rows together as ours",
    )
    parser.add_argument(
        "--tokens",
        type=_number,
        default=256,
        metavar="N",
        help="semantic tokens of a row (default: 256, which are 5 s of sound)",
    )
    parser.add_argument(
        "--batch",
        type=_list_of(_number),
        default=(1, 8),
        metavar="N,…",
        help="rows spoken together, as one number or several with commas (default: 1,8)",
    )
    parser.add_argument(
        "--precision",
        type=_list_of(_precision),
        metavar="NAME,…",
        help=f"of {', '.join(_PRECISIONS)} (default: float32,bfloat16 and int8, or, on an "
        "accelerator, float16)",
    )
    parser.add_argument(
        "--voice",
        default="none",
        metavar="NAME|FILE.npz|none",
        help="a preset of the model, a voice file or none; the random checkpoint has the preset "
        "random (default: none)",
    )
    parser.add_argument(
        "--trials",
        type=_number,
        default=2,
        metavar="N",
        help="measured runs of each contender, taking turns (default: 2)",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the line of JSON to a file as well"
    )
    terminal.add_settings(parser, without=("precision", "batch_size"))


_PRECISIONS = tuple(
    choice
    for option in dataclasses.fields(Settings)
    if option.name == "precision"
    for choice in option.metadata["choices"]
    if choice != "auto"
)
_THEIRS = ("float32", "bfloat16", "float16")  # those that transformers has


def _number(text: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on, not {text!r}")
    return int(text)


def _precision(text: str) -> str:
    if text not in _PRECISIONS:
        raise argparse.ArgumentTypeError(f"one of {', '.join(_PRECISIONS)}, not {text!r}")
    return text


def _list_of(kind: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """For argparse: "1,8" → (1, 8), each once."""
    return lambda text: tuple(dict.fromkeys(kind(part) for part in text.split(",")))


def run(args: argparse.Namespace) -> int:
    """Measure, print the table and the line of JSON. What can be refused is refused first."""
    from engine.system.atomic_files import check_writable, write_atomically

    if args.json is not None:
        check_writable(args.json)
    if args.compare and importlib.util.find_spec("transformers") is None:
        raise UserError(
            "--compare needs the package transformers: install it with pip install "
            "'transformers>=5.20,<5.24', or leave --compare out"
        )
    folder = _model(args.model)
    contenders = _contenders(args, folder)
    weights = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())

    tell = _Clock()
    runs = bench.take_turns(contenders, args.trials, needs=2 * weights, tell=tell)
    tell("done")
    results = _results(contenders, runs)
    report = {
        "benchmark": "speech",
        "model": str(args.model or folder),
        "text": TEXT,
        "voice": None if args.voice == "none" else args.voice,
        "tokens": args.tokens,
        "trials": args.trials,
        "warm_up_tokens": min(WARM_UP, args.tokens),
        "machine": {**bench.machine("transformers"), "threads": runs[0].values["threads"]},
        "contenders": results,
        "same_tokens": _same_tokens(results),
        "runs": [
            {"trial": r.trial, "contender": r.contender, "seconds": r.values["seconds"]}
            for r in runs
        ],
    }
    line = json.dumps(report)
    if args.json is not None:
        write_atomically(args.json, line.encode() + b"\n")
    print(_as_text(report))
    print(line)
    return terminal.OK


class _Clock:
    """Lines on standard error, each with the seconds since the first."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, line: str) -> None:
        print(f"{time.monotonic() - self._start:5.0f} s  {line}", file=sys.stderr, flush=True)


def _model(name: str | None) -> Path:
    from engine.models import bark
    from engine.models.random_weights import write_random
    from engine.system.paths import cache_folder

    if name is not None:
        return bark.find(name).resolve()
    folder = cache_folder() / "bench" / "bark-small"
    if not folder.is_dir():  # it takes its name when it is complete
        print(
            f"making a checkpoint of bark-small's dimensions with random weights in {folder} "
            "(once, 1.7 GB) …",
            file=sys.stderr,
            flush=True,
        )
        write_random("bark-small", folder)
    return folder


def _contenders(args: argparse.Namespace, folder: Path) -> list[Contender]:
    """Whom to measure: transformers first, then ours. Raises UserError for what ours cannot do."""
    from engine.bark.engine import BarkEngine, choose
    from engine.models.hub import fetch_file

    device = choose(terminal.settings_from(args, precision="float32", batch_size=1)).device.type
    fastest = "int8" if device == "cpu" else "float16"
    precisions = args.precision or ("float32", "bfloat16", fastest)
    voice = None if args.voice == "none" else args.voice
    if voice is not None and voice.lower().endswith(".npz"):
        voice = str(Path(voice).resolve())
    common = {"folder": str(folder), "voice": voice, "tokens": args.tokens, "device": device}

    contenders = []
    if args.compare:
        theirs = [p for p in _THEIRS if p == "float32" or p in precisions]
        together = args.batch if args.compare == "transformers-batch" else ()
        for precision in theirs:
            for rows in sorted({1, *together}):
                contenders.append(_contender("transformers", precision, rows, common))
    for precision in precisions:
        for rows in args.batch:
            try:
                settings = terminal.settings_from(args, precision=precision, batch_size=rows)
            except ValueError as error:
                raise UserError(str(error)) from error
            # Looks at the checkpoint, the machine, the text, the voice and the number of tokens.
            engine = BarkEngine(folder, settings, fetch_file)
            engine.check(request_of(voice, rows, args.tokens))
            described = {**common, "settings": dataclasses.asdict(settings)}
            contenders.append(_contender("ours", precision, rows, described))
    return contenders


def _contender(side: str, precision: str, rows: int, common: Values) -> Contender:
    name = f"{side} {precision}" + (f" × {rows}" if rows > 1 else "")
    described = {"side": side, "precision": precision, "rows": rows}
    return Contender(name, "engine.bark.contender", {**described, **common})


# ── results ───────────────────────────────────────────────────────────────────────────────────


def _results(contenders: list[Contender], runs: list[Run]) -> list[Values]:
    """What was measured of each contender. Raises UserError if their work was not the same."""
    measured = {c.name: [r.values for r in runs if r.contender == c.name] for c in contenders}
    _check_same_work(measured)
    results: dict[str, Values] = {}
    for contender in contenders:
        values, rows = measured[contender.name], contender.description["rows"]
        seconds = bench.spread([run["seconds"] / rows for run in values])
        precision = contender.description["precision"]
        results[contender.name] = result = {
            "name": contender.name,
            **{key: contender.description[key] for key in ("side", "precision", "rows")},
            "choices": values[0]["choices"],
            "seconds_of_a_row": seconds,
            "stages_of_a_row": {
                stage: bench.spread([run["stages"][stage] / rows for run in values])
                for stage in STAGES
            },
            "seconds_of_sound_of_a_row": values[0]["seconds_of_sound"],
            "real_time_factor": seconds["median"] / values[0]["seconds_of_sound"],
            "host_bytes": max(run["peak_bytes"] for run in values),
            "device_bytes": max(run["device_bytes"] for run in values),
            "tokens_of_a_row": {
                stage: _size(tokens) for stage, tokens in values[0]["tokens"][0].items()
            },
        }
        result["times_faster_than"] = {
            other: results[other]["seconds_of_a_row"]["median"] / seconds["median"]
            for other in dict.fromkeys((REFERENCE, f"transformers {precision}"))
            if other in results
        }
        if REFERENCE in results:
            result["memory_of_reference"] = result["host_bytes"] / results[REFERENCE]["host_bytes"]
            if precision == "float32" and contender.description["side"] == "ours":
                theirs = measured[REFERENCE][0]["tokens"][0]
                result["equal_tokens"] = {
                    stage: _equal([row[stage] for row in values[0]["tokens"]], theirs[stage])
                    for stage in TOKENS
                }
    return list(results.values())


def _check_same_work(measured: dict[str, list[Values]]) -> None:
    """Every row of every run has the same number of tokens in each stage, and as much sound."""

    def work(run: Values, row: Values) -> tuple[str, ...]:
        sizes = [f"{_size(row[stage])} {stage}" for stage in TOKENS]
        return *sizes, f"{run['seconds_of_sound']} s of sound"

    done = {
        name: sorted({work(run, row) for run in runs for row in run["tokens"]})
        for name, runs in measured.items()
    }
    (name, usual), *others = done.items()
    for other, works in others:
        if works != usual:
            raise UserError(
                f"the comparison is void, the work was not the same: {name} made {usual}, "
                f"{other} {works}"
            )


def _size(tokens: Any) -> int:
    """Count of the numbers in nested lists."""
    return sum(map(_size, tokens)) if isinstance(tokens, list) else 1


def _equal(rows: list[Any], reference: Any) -> float:
    """Fraction of the tokens of all rows that are those of the reference."""
    import numpy as np

    return float(np.mean(np.array(rows) == np.array(reference)))


def _same_tokens(results: list[Values]) -> bool | None:
    """Whether all our float32 tokens are transformers'; None where nobody compared."""
    shares = [share for r in results for share in r.get("equal_tokens", {}).values()]
    return all(share == 1 for share in shares) if shares else None


def _as_text(report: Values) -> str:
    """The table and its legend, for people."""
    results = report["contenders"]
    compared = any(r["times_faster_than"] for r in results)
    on_device = any(r["device_bytes"] for r in results)
    head = ["", "s a row", "(min–max)", *STAGES, "s for 1 s"]
    head += ["× float32", "× same"] if compared else []
    head += ["peak GB", "of float32"] if compared else ["peak GB"]
    head += ["device GB"] if on_device else []
    rows = []
    for r in results:
        seconds, faster = r["seconds_of_a_row"], r["times_faster_than"]
        row = [r["name"], f"{seconds['median']:.2f}"]
        row += [f"({seconds['min']:.2f}–{seconds['max']:.2f})"]
        row += [f"{r['stages_of_a_row'][stage]['median']:.2f}" for stage in STAGES]
        row += [f"{r['real_time_factor']:.2f}"]
        if compared:
            for other in (REFERENCE, f"transformers {r['precision']}"):
                row += [f"{faster[other]:.2f}" if other in faster else "–"]
        row += [f"{r['host_bytes'] / 1e9:.2f}"]
        row += [f"{r['memory_of_reference']:.2f}"] if compared else []
        row += [f"{r['device_bytes'] / 1e9:.2f}"] if on_device else []
        rows.append(row)
    machine = report["machine"]
    lines = [
        bench.table(head, rows),
        "",
        f"{report['tokens']} semantic tokens a row are "
        f"{results[0]['seconds_of_sound_of_a_row']:.2f} s of sound; voice: "
        f"{report['voice'] or 'none'}; trials: {report['trials']}, and their medians; s for 1 s: "
        "seconds of work for one of sound; peak GB: resident memory, loading included",
    ]
    if compared:
        lines.append(
            "× float32, × same: times faster a row than transformers with one row, in float32 and "
            "in the same precision; of float32: part of the memory of transformers float32"
        )
    for r in results:
        if "equal_tokens" in r:
            equal = r["equal_tokens"]
            same = "yes" if all(share == 1 for share in equal.values()) else "no"
            shares = ", ".join(f"{stage} {equal[stage]:.2%}" for stage in TOKENS)
            lines.append(f"{r['name']}: same tokens as {REFERENCE}: {same} ({shares})")
    versions = ", ".join(f"{k} {machine[k]}" for k in ("torch", "transformers") if k in machine)
    lines.append(
        f"{machine['processor']}, {machine['threads']} threads, {machine['memory']}; {versions}"
    )
    return "\n".join(lines)
