"""Results as files for others: Markdown for people, CSV for tables, JSON for programs.

Standard library only.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from engine.bench import columns
from engine.bench.report import markdown
from engine.errors import UserError
from engine.figures.run import STAGES, Result, Run
from engine.system.atomic_files import write_atomically
from engine.system.marks import marked

_HEAD = (
    *("date", "model", "version", "processor", "rounds", "tokens_a_row", "case", "side"),
    *("precision", "rows", "seconds", "seconds_min", "seconds_max", "samples_a_second"),
    *("seconds_for_one_of_sound", "bytes", *(f"{stage}_seconds" for stage in STAGES)),
    *("ratio", "ratio_low", "ratio_high", "seen", "tokens", "refused"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a table program would compute


def write(runs: Sequence[Run], path: Path) -> None:
    """Write runs to a file whose ending says how, whole or not at all. Raises UserError."""
    try:
        make = _KINDS[path.suffix.lower()]
    except KeyError as error:
        known = ", ".join(_KINDS)
        raise UserError(f"{path.name} ends with none of {known}: name it so") from error
    write_atomically(path, make(runs))


def as_markdown(runs: Iterable[Run]) -> bytes:
    """A table for each run, under its model and date, with what its figures depend on."""
    parts = []
    for run in runs:
        where = columns.machine(run.report, "torch", "transformers")
        title = f"## {run.model}, {run.date[:16].replace('T', ' ')}"
        warning = [f"**{run.warning[:1].upper()}{run.warning[1:]}.**"] if run.warning else []
        body = markdown(columns.speech(run.report))
        parts.append("\n\n".join([title, body, f"{where}.", *warning]))
    return ("\n\n".join(parts) + "\n").encode()


def as_csv(runs: Iterable[Run]) -> bytes:
    """A line for each result, figures in seconds and bytes; with a mark that tells table programs
    that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for run in runs:
        for result in run.results:
            writer.writerow(map(_cell, _line(run, result)))
    return text.getvalue().encode("utf-8-sig")


def as_json(runs: Sequence[Run]) -> bytes:
    """The report of a run as `bench speech --json` writes it; several in a list."""
    reports = [marked({k: v for k, v in run.report.items() if k != "file"}) for run in runs]
    values = reports[0] if len(reports) == 1 else marked({"reports": reports})
    return json.dumps(values, allow_nan=False, ensure_ascii=False).encode() + b"\n"


def _line(run: Run, result: Result) -> list[object]:
    about = [run.date, run.model, run.version, run.machine.get("processor", ""), run.rounds]
    case = [run.tokens, result.name, result.side, result.precision, result.rows]
    seconds = result.seconds or (math.nan,)
    ratio = result.ratio
    stages = result.stages or (math.nan,) * len(STAGES)
    return [
        *about,
        *case,
        *(result.latency, min(seconds), max(seconds)),
        *(result.throughput, result.real_time_factor, result.bytes or math.nan, *stages),
        *((ratio.middle, ratio.low, ratio.high) if ratio else (math.nan,) * 3),
        *(result.seen, result.tokens, result.refused),
    ]


def _cell(value: object) -> object:
    """ "" for what is not known; words that a table program would compute as words."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


_KINDS: dict[str, Callable[[Sequence[Run]], bytes]] = {
    ".md": as_markdown,
    ".csv": as_csv,
    ".json": as_json,
}
