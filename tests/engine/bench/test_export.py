"""Results as files: every figure is in them, and a JSON is read again."""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path

import pytest

from engine.bench import export, results
from engine.errors import UserError
from engine.figures.run import run_of
from engine.system.marks import is_marked
from tests.engine.figures import real


def test_csv_holds_every_result(tmp_path: Path) -> None:
    run = run_of(real.report())
    export.write([run, run], tmp_path / "x.CSV")
    text = (tmp_path / "x.CSV").read_bytes().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == 2 * len(run.results)
    int8 = next(line for line in lines if line["case"] == "int8")
    expected = next(result for result in run.results if result.name == "int8")
    assert float(int8["seconds"]) == expected.latency
    assert int(int8["bytes"]) == expected.bytes
    assert float(int8["coarse_seconds"]) == expected.stages[1]
    offload = next(line for line in lines if line["case"] == "offload")
    assert offload["seconds"] == offload["bytes"] == ""
    assert offload["refused"].startswith("offload needs")


def test_a_table_program_computes_nothing(tmp_path: Path) -> None:
    run = dataclasses.replace(run_of(real.report()), model="=1+1")
    assert b"'=1+1" in export.as_csv([run])


def test_markdown_is_the_table_of_the_papers() -> None:
    report = {**real.report(), "warning": "other programs use 56% of this machine's processors"}
    text = export.as_markdown([run_of(report)]).decode()
    assert text.startswith(f"## starter voice, {report['date'][:10]}")
    int8 = next(case for case in report["cases"] if case["name"] == "int8")
    assert f"| int8 | {int8['seconds']['median']:.2f} |" in text
    assert "**Other programs use 56% of this machine's processors" in text


def test_json_is_read_again(tmp_path: Path) -> None:
    report = {**real.report(), "file": "/somewhere/x.json"}
    export.write([run_of(report)], tmp_path / "x.json")
    again = results.load(tmp_path / "x.json")
    assert again == real.report()
    assert is_marked(tmp_path / "x.json")
    export.write([run_of(report)] * 2, tmp_path / "two.json")
    assert is_marked(tmp_path / "two.json")


def test_another_ending_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"x\.txt ends with none of \.md, \.csv, \.json"):
        export.write([], tmp_path / "x.txt")
