"""Sound files: WAV, FLAC, OGG, MP3, Opus and M4B, written piece by piece, whole or not at all.

The same samples give the same bytes every time: no date, no random number is written. soundfile
writes WAV, FLAC and OGG Vorbis; PyAV writes what has tags in Unicode or chapters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.audio.cover import Cover, cover_of
from engine.audio.formats import FORMATS, TAGS, fitting_rate, format_of
from engine.audio.reproducible import (
    COMMENT,
    Changed,
    Sink,
    id3_comment,
    ogg_pages,
    without_peak_date,
)
from engine.audio.resample import Resampler
from engine.audio.wav import to_pcm16
from engine.errors import UserError
from engine.system.atomic_files import Before, atomic_file
from engine.system.marks import MADE_BY

_CONTAINERS = {"mp3": "mp3", "opus": "ogg", "m4b": "ipod"}  # FFmpeg's names
_BLOCK = 2**14  # samples given to an encoder at once
_LARGEST_WAV = 2**32 - 2**16  # bytes of sound; a WAV counts its bytes in 32 bits


class Writer:
    """One sound file that is written as its samples come, in constant memory.

        with Writer(path, 24_000, format="m4b", tags={"title": "A book"}) as writer:
            writer.chapter("One")
            writer.write(samples)

    The file takes its name when the block ends well; after an error nothing is left of it. One
    thread at a time.
    """

    def __init__(
        self,
        path: Path,
        sample_rate: int,
        *,
        format: str | None = None,
        tags: Mapping[str, str] | None = None,
        cover: bytes = b"",
        rate: int | None = None,
        channels: int = 1,
        bitrate: int | None = None,
        before: Before | None = None,
    ) -> None:
        """sample_rate: Hz of the samples that will come. format: a name in FORMATS; None takes it
        from the path. tags: of TAGS. cover: a JPEG or PNG for formats that have covers; anything
        else is left out. rate: Hz in the file; None keeps the samples' own where the
        format can hold it. channels: 2 writes the same sound to both. bitrate: kbit/s of MP3,
        Opus and M4B; None is a sane one for speech, and for MP3 a constant quality. before: as for
        `atomic_file`.

        Raises UserError for a format, rate, or tag that does not exist.
        """
        self.path = path
        self.format = format if format is not None else format_of(path)
        if self.format not in FORMATS:
            raise UserError(f"there is no format {format}: choose one of {', '.join(FORMATS)}")
        if channels not in (1, 2):
            raise UserError(f"a recording has 1 or 2 channels, not {channels}")
        if rate is not None and fitting_rate(self.format, rate) != rate:
            known = ", ".join(map(str, FORMATS[self.format].rates))
            raise UserError(f"{self.format} cannot hold {rate} Hz: choose one of {known}")
        self.tags = {key: text for key, text in (tags or {}).items() if text}
        if unknown := [key for key in self.tags if key not in TAGS]:
            raise UserError(f"there is no tag {unknown[0]}: choose among {', '.join(TAGS)}")
        self.cover = cover_of(cover) if FORMATS[self.format].covers else None
        self.sample_rate = sample_rate
        self.rate = rate or fitting_rate(self.format, sample_rate)
        self.channels = channels
        self.bitrate = bitrate or FORMATS[self.format].bitrate * channels
        most = 320 if self.rate >= 32_000 else 160 if self.rate >= 16_000 else 64
        if self.format == "mp3" and self.bitrate > most:
            raise UserError(
                f"mp3 at {self.rate} Hz holds at most {most} kbit/s: choose a lower bitrate, or "
                "44100 Hz"
            )
        self._before = before
        self.samples = 0  # that came, at sample_rate
        self._written = 0  # frames that went to the encoder, at rate
        self._held = np.empty(0, dtype=np.float32)  # too few for a block
        self._chapters: list[tuple[int, str]] = []

    @property
    def seconds(self) -> float:
        """Length of what was written so far."""
        return self.samples / self.sample_rate

    def __enter__(self) -> Writer:
        """Open the file. Raises UserError where the disk or the encoder refuses."""
        self._context = self._opened()
        self._context.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._context.__exit__(kind, error, trace)

    def write(self, audio: NDArray[np.float32]) -> None:
        """Append float32 (samples,), −1 … 1. What is louder is clipped, but in 32-bit float.

        Raises UserError for nan, a full disk, and more than a WAV can hold.
        """
        if audio.ndim != 1:
            raise ValueError(f"one channel of samples, not an array of shape {audio.shape}")
        # Before a copy is made: a caller may hand over a whole recording.
        frames = self._written + len(audio) * self.rate // self.sample_rate
        size = frames * self.channels * FORMATS[self.format].bits // 8
        if self.path.suffix.lower() == ".wav" and size > _LARGEST_WAV:
            raise UserError(f"{self.path} would pass 4 GiB, the most a WAV holds: choose flac")
        if not np.isfinite(audio).all():
            raise UserError(
                "the sound holds values that are no numbers: choose --precision float32 or "
                "another seed"
            )
        self.samples += len(audio)
        for start in range(0, len(audio), _BLOCK):
            piece = audio[start : start + _BLOCK]
            self._put(piece if self._resampler is None else self._resampler.push(piece))

    def chapter(self, title: str) -> None:
        """A chapter begins with the next sample. Formats without chapters take no notice."""
        self._chapters.append((self.samples, title))

    @contextmanager
    def _opened(self) -> Iterator[None]:
        same = self.rate == self.sample_rate
        self._resampler = None if same else Resampler(self.sample_rate, self.rate)
        with atomic_file(self.path, self._before) as file:
            self._file = Sink(file)
            self._sink: _Encoded | _Plain = (
                _Encoded(self, self._file)
                if self.format in _CONTAINERS
                else _Plain(self, self._file)
            )
            try:
                yield
                rest = np.empty(0, dtype=np.float32)
                self._put(rest if self._resampler is None else self._resampler.flush(), last=True)
                self._sink.close(self._marks())
            except BaseException:
                self._file.deaf = True
                with suppress(Exception):
                    self._sink.close([])
                self._file.check()  # a full disk is the reason, whatever the encoder said
                raise
            self._file.check()

    def _put(self, audio: NDArray[np.float32], *, last: bool = False) -> None:
        # In blocks of one length: what an encoder makes of a sound depends on how it was cut.
        self._written += len(audio)
        self._held = np.concatenate([self._held, audio])
        whole = len(self._held) if last else len(self._held) // _BLOCK * _BLOCK
        for start in range(0, whole, _BLOCK):
            self._sink.write(self._held[start : min(start + _BLOCK, whole)])
            self._file.check()
        self._held = self._held[whole:]

    def _marks(self) -> list[tuple[int, int, str]]:
        """(start, end, title) of each chapter, in samples."""
        ends = [*(start for start, _ in self._chapters[1:]), self.samples]
        chapters = zip(self._chapters, ends, strict=False)
        return [(start, end, title) for (start, title), end in chapters if end > start]


def write(
    path: Path,
    audio: NDArray[np.float32],
    sample_rate: int,
    *,
    format: str | None = None,
    tags: Mapping[str, str] | None = None,
    rate: int | None = None,
    channels: int = 1,
    bitrate: int | None = None,
) -> None:
    """Write float32 (samples,), −1 … 1, at sample_rate Hz as one file; the rest as for `Writer`."""
    with Writer(
        path,
        sample_rate,
        format=format,
        tags=tags,
        rate=rate,
        channels=channels,
        bitrate=bitrate,
    ) as writer:
        writer.write(audio)


# ── encoders ──────────────────────────────────────────────────────────────────────────────────


class _Plain:
    """libsndfile: WAV, FLAC, OGG Vorbis."""

    def __init__(self, writer: Writer, file: Sink) -> None:
        import soundfile

        format = FORMATS[writer.format]
        container = format.suffix[1:]
        self._bits = 0 if format.codec == "FLOAT" else format.bits
        self._clips = format.codec != "FLOAT"
        self._channels = writer.channels
        change = {"VORBIS": ogg_pages, "FLOAT": without_peak_date}.get(format.codec)
        self._sound = soundfile.SoundFile(
            file if change is None else Changed(file, change()),
            "w",
            writer.rate,
            writer.channels,
            format=container,
            subtype=format.codec,
        )
        self._sound.software = MADE_BY  # by which a WAV is known as ours
        for key, text in writer.tags.items():
            setattr(self._sound, "tracknumber" if key == "track" else key, text)

    def write(self, audio: NDArray[np.float32]) -> None:
        samples: NDArray[Any] = np.clip(audio, -1.0, 1.0) if self._clips else audio
        if self._bits == 16:  # libsndfile itself would round down
            samples = to_pcm16(samples)
        elif self._bits == 24:
            samples = np.rint(samples.astype(np.float64) * (2**23 - 1)).astype(np.int32) << 8
        if self._channels == 2:
            samples = np.stack([samples, samples], axis=1)
        self._sound.write(samples)

    def close(self, chapters: list[tuple[int, int, str]]) -> None:
        self._sound.close()


class _Encoded:
    """FFmpeg: MP3, Opus, AAC in M4B."""

    def __init__(self, writer: Writer, file: Sink) -> None:
        import av

        self._av = av
        exact = {"fflags": "+bitexact"}  # no date, no random serial number
        cover, container = writer.cover, _CONTAINERS[writer.format]
        if cover is not None and container == "ipod":  # the same, but for pictures
            container, exact = "mp4", {**exact, "brand": "M4A "}
        tags = dict(writer.tags)
        target: Sink | Changed = file
        if container == "mp3" and "comment" in tags:
            tags[COMMENT] = tags.pop("comment")
            target = Changed(file, id3_comment())
        self._container = av.open(target, "w", format=container, options=exact)
        self._container.metadata.update(tags)
        if cover is not None and container == "ogg":
            self._container.metadata["METADATA_BLOCK_PICTURE"] = cover.as_vorbis_comment()
        self._layout = "mono" if writer.channels == 1 else "stereo"
        self._channels = writer.channels
        self._rate, self._input_rate = writer.rate, writer.sample_rate
        self._gain = 1.0
        options = {"b": str(writer.bitrate * 1000)}
        if writer.format == "mp3" and writer.bitrate:
            # LAME turns the sound down at constant bitrates: 0.4 dB that a loudness would miss.
            lowered = {192: 0.97, 224: 0.98}.get(writer.bitrate, 0.95)
            self._gain = 1.0 if writer.bitrate > 224 else 1 / lowered
        elif writer.format == "mp3":
            options = {"flags": "+qscale", "global_quality": str(2 * 118)}  # as lame -V 2
        codec = FORMATS[writer.format].codec
        self._stream: Any = self._container.add_stream(
            codec, rate=writer.rate, layout=self._layout, options=options
        )
        self._pts = 0
        picture = None if cover is None or container == "ogg" else self._picture(cover)
        try:
            self._container.start_encoding()
        except av.error.FFmpegError as error:
            raise UserError(
                f"{writer.format} at {writer.rate} Hz cannot have {writer.bitrate} kbit/s: "
                "choose another bitrate or rate"
            ) from error
        if picture is not None:
            self._container.mux(picture)

    def _picture(self, cover: Cover) -> Any:
        """The packet of a picture, on a stream of its own."""
        stream: Any = self._container.add_stream(cover.codec, rate=1)
        stream.width, stream.height = cover.width, cover.height
        stream.pix_fmt = "rgb24" if cover.codec == "png" else "yuvj420p"
        stream.disposition = self._av.stream.Disposition.attached_pic
        packet = self._av.Packet(cover.data)
        packet.stream, packet.time_base = stream, Fraction(1, 1)
        packet.pts = packet.dts = 0
        packet.is_keyframe = True
        return packet

    def write(self, audio: NDArray[np.float32]) -> None:
        clipped = np.clip(audio, -1.0, 1.0) * np.float32(self._gain)
        planes = np.tile(clipped, (self._channels, 1))
        frame = self._av.AudioFrame.from_ndarray(planes, format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        frame.time_base = Fraction(1, self._rate)
        frame.pts = self._pts
        self._pts += len(audio)
        self._container.mux(self._stream.encode(frame))

    def close(self, chapters: list[tuple[int, int, str]]) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.set_chapters(
            [
                {
                    "id": index,
                    "start": start,
                    "end": end,
                    "time_base": Fraction(1, self._input_rate),
                    "metadata": {"title": title},
                }
                for index, (start, end, title) in enumerate(chapters)
            ]
        )
        self._container.close()
