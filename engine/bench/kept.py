"""Results that are kept on this machine, a file each, for whoever asks later what was measured.

A damaged file gets another name; one of a newer version, or of another program, is left alone: both
are told in a sentence. Standard library only at import.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import engine
from engine.bench import results
from engine.bench.runner import Values
from engine.errors import UserError, reason_of
from engine.figures.run import Runs, run_of
from engine.system.atomic_files import write_atomically
from engine.system.inner_files import set_aside
from engine.system.marks import marked
from engine.system.paths import own_folder

_SAME = ("processor", "instructions")  # of a machine: its figures are those of another one of them
_LARGEST = 16 * 2**20  # bytes of a report; a full one has some hundred thousand


@dataclass
class Kept:
    """reports: newest first, with the file of each under "file". problems: a sentence for each
    file that is no report."""

    reports: list[Values] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def folder() -> Path:
    """Where they lie; it may not exist yet."""
    return own_folder() / "benchmarks"


def keep(report: Values, place: Path | None = None) -> Path:
    """Write a report; the same run again replaces its file. Raises UserError."""
    run = json.dumps([report["benchmark"], report["date"], report.get("model"), report["machine"]])
    mark = hashlib.sha256(run.encode()).hexdigest()[:8]
    date = "".join(letter for letter in report["date"][:19] if letter.isdigit() or letter == "T")
    path = (place or folder()) / f"{report['benchmark']}-{date}-{mark}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make {path.parent}: {reason_of(error)}") from error
    line = json.dumps(marked(report), allow_nan=False)
    write_atomically(path, line.encode() + b"\n")
    return path


def find(place: Path | None = None) -> Kept:
    """Everything that is kept."""
    found = Kept()
    for path in _files(place or folder(), found):
        try:
            if path.stat().st_size > _LARGEST:
                raise UserError(f"{path} is too large to be results: name another file")
            report = results.load(path)
            _check(report, path)
        except UserError as error:
            if "is damaged" in str(error):
                with suppress(OSError):
                    aside = set_aside(path)
                    found.problems.append(f"{path.name} is damaged and is called {aside.name} now")
                    continue
            found.problems.append(str(error))
        except OSError as error:
            found.problems.append(f"cannot read {path}: {reason_of(error)}")
        else:
            found.reports.append({**report, "file": str(path)})
    found.reports.sort(key=lambda report: str(report["date"]), reverse=True)
    return found


def runs(place: Path | None = None) -> Runs:
    """Everything that is kept, read: runs of `bench speech`, and the newest of `bench story`."""
    from engine.system.machine import facts

    found, machine = find(place), facts()
    read, story = [], None
    for report in found.reports:
        if report["benchmark"] == "story":
            story = story or report
        if report["benchmark"] != "speech":
            continue
        try:
            read.append(run_of(report, here=_is_here(report, machine)))
        except UserError as error:
            found.problems.append(str(error))
    return Runs(read, found.problems, story)


def of_here(
    reports: list[Values], machine: dict[str, str], model: str, content: str = ""
) -> list[Values]:
    """Those of this processor, this version of the program and this model. machine: as
    `system.machine.facts`. model: a name. content: the model's hash, which counts before it."""
    return [
        report
        for report in reports
        if _is_here(report, machine) and _is_model(report, model, content)
    ]


def _is_here(report: Values, machine: dict[str, str]) -> bool:
    same = all(report["machine"].get(name) == machine.get(name) for name in _SAME)
    return same and report["machine"].get("bark-studio") == engine.__version__


def _is_model(report: Values, model: str, content: str) -> bool:
    if content and report.get("content"):
        return bool(report["content"] == content)
    return str(report.get("model", "")).replace(" ", "-") == model.replace(" ", "-")


def _files(place: Path, found: Kept) -> Iterator[Path]:
    try:
        yield from sorted(path for path in place.iterdir() if path.suffix == ".json")
    except FileNotFoundError:
        return
    except OSError as error:
        found.problems.append(f"cannot read {place}: {reason_of(error)}")


def _check(report: Values, path: Path) -> None:
    """Raise UserError for what has not the parts that all reports have."""
    cases = [report.get("reference"), *(report.get("cases") or [])]
    right = (
        isinstance(report.get("machine"), dict)
        and isinstance(report.get("date"), str)
        and (report["benchmark"] != "speech" or all(isinstance(case, dict) for case in cases))
    )
    if not right:
        raise UserError(f"{path} is damaged: measure again")
