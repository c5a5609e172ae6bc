"""A window that is killed at any moment goes on the next time, and ends with the same bytes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

TEXT = "\n\n".join(
    f"Row number {i} of the text says {'quite ' * (i * 5 % 8)}enough for a take." for i in range(12)
)
_OF_A_MOMENT = {".lock", ".owner", "takes.jsonl"}  # the list may lack what the takes say as well


def start(folder: Path, text: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.gui.script_window", str(folder / "config"), str(text)],
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_DATA_HOME": str(folder / "data"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(folder: Path, text: Path) -> None:
    process = start(folder, text)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert out.strip() == ""  # no warning, no error
    assert "Traceback" not in err


def contents(folder: Path) -> dict[str, bytes]:
    """What the window keeps of its scripts."""
    scripts = folder / "config" / "scripts"
    return {
        str(path.relative_to(scripts)): path.read_bytes()
        for path in sorted(scripts.rglob("*"))
        if path.is_file() and path.name not in _OF_A_MOMENT
    }


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("user") / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(text: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    finish(folder, text)
    found = contents(folder)
    assert len([name for name in found if name.endswith(".npz")]) >= 12
    return found


def kill_and_finish(
    folder: Path, text: Path, kills: int, seed: int, undisturbed: dict[str, bytes]
) -> int:
    """Kill windows at random moments, then let one finish. Returns how many died at work."""
    moments = random.Random(seed)
    died = 0
    for _ in range(kills):
        had = {path: path.read_bytes() for path in folder.rglob("*.npz")}
        wanted = len(had) + moments.randrange(0, 4)
        process = start(folder, text)
        end = time.monotonic() + 60
        # Qt takes a while to start: wait for it to be at work, then for some moment in it.
        while process.poll() is None and time.monotonic() < end:
            projects = list((folder / "config" / "scripts").glob("*"))
            if projects and len(list(folder.rglob("*.npz"))) >= wanted:
                break
        spin = time.perf_counter() + moments.random() * 0.3
        while time.perf_counter() < spin:
            pass
        process.kill()
        _, err = process.communicate()
        died += process.returncode < 0
        assert process.returncode in (0, -9), err
        for path, before in had.items():
            assert path.read_bytes() == before  # nothing that was finished is lost
    finish(folder, text)
    assert contents(folder) == undisturbed
    assert [path.name for path in text.parent.iterdir()] == [text.name]  # the user's own folder
    assert text.read_text(encoding="utf-8") == TEXT
    assert not list(folder.rglob("*.part"))
    return died


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_killed_windows_end_with_the_same_bytes(
    text: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    assert kill_and_finish(tmp_path, text, 3, 1, undisturbed) >= 2


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_fifty_killed_windows(text: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    died = seed = 0
    while died < 50:  # some have ended before
        seed += 1
        died += kill_and_finish(tmp_path / str(seed), text, 4, seed, undisturbed)
        assert seed < 40
