"""The command `advise`: which settings suit this machine, and on what that rests.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import json

from engine.cli.exit_codes import OK
from engine.cli.options import Parser
from engine.settings import Settings
from engine.system.marks import marked


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `advise`."""
    parser.set_defaults(run=run)
    parser.add_argument(
        "--model",
        default="starter-voice",
        metavar="FOLDER|ID",
        help="a model of this machine (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="for programs: one JSON object")


def run(args: argparse.Namespace) -> int:
    """Look at this machine, at the model, and at what was measured; nothing is measured here."""
    from engine.advice import probe
    from engine.advice.advise import advise, as_json
    from engine.bench import kept, minute
    from engine.models.bark import find_here
    from engine.models.fingerprint import model_hash
    from engine.system.machine import facts

    folder = find_here(args.model)
    found = kept.find()
    reports = kept.of_here(found.reports, facts(), args.model, model_hash(folder))
    advice = advise(probe.machine(), probe.model(folder, args.model), reports)
    options = command_of(advice.settings)
    measure = [] if advice.is_measured else minute.command(args.model)
    if args.json:
        values = {"format": 1, **as_json(advice), "options": options, "measure": measure}
        print(json.dumps(marked({**values, "problems": found.problems})))
        return OK
    print(f"{args.model}: {advice.words}")
    for said in advice.said:
        print(f"  {said.basis:<10} {said.words}")
    for problem in found.problems:
        print(f"  {'left out':<10} {problem}")
    print(f"\nsay, convert: {' '.join(options)}")
    if measure:
        print(f"to measure:   python3 main.py {' '.join(measure)}")
    return OK


def command_of(settings: Settings) -> list[str]:
    """The options of `say` and `convert` that choose these settings."""
    options = ["--device", settings.device, "--precision", settings.precision]
    options += ["--attention", settings.attention, "--kernel", settings.kernel]
    options += ["--offload"] if settings.offload else []
    return [*options, "--batch-size", str(settings.batch_size)]
