"""Results that are kept: found again by machine, model and version, and rubbish is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.bench import kept
from tests.conftest import ROOT

REAL = ROOT / "tests" / "fixtures" / "bench" / "starter-voice.json"


@pytest.fixture
def report() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(REAL.read_bytes())
    return values


def test_what_is_kept_is_found_newest_first(tmp_path: Path, report: dict[str, Any]) -> None:
    older = {**report, "date": "2020-01-01T00:00:00+00:00"}
    paths = [kept.keep(values, tmp_path / "new folder") for values in (report, older)]
    assert kept.keep(report, tmp_path / "new folder") == paths[0]  # the same run
    found = kept.find(tmp_path / "new folder")
    assert [values["file"] for values in found.reports] == list(map(str, paths))
    assert found.problems == []
    assert {k: v for k, v in found.reports[0].items() if k != "file"} == report


def test_nothing_is_kept_yet(tmp_path: Path) -> None:
    assert kept.find(tmp_path / "nowhere") == kept.Kept()


@pytest.mark.parametrize(
    ("text", "told", "stays"),
    [
        ("{", "x.json is damaged and is called x.json.damaged now", False),
        ('{"made_by": "Bark Studio", "format": 1, "benchmark": "speech"}', "is damaged", False),
        ('{"made_by": "Bark Studio", "format": 9, "benchmark": "x"}', "of a newer version", True),
        ('{"made_by": "another program"}', "holds no results of this program", True),
        ("[]", "holds no results of this program", True),
    ],
)
def test_what_is_no_report_is_left_out_with_a_sentence(
    tmp_path: Path, text: str, told: str, stays: bool
) -> None:
    shutil.copy(REAL, tmp_path / "real.json")
    (tmp_path / "x.json").write_text(text)
    found = kept.find(tmp_path)
    assert len(found.reports) == 1
    (problem,) = found.problems
    assert told in problem
    assert (tmp_path / "x.json").exists() == stays
    assert (tmp_path / "x.json.damaged").exists() != stays


def test_those_of_here(report: dict[str, Any]) -> None:
    report["machine"]["bark-studio"] = engine.__version__
    machine = report["machine"]

    def here(**changed: Any) -> int:
        asked = {"machine": machine, "model": "starter-voice", "content": "", **changed}
        return len(kept.of_here([report], **asked))

    assert here() == 1
    assert here(content="a hash of now") == 1  # this report has none: its name counts
    assert here(model="suno/bark") == 0
    assert here(machine={**machine, "processor": "another one"}) == 0
    report["content"] = "abc"
    assert here(content="abc", model="under another name") == 1
    assert here(content="def") == 0
    report["machine"] = {**machine, "bark-studio": "0.0.1"}
    assert here(content="abc") == 0
