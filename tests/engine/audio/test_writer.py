"""Sound files of every format: what is written is there, whole, and the same bytes every time."""

from __future__ import annotations

import errno
import io
import time
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from engine.audio import writer
from engine.audio.formats import FORMATS, fitting_rate, format_of
from engine.audio.wav import write_wav
from engine.audio.writer import Writer, write
from engine.errors import UserError
from engine.system.marks import is_marked
from tests.fake import tone

LOSSLESS = [name for name, format in FORMATS.items() if format.bits]
TAGS = {"title": "Die Bären", "artist": "Anna Ö.", "album": "Wald", "genre": "Audiobook"}


def read(path: Path) -> tuple[np.ndarray, int]:
    """Any format, by FFmpeg: float (samples, channels) and the rate."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        to_float = av.AudioResampler(format="fltp")
        frames = [f.to_ndarray().T for d in container.decode(stream) for f in to_float.resample(d)]
        return np.concatenate(frames), stream.codec_context.sample_rate


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_written_is_heard(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{FORMATS[name].suffix}"
    write(path, tone(2.0), 24_000, format=name)
    audio, rate = read(path)
    assert audio.shape[1] == 1
    assert len(audio) / rate == pytest.approx(2.0, abs=0.06)  # a lossy frame at the end
    middle = audio[rate // 2 : rate // 2 + rate, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert spectrum.argmax() == pytest.approx(440, abs=1)
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("name", LOSSLESS)
def test_a_lossless_format_loses_nothing_beyond_its_bits(name: str, tmp_path: Path) -> None:
    path, wanted = tmp_path / f"a{FORMATS[name].suffix}", tone(0.3)
    write(path, wanted, 24_000, format=name)
    audio, _ = soundfile.read(path, dtype="float64")
    assert len(audio) == len(wanted)
    step = 2.0 ** -(FORMATS[name].bits - 1)
    assert np.abs(audio - wanted).max() <= (1.5 * step if FORMATS[name].bits < 32 else 0)


def test_the_same_samples_are_the_same_bytes_at_any_time(tmp_path: Path) -> None:
    for take in range(2):
        for name, format in FORMATS.items():
            write(tmp_path / f"{take} {name}{format.suffix}", tone(3.0), 24_000, format=name)
        written = int(time.time())
        while take == 0 and int(time.time()) == written:  # dates are in seconds
            time.sleep(0.02)
    for name, format in FORMATS.items():
        first, second = (tmp_path / f"{take} {name}{format.suffix}" for take in range(2))
        assert first.read_bytes() == second.read_bytes(), name


@pytest.mark.parametrize("name", FORMATS)
def test_pieces_give_the_same_bytes_as_the_whole(name: str, tmp_path: Path) -> None:
    suffix = FORMATS[name].suffix
    sound = tone(1.5)
    write(tmp_path / f"a{suffix}", sound, 24_000, format=name, rate=48_000)
    with Writer(tmp_path / f"b{suffix}", 24_000, format=name, rate=48_000) as writer:
        for piece in np.split(sound, [0, 1, 500, 20_000]):
            writer.write(piece)
        assert writer.seconds == 1.5
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_tags_in_any_script(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{FORMATS[name].suffix}"
    write(path, tone(), 24_000, format=name, tags={**TAGS, "track": "3", "comment": ""})
    with av.open(str(path)) as container:
        found = {**container.metadata, **container.streams.audio[0].metadata}
    found = {key.lower(): text for key, text in found.items()}
    assert {key: found.get(key) for key in TAGS} == TAGS
    assert found.get("track", found.get("tracknumber")) == "3"
    assert "comment" not in found


@pytest.mark.parametrize("name", FORMATS)
def test_two_channels_at_another_rate(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{FORMATS[name].suffix}"
    write(path, tone(), 24_000, format=name, channels=2, rate=48_000)
    audio, rate = read(path)
    assert rate == 48_000
    assert audio.shape[1] == 2
    assert np.abs(audio[:, 0] - audio[:, 1]).max() < 0.01
    assert len(audio) / rate == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("bitrate", [64, 160, 192, 224, 256, 320])
def test_mp3_of_a_constant_bitrate_keeps_its_level(bitrate: int, tmp_path: Path) -> None:
    sound = tone(2.0, 44_100)
    write(tmp_path / "a.mp3", sound, 44_100, bitrate=bitrate)
    audio, _ = soundfile.read(tmp_path / "a.mp3", dtype="float32")
    assert len(audio) == len(sound)
    assert np.abs(audio - sound)[2000:-2000].max() < 0.005
    size = (tmp_path / "a.mp3").stat().st_size
    assert size * 8 / 2 / 1000 == pytest.approx(bitrate, rel=0.05)


def test_mp3_without_a_bitrate_takes_what_the_sound_needs(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, 48_000).astype(np.float32)
    sizes = []
    for sound in (noise, noise * 0):
        write(tmp_path / "a.mp3", sound, 48_000)
        sizes.append((tmp_path / "a.mp3").stat().st_size)
    assert sizes[0] > 2 * sizes[1]


def test_the_16_bit_wav_is_the_one_that_say_writes(tmp_path: Path) -> None:
    sound = np.random.default_rng(0).uniform(-1.2, 1.2, 5000).astype(np.float32)
    write(tmp_path / "a.wav", sound, 16_000)
    write_wav(tmp_path / "b.wav", sound, 16_000)
    a, b = ((tmp_path / f"{name}.wav").read_bytes() for name in "ab")
    assert a[12:36] == b[12:36]  # what there is but the name of the software
    assert a[a.index(b"data") :] == b[b.index(b"data") :]


@pytest.mark.parametrize("name", [name for name, format in FORMATS.items() if format.bits])
def test_a_file_names_the_program_that_wrote_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{FORMATS[name].suffix}"
    write(path, np.zeros(100, np.float32), 24_000, format=name, tags=TAGS)
    assert b"Bark Studio" in path.read_bytes()
    assert is_marked(path) == (path.suffix == ".wav")


def test_a_format_gets_the_next_rate_that_it_holds(tmp_path: Path) -> None:
    assert fitting_rate("opus", 22_050) == 24_000
    assert fitting_rate("opus", 96_000) == 48_000
    assert fitting_rate("wav", 22_050) == 22_050
    write(tmp_path / "a.opus", tone(0.5, 22_050), 22_050)
    assert len(read(tmp_path / "a.opus")[0]) / 48_000 == pytest.approx(0.5, abs=0.03)


def test_chapters(tmp_path: Path) -> None:
    with Writer(tmp_path / "a.m4b", 24_000, tags=TAGS) as writer:
        for title, seconds in (("Eins", 1.0), ("Zwei – ü", 2.5), ("nothing", 0.0), ("Drei", 0.5)):
            writer.chapter(title)
            writer.write(tone(seconds))
    with av.open(str(tmp_path / "a.m4b")) as container:
        found = [
            (
                chapter["metadata"]["title"],
                float(chapter["start"] * chapter["time_base"]),
                float(chapter["end"] * chapter["time_base"]),
            )
            for chapter in container.chapters()
        ]
    assert found == [("Eins", 0.0, 1.0), ("Zwei – ü", 1.0, 3.5), ("Drei", 3.5, 4.0)]


def test_every_page_of_an_ogg_has_its_checksum(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, 24_000 * 20).astype(np.float32)
    write(tmp_path / "a.ogg", noise, 24_000)
    data = (tmp_path / "a.ogg").read_bytes()
    table = []
    for byte in range(256):
        crc = byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
        table.append(crc)
    at, pages = 0, 0
    while at < len(data):
        head = 27 + data[at + 26]
        length = head + sum(data[at + 27 : at + head])
        page = data[at : at + 22] + bytes(4) + data[at + 26 : at + length]
        crc = 0
        for byte in page:
            crc = ((crc << 8) & 0xFFFFFFFF) ^ table[(crc >> 24) ^ byte]
        assert page[:4] == b"OggS"
        assert page[14:18] == b"\x01\0\0\0"
        assert data[at + 22 : at + 26] == crc.to_bytes(4, "little")
        at, pages = at + length, pages + 1
    assert pages > 10


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────


class FullDisk(io.BytesIO):
    """Takes some bytes and no more."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data: object) -> int:
        if self.tell() + len(bytes(data)) > self.room:  # type: ignore[call-overload]
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("room", [0, 3000])
@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(
    name: str, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a{FORMATS[name].suffix}"
    path.write_bytes(b"old")
    real = writer.atomic_file

    def full(path: Path, before: object) -> object:
        from contextlib import contextmanager

        @contextmanager
        def block():  # type: ignore[no-untyped-def]  # noqa: ANN202
            with real(path):
                yield FullDisk(room)

        return block()

    monkeypatch.setattr(writer, "atomic_file", full)
    noise = np.random.default_rng(0).normal(0, 0.2, 48_000).astype(np.float32)
    with pytest.raises(UserError, match="no space left"):
        write(path, noise, 24_000, format=name, tags=TAGS)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", FORMATS)
def test_an_error_in_the_block_leaves_nothing(name: str, tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        Writer(tmp_path / "a", 24_000, format=name) as writer,
    ):
        writer.write(tone())
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_no_number_is_refused(bad: float, name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no numbers"):
        write(tmp_path / "a", np.array([0, bad], dtype=np.float32), 24_000, format=name)
    assert list(tmp_path.iterdir()) == []


def test_more_than_a_wav_can_hold_is_refused(tmp_path: Path) -> None:
    endless = np.broadcast_to(np.float32(0), (2**31,))  # takes 4 bytes of memory
    with pytest.raises(UserError, match="4 GiB"):
        write(tmp_path / "a.wav", endless, 24_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"format": "wma"}, "there is no format wma"),
        ({"tags": {"mood": "good"}}, "there is no tag mood"),
        ({"format": "opus", "rate": 44_100}, "opus cannot hold 44100 Hz"),
        ({"format": "opus", "rate": 44_100}, "choose one of 8000, 12000, 16000, 24000, 48000$"),
        ({"format": "mp3", "rate": 8_000, "bitrate": 65}, "at 8000 Hz holds at most 64 kbit/s"),
        ({"format": "mp3", "rate": 44_100, "bitrate": 321}, "44100 Hz holds at most 320 kbit/s"),
        ({"channels": 6}, "1 or 2 channels"),
        ({"format": "mp3", "bitrate": 161}, "mp3 at 24000 Hz holds at most 160 kbit/s"),
    ],
)
def test_what_cannot_be_written_is_said_before_any_work(
    options: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=words):
        Writer(tmp_path / "a.wav", 24_000, **options)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"a\.doc names no sound format"):
        format_of(tmp_path / "a.doc")
    assert list(tmp_path.iterdir()) == []


