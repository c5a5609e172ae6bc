"""What lies beside recordings: subtitles, and the list of all rows, which names every file that was
written with its hash."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import UserError
from engine.listening.heard import Word
from engine.listening.times import word_times
from engine.recordings.claim import Targets
from engine.recordings.filenames import inside
from engine.recordings.ownership import Permission
from engine.recordings.plan import Delivery, Part
from engine.recordings.recording import Recording
from engine.recordings.subtitles import SUBTITLES
from engine.recordings.word_subtitles import WORD_SUBTITLES, SungRow
from engine.script.project import Project
from engine.script.rows import ScriptRow
from engine.script.selection import RowState
from engine.script.trims import are_kept, kept, kept_text
from engine.system.atomic_files import write_atomically
from engine.system.marks import marked
from engine.system.outside import Unfit, read_outside


class Lists:
    """Writes the lists of one project, where they are not there as they should be."""

    def __init__(
        self, project: Project, delivery: Delivery, targets: Targets, permission: Permission
    ) -> None:
        self._project, self._delivery = project, delivery
        self._targets, self._permission = targets, permission

    def write(
        self, recordings: Mapping[PurePosixPath, Recording], states: Sequence[RowState]
    ) -> None:
        """recordings: those that are there, by their names. states: of all rows. Raises UserError:
        a full disk, a file of somebody else that has come meanwhile."""
        rows = self._project.script.rows
        entries: list[dict[str, Any]] = []
        subtitles: list[dict[str, Any]] = []
        for part in self._targets.parts:
            recording = recordings.get(part.path)
            cues, sung = list[ScriptRow](), list[SungRow]()
            for index in part.rows:
                row, state = rows[index], states[index]
                place = None if recording is None else recording.places.get(row.id)
                if place is not None:
                    left = kept_text(row.text, state.trim)
                    cues.append(row.replace(text=left, start=place[0], end=place[1]))
                    sung.append(self._sung(row.text, cues[-1], state))
                entries.append(self._entry(row, state, part, place))
            if recording is not None:
                for kind in self._delivery.subtitles:
                    name = part.path.with_suffix(f".{kind}")
                    text = (
                        WORD_SUBTITLES[kind](sung)
                        if kind in WORD_SUBTITLES
                        else SUBTITLES[kind](cues)
                    )
                    sha256 = self._write(name, text.encode())
                    subtitles.append({"file": self._shown(name), "sha256": sha256})
        if self._delivery.manifest:
            self._write(self._targets.manifest, self._manifest(recordings, subtitles, entries))

    def _write(self, name: PurePosixPath, data: bytes) -> str:
        """Write a list, but leave a file alone that holds just that; its SHA-256."""
        path = inside(self._delivery.out, name)
        ledger = self._targets.ledger
        if _holds(path, data):
            return ledger.note_data(name, data)
        why = self._permission.refusal(path, ours=ledger.owns(name, path))
        if why:
            raise UserError(why)
        sha256 = ledger.note_data(name, data)
        write_atomically(path, data)
        return sha256

    def _manifest(
        self,
        recordings: Mapping[PurePosixPath, Recording],
        subtitles: list[dict[str, Any]],
        entries: list[dict[str, Any]],
    ) -> bytes:
        project = self._project
        manifest = marked(
            {
                "script": project.script.title,
                "recipe": dataclasses.asdict(project.recipe),
                "maker": project.maker.to_plain() if project.maker else None,
                "files": [
                    {
                        "file": self._shown(name),
                        "sha256": recording.sha256,
                        "seconds": recording.seconds,
                        "loudness": recording.loudness,
                        "peak": recording.peak,
                        "notes": recording.notes,
                    }
                    for name, recording in recordings.items()
                ],
                "subtitles": subtitles,
                "left_out": [dataclasses.asdict(what) for what in project.script.left_out],
                "rows": entries,
            }
        )
        return json.dumps(manifest, ensure_ascii=False, indent=1, default=str).encode() + b"\n"

    def _entry(
        self, row: ScriptRow, state: RowState, part: Part, place: tuple[float, float] | None
    ) -> dict[str, Any]:
        return {
            "row": row.id,
            "text": row.text,
            **({"spoken": said} if (said := self._said(state)) not in (None, row.text) else {}),
            "speaker": row.speaker,
            "voice": self._project.voice_of(row),
            "direction": row.direction,
            "seed": self._project.recipe.seed,
            "take": state.take,
            "hash": state.key,
            **({"trim": _plain(row, state)} if state.trim is not None else {}),
            **({"made": made} if (made := self._project.made_with(state)) else {}),
            "status": state.status,
            "verdict": str(state.verdict),
            **self._heard(state),
            "start": None if place is None else place[0],
            "end": None if place is None else place[1],
            **({"cue": [row.start, row.end]} if self._delivery.timing is not None else {}),
            "file": self._shown(part.path) if place is not None else None,
        }

    def _sung(self, text: str, row: ScriptRow, state: RowState) -> SungRow:
        """A row with the times of its words in the recording; all of it at once where it was not
        heard. text: of the whole take. row: with its place there, and what is left of its text."""
        assert row.start is not None
        assert row.end is not None
        by, measures = self._project.recipe.listen, state.measures
        hearing = self._project.hearings.of(state.key, by) if by and state.key else None
        if hearing is None or measures is None:
            return SungRow(row, (Word(row.text, row.start, row.end),))
        words = word_times(text, hearing.heard, *kept(measures))
        left = are_kept(text, (word.text for word in words), state.trim)
        begin, end = kept(measures, state.trim)
        stretch = (row.end - row.start) / max(end - begin, 0.01)
        words = tuple(word for word, is_left in zip(words, left, strict=True) if is_left)
        return SungRow(row, tuple(
            Word(word.text if number < len(words) else word.text.rstrip(),
                 *(min(max(row.start + (time - begin) * stretch, row.start), row.end)
                   for time in (word.start, word.end)))
            for number, word in enumerate(words, 1)
        ))  # fmt: skip

    def _heard(self, state: RowState) -> dict[str, Any]:
        """What was heard of a take, a word with its seconds and its probability."""
        by = self._project.recipe.listen
        hearing = self._project.hearings.of(state.key, by) if by and state.key else None
        if hearing is None:
            return {}
        sound = hearing.heard.to_plain()
        return {"heard": {"errors": hearing.outcome.errors, "text": hearing.heard.text, **sound}}

    def _said(self, state: RowState) -> str | None:
        """What a take says, as its text was spoken: figures in words."""
        return None if state.key is None else self._project.store.note(state.key).get("text")

    def _shown(self, name: PurePosixPath) -> str:
        """A name as the list has it: from where the list lies."""
        home = self._delivery.home
        return (
            os.path.relpath(str(name), str(home)).replace(os.sep, "/") if home.parts else str(name)
        )


def _plain(row: ScriptRow, state: RowState) -> dict[str, Any]:
    """What of a take is in the recording: seconds of it, and the words."""
    assert state.trim is not None
    left = kept_text(row.text, state.trim)
    return {"begin": state.trim.begin, "end": state.trim.end, "text": left}


def _holds(path: Path, data: bytes) -> bool:
    try:
        return read_outside(path, len(data)) == data
    except (OSError, Unfit):
        return False
