"""Takes → recordings: which row goes into which file, encoding, lists of what is where.

A file that was written before, from the same takes in the same way, is not written again.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from engine.audio.formats import FORMATS, fitting_rate
from engine.audio.join import Placed
from engine.audio.loudness import SILENCE, Loudness, decibels
from engine.audio.targets import TARGETS
from engine.audio.writer import Writer
from engine.errors import UserError
from engine.recordings.filenames import inside
from engine.recordings.mix import Mix, Tick
from engine.recordings.plan import Delivery, Part, files, manifest_path, plan
from engine.recordings.subtitles import SUBTITLES
from engine.script.project import Project
from engine.script.rows import ScriptRow
from engine.script.selection import RowState
from engine.script.store import take_key
from engine.system.atomic_files import remove_leftovers, write_atomically

_PEAK = -0.3  # dBFS where nothing else is asked for
_HEADROOM = 0.5  # dB that resampling and lossy formats may add to a peak

States = Sequence[RowState] | Mapping[int, RowState]  # by a row's place in the script


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """One recording that is there. reused: it was there before. loudness: LUFS. peak: dBFS.
    notes: sentences on what a shop would not accept. places: start and end in seconds of each of
    its rows that has a sound."""

    path: Path
    seconds: float
    loudness: float
    peak: float
    reused: bool = False
    notes: tuple[str, ...] = ()
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class Deliverer:
    """Writes the recordings of one project. Its methods may run beside a rendering, on one thread.

    Reading and encoding take about a hundredth of the time of the sound.
    """

    def __init__(self, project: Project, delivery: Delivery) -> None:
        """Raises UserError, before any work, for names that cannot be."""
        self.project, self.delivery = project, delivery
        self.script = project.script
        self.parts = plan(self.script, delivery, project.voice_of)
        self.part_of = {row: part for part in self.parts for row in part.rows}
        self._paths = {part.path: inside(delivery.out, part.path) for part in self.parts}
        inside(delivery.out, manifest_path(self.script))
        self._target = None if delivery.loudness is None else TARGETS[delivery.loudness]
        self._ledger_path = project.folder / "delivered.jsonl"
        self._ledger = _read_ledger(self._ledger_path)

    def write(self, part: Part, states: States, tick: Tick = lambda: None) -> Recording | None:
        """Write one recording, whole or not at all, unless it is there. Rows without a take are
        left out; None where no row has one. Raises UserError: a full disk, a damaged take."""
        if all(states[index].key is None for index in part.rows):
            return None
        path = self._paths[part.path]
        digest = self._digest(part, states)
        known = self._ledger.get(str(path.absolute()))
        if known is not None and known["digest"] == digest and _stamp(path) == known["stamp"]:
            return _recording(path, known, reused=True)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make {path.parent}: {error.strerror or error}") from error
        known = self._encode(part, states, path, tick)
        known |= {"digest": digest, "stamp": _stamp(path)}
        self._ledger[str(path.absolute())] = known
        self._note({"path": str(path.absolute()), **known})
        return _recording(path, known, reused=False)

    def write_all(self, states: Sequence[RowState], tick: Tick = lambda: None) -> list[Recording]:
        """Write every recording that is not there, then subtitles and the manifest."""
        self._tidy()
        recordings = {part.path: self.write(part, states, tick) for part in self.parts}
        self._write_lists(recordings, states)
        return [recording for recording in recordings.values() if recording is not None]

    def _tidy(self) -> None:
        """Remove what a killed run left half written."""
        folders: dict[PurePosixPath, set[str]] = {}
        for path in files(self.script, self.delivery, self.parts).values():
            folders.setdefault(path.parent, set()).add(path.name)
        for folder, names in folders.items():
            remove_leftovers(self.delivery.out / folder, names)

    # ── one recording ─────────────────────────────────────────────────────────────────────────

    def _encode(self, part: Part, states: States, path: Path, tick: Tick) -> dict[str, Any]:
        delivery, target = self.delivery, self._target
        spoken = [index for index in part.rows if states[index].key is not None]
        sample_rate = self.project.store.audio(str(states[spoken[0]].key))[1]
        peak = _PEAK if target is None else target.peak
        changed = fitting_rate(delivery.format, delivery.rate or sample_rate) != sample_rate
        if changed or not FORMATS[delivery.format].bits:
            peak -= _HEADROOM
        mix = Mix(
            self.project.store,
            [self.script.rows[index] for index in spoken],
            [states[index] for index in spoken],
            sample_rate,
            gaps=delivery.gaps,
            lufs=None if target is None else target.lufs,
            peak=peak,
            tick=tick,
        )
        mix.fit()
        meter = Loudness(sample_rate)
        placed: list[Placed] = []
        writer = Writer(
            path,
            sample_rate,
            format=delivery.format,
            tags=self._tags(part),
            rate=delivery.rate,
            channels=delivery.channels,
            bitrate=delivery.bitrate,
        )
        chapters = self._chapter_marks(spoken)
        with writer:
            marked = 0
            for block in mix.blocks(placed):
                for place in range(marked, len(placed)):
                    if place in chapters:
                        writer.chapter(chapters[place])
                marked = len(placed)
                writer.write(block)
                meter.push(block)
        places = {
            self.script.rows[index].id: (place.start / sample_rate, place.end / sample_rate)
            for index, place in zip(spoken, placed, strict=True)
        }
        return {
            "seconds": writer.seconds,
            "loudness": meter.integrated(),
            "peak": decibels(meter.peak),
            "notes": self._notes(meter),
            "places": places,
        }

    def _chapter_marks(self, spoken: Sequence[int]) -> dict[int, str]:
        """Place among the spoken rows → title of the chapter that begins there."""
        marks: dict[int, str] = {}
        before = None
        for place, index in enumerate(spoken):
            chapter = self.script.rows[index].chapter
            if chapter != before:
                marks[place] = self.script.chapters[chapter] or (
                    self.script.title if chapter == 0 else f"Chapter {chapter}"
                )
            before = chapter
        return marks

    def _tags(self, part: Part) -> dict[str, str]:
        tags = {"title": part.title, **self.delivery.tags}
        if self.delivery.per != "file":
            tags.setdefault("album", self.script.title)
            tags.setdefault("track", str(self.parts.index(part) + 1))
        return tags

    def _notes(self, meter: Loudness) -> list[str]:
        target = self._target
        notes: list[str] = []
        if target is None or meter.integrated() == SILENCE:
            return notes
        if abs(meter.integrated() - target.lufs) > 0.5:
            notes.append(
                f"its loudness is {meter.integrated():.1f} LUFS and not {target.lufs:.0f}: its "
                "loud and quiet parts are too far apart"
            )
        if target.rms is not None and not target.rms[0] <= meter.rms() <= target.rms[1]:
            low, high = target.rms
            notes.append(f"its level is {meter.rms():.1f} dB, where shops ask for {low} to {high}")
        if target.floor is not None and meter.floor() > target.floor:
            notes.append(
                f"its background noise is at {meter.floor():.0f} dB, where shops ask for "
                f"{target.floor:.0f} or less: try another voice"
            )
        return notes

    # ── what is where ─────────────────────────────────────────────────────────────────────────

    def _digest(self, part: Part, states: States) -> str:
        delivery = dataclasses.asdict(self.delivery)
        for name in ("out", "subtitles", "manifest", "name"):
            del delivery[name]
        rows = [self.script.rows[index] for index in part.rows]
        return take_key(
            {
                "delivery": {**delivery, "tags": dict(self.delivery.tags)},
                "takes": [states[index].key for index in part.rows],
                "gaps": [
                    (row.pause, row.text[-9:], row.speaker, row.chapter, row.heading)
                    for row in rows
                ],
                "marks": self._chapter_marks(part.rows),
                "tags": self._tags(part),
                "encoders": [version("av"), version("soundfile")],
                "version": 1,
            }
        )

    def _note(self, known: dict[str, Any]) -> None:
        try:
            with self._ledger_path.open("ab") as file:
                # A crash may have left half a line.
                file.write(b"\n" + json.dumps(known, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UserError(
                f"cannot write {self._ledger_path}: {reason}; free some space"
            ) from error

    def _write_lists(
        self, recordings: Mapping[PurePosixPath, Recording | None], states: Sequence[RowState]
    ) -> None:
        delivery, rows = self.delivery, self.script.rows
        entries: list[dict[str, Any]] = []
        for part in self.parts:
            recording = recordings[part.path]
            cues = []
            for index in part.rows:
                row, state = rows[index], states[index]
                place = None if recording is None else recording.places.get(row.id)
                if place is not None:
                    cues.append(row.replace(start=place[0], end=place[1]))
                entries.append(self._entry(row, state, part, place))
            if recording is None:
                continue
            for kind in delivery.subtitles:
                text = SUBTITLES[kind](cues)
                _write_changed(recording.path.with_suffix(f".{kind}"), text.encode())
        if delivery.manifest:
            manifest = {
                "script": self.script.title,
                "recipe": dataclasses.asdict(self.project.recipe),
                "maker": dataclasses.asdict(self.project.maker) if self.project.maker else None,
                "files": [
                    {
                        "file": str(path),
                        "seconds": recording.seconds,
                        "loudness": recording.loudness,
                        "peak": recording.peak,
                        "notes": recording.notes,
                    }
                    for path, recording in recordings.items()
                    if recording is not None
                ],
                "rows": entries,
            }
            data = json.dumps(manifest, ensure_ascii=False, indent=1, default=str).encode() + b"\n"
            _write_changed(inside(delivery.out, manifest_path(self.script)), data)

    def _entry(
        self, row: ScriptRow, state: RowState, part: Part, place: tuple[float, float] | None
    ) -> dict[str, Any]:
        return {
            "row": row.id,
            "text": row.text,
            "speaker": row.speaker,
            "voice": self.project.voice_of(row),
            "direction": row.direction,
            "seed": self.project.recipe.seed,
            "take": state.take,
            "hash": state.key,
            "status": state.status,
            "verdict": str(state.verdict),
            "start": None if place is None else place[0],
            "end": None if place is None else place[1],
            "file": str(part.path) if place is not None else None,
        }


def _stamp(path: Path) -> list[int]:
    """Size and time of a file; [] for none."""
    try:
        stat = path.stat()
        return [stat.st_size, stat.st_mtime_ns]
    except OSError:
        return []


def _read_ledger(path: Path) -> dict[str, dict[str, Any]]:
    """Path of a recording → what was noted of it last. What is damaged counts as not written."""
    needed = {"path", "digest", "stamp", "seconds", "loudness", "peak", "notes", "places"}
    ledger: dict[str, dict[str, Any]] = {}
    lines = path.read_bytes().splitlines() if path.exists() else []
    for line in lines:
        with suppress(ValueError, AttributeError):
            known = json.loads(line)
            if needed <= known.keys():
                ledger[str(known.pop("path"))] = known
    return ledger


def _recording(path: Path, known: Mapping[str, Any], *, reused: bool) -> Recording:
    return Recording(
        path=path,
        seconds=known["seconds"],
        loudness=known["loudness"],
        peak=known["peak"],
        notes=tuple(known["notes"]),
        places={row: (start, end) for row, (start, end) in known["places"].items()},
        reused=reused,
    )


def _write_changed(path: Path, data: bytes) -> None:
    """Write, but leave a file alone that holds just that."""
    try:
        if path.read_bytes() == data:
            return
    except OSError:
        pass
    write_atomically(path, data)
