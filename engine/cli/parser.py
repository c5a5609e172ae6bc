"""The whole command line: which commands there are, and where each of them lives.

A command's options are added when it is chosen, from a module of this folder. Needs no package, so
that --help works before any set-up.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import engine
from engine.cli.exit_codes import EXIT_CODES
from engine.cli.options import Parser

Fill = Callable[[Parser], None]

# Command → what it does, the module of this folder that has it, and the function there that adds
# its options.
_COMMANDS = {
    "say": ("speak a text, or write it as WAV", "say", "add_arguments"),
    "convert": (
        "turn text files into finished recordings; goes on where it was stopped",
        "convert",
        "add_arguments",
    ),
    "models": ("list, fetch or make model checkpoints", "models", "add_arguments"),
    "voices": ("list the voices that a model brings", "models", "add_voices_arguments"),
    "bench": ("measure the speed", "bench", "add_arguments"),
    "advise": ("say which settings suit this machine and a model", "advise", "add_arguments"),
    "write": ("continue a text with XLA (installs TensorFlow)", "write", "add_arguments"),
    "perplexity": (
        "measure what other precisions change for a text model, on a text of yours",
        "perplexity",
        "add_arguments",
    ),
    "install-launcher": ("put the program into the system's menu", "machine", "add_launcher"),
    "set-up": ("install what the program needs, and nothing else", "machine", "add_set_up"),
    "doctor": ("say what this machine has and lacks, and how to mend it", "machine", "add_doctor"),
}


def build_parser(open_window: Callable[[argparse.Namespace], int] | None = None) -> Parser:
    """The parser of everything. open_window: what `open` does.

    What it parses has `run`, the function of the command, and `needs_packages` and `needs_text`,
    what must be installed before that is called.
    """
    parser = Parser(
        prog="python3 main.py" if Path(sys.argv[0]).name == "main.py" else "bark-studio",
        description="Speak text with the Bark model.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Bark Studio {engine.__version__}")
    parser.set_defaults(command=None, needs_packages=True, needs_text=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")

    help = "show the window, as no command at all does"
    window = commands.add_parser("open", help=help, description=help)
    window.set_defaults(run=open_window)
    window.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a text to open in it")
    for name, (help, module, function) in _COMMANDS.items():
        commands.add_parser(name, help=help, description=help, fill=_from(module, function))
    help = "run the tests; further arguments go to pytest"
    commands.add_parser("test", help=help, description=help)
    return parser


def _from(module: str, function: str) -> Fill:
    def fill(parser: Parser) -> None:
        getattr(importlib.import_module(f"engine.cli.{module}"), function)(parser)

    return fill
