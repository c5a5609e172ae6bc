"""A volume that is really full: one sentence, nothing broken, and the run goes on when there is
room."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.script.test_resume import ROOT, results

TEXT = "\n\n".join(
    (
        "The rain fell all night on the old roof.",
        "Nobody had slept for a week.",
        "Only the lamp was burning now.",
        "Please close the door when you leave.",
    )
)
_STEP = 256  # KiB that the volume grows by, about a take


def convert(source: Path, out: Path, learned: Path) -> subprocess.CompletedProcess[str]:
    """learned: where it keeps what it learns of voices, which is not the full volume."""
    options = ("--format", "flac", "--per", "row", "--subtitles", "srt", "--seed", "1")
    return subprocess.run(
        [sys.executable, "main.py", "convert", str(source), "--out", str(out), *options],
        cwd=ROOT,
        env={**os.environ, "XDG_DATA_HOME": str(learned)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def mount(volume: Path, size: int, options: str = "") -> subprocess.CompletedProcess[str]:
    """size: KiB."""
    command = ["mount", "-t", "tmpfs", "-o", f"{options}size={size}k", "tmpfs", str(volume)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    """An empty volume of 32 KiB."""
    if not sys.platform.startswith("linux"):
        pytest.skip("system: only Linux has tmpfs")
    folder = tmp_path / "volume"
    folder.mkdir()
    try:
        mounted = mount(folder, 32)
    except OSError as error:
        pytest.skip(f"system: nothing can be mounted: {error}")
    if mounted.returncode:
        pytest.skip(f"system: nothing can be mounted: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_full_volume_stops_the_run_and_a_larger_one_lets_it_finish(
    volume: Path, tmp_path: Path
) -> None:
    source = tmp_path / "text.txt"
    source.write_text(TEXT, encoding="utf-8")
    undisturbed = convert(source, tmp_path / "undisturbed", tmp_path / "other data")
    assert undisturbed.returncode == 0, undisturbed.stderr
    out = volume / "out"
    size, stops, takes = 32, 0, 0
    while (done := convert(source, out, tmp_path / "data")).returncode:
        stops += 1
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        sentence = done.stderr.strip().splitlines()[-1]
        assert sentence.startswith("bark-studio: cannot ")
        assert "space" in sentence
        assert not list(volume.rglob("*.part"))  # nothing half written
        now = len(list(volume.rglob("takes/*/*.npz")))
        assert now >= takes  # nothing that was finished is lost
        takes = now
        size += _STEP
        assert size < 8_000, "it never ends"
        assert mount(volume, size, "remount,").returncode == 0
    assert stops >= 3
    assert results(out) == results(tmp_path / "undisturbed")
    made = int(done.stderr.split(" takes made")[0].split()[-1])
    assert made + takes == 4  # no take was made twice
    again = convert(source, out, tmp_path / "data")
    assert "0 takes made, 4 rows reused" in again.stderr
