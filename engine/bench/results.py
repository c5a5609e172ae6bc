"""Results of benchmarks as files: plain values with a version, which other programs may read.

Standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from engine.bench.environment import Environment
from engine.bench.rounds import Measured
from engine.bench.runner import Values, spread
from engine.errors import UserError, reason_of
from engine.figures.paired import ratio
from engine.system.atomic_files import write_atomically
from engine.system.marks import MADE_BY, marked
from engine.system.outside import JSON_BYTES, read_outside
from engine.system.untrusted_json import parse

FORMAT = 1  # a reader refuses a later one; an earlier one is always read


def report(
    benchmark: str, environment: Environment, *, finished: bool = True, **values: object
) -> Values:
    """The report of a benchmark, ready for JSON. finished: False while it goes on."""
    return {
        "format": FORMAT,
        "benchmark": benchmark,
        "finished": finished,
        **environment.record(finished=finished),
        "warning": environment.warning,
        **values,
    }


def save(file: Path | None, values: Values) -> str:
    """The report as one line of JSON, which is also written to the file. Raises UserError."""
    line = json.dumps(marked(values), allow_nan=False)
    if file is not None:
        write_atomically(file, line.encode() + b"\n")
    return line


def load(file: Path) -> Values:
    """Read what `save` wrote. Raises UserError for a file that is no results, or of a newer
    version of the program."""
    try:
        values = parse(read_outside(file, JSON_BYTES), infinity=True)
    except OSError as error:
        raise UserError(f"cannot read {file}: {reason_of(error)}") from error
    except ValueError as error:
        raise UserError(f"{file} is damaged: measure again") from error
    if not isinstance(values, dict) or values.get("made_by") != MADE_BY:
        raise UserError(f"{file} holds no results of this program: name another file")
    number = values.get("format")
    if not isinstance(number, int) or number < 1 or not isinstance(values.get("benchmark"), str):
        raise UserError(f"{file} holds no results of a benchmark: measure again")
    if number > FORMAT:
        raise UserError(f"{file} is of a newer version of this program: get that one")
    return values


def measured(case: Measured) -> Values:
    """What every case of every benchmark has: seconds of a call, its ratio, its memory."""
    if case.refused or not case.runs:
        return {"name": case.case.name, "rows": case.case.rows, "refused": case.refused}
    seconds = spread([run["seconds"] for run in case.runs])
    return {
        "name": case.case.name,
        "rows": case.case.rows,
        "refused": "",
        "seconds": seconds,
        "throughput": case.case.rows / seconds["median"],  # samples a second
        "peak_bytes": max(run["peak_bytes"] for run in case.runs),
        **({"ratio": bounds(case.ratios)} if case.ratios else {}),
    }


def bounds(ratios: Sequence[float]) -> Values:
    """A ratio with its bounds of 95 %, and what it says in a word. None: a bound that is far."""
    found = ratio(ratios)
    seen = "no difference seen"
    if found.is_seen:
        seen = "faster" if found.high < 1 else "slower"
    return {
        "middle": found.middle,
        "low": found.low,
        "high": found.high if found.rounds > 1 else None,
        "rounds": found.rounds,
        "seen": seen,
        "all": list(ratios),
    }
