"""Papers that show figures, made from the results themselves: nobody types a number.

    <!-- results: NAME -->                     all of docs/performance/NAME.json: its table, its
    <!-- /results -->                          chart, and what it depends on
    <!-- results: NAME of CASE; CASE; … -->    a short table of some of its cases

Between such marks stands what these functions write. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from engine.bench import chart, columns, results
from engine.bench.cases import PRECISIONS
from engine.bench.columns import Table
from engine.bench.runner import Values
from engine.errors import UserError, reason_of
from engine.system.atomic_files import write_atomically
from engine.system.paths import ROOT

PAPERS = ("docs/performance.md", "README.md")
FOLDER = "docs/performance"
# What only some machines can measure → what stands in its place.
_NOT_MEASURED = {
    "gpu": "Not measured: no GPU could be had. `python3 tests/gpu/check.py` measures one.",
}
_MARKS = re.compile(
    r"(<!-- results: (?P<name>[\w-]+)(?: of (?P<cases>[^>]+?))? -->\n).*?(<!-- /results -->)",
    re.DOTALL,
)


def files(root: Path = ROOT) -> dict[Path, str]:
    """Every paper and every chart as the results say they shall be. Raises UserError where results
    are gone, damaged, or lack a case that a paper names."""
    folder = root / FOLDER
    wanted: dict[Path, str] = {}
    for name in PAPERS:
        paper = root / name
        try:
            text = paper.read_text(encoding="utf-8")
        except OSError as error:
            raise UserError(f"cannot read {paper}: {reason_of(error)}") from error
        link = Path(FOLDER).relative_to(Path(name).parent).as_posix()
        wanted[paper] = _MARKS.sub(partial(_filled, folder, link), text)
    for file in sorted(folder.glob("*.json")):
        report = results.load(file)
        if drawn := chart.draw(report):
            wanted[file.with_suffix(".svg")] = drawn
    return wanted


def drifted(root: Path = ROOT) -> list[Path]:
    """Files that do not say what the results say."""
    return [file for file, text in files(root).items() if _read(file) != text]


def write(root: Path = ROOT) -> list[Path]:
    """Write what has drifted; those files."""
    wanted = files(root)
    changed = [file for file, text in wanted.items() if _read(file) != text]
    for file in changed:
        write_atomically(file, wanted[file].encode())
    return changed


def markdown(table: Table) -> str:
    """A table as Markdown; what stands above and below it are paragraphs."""
    lines = [table.head, ["---"] * len(table.head), *table.rows]
    rows = "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)
    return "\n\n".join([*filter(None, [table.above]), rows, *table.notes])


def _filled(folder: Path, link: str, found: re.Match[str]) -> str:
    name, cases = found["name"], found["cases"]
    file = folder / f"{name}.json"
    if name in _NOT_MEASURED and not file.exists():
        return f"{found[1]}{_NOT_MEASURED[name]}\n{found[4]}"
    report = results.load(file)
    if cases is not None:
        body = markdown(short(report, [case.strip() for case in cases.split(";")]))
    else:
        body = markdown(_TABLES[report["benchmark"]](report))
        if chart.draw(report):
            body += f"\n\n![{name}: time of each case against the reference]({link}/{name}.svg)"
        body += f"\n\n{columns.machine(report, *_PACKAGES)}."
        if report["warning"]:
            body += f" **Not on an idle machine**: {report['warning'].partition(':')[0]}."
    return f"{found[1]}{body}\n{found[4]}"


def short(report: Values, names: list[str]) -> Table:
    """Some cases of `bench speech` for a reader in a hurry, against the first of them."""
    known = {case["name"]: case for case in [report["reference"], *report["cases"]]}
    lacking = [name for name in names if "seconds" not in known.get(name, {})]
    if lacking:
        raise UserError(f"the results have no case {lacking[0]}: measure it, or name another")
    first = known[names[0]]
    rows = []
    for name in names:
        case = known[name]
        times = _time(first) / _time(case)
        rows.append(
            [
                _label(case),
                f"{case['real_time_factor']:.2f} s",
                "1" if case is first else f"**{times:.1f}**",
                f"{case['peak_bytes'] / 1e9:.2f} GB",
            ]
        )
    head = ["", "work for 1 s of sound", f"times as fast as {names[0]}", "memory"]
    return Table(head, rows)


def _label(case: Values) -> str:
    """Who it is, without the reference beside it."""
    if case["side"] == "transformers":
        return str(case["name"])
    parts = case["name"].split(" · ")
    if not all(part in PRECISIONS or re.fullmatch(r"\d+ rows?", part) for part in parts):
        return f"ours, {case['name']}"
    together = f", {case['rows']} rows together, a row" if case["rows"] > 1 else ""
    return f"ours {case['precision']}{together}"


def _time(case: Values) -> float:
    """Time of a row as a part of the reference's."""
    return float(case["ratio"]["middle"]) if "ratio" in case else 1.0


def _cell(words: str) -> str:
    return words.replace("|", r"\|")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""


_TABLES: dict[str, Callable[[Values], Table]] = {
    "speech": columns.speech,
    "text": columns.text,
    "story": columns.story,
}
_PACKAGES = ("torch", "transformers", "tensorflow", "keras-hub")
