"""The command `bench cluster`.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import dataclasses

from engine.bench import cluster, results
from engine.bench.environment import Environment
from engine.bench.runner import Values
from engine.cli.bench_options import Clock, add_json, check_json, number, positive
from engine.cli.exit_codes import OK
from engine.cli.options import Parser
from engine.cli.table import table
from engine.conversion.estimate import clock as as_clock

_HELP = {
    "nodes": "imagined machines",
    "rows": "to be spoken",
    "slots": "rows that a node speaks together",
    "uneven": "how many times as fast as the slowest node the fastest is",
    "deaths": "share of the nodes that die in an hour",
}


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `bench cluster`."""
    parser.set_defaults(run=run)
    rack = cluster.Rack()
    for name, help in _HELP.items():
        default = getattr(rack, name)
        parser.add_argument(
            f"--{name}",
            type=number if isinstance(default, int) else positive,
            default=default,
            metavar="N",
            help=f"{help} (default: {default})",
        )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="(default: 0)")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Let the real dispatcher hand out rows to nodes that are only imagined."""
    check_json(args)
    rack = cluster.Rack(seed=args.seed, **{name: getattr(args, name) for name in _HELP})
    Clock()(f"{rack.rows} rows on {rack.nodes} nodes, simulated")
    environment = Environment()
    came = cluster.simulate(rack)
    print(_table(came))
    print(results.save(args.json, results.report("cluster", environment, **came)))
    return OK


def _table(came: Values) -> str:
    rack = dataclasses.asdict(cluster.Rack(**came["rack"]))
    lines = [
        ["nodes, of which died", f"{rack['nodes']}, {came['dead']}"],
        ["rows made", f"{came['made']}"],
        ["makespan, ideal", f"{as_clock(came['makespan'])}, {as_clock(came['ideal'])}"],
        ["makespan to ideal", f"{came['ratio']:.3f}"],
        ["idle share of the nodes", f"{came['idle']:.1%}"],
        ["rows given to two, of no use", f"{came['copies']}, {came['wasted']}"],
        ["driver's time a row", f"{came['driver_microseconds_per_row']:.1f} µs"],
        ["rows handed out a second", f"{came['rows_per_second']:.0f}"],
        ["memory of dispatcher and simulation", f"{came['resident_bytes'] / 1e6:.0f} MB"],
    ]
    return table(["", ""], lines)
