"""Papers that show figures, made from the results themselves: nobody types a number.

    <!-- results: NAME -->                     all of docs/performance/NAME.json: its table, its
    <!-- /results -->                          chart, and what it depends on
    <!-- results: NAME of CASE; CASE; … -->    a short table of some of its cases
    <!-- results: NAME of CASE; … in ja -->    the same in Japanese

Between such marks stands what these functions write. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.bench import chart, columns, results
from engine.bench.cases import PRECISIONS
from engine.bench.columns import Table
from engine.bench.runner import Values
from engine.errors import UserError, reason_of
from engine.system.atomic_files import write_atomically
from engine.system.paths import ROOT

PAPERS = ("docs/performance.md", "README.md", "README.ja.md")
FOLDER = "docs/performance"
# What only some machines can measure → what stands in its place.
_NOT_MEASURED = {
    "gpu": "Not measured: no GPU could be had. `python3 tests/gpu/check.py` measures one.",
}
_MARKS = re.compile(
    r"(?P<begin><!-- results: (?P<name>[\w-]+)(?: of (?P<cases>[^>]+?))?"
    r"(?: in (?P<language>ja))? -->\n).*?(?P<end><!-- /results -->)",
    re.DOTALL,
)
_ROWS = r"(\d+) rows?"  # in a case's name


@dataclass(frozen=True)
class _Words:
    """A short table in one language. rows: what stands for "8 rows" in a case's name, as re.sub
    takes it. together: how many rows, where they are spoken at once."""

    rows: str
    work: str
    times: str
    memory: str
    seconds: str
    ours: str
    ours_with: str
    together: str
    all_together: str


_WORDS = {
    None: _Words(
        rows=r"\g<0>",
        work="work for 1 s of sound",
        times="times as fast as {}",
        memory="memory",
        seconds="{:.2f} s",
        ours="ours {}",
        ours_with="ours, {}",
        together=", {} rows together, a row",
        all_together="all together",
    ),
    "ja": _Words(
        rows=r"\1 行",
        work="音声 1 秒あたりの処理時間",
        times="{} と比べた速さ (倍)",
        memory="メモリ",
        seconds="{:.2f} 秒",
        ours="本プログラム {}",
        ours_with="本プログラム、{}",
        together="、{} 行を同時に、1 行あたり",
        all_together="すべてを併用",
    ),
}


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
        return f"{found['begin']}{_NOT_MEASURED[name]}\n{found['end']}"
    report = results.load(file)
    if cases is not None:
        named = [case.strip() for case in cases.split(";")]
        body = markdown(short(report, named, found["language"]))
    else:
        body = markdown(_TABLES[report["benchmark"]](report))
        if chart.draw(report):
            body += f"\n\n![{name}: time of each case against the reference]({link}/{name}.svg)"
        body += f"\n\n{columns.machine(report, *_PACKAGES)}."
        if report["warning"]:
            body += f" **Not on an idle machine**: {report['warning'].partition(':')[0]}."
    return f"{found['begin']}{body}\n{found['end']}"


def short(report: Values, names: list[str], language: str | None = None) -> Table:
    """Some cases of `bench speech` for a reader in a hurry, against the first of them.

    language: None for English, or "ja".
    """
    words = _WORDS[language]
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
                _label(case, words),
                words.seconds.format(case["real_time_factor"]),
                "1" if case is first else f"**{times:.1f}**",
                f"{case['peak_bytes'] / 1e9:.2f} GB",
            ]
        )
    head = ["", words.work, words.times.format(re.sub(_ROWS, words.rows, names[0])), words.memory]
    return Table(head, rows)


def _label(case: Values, words: _Words) -> str:
    """Who it is, without the reference beside it."""
    name = str(case["name"])
    if case["side"] == "transformers":
        return name
    parts = name.split(" · ")
    if not all(part in PRECISIONS or re.fullmatch(_ROWS, part) for part in parts):
        return words.ours_with.format(words.all_together if name == "all together" else name)
    together = words.together.format(case["rows"]) if case["rows"] > 1 else ""
    return words.ours.format(case["precision"]) + together


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
