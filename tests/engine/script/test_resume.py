"""A run that is killed, or whose disk fills up, goes on and ends with the same bytes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEXT = "\n\n".join(
    f"Row number {i} of the script says {'very ' * (i * 7 % 9)}little about cut1 things."
    if i % 5 == 3
    else f"Row number {i} of the script says {'quite ' * (i * 5 % 8)}enough for a take."
    for i in range(24)
)
OPTIONS = ("--per", "row", "--format", "flac", "--subtitles", "srt")


def start(source: Path, out: Path, delay: float) -> subprocess.Popen[bytes]:
    """convert, in a process of its own; delay: seconds of work for one row."""
    command = [sys.executable, "-m", "tests.engine.script.speaker", "convert", str(source)]
    return subprocess.Popen(
        [*command, "--out", str(out), *OPTIONS],
        cwd=ROOT,
        env={**os.environ, "SPEAKER_DELAY": str(delay), "XDG_DATA_HOME": str(data(out))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def data(out: Path) -> Path:
    """Where the runs into this folder keep what they learn of voices."""
    return out.with_name(f"{out.name}-data")


def results(out: Path) -> dict[str, bytes]:
    """What the user gets: everything but the project's own folder."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not any(part.endswith(".project") for part in path.parts)
    }


def finish(source: Path, out: Path, delay: float = 0.0) -> str:
    process = start(source, out, delay)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err.decode()
    return err.decode()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "script.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def uninterrupted(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("uninterrupted")
    finish(source, out)
    found = results(out)
    assert len(found) > 40  # recordings, subtitles and the list
    return found


def kill_and_finish(
    source: Path, out: Path, kills: int, seed: int, uninterrupted: dict[str, bytes]
) -> tuple[int, int]:
    """Kill runs at random moments until `kills` have died; then let one finish.

    Returns how many died at work, and how many takes were there at the last kill.
    """
    moments = random.Random(seed)
    died = before = 0
    takes = out / "script.project" / "takes"
    for _ in range(kills):
        process = start(source, out, 0.03)
        # Python takes a while to start: wait for it to be at work, then for some moment in it.
        had = len(list(takes.rglob("*.npz")))
        wanted = had + moments.randrange(0, 5)
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            if len(list(takes.rglob("*.npz"))) >= wanted and (out / "script.project").exists():
                break
        spin = time.perf_counter() + moments.random() * 0.15
        while time.perf_counter() < spin:
            pass
        process.kill()
        _, err = process.communicate()
        died += process.returncode < 0
        assert process.returncode in (0, -9), err.decode()
        now = len(list(takes.rglob("*.npz")))
        assert now >= had  # nothing that was finished is lost
        before = now
    err = finish(source, out)
    assert results(out) == uninterrupted
    assert not list(out.rglob("*.part"))
    assert [path.name for path in source.parent.iterdir()] == [source.name]  # the user's folder
    assert source.read_text(encoding="utf-8") == TEXT
    made = int(err.split(" takes made")[0].split()[-1])
    assert made + before == len(list(takes.rglob("*.npz")))  # no take was made twice
    return died, before


@pytest.mark.slow
def test_killed_runs_end_with_the_same_bytes(
    source: Path, uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    died, _ = kill_and_finish(source, tmp_path / "out", 3, 1, uninterrupted)
    assert died >= 2


@pytest.mark.slow
def test_what_was_learned_meanwhile_changes_nothing(
    source: Path, uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start(source, out, 0.1)
    end = time.monotonic() + 60
    while not (out / "script.project" / "takes.jsonl").exists() and time.monotonic() < end:
        assert process.poll() is None
    process.kill()
    process.communicate()
    fixed = json.loads((out / "script.project" / "project.json").read_text())["paces"]
    assert set(fixed.values()) == {14.0}
    learned = data(out) / "bark-studio" / "paces.json"
    learned.parent.mkdir(parents=True, exist_ok=True)
    learned.write_text(json.dumps({key: [5.0] * 60 for key in fixed}))  # three times as slow
    finish(source, out)
    assert results(out) == uninterrupted
    taught = tmp_path / "taught"
    data(taught).mkdir()
    (data(taught) / "bark-studio").mkdir()
    (data(taught) / "bark-studio" / "paces.json").write_text(learned.read_text())
    start(source, taught, 0.0).communicate(timeout=120)  # its takes are too short for that pace
    rows = [len(list(out.glob("*.flac"))) for out in (out, taught)]
    assert rows[0] < rows[1]  # a slow voice needs more rows


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_fifty_kills(source: Path, uninterrupted: dict[str, bytes], tmp_path: Path) -> None:
    died = seed = 0
    while died < 50:  # some have ended before
        seed += 1
        died += kill_and_finish(source, tmp_path / str(seed), 4, seed, uninterrupted)[0]
        assert seed < 40


@pytest.mark.slow
def test_a_second_run_changes_nothing(
    source: Path, uninterrupted: dict[str, bytes], tmp_path: Path
) -> None:
    finish(source, tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    err = finish(source, tmp_path)
    assert "0 takes made, 24 rows reused" in err
    again = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    changed = {path.name for path in again if again[path] != times.get(path)}
    assert changed <= {".lock", "script.json", "project.json"}
