"""Files of every format as other programs read them: ffprobe, ffmpeg and mutagen."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engine.audio.formats import FORMATS, TAGS
from engine.audio.writer import Writer
from tests.fake import tone
from tests.pictures import jpeg

pytestmark = pytest.mark.slow
SOUND = {
    **dict(zip(TAGS, ("Die Bären", "Anna Ö.", "Wald", "Audiobook"), strict=False)),
    **{"comment": "für Kinder", "date": "2026", "copyright": "nobody", "track": "3"},
}
FRAMES = {"mp3": 1152, "opus": 960, "m4b": 1024, "ogg": 2048}  # samples of the longest at 48 kHz
# What a format itself calls each tag.
ID3 = dict(
    zip(TAGS, ("TIT2", "TPE1", "TALB", "TCON", "COMM::XXX", "TDRC", "TCOP", "TRCK"), strict=True)
)
MP4 = dict(zip(TAGS, ("©nam", "©ART", "©alb", "©gen", "©cmt", "©day", "cprt", "trkn"), strict=True))
VORBIS = {**{tag: tag for tag in TAGS}, "track": "tracknumber"}
NAMES: dict[str, dict[str, str]] = {
    "mp3": ID3,
    "m4b": MP4,
    "opus": {**VORBIS, "comment": "description"},
    "ogg": VORBIS,
    "flac": VORBIS,
}
CHAPTERS = (("Eins", 1.01), ("Zwei – ü", 2.3), ("Drei", 0.77))


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams"]
    out = subprocess.run([*command, "-show_chapters", str(path)], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(out.stdout)
    return found


def decoded(path: Path) -> int:
    """Samples of one channel, with what is declared as delay taken away."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-"]
    return len(subprocess.run(command, capture_output=True, check=True).stdout) // 2


@pytest.mark.parametrize("name", FORMATS)
def test_other_programs_read_what_was_written(name: str, tmp_path: Path) -> None:
    mutagen = pytest.importorskip("mutagen", reason="install mutagen")
    cover = jpeg()
    format = FORMATS[name]
    for rate in (None, 44_100 if 44_100 in format.rates else 48_000):
        path = tmp_path / f"{rate}{format.suffix}"
        with Writer(path, 24_000, format=name, tags=SOUND, cover=cover, rate=rate) as writer:
            for title, seconds in CHAPTERS:
                writer.chapter(title)
                writer.write(tone(seconds))
        found, heard = probe(path), mutagen.File(path)
        (stream,) = (s for s in found["streams"] if s["codec_type"] == "audio")
        shown = int(stream["sample_rate"])
        assert shown == (48_000 if name == "opus" else writer.rate)

        frame = FRAMES.get(name, 0) / shown
        exact = name not in ("m4b", "ogg")  # of which ffmpeg gives the last frame whole, or not
        close = 0.5 / shown if exact else frame
        assert decoded(path) / shown == pytest.approx(writer.seconds, abs=close)
        # A file says how long it is: MP3 counts what its encoder adds before and after.
        most = 2 * frame + 1e-3 if name == "mp3" else frame + 1e-3
        assert float(found["format"]["duration"]) == pytest.approx(writer.seconds, abs=most)
        assert heard.info.length == pytest.approx(writer.seconds, abs=most)

        tags = {**found["format"].get("tags", {}), **stream.get("tags", {})}
        tags = {key.lower(): text for key, text in tags.items()}
        assert {tag: tags.get(tag) for tag in TAGS} == SOUND
        if name in NAMES:
            mine = {tag: heard.tags[own] for tag, own in NAMES[name].items()}
            for tag, value in mine.items():
                text = str(value[0] if isinstance(value, list) else value)
                assert text == ("(3, 0)" if (name, tag) == ("m4b", "track") else SOUND[tag])

        pictures = [s for s in found["streams"] if s["disposition"]["attached_pic"]]
        assert len(pictures) == format.covers
        if format.covers:
            assert (pictures[0]["codec_name"], pictures[0]["width"]) == ("mjpeg", 32)
        if name == "mp3":
            assert heard.tags["APIC:"].data == cover
        if name == "m4b":
            assert bytes(heard.tags["covr"][0]) == cover

        if format.chapters:
            chapters = found["chapters"]
            assert [c["tags"]["title"] for c in chapters] == [title for title, _ in CHAPTERS]
            ends = list(itertools.accumulate(seconds for _, seconds in CHAPTERS))
            assert [float(c["end_time"]) for c in chapters] == pytest.approx(ends, abs=0.001)
            starts = [float(c["start_time"]) for c in chapters]
            assert starts == pytest.approx([0, *ends[:-1]], abs=0.001)
