"""The command `bench`: what can be measured, and with which options.

Tables for people go to standard output, and, last, one line of JSON for programs; what goes on
goes to standard error. Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.bench import both, load, scripts, speech, text
from engine.cli import bench_tables, models
from engine.cli.exit_codes import OK
from engine.cli.options import (
    Parser,
    add_model,
    add_permission,
    add_settings,
    permission_from,
    settings_from,
)
from engine.errors import UserError
from engine.recordings.ownership import free
from engine.system.atomic_files import check_writable, write_atomically
from engine.system.marks import marked


def add_arguments(parser: Parser) -> None:
    """Give the parser the subjects of `bench`."""
    subjects = parser.add_subparsers(title="subjects", metavar="SUBJECT", required=True)
    for name, fill, help in (
        ("speech", _add_speech, "measure Bark, stage by stage"),
        ("convert", _add_convert, "measure rows spoken together against one by one"),
        ("text", _add_text, "measure text generation"),
        ("load", _add_load, "measure speaking beside programs that keep the processor busy"),
        ("together", _add_together, "speak and write in turns"),
    ):
        subjects.add_parser(name, help=help, description=help, fill=fill)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _check(args: argparse.Namespace) -> None:
    """Raise UserError, before the work, where the report cannot or must not be written."""
    if args.json is not None:
        free(args.json, permission_from(args, args.model))
        check_writable(args.json)


def _write(file: Path | None, report: dict[str, Any]) -> str:
    """The report as one line of JSON, which is also written to the file."""
    line = json.dumps(marked(report))
    if file is not None:
        write_atomically(file, line.encode() + b"\n")
    return line


# ── speech ────────────────────────────────────────────────────────────────────────────────────


def _add_speech(parser: Parser) -> None:
    parser.set_defaults(run=bench_speech)
    parser.add_argument(
        "--model",
        metavar="FOLDER|ID",
        help="a checkpoint (default: one of bark-small's dimensions with random weights, made once "
        "in the cache folder: 1.7 GB)",
    )
    parser.add_argument(
        "--compare",
        choices=speech.COMPARISONS,
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
        help=f"of {', '.join(speech.PRECISIONS)} (default: float32,bfloat16 and int8, or, on an "
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
    add_permission(parser)
    add_settings(parser, without=("precision", "batch_size"))


def _number(text: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on, not {text!r}")
    return int(text)


def _precision(text: str) -> str:
    if text not in speech.PRECISIONS:
        raise argparse.ArgumentTypeError(f"one of {', '.join(speech.PRECISIONS)}, not {text!r}")
    return text


def _list_of(kind: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """For argparse: "1,8" → (1, 8), each once."""
    return lambda text: tuple(dict.fromkeys(kind(part) for part in text.split(",")))


class _Clock:
    """Lines on standard error, each with the seconds since the first."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, line: str) -> None:
        _tell(f"{time.monotonic() - self._start:5.0f} s  {line}")


def bench_speech(args: argparse.Namespace) -> int:
    """Measure Bark; what can be refused is refused first."""
    from engine.models.bark import find

    _check(args)
    report = speech.measure(
        find(args.model).resolve() if args.model else speech.random_checkpoint(_tell),
        settings_from(args, precision="float32", batch_size=1),
        compare=args.compare,
        tokens=args.tokens,
        batches=args.batch,
        precisions=args.precision,
        voice=None if args.voice == "none" else args.voice,
        trials=args.trials,
        tell=_Clock(),
    )
    if args.model:
        report["model"] = args.model  # as the user calls it
    line = _write(args.json, report)
    print(bench_tables.speech(report))
    print(line)
    return OK


# ── convert ───────────────────────────────────────────────────────────────────────────────────


def _add_convert(parser: Parser) -> None:
    parser.set_defaults(run=bench_convert)
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
    add_permission(parser)
    add_settings(parser, without=("batch_size",))


