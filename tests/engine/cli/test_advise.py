"""The command `advise`: its options are those of `say`, and its JSON says what rests on what."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import main
from engine.advice import probe
from engine.advice.facts import Machine
from engine.bench import kept
from engine.cli.options import Parser, add_settings, settings_from
from engine.system.machine import facts
from tests.conftest import ROOT


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of results, of which there are none; the machine of the paper's figures."""
    monkeypatch.setattr(kept, "folder", lambda: tmp_path)
    machine = Machine(
        name="AMD EPYC, 2 cores", instructions="AVX2, AVX-512 VNNI", own_step=True, free=10**10
    )
    monkeypatch.setattr(probe, "machine", lambda: machine)
    return tmp_path


def test_its_options_are_those_of_say(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["advise", "--json"]) == 0
    advice = json.loads(capsys.readouterr().out)
    parser = Parser()
    add_settings(parser)
    settings = settings_from(parser.parse_args(advice["options"]))
    assert {name: getattr(settings, name) for name in advice["settings"]} == advice["settings"]
    assert advice["bytes_basis"] == "estimated"
    assert advice["times"] is None
    main.build_parser().parse_args(advice["measure"])


def test_what_was_measured_here_counts(
    results: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ROOT / "tests" / "fixtures" / "bench" / "starter-voice.json"
    machine = json.loads(real.read_bytes())["machine"]
    monkeypatch.setattr("engine.system.machine.facts", lambda: {**facts(), **machine})
    shutil.copy(real, results)
    (results / "other.json").write_text("{")
    assert main.main(["advise"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("starter-voice: int8, fused attention, own step, 8 rows together\n")
    assert "measured   it is 4.0 times as fast as float32" in said
    assert "left out   other.json is damaged and is called other.json.damaged now" in said
    assert "to measure" not in said


def test_a_model_that_is_not_here_is_a_sentence(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["advise", "--model", "nowhere/"]) == 2
    assert "nowhere" in capsys.readouterr().err
