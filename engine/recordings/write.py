"""Takes → recordings: encoding, and whether a recording is there already.

A file that was written before, from the same takes in the same way, is not written again; one that
is not ours is not replaced unless that is allowed.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from engine.audio.formats import FORMATS
from engine.audio.join import Placed
from engine.audio.loudness import SILENCE, Loudness, decibels
from engine.audio.targets import TARGETS
from engine.audio.true_peak import TruePeak
from engine.audio.writer import Writer
from engine.errors import UserError, reason_of
from engine.recordings import timed
from engine.recordings.claim import Targets, claim
from engine.recordings.filenames import inside
from engine.recordings.ledger import Ledger, Noted, stamp_of
from engine.recordings.lists import Lists
from engine.recordings.mix import Mix, Tick
from engine.recordings.ownership import Permission
from engine.recordings.plan import Delivery, Part, subtitles_of
from engine.recordings.recording import Recording, recording_of
from engine.script.project import Project
from engine.script.selection import RowState
from engine.script.store import take_key
from engine.system.atomic_files import remove_leftovers

_PEAK = -0.3  # dBTP where nothing else is asked for
_NAMED = 8  # rows that a sentence names
_HEADROOM = 1.0  # dB that lossy formats add to a peak: AAC at 64 kbit/s 0.7 in a book of 42 minutes

States = Sequence[RowState] | Mapping[int, RowState]  # by a row's place in the script


class Deliverer:
    """Writes the recordings of one project. Its methods may run beside a rendering, on one thread.

    Reading and encoding take about a hundredth of the time of the sound.
    """

    def __init__(
        self,
        project: Project,
        delivery: Delivery,
        permission: Permission | None = None,
        targets: Targets | None = None,
    ) -> None:
        """permission: what may be replaced; None is nothing that is not ours. targets: where
        everything goes, as `claim` said; None asks it now.

        Raises UserError, before any work, for names that cannot be, and for files that are not
        ours.
        """
        self.project, self.delivery = project, delivery
        self.script = project.script
        self._permission = permission or Permission()
        if targets is None:
            ledger = Ledger(project.folder, keeps=not project.read_only)
            targets = claim(self.script, delivery, ledger, project.voice_of, self._permission)
        self.parts, self._ledger, self._manifest = targets.parts, targets.ledger, targets.manifest
        self.part_of = {row: part for part in self.parts for row in part.rows}
        self._paths = {part.path: inside(delivery.out, part.path) for part in self.parts}
        self._lists = Lists(project, delivery, targets, self._permission)
        self._target = None if delivery.loudness is None else TARGETS[delivery.loudness]
        self._cover = project.cover if FORMATS[delivery.format].covers else b""

    def write(self, part: Part, states: States, tick: Tick = lambda: None) -> Recording | None:
        """Write one recording, whole or not at all, unless it is there. Rows without a take are
        left out; None where no row has one. Raises UserError: a full disk, a damaged take, a file
        of somebody else that has come meanwhile."""
        if all(states[index].key is None for index in part.rows):
            return None
        path = self._paths[part.path]
        digest = self._digest(part, states)
        known = self._ledger.find(part.path, path)
        if known is not None and known.about.get("digest") == digest:
            if not known.sha256 or known.stamp != stamp_of(path):  # of 0.1.0, or a copy
                known = self._ledger.note(part.path, path, known.about)
            return recording_of(path, known, reused=True)
        why = self._permission.refusal(path, ours=self._ledger.owns(part.path, path))
        if why:
            raise UserError(why)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make {path.parent}: {reason_of(error)}") from error
        return recording_of(path, self._encode(part, states, path, digest, tick), reused=False)

    def write_all(self, states: Sequence[RowState], tick: Tick = lambda: None) -> list[Recording]:
        """Write every recording that is not there, then subtitles and the manifest."""
        self._tidy()
        recordings = {part.path: self.write(part, states, tick) for part in self.parts}
        there = {name: found for name, found in recordings.items() if found is not None}
        self._lists.write(there, states)
        return list(there.values())

    def _tidy(self) -> None:
        """Remove what a killed run left half written."""
        folders: dict[PurePosixPath, set[str]] = {}
        lists = [name for part in self.parts for name in subtitles_of(part.path, self.delivery)]
        for path in (*(part.path for part in self.parts), *lists, self._manifest):
            folders.setdefault(path.parent, set()).add(path.name)
        for folder, names in folders.items():
            remove_leftovers(self.delivery.out / folder, names)

    # ── one recording ─────────────────────────────────────────────────────────────────────────

    def _encode(self, part: Part, states: States, path: Path, digest: str, tick: Tick) -> Noted:
        delivery, target = self.delivery, self._target
        spoken = [index for index in part.rows if states[index].key is not None]
        sample_rate = self.project.store.audio(str(states[spoken[0]].key))[1]
        peak = _PEAK if target is None else target.peak
        if not FORMATS[delivery.format].bits:
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
            channels=delivery.channels,
            timing=self._timing(part),
        )
        mix.fit()
        meter, peak_meter = Loudness(sample_rate, delivery.channels), TruePeak()
        placed: list[Placed] = []
        about: dict[str, Any] = {"digest": digest}
        noted: list[Noted] = []
        writer = Writer(
            path,
            sample_rate,
            format=delivery.format,
            tags=self._tags(part),
            cover=self._cover,
            rate=delivery.rate,
            channels=delivery.channels,
            bitrate=delivery.bitrate,
            before=lambda file: noted.append(self._ledger.note(part.path, file, about)),
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
                peak_meter.push(block)
            about |= {
                "seconds": writer.seconds,
                "loudness": meter.integrated(),
                "peak": decibels(peak_meter.value),
                "notes": [
                    *self._notes(meter),
                    *_of_rate(writer, delivery.rate),
                    *self._overruns(mix, writer.seconds),
                    *self._untrimmed(spoken, states),
                ],
                "places": {
                    self.script.rows[index].id: (place.start / sample_rate, place.end / sample_rate)
                    for index, place in zip(spoken, placed, strict=True)
                },
            }
        return noted[0]

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
        if self.script.author:
            tags.setdefault("artist", self.script.author)
        if self.delivery.per != "file":
            tags.setdefault("album", self.script.title)
            tags.setdefault("track", str(self.parts.index(part) + 1))
        return tags

    def _timing(self, part: Part) -> timed.Timing | None:
        """Of one recording: without a length it ends with the last cue, spoken or not."""
        timing = self.delivery.timing
        if timing is None or timing.length is not None:
            return timing
        ends = [self.script.rows[index].end or 0.0 for index in part.rows]
        return dataclasses.replace(timing, length=max(ends))

    def _overruns(self, mix: Mix, seconds: float) -> list[str]:
        timing = self.delivery.timing
        if timing is None:
            return []
        notes = timed.overruns(mix.fitted, mix.rows)
        if timing.length is not None and seconds > timing.length + timed.CLOSE:
            notes.append(
                f"it is {seconds - timing.length:.1f} s longer than the {timing.length:g} s that "
                "were asked for"
            )
        return notes

    def _untrimmed(self, spoken: Sequence[int], states: States) -> list[str]:
        """A sentence on rows whose trim says nothing, for it is of another take."""
        rows = self._of_other_takes(spoken, states)
        if not rows:
            return []
        named = ", ".join([*rows[:_NAMED], *(["…"] if len(rows) > _NAMED else [])])
        return [f"another take was trimmed of rows that are whole now: {named}"]

    def _of_other_takes(self, indices: Sequence[int], states: States) -> list[str]:
        """The rows of whose takes another one was trimmed."""
        rows = (self.script.rows[i].id for i in indices if states[i].key and not states[i].trim)
        return [row for row in rows if self.project.choice(row).trim is not None]

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
        for name in ("out", "subtitles", "manifest", "name", "home", "folder"):
            del delivery[name]
        times = {}
        if self.delivery.timing is None:
            del delivery["timing"]  # what was written before there was any is not written again
        else:
            times = {"times": [(self.script.rows[i].start, self.script.rows[i].end)
                               for i in part.rows]}  # fmt: skip
        trims = enumerate(states[i].trim for i in part.rows)
        cuts = [(place, cut.begin, cut.end) for place, cut in trims if cut is not None]
        others = self._of_other_takes(part.rows, states)  # of which a note tells
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
                **times,
                **({"trims": [cuts, others]} if cuts or others else {}),
                **({"cover": hashlib.sha256(self._cover).hexdigest()} if self._cover else {}),
                "encoders": [version("av"), version("soundfile")],
                "version": self.delivery.channels,  # 0.1.0 wrote two channels 3 LU too loud
            }
        )


def _of_rate(writer: Writer, asked: int | None) -> list[str]:
    """A sentence where a format cannot hold the rate of the model."""
    if asked is not None or writer.rate == writer.sample_rate:
        return []
    return [
        f"it has {writer.rate} Hz: {writer.format} cannot hold the model's {writer.sample_rate} Hz"
    ]
