"""The command `bench`: what can be measured.

Tables for people go to standard output, and, last, one line of JSON for programs; what goes on
goes to standard error. Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

from engine.cli.bench_options import add_json
from engine.cli.exit_codes import OK
from engine.cli.options import Parser

# Subject → what it measures, and the module of this folder that has its options.
_SUBJECTS = {
    "speech": ("what each optimisation of speaking brings here, stage by stage", "bench_speech"),
    "text": ("text generation: models, searches, TensorFlow eager, XLA, others", "bench_text"),
    "story": ("the two texts this program grew out of, run as printed, beside ours", "bench_story"),
    "convert": ("rows spoken together against one by one", "bench_convert"),
    "load": ("speaking beside programs that keep the processor busy", "bench_load"),
    "cluster": ("how rows are dealt out to a thousand imagined machines", "bench_cluster"),
    "together": ("speaking and writing in turns in one program", "bench_together"),
    "report": (
        "nothing: writes the tables of docs/performance.md from kept results",
        "bench_report",
    ),
}
_EPILOG = """\
bench --quick          the most useful three minutes: every optimisation of the starter voice
bench speech --model FOLDER --minutes 10 --json FILE
bench text --compare transformers,eager --batch 1,8
bench story
"""


def add_arguments(parser: Parser) -> None:
    """Give the parser the subjects of `bench`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.set_defaults(run=lambda args: _overview(parser, args))
    parser.add_argument(
        "--quick",
        action="store_true",
        help="measure every optimisation of the starter voice, within three minutes",
    )
    add_json(parser)
    subjects = parser.add_subparsers(title="subjects", metavar="SUBJECT")
    for name, (help, module) in _SUBJECTS.items():
        help = f"measure {help}" if not help.startswith("nothing") else help
        subjects.add_parser(name, help=help, description=help, fill=_from(module))


def _from(module: str) -> Callable[[Parser], None]:
    def fill(parser: Parser) -> None:
        importlib.import_module(f"engine.cli.{module}").add_arguments(parser)

    return fill


def _overview(parser: Parser, args: argparse.Namespace) -> int:
    """Plain `bench`: what there is."""
    if args.quick:
        from engine.cli.bench_speech import quick

        return quick(args)
    print(parser.format_help(), end="")
    return OK
