"""The check of an accelerator, rehearsed on the processor: no second of a card is spent on a typing
error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.gpu import check
from tests.gpu.parts import PARTS

ALL = [part.__name__ for part, _ in PARTS]


def test_the_limits_are_those_of_five_minutes() -> None:
    """Everything together is cut, whatever the parts may take; none may take it all."""
    assert check.SECONDS < 300
    assert all(limit <= 75 for _, limit in PARTS)
    assert len(set(ALL)) == len(ALL)
    assert all(part.__doc__ for part, _ in PARTS)


def test_the_table() -> None:
    figures = {"a": 1.23456, "b|c": [1.5, "x"], "d": {"e": 0.25}}
    report = {
        "device": "cuda",
        "seconds": 9.6,
        "parts": {
            "one": {"figures": figures, "seconds": 3.2},
            "two": {"failed": "stopped\nafter 5 s"},
        },
    }
    assert check.as_markdown(report).splitlines()[2:] == [
        "| part | what | figure |",
        "|---|---|---|",
        "| one | a | 1.235 |",
        "| one | b\\|c | 1.5 and x |",
        "| one | d | e: 0.25 |",
        "| one | took | 3.2 s |",
        "| two | **failed** | stopped after 5 s |",
    ]


CHILD = """
import json, sys, time
def tell(values): print("\\x1e" + json.dumps(values), flush=True)
names = sys.argv[1].split(",")
tell({})
for name in names:
    print("words of a library")
    if name == "launches": time.sleep(600)
    if name == "step": sys.exit(3)
    if name == "codec": tell({"failed": "CUDA error: lost", "lost": True}); time.sleep(600)
    if name == "half": tell({"failed": "ValueError: no"})
    else: tell({"figures": {"n": len(names)}})
"""


@pytest.mark.slow
def test_a_part_that_fails_does_not_end_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hangs is stopped, one that ends the process or loses the device costs the child, and
    a fresh one goes on with the next."""
    monkeypatch.setattr(
        check, "child_command", lambda device, names: [sys.executable, "-c", CHILD, ",".join(names)]
    )
    monkeypatch.setattr("tests.gpu.parts.PARTS", tuple((part, 1) for part, _ in PARTS))
    report = check.check("cpu", [], 120)
    failed = {name: part["failed"] for name, part in report["parts"].items() if "failed" in part}
    assert failed == {
        "launches": "stopped after 5 s",
        "step": "the process ended",
        "codec": "CUDA error: lost",
        "half": "ValueError: no",
    }
    others = {
        name: part["figures"]["n"] for name, part in report["parts"].items() if name not in failed
    }
    count = len(ALL)
    first = ALL.index("launches")
    assert [others[name] for name in ALL[:first]] == [count] * first
    after = ALL[ALL.index("codec") + 1 :]
    assert {others[name] for name in after if name in others} == {len(after)}


@pytest.mark.slow
def test_without_time_the_rest_is_left_out() -> None:
    report = check.check("cpu", ["device", "codec"], 0)
    assert [part["failed"] for part in report["parts"].values()] == ["no time was left"] * 2


_BLOCKED = (
    *("PySide6", "sounddevice", "soundfile", "av", "scipy", "pyloudnorm", "sentencex", "lxml"),
    *("markdown_it", "mdit_py_plugins", "pysubs2", "docx", "pypdfium2", "striprtf", "trafilatura"),
    *("tensorflow", "gguf", "pytest", "hypothesis", "main", "gui"),
)


@pytest.mark.slow
@pytest.mark.timeout(1300)
def test_the_whole_check_on_a_processor(tmp_path: Path) -> None:
    """Every part comes to its end, with the packages alone that a machine with a card has."""
    blocker = f"""
import sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {_BLOCKED!r}:
            return self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""
    (tmp_path / "sitecustomize.py").write_text(blocker)
    program = str(ROOT / "tests" / "gpu" / "check.py")
    out = ("--out", str(tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, program, *("--device", "cpu", "--seconds", "1200"), *out],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "OMP_NUM_THREADS": "2"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    report = json.loads((tmp_path / "out" / "check.json").read_text())
    failed = {name: part["failed"] for name, part in report["parts"].items() if "failed" in part}
    assert failed == {}, done.stderr
    assert done.returncode == 0
    assert list(report["parts"]) == ALL
    figures = {name: part["figures"] for name, part in report["parts"].items()}
    alike = [value for key, value in figures["equal"].items() if key.endswith(("fused", "eager"))]
    assert len(alike) == 6
    for value in alike:
        for share in value.split(", "):
            same, of = share.split()[1].split("/")
            assert same == of, value
    assert not [key for key in figures["text"] if key.endswith("failed")], figures["text"]
    assert (tmp_path / "out" / "check.md").read_text() in done.stdout
