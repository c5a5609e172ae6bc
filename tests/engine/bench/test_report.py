"""Papers say what the results say; the real ones do, too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import main
from engine.bench import chart, report, results
from engine.errors import UserError
from tests.conftest import ROOT
from tests.engine.bench.test_columns import REPORT

KEPT = {
    **REPORT,
    "made_by": "Bark Studio",
    "format": 1,
    "benchmark": "speech",
    "date": "2026-11-28T04:00:00+00:00",
    "machine": {"processor": "one", "instructions": "AVX2", "memory": "8 GiB", "python": "3.11"},
    "before": {"load": 0.1, "used": 0.0},
    "after": {"load": 0.2, "used": 0.0},
    "commit": "abc",
    "warning": "",
    "reference": {**REPORT["reference"], "side": "ours"},
    "cases": [{**case, "side": "ours"} for case in REPORT["cases"]],
}
PAPER = "# Speed\n<!-- results: one -->\nold\n<!-- /results -->\nend\n"
README = "a\n<!-- results: one of float32; int8 -->\n<!-- /results -->\nb\n"
JAPANESE = README.replace("int8", "int8 in ja")
GPU = "<!-- results: gpu -->\n<!-- /results -->\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "performance").mkdir(parents=True)
    (tmp_path / "docs" / "performance" / "one.json").write_text(json.dumps(KEPT))
    (tmp_path / "docs" / "performance.md").write_text(PAPER + GPU)
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "README.ja.md").write_text(JAPANESE)
    return tmp_path


def test_no_paper_of_the_program_has_drifted() -> None:
    assert [str(path.relative_to(ROOT)) for path in report.drifted()] == []


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_a_readme_is_one_screen_with_one_table_of_six_rows(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    (block,) = report._MARKS.finditer(text)
    assert sum(line.startswith("| ") for line in text.splitlines()) == 2 + 6
    assert sum(line.startswith("| ") for line in block[0].splitlines()) == 2 + 6
    assert len(text.splitlines()) <= 70


def test_both_readmes_have_the_same_figures() -> None:
    """Beside the table: figures of the text, and what is linked to."""
    english, japanese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md")
    )
    for shape in (r"\d+\.\d+", r"\]\(([\w/.-]+\.md[\w#-]*)\)"):
        ours, theirs = (sorted(re.findall(shape, text)) for text in (english, japanese))
        ours = ["README.md" if found == "README.ja.md" else found for found in ours]
        assert sorted(ours) == theirs


def test_tables_stand_between_their_marks(root: Path) -> None:
    written = report.write(root)
    assert {path.name for path in written} == {
        *("performance.md", "README.md", "README.ja.md", "one.svg"),
    }
    paper = (root / "docs" / "performance.md").read_text()
    assert paper.startswith("# Speed\n<!-- results: one -->\nnoise: the reference against")
    assert "\n\n|  | latency s |" in paper
    assert "old" not in paper
    assert "| int8 | 2.00 |" in paper
    assert "](performance/one.svg)" in paper
    assert "one; AVX2; 8 GiB; load 0.1 → 0.2; python 3.11; commit abc; 2026-11-28." in paper
    assert "\n<!-- /results -->\nend\n" in paper
    assert "Not measured" in paper
    assert "`python3 tests/gpu/check.py`" in paper
    readme = (root / "README.md").read_text()
    assert "| ours int8 | 0.40 s | **2.9** | 1.25 GB |" in readme
    assert readme.endswith("<!-- /results -->\nb\n")
    japanese = (root / "README.ja.md").read_text()
    assert "| 本プログラム int8 | 0.40 秒 | **2.9** | 1.25 GB |" in japanese
    assert report.write(root) == report.drifted(root) == []


@pytest.mark.parametrize("file", ["README.md", "docs/performance.md", "docs/performance/one.svg"])
def test_a_number_that_was_typed_is_found(root: Path, file: str) -> None:
    report.write(root)
    path = root / file
    path.write_text(path.read_text().replace("0.34", "0.24").replace("2.9", "3.9"))
    assert report.drifted(root) == [path]
    assert main.run(["bench", "report", "--check", "--root", str(root)]) == 2
    assert main.run(["bench", "report", "--root", str(root)]) == 0
    assert main.run(["bench", "report", "--check", "--root", str(root)]) == 0


def test_a_case_or_a_file_that_is_not_there_is_named(root: Path) -> None:
    (root / "README.md").write_text(README.replace("int8", "int9"))
    with pytest.raises(UserError, match="the results have no case int9"):
        report.write(root)
    (root / "README.md").write_text(README.replace("one", "two"))
    with pytest.raises(UserError, match=r"cannot read .*two\.json"):
        report.write(root)


def test_a_chart_has_a_bar_for_each_ratio() -> None:
    drawn = ElementTree.fromstring(chart.draw(KEPT))
    rectangles = [e for e in drawn if e.tag.endswith("rect")]
    assert len(rectangles) == 2
    words = " ".join(e.text or "" for e in drawn if e.tag.endswith("text"))
    assert "int8" in words
    assert "0.34" in words
    assert chart.draw({**KEPT, "cases": []}) == ""


def test_kept_results_were_measured_to_their_end() -> None:
    kept = [results.load(file) for file in (ROOT / report.FOLDER).glob("*.json")]
    assert kept
    assert all(found["finished"] for found in kept)


def test_a_busy_machine_is_said_in_the_paper(root: Path) -> None:
    busy = {**KEPT, "warning": "other programs use 40% of this machine: measure again"}
    (root / "docs" / "performance" / "one.json").write_text(json.dumps(busy))
    report.write(root)
    paper = (root / "docs" / "performance.md").read_text()
    assert "**Not on an idle machine**: other programs use 40% of this machine." in paper