def bench_convert(args: argparse.Namespace) -> int:
    """Measure a script of uneven rows."""
    _check(args)
    report = scripts.measure(
        models.find_model(args.model),
        settings_from(args, batch_size=1),
        rows=args.rows,
        batch=args.batch,
        seconds=args.seconds,
        real=args.real,
        trials=args.trials,
        tell=_tell,
    )
    print(bench_tables.scripts(report["figures"]))
    if args.json is not None:
        write_atomically(args.json, json.dumps(marked(report), indent=1).encode() + b"\n")
    return OK


# ── load ──────────────────────────────────────────────────────────────────────────────────────


def _add_load(parser: Parser) -> None:
    parser.set_defaults(run=bench_load)
    parser.add_argument(
        "--model",
        metavar="FOLDER|ID",
        help="whose decode steps are measured (default: as for `bench speech`)",
    )
    parser.add_argument(
        "--batch",
        type=_list_of(_number),
        default=(1, 8),
        metavar="N,…",
        help="rows of a decode step (default: 1,8)",
    )
    parser.add_argument(
        "--loops",
        type=_list_of(_number),
        default=load.LOOPS,
        metavar="N,…",
        help="busy loops beside it (default: 2,4,6)",
    )
    parser.add_argument(
        "--runs", type=_number, default=10, metavar="N", help="of each, taking turns (default: 10)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the JSON line there")


def bench_load(args: argparse.Namespace) -> int:
    """Measure idle and beside busy loops, which this command starts itself."""
    from engine.models.bark import STARTER, find

    if args.json is not None:
        check_writable(args.json)
    clock = _Clock()
    model = find(args.model).resolve() if args.model else speech.random_checkpoint(clock)
    measured = load.contenders(STARTER, model, args.batch)
    report = load.measure(measured, loops=args.loops, runs=args.runs, tell=clock)
    print(bench_tables.load(report))
    print(_write(args.json, report))
    return OK


# ── text ──────────────────────────────────────────────────────────────────────────────────────


def _add_text(parser: Parser) -> None:
    parser.set_defaults(run=bench_text, needs_text=True)
    parser.add_argument(
        "--model",
        help="as for write; without it random weights with the dimensions of GPT-2 small",
    )
    parser.add_argument(
        "--compare",
        default="",
        metavar="LIST",
        help="also measure transformers, keras-hub, eager (comma-separated)",
    )
    parser.add_argument("--batch", default="1", metavar="LIST", help="batch sizes, such as 1,8")
    parser.add_argument("--prompt", type=int, default=64, metavar="N", help="tokens, default 64")
    parser.add_argument("--tokens", type=int, default=192, metavar="N", help="new, default 192")
    parser.add_argument("--trials", type=int, default=5, metavar="N", help="warm runs, default 5")
    parser.add_argument("--examples", action="store_true", help="also the one-step examples")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the JSON line there")
    add_permission(parser)


def bench_text(args: argparse.Namespace) -> int:
    """Measure text generation; a table is printed as soon as its figures are there."""
    _check(args)
    try:
        batches = [int(size) for size in args.batch.split(",")]
    except ValueError as error:
        raise UserError(f"--batch takes numbers such as 1,8, not {args.batch}") from error
    report = text.measure(
        args.model,
        others=[name for name in args.compare.split(",") if name],
        batches=batches,
        prompt=args.prompt,
        tokens=args.tokens,
        trials=args.trials,
        examples=args.examples,
        tell=_tell,
        show=lambda part, figures: print(f"{bench_tables.TEXT[part](figures)}\n"),
    )
    print(_write(args.json, report))
    return OK


# ── together ──────────────────────────────────────────────────────────────────────────────────


def _add_together(parser: Parser) -> None:
    parser.set_defaults(run=bench_together, needs_text=True)
    add_model(parser)
    parser.add_argument("--text-model", default="smollm2", help="as for write (default: smollm2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    add_permission(parser)


def bench_together(args: argparse.Namespace) -> int:
    """Measure what speaking and writing cost each other in one program."""
    from engine.models.packaged import find

    _check(args)
    report = both.measure(models.find_model(args.model), find(args.text_model), _tell)
    print(bench_tables.together(report))
    print(_write(args.json, report))
    return OK
