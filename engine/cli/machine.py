"""The commands about this machine: `doctor`, `install-launcher`, `set-up`.

Standard library only at import, for --help; the first two also work before the set-up.
"""

from __future__ import annotations

import argparse
import sys

from engine.cli.exit_codes import OK
from engine.cli.options import Parser
from engine.setup import environment, packages
from engine.system.paths import ROOT


def add_doctor(parser: Parser) -> None:
    """Give the parser the options of `doctor`."""
    parser.set_defaults(run=examine, needs_packages=False)
    parser.add_argument("--json", action="store_true", help="for programs: one JSON object")


def add_launcher(parser: Parser) -> None:
    """Give the parser the options of `install-launcher`."""
    parser.set_defaults(run=install_launcher, needs_packages=False)
    parser.add_argument("--remove", action="store_true", help="take it out again")


def add_set_up(parser: Parser) -> None:
    """The set-up has been done before any command that needs it: what is left is what few need."""
    parser.add_argument(
        "--japanese",
        action="store_true",
        help="also what reads Japanese for voices that take it as kana with accents (70 MB)",
    )
    parser.set_defaults(run=set_up)


def set_up(args: argparse.Namespace) -> int:
    """Install what was asked for beside the program."""
    from engine.setup.japanese import add_japanese

    if args.japanese:
        add_japanese(ROOT)
    return OK


def examine(args: argparse.Namespace) -> int:
    """Say what this machine has and lacks; exit with 0 whatever is found."""
    from engine.setup import doctor

    if packages.missing() and environment.is_ready(ROOT):
        environment.start_again(ROOT / ".venv", [str(ROOT / "main.py"), *sys.argv[1:]])
    findings = doctor.examine(ROOT)
    print(doctor.as_json(findings) if args.json else doctor.as_text(findings))
    return OK


def install_launcher(args: argparse.Namespace) -> int:
    """Make the shortcuts of this system, or remove them; print which."""
    from engine.setup import shortcuts

    for path in shortcuts.remove() if args.remove else shortcuts.install(ROOT):
        print(path)
    return OK
