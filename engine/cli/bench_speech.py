"""The command `bench speech`, and `bench --quick`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from engine.bench import columns, kept, results, speech
from engine.bench.cases import PRECISIONS, cases
from engine.bench.judge import Judge
from engine.bench.rounds import NARROW
from engine.bench.sentences import SENTENCES
from engine.cli.bench_options import Clock, add_json, check_json, list_of, number, one_of, positive
from engine.cli.exit_codes import OK
from engine.cli.judge import add_judge, add_sentences, judging
from engine.cli.options import Parser, add_settings, settings_from
from engine.cli.table import table
from engine.errors import UserError
from engine.figures.plan import VARIED
from engine.settings import Settings

QUICK_MINUTES = 2.8  # three with the start and the end
QUICK_TOKENS = 32  # 1.3 s of sound: five rounds and more go into the minutes
_ENOUGH = 1000  # rounds: the minutes end it, or the narrow bounds


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench speech`."""
    parser.set_defaults(run=run)
    parser.add_argument(
        "--model",
        metavar="FOLDER|ID",
        help="a checkpoint, or starter-voice (default: one of bark-small's dimensions with random "
        "weights, made once in the cache folder: 1.7 GB)",
    )
    parser.add_argument(
        "--vary",
        type=list_of(one_of(*VARIED)),
        default=VARIED,
        metavar="NAME,…",
        help=f"what to switch, each alone and then all together: of {', '.join(VARIED)} (default: "
        "all)",
    )
    parser.add_argument(
        "--cross", action="store_true", help="measure every combination of what is varied instead"
    )
    parser.add_argument(
        "--precision",
        type=list_of(one_of(*PRECISIONS)),
        metavar="NAME,…",
        help=f"of {', '.join(PRECISIONS)}; the first is the reference's (default: float32, "
        "bfloat16 and int8, or, on an accelerator, float32, bfloat16 and float16)",
    )
    parser.add_argument(
        "--batch",
        type=list_of(number),
        default=(1, 2, 4, 8),
        metavar="N,…",
        help="rows spoken together; the first is the reference's (default: 1,2,4,8)",
    )
    parser.add_argument(
        "--compare",
        choices=("transformers",),
        help="measure transformers' Bark too: plain, with torch's attention, in half precision, "
        "offloaded, and with the most rows",
    )
    parser.add_argument(
        "--tokens",
        type=number,
        default=256,
        metavar="N",
        help="semantic tokens of a row (default: 256, which are 5 s of sound)",
    )
    parser.add_argument(
        "--voice",
        default="none",
        metavar="NAME|FILE.npz|none",
        help="a preset of the model, a voice file or none; the random checkpoint has the preset "
        "random (default: none)",
    )
    parser.add_argument(
        "--loops",
        type=number,
        default=5,
        metavar="N",
        help="measured calls of each case, one a round, taking turns (default: 5, the fewest that "
        "tell a difference; 100 as the text on optimizing Bark asks for)",
    )
    parser.add_argument(
        "--minutes",
        type=positive,
        metavar="M",
        help="begin no round that would end later (default: no limit)",
    )
    parser.add_argument(
        "--narrow",
        type=float,
        default=100 * NARROW,
        metavar="PERCENT",
        help="end as soon as all ratios are known to so many percent; 0 never (default: "
        f"{100 * NARROW:.0f})",
    )
    add_judge(
        parser,
        "whisper-tiny.en",
        "have a recogniser hear what every setting makes of some English sentences: the words that "
        "it hears otherwise",
    )
    add_sentences(parser, 12)
    add_json(parser)
    add_settings(parser, without=("precision", "batch_size"))


def run(args: argparse.Namespace) -> int:
    """Measure Bark; what can be refused is refused first."""
    from engine.models.bark import find

    check_json(args, args.model)
    settings = settings_from(args, precision="float32", batch_size=1)
    precisions = args.precision or _precisions(settings)
    reference, others = cases(settings, precisions, args.batch, vary=args.vary, cross=args.cross)
    clock = Clock()
    folder = find(args.model).resolve() if args.model else speech.random_checkpoint(clock)
    with _judge(args) as judge:
        return _measure(
            args.json,
            folder=folder,
            reference=reference,
            cases=others,
            model=args.model or speech.RANDOM,
            compare=args.compare is not None,
            tokens=args.tokens,
            voice=None if args.voice == "none" else args.voice,
            loops=args.loops,
            minutes=args.minutes,
            narrow=args.narrow / 100,
            judge=judge,
            tell=clock,
        )


@contextmanager
def _judge(args: argparse.Namespace) -> Iterator[Judge | None]:
    """Who hears the settings. Raises UserError where it cannot."""
    if args.judge is None:
        yield None
        return
    if not args.model:
        raise UserError("--judge needs a model that speaks: name one with --model")
    with judging(args.judge) as ears:
        yield Judge(args.judge, ears, SENTENCES["en"][: args.sentences])


def quick(args: argparse.Namespace) -> int:
    """The most useful three minutes: every optimisation, with the starter voice."""
    from engine.models.bark import STARTER

    check_json(args)
    if not STARTER.is_dir():
        raise UserError(
            "the starter voice is not here: name a model with `bench speech --model FOLDER "
            "--minutes 3`"
        )
    settings = Settings(batch_size=1)
    reference, others = cases(settings, _precisions(settings), (1, 8))
    return _measure(
        args.json,
        folder=STARTER,
        reference=reference,
        cases=others,
        model="starter voice",
        tokens=QUICK_TOKENS,
        loops=_ENOUGH,
        minutes=QUICK_MINUTES,
        tell=Clock(),
    )


def _precisions(settings: Settings) -> tuple[str, ...]:
    """Those that count on this machine, the reference's first. Raises UserError."""
    device = speech.device_of(settings)
    return ("float32", "bfloat16", "int8" if device == "cpu" else "float16")


def _measure(file: Path | None, **asked: Any) -> int:
    """Measure, and print the report. What a run that is stopped has measured is in the file."""

    def keep(report: dict[str, Any]) -> None:
        if file is not None:
            results.save(file, report)

    report = speech.measure(**asked, shown=keep)
    with suppress(UserError):  # `advise` reads it; the report itself is printed below
        kept.keep(report)
    line = results.save(file, report)
    shown = columns.speech(report)
    print(shown.above)
    print(table(shown.head, shown.rows))
    print()
    print("\n".join([*shown.notes, columns.machine(report, "torch", "transformers")]))
    if report["warning"]:
        print(f"WARNING: {report['warning']}")
    print(line)
    return OK
