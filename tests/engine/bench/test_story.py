"""`bench story`: its environment, and its three columns. The texts' own code runs by hand: it needs
a network and minutes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import main
from engine.bench import columns, story, story_environment
from engine.errors import UserError
from engine.setup import locks


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(story_environment, "cache_folder", lambda: tmp_path)
    return tmp_path / "bench" / "story"


def test_the_lock_names_every_version_and_hash() -> None:
    lines = story_environment.WANTED.read_text(encoding="utf-8").splitlines()
    wanted = {line.replace("_", "-") for line in lines if not line.startswith("#")}
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", line) for line in wanted)
    assert {"transformers==4.48.3", "optimum==1.24.0", "tf-keras==2.21.0"} <= wanted
    entries = locks.read(story_environment.LOCK.read_text(encoding="utf-8"))
    assert {f"{entry.name}=={entry.version}" for entry in entries} == wanted


class Commands:
    """Stands in for pip and venv."""

    def __init__(self, home: Path) -> None:
        self.home, self.said, self.fails = home, list[str](), ""

    def __call__(self, command: Any, **_: Any) -> subprocess.CompletedProcess[str]:
        self.said.append(" ".join(command))
        if "venv" in command:
            packages = self.home / "lib" / "python3.11" / "site-packages"
            packages.mkdir(parents=True)
            (self.home / "bin").mkdir()
            (self.home / "bin" / "python").touch()
        failed = bool(self.fails) and "pip" in command
        return subprocess.CompletedProcess(command, failed, stdout=self.fails)


@pytest.mark.skipif(sys.platform == "win32", reason="system: the folders of Linux and macOS")
def test_it_is_made_once_beside_the_programs_own_packages(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands(elsewhere)
    monkeypatch.setattr(subprocess, "run", commands)
    told: list[str] = []
    assert not story_environment.is_ready()
    commands.fails = "ERROR: No matching distribution found for optimum==1.24.0"
    with pytest.raises(UserError, match=r"cannot fill .*: No matching distribution found"):
        story_environment.make(told.append)
    assert not story_environment.is_ready()  # half made
    commands.fails = ""
    story_environment.make(told.append)
    assert story_environment.is_ready()
    assert story_environment.SIZE in told[0]
    assert {"--no-deps", "--ignore-installed", "--require-hashes"} <= set(commands.said[-1].split())
    beside = next(elsewhere.glob("lib/*/site-packages/program.pth")).read_text().splitlines()
    assert beside
    assert all(Path(path).is_dir() for path in beside)
    monkeypatch.setattr(story_environment, "LOCK", Path(__file__))  # another lock
    assert not story_environment.is_ready()


def test_nobody_is_surprised_by_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_environment, "make", lambda _: pytest.fail("it began"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(UserError, match="70 MB to download"):
        main.run(["bench", "story"])


def test_three_columns() -> None:
    def cost(seconds: float) -> dict[str, Any]:
        return {"seconds": {"median": seconds}, "peak_bytes": 2_000_000_000, "refused": ""}

    refused = {"refused": "Torch not compiled with CUDA enabled"}
    report = {
        "model": "m",
        "text_model": "t",
        "tokens": 64,
        "rounds": 5,
        "bark": [
            {
                "name": "base",
                "text": {"seconds": 9.384, "gigabytes": 1.915},
                "recipe": cost(20.0),
                "ours": cost(10.0),
            },
            {
                "name": "offload",
                "text": {"seconds": 8.976, "gigabytes": 1.323},
                "recipe": refused,
                "ours": refused,
            },
        ],
        "xla": [
            {"name": name, "text": printed, "recipe": 100.0, "ours": 25.0, "refused": ""}
            for name, printed in story._XLA.items()
        ],
    }
    found = columns.story(report)
    assert found.rows[0][:3] == ["Bark: base", "9.38 s, 1.92 GB", "20.00 s, 2.00 GB"]
    assert found.rows[0][3:] == ["10.00 s, 2.00 GB", "2.0×"]
    assert found.rows[1][2:] == ["refused", "refused", "–"]
    assert "offload, as printed: Torch not compiled with CUDA enabled" in found.notes
    assert found.rows[2] == ["XLA: step eager", "48.8 ms", "100 ms", "25.0 ms", "4.0×"]
    assert len(found.rows) == 2 + len(story._XLA)
