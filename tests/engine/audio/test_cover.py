"""Covers in sound files: the very bytes, in every format that can have one."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import av
import pytest

from engine.audio.cover import MAX_BYTES, cover_of
from engine.audio.formats import FORMATS
from engine.audio.writer import Writer
from tests.fake import tone
from tests.pictures import jpeg, png

WITH_COVERS = ["mp3", "opus", "m4b"]


def pictures(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for s in container.streams.video for packet in container.demux(s)
                if packet.size]  # fmt: skip


def write(path: Path, format: str, cover: bytes) -> bytes:
    with Writer(path, 24_000, format=format, tags={"title": "Die Bären"}, cover=cover) as writer:
        writer.chapter("One")
        writer.write(tone(0.6))
        writer.chapter("Two")
        writer.write(tone(0.6))
    return path.read_bytes()


@pytest.mark.parametrize("make", [png, jpeg])
def test_size_and_kind_are_read_off_a_picture(make: type) -> None:
    cover = cover_of(make(40, 60))
    assert cover is not None
    assert (cover.width, cover.height, cover.codec) == (
        *(40, 60), {png: "png", jpeg: "mjpeg"}[make],
    )  # fmt: skip
    mime = {png: b"image/png", jpeg: b"image/jpeg"}[make]
    block = struct.pack(f">II{len(mime)}sI", 3, len(mime), mime, 0)  # a cover, without words
    block += struct.pack(">IIIII", 40, 60, 24, 0, len(cover.data)) + cover.data  # no palette
    assert base64.b64decode(cover.as_vorbis_comment()) == block


def test_what_is_no_picture_for_a_sound_file_is_none() -> None:
    whole = jpeg()
    for data in (
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF89a",
        whole[:20],
        png(0, 5),
        png(30_000, 1),
        png() + bytes(MAX_BYTES),
        b"\xff\xd8" + b"\xff\xe0\0\0" * 9,
    ):
        assert cover_of(data) is None  # fmt: skip
    assert cover_of(png(20_000, 1)) is not None
    assert cover_of(png(20_001, 1)) is None
    assert cover_of(png()[:33]) is not None  # the head is there
    assert cover_of(png()[:32]) is None
    frame = b"\xff\xd8\xff\xc0\0\x11\x08\0\x09\0\x06"  # to the width, 9 bytes from its mark on
    assert cover_of(frame) is not None
    assert cover_of(frame[:-1]) is None
    assert cover_of(b"GI" + frame[2:]) is None
    filled = cover_of(frame[:2] + b"\xff" + frame[2:])  # a mark may begin with any number of 255
    assert filled is not None
    assert (filled.width, filled.height) == (6, 9)
    long_segment = b"\xff\xe1\xff\xff" + bytes(0xFFFD)
    assert cover_of(whole[:2] + long_segment * 3 + whole[2:]) is not None


def test_formats_without_covers_leave_it_out(tmp_path: Path) -> None:
    writers = [Writer(tmp_path / "a", 24_000, format=name, cover=png()) for name in FORMATS]
    assert [writer.format for writer in writers if writer.cover is not None] == WITH_COVERS


@pytest.mark.parametrize("format", FORMATS)
def test_a_cover_travels_where_it_can_and_sound_tags_and_chapters_stay(
    format: str, tmp_path: Path
) -> None:
    for number, picture in enumerate((png(), jpeg())):
        path = tmp_path / f"{number}{FORMATS[format].suffix}"
        data = write(path, format, picture)
        assert pictures(path) == ([picture] if format in WITH_COVERS else [])
        assert write(path, format, picture) == data  # the same bytes every time
        with av.open(str(path)) as container:
            tags = container.metadata | container.streams.audio[0].metadata
            assert {key.lower(): text for key, text in tags.items()}["title"] == "Die Bären"
            seconds = sum(f.samples for f in container.decode(audio=0)) / 24_000
            assert seconds == pytest.approx(1.2, abs=0.1) or format == "opus"
            if FORMATS[format].chapters:
                assert [c["metadata"]["title"] for c in container.chapters()] == ["One", "Two"]


@pytest.mark.parametrize("format", WITH_COVERS)
def test_without_a_cover_a_file_is_as_it_was_and_a_broken_one_breaks_nothing(
    format: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a{FORMATS[format].suffix}"
    assert write(path, format, b"") == write(path, format, b"no picture")
    torn = jpeg()[:-40] + b"\0" * 40
    write(path, format, torn)
    assert pictures(path) == [torn]
