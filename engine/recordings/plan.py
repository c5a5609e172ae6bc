"""Which row goes into which file, and in what form. All of it is checked before any work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from engine.audio.formats import FORMATS
from engine.audio.join import Gaps
from engine.audio.targets import TARGETS
from engine.audio.writer import Writer
from engine.errors import UserError
from engine.recordings import timed
from engine.recordings.filenames import (
    PER,
    check_template,
    fill,
    refuse_equal,
    safe_part,
    wanted,
)
from engine.recordings.ownership import LISTS
from engine.recordings.timed import Timing
from engine.recordings.word_subtitles import KINDS
from engine.script.rows import Script, ScriptRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """How a project becomes files.

    out: the folder. format: of FORMATS. per: one recording per "file" (the whole script), "chapter"
    or "row". name: a template of `filenames.KEYS`; None is the usual one. loudness: of TARGETS;
    with it rows are brought to one level, and None leaves all levels as they were spoken. rate: Hz,
    None keeps the model's. subtitles: of KINDS, beside every recording. manifest: also a JSON
    list of all rows. tags: of formats.TAGS; a title is found by itself. home: the folder of that
    list below `out`. folder: what {folder} stands for: the folders that the text lies in. timing:
    sound begins at the subtitles that rows have; None joins row to row.
    """

    out: Path
    format: str = "wav"
    per: str = "file"
    name: str | None = None
    loudness: str | None = "-18"
    rate: int | None = None
    channels: int = 1
    bitrate: int | None = None
    gaps: Gaps = field(default_factory=Gaps)
    subtitles: tuple[str, ...] = ()
    manifest: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)
    home: PurePosixPath = field(default_factory=PurePosixPath)
    folder: str = ""
    timing: Timing | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise UserError(f"there is no format {self.format}: choose {', '.join(FORMATS)}")
        if self.per not in PER:
            raise UserError(f"there is one recording per {', '.join(PER)}, not per {self.per}")
        if self.loudness is not None and self.loudness not in TARGETS:
            raise UserError(f"the loudness is one of {', '.join(TARGETS)}, not {self.loudness}")
        for kind in self.subtitles:
            if kind not in KINDS:
                raise UserError(f"subtitles are one of {', '.join(KINDS)}, not {kind}")
        check_template(self.name or PER[self.per])
        # Everything that the writer would refuse, refused before the work.
        Writer(
            self.out / "x",
            24_000,
            format=self.format,
            tags=self.tags,
            rate=self.rate,
            channels=self.channels,
            bitrate=self.bitrate,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One recording to write. rows: their places in the script."""

    path: PurePosixPath
    rows: tuple[int, ...]
    title: str


def plan(
    script: Script, delivery: Delivery, voice_of: Callable[[ScriptRow], str | None]
) -> list[Part]:
    """Which rows go into which file, in order. Raises UserError for names that cannot be."""
    if delivery.timing is not None:
        timed.check(script, delivery.per)
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(script.rows):
        whole = {"file": "", "chapter": str(row.chapter), "row": row.part_of or row.id}
        groups.setdefault(whole[delivery.per], []).append(index)
    ext = FORMATS[delivery.format].suffix[1:]
    digits = max(2, len(str(len(groups))))
    names: dict[str, PurePosixPath] = {}
    parts = []
    for number, (group, indices) in enumerate(groups.items(), 1):
        first = script.rows[indices[0]]
        chapter = script.chapters[first.chapter]
        values = {
            "script": script.title,
            "id": group if delivery.per == "row" else first.id,
            "speaker": first.speaker,
            "voice": Path(voice_of(first) or "").stem,
            "chapter": chapter,
            "number": str(number).zfill(digits),
            "folder": delivery.folder,
            "ext": ext,
        }
        if delivery.per == "row" and first.file and delivery.name is None:
            path = wanted(first.file, ext)
        else:
            path = fill(delivery.name or PER[delivery.per], values)
        owner = {"file": "the script", "chapter": f"chapter {number}", "row": f"row {group}"}
        names[owner[delivery.per]] = path
        title = {"file": script.title, "chapter": chapter or path.stem, "row": path.stem}
        parts.append(Part(path, tuple(indices), title[delivery.per]))
    refuse_equal(names)
    return parts


def files(script: Script, delivery: Delivery, parts: Sequence[Part]) -> dict[str, PurePosixPath]:
    """Everything that will be written, relative to the output folder, by what it is."""
    found = {f"the recording {part.path}": part.path for part in parts}
    for part in parts:
        for path in subtitles_of(part.path, delivery):
            found[f"the subtitles {path}"] = path
    if delivery.manifest:
        path = manifest_path(script, delivery)
        found[f"the list {path}"] = path
    return found


def subtitles_of(recording: PurePosixPath, delivery: Delivery) -> list[PurePosixPath]:
    """The subtitles beside a recording."""
    return [recording.with_suffix(f".{kind}") for kind in delivery.subtitles]


def manifest_path(script: Script, delivery: Delivery) -> PurePosixPath:
    """The list of all rows, relative to the output folder."""
    return delivery.home / f"{safe_part(script.title)}{LISTS}"
