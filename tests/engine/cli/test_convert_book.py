"""An audiobook of 40 minutes, really spoken: its length, its loudness, its peaks, its chapters."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import main
from engine.bark.voices import presets
from engine.models.bark import STARTER
from tests.engine.documents.book import paragraphs, write
from tests.engine.recordings.test_write import measured_by_ffmpeg

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


def convert(book: Path, out: Path, *options: str) -> None:
    voice = next(iter(presets(STARTER)))
    arguments = [str(book), "--out", str(out), "--model", str(STARTER), "--voice", voice, *options]
    assert main.main(["convert", *arguments]) in (0, 3)  # 3: some row is not perfect


def chapters_of(path: Path) -> list[tuple[str, float]]:
    """Title and second of every chapter, as ffprobe reads them."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_chapters", str(path)]
    out = subprocess.run(command, capture_output=True, check=True).stdout
    return [(c["tags"]["title"], float(c["start_time"])) for c in json.loads(out)["chapters"]]


def test_a_book_of_40_minutes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Spoken once; the same takes are written in every form."""
    book, out = write(tmp_path, ".epub"), tmp_path / "out"
    told: dict[str, Any] = {}
    for target, lufs, peak in (("audiobook", -20.0, -3.0), ("-16", -16.0, -1.0)):
        convert(book, out, "--format", "flac", "--loudness", target)
        recording = out / "book.flac"
        loudness, highest = measured_by_ffmpeg(recording)
        told[target] = loudness, highest
        assert loudness == pytest.approx(lufs, abs=0.3)
        assert highest <= peak + 0.1
    convert(book, out, "--format", "m4b", "--loudness", "audiobook")
    manifest = json.loads((out / "book.takes.json").read_bytes())
    rows, titles = manifest["rows"], [p.written for p in paragraphs() if p.is_title]
    seconds = max(row["end"] for row in rows if row["end"] is not None)
    assert seconds > 40 * 60
    first = {title: next(r for r in rows if r["text"] == title) for title in titles}
    chapters = chapters_of(out / "book.m4b")
    assert [title for title, _ in chapters] == titles
    apart = [abs(start - first[title]["start"]) for title, start in chapters]
    assert max(apart) <= 0.02
    said = " ".join(row.get("spoken", row["text"]) for row in rows)
    right = sum(p.numbers for p in paragraphs() if p.said in said)
    numbers = sum(p.numbers for p in paragraphs())
    assert right >= 0.99 * numbers
    m4b = measured_by_ffmpeg(out / "book.m4b")
    assert m4b[1] <= -3.0 + 0.1
    with capsys.disabled():
        print(
            f"\n{seconds / 60:.1f} min, {len(rows)} rows; {right} of {numbers} numbers; LUFS and "
            f"dBTP {told}, as m4b {m4b}; chapters at most {max(apart) * 1000:.1f} ms apart"
        )