def test_louder_than_full_is_clipped_but_for_float(tmp_path: Path) -> None:
    for name in LOSSLESS:
        path = tmp_path / f"{name}{FORMATS[name].suffix}"
        write(path, np.full(100, 1.5, dtype=np.float32), 24_000, format=name)
        wanted = 1.5 if name == "wav-float" else 1.0
        assert soundfile.read(path)[0] == pytest.approx(wanted, abs=1e-4)


def test_a_wav_is_full_64_kib_before_its_32_bits_are(tmp_path: Path) -> None:
    one = np.zeros(1, dtype=np.float32)
    with Writer(tmp_path / "a.wav", 24_000) as writer:
        writer._written = (2**32 - 2**16) // 2 - 1  # frames of 16 bits, as after 50 hours
        writer.write(one)
        with pytest.raises(UserError, match="4 GiB"):
            writer.write(one)


def test_24_bits_are_the_nearest_ones(tmp_path: Path) -> None:
    wanted = np.random.default_rng(0).uniform(-1, 1, 9999).astype(np.float32)
    write(tmp_path / "a.wav", wanted, 24_000, format="wav24")
    read, _ = soundfile.read(tmp_path / "a.wav", dtype="int32")
    assert np.array_equal(read >> 8, np.rint(wanted.astype(np.float64) * (2**23 - 1)))
