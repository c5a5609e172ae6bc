"""What a project has written: its `delivered.jsonl`, a file a line, by name and content.

A name is relative to the output folder, so that a folder that was copied is still known. Who wrote
a file is told by its SHA-256; size and time only save hashing it again. A line is on the disk
before its file takes its name: a run that is killed leaves no file of ours unknown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import UserError, reason_of
from engine.recordings.ownership import ending
from engine.system.inner_files import append_inner, read_inner
from engine.system.outside import Unfit, open_outside
from engine.system.untrusted_json import parse_object

NAME = "delivered.jsonl"
_NUMBERED = re.compile(r"(.+) \((\d{1,6})\)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ABOUT = {"digest", "seconds", "loudness", "peak", "notes", "places"}  # of a recording


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A file as it was written. name: relative to the output folder; of version 0.1.0, which noted
    no sha256 (""), an absolute path. stamp: size in bytes, time in ns, or None where that was not
    noted: any number is a time that a file may have. about: digest, seconds, loudness, peak, notes
    and places of a recording, {} of other files."""

    name: PurePosixPath
    sha256: str
    stamp: tuple[int, int | None]
    about: Mapping[str, Any] = field(default_factory=dict)

    def is_named(self, name: PurePosixPath) -> bool:
        """Whether the line is about a file of this name."""
        if self.sha256:
            return self.name == name
        return self.name.parts[-len(name.parts) :] == name.parts  # wherever the folder lies now


class Ledger:
    """The lines of a project. Used by one thread at a time."""

    def __init__(self, project: Path, *, keeps: bool = True) -> None:
        """project: its folder, which need not be there. What is damaged counts as not written.
        keeps: what is noted is written down; else it is known here alone, as of a project that
        somebody else is writing."""
        self._project, self._keeps = project, keeps
        self.source = ""  # the text that the project was made from, where that was noted
        self._adopted: list[Noted] = []
        self._lines: dict[str, list[Noted]] = {}  # by the last part of the name, oldest first
        with suppress(OSError, ValueError):
            for line in read_inner(project, NAME).splitlines():
                with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
                    self._read(parse_object(line))

    def _read(self, line: dict[str, Any]) -> None:
        about = {key: line[key] for key in _ABOUT if key in line}
        if about and about.keys() != _ABOUT:
            return
        if "source" in line:
            self.source = str(line["source"])
        elif "file" in line:
            if not _SHA256.fullmatch(line["sha256"]):
                return
            stamp = (int(line["size"]), int(line["mtime"]) if "mtime" in line else None)
            self._know(PurePosixPath(line["file"]), line["sha256"], stamp, about)
        elif about:  # of 0.1.0
            size, time = line["stamp"]
            path = PurePosixPath(str(line["path"]).replace("\\", "/"))
            self._know(path, "", (int(size), int(time)), about)

    def _know(
        self,
        name: PurePosixPath,
        sha256: str,
        stamp: tuple[int, int | None],
        about: Mapping[str, Any],
    ) -> Noted:
        noted = Noted(name=name, sha256=sha256, stamp=stamp, about=about)
        self._lines.setdefault(name.name, []).append(noted)
        return noted

    # ── whose is it? ──────────────────────────────────────────────────────────────────────────

    def noted(self, name: PurePosixPath) -> Iterator[Noted]:
        """What was noted of a name, the newest first: one name may lie in several folders."""
        for line in reversed(self._lines.get(name.name, [])):
            if line.is_named(name):
                yield line

    def find(self, name: PurePosixPath, path: Path) -> Noted | None:
        """The line of the file that lies at path: by size and time, or by its content."""
        stamp = stamp_of(path)
        if stamp is None:
            return None
        for line in self.noted(name):
            if line.stamp == stamp:
                return line
        return self._by_content(name, path, stamp[0])

    def owns(self, name: PurePosixPath, path: Path) -> bool:
        """Whether this project wrote the file at path and it is unchanged since. Reads it whole;
        only for a line of 0.1.0 size and time have to do."""
        stamp = stamp_of(path)
        if stamp is None:
            return False
        if self._by_content(name, path, stamp[0]) is not None:
            return True
        return any(not line.sha256 and line.stamp == stamp for line in self.noted(name))

    def _by_content(self, name: PurePosixPath, path: Path, size: int) -> Noted | None:
        lines = [line for line in self.noted(name) if line.sha256 and line.stamp[0] == size]
        if not lines:
            return None
        sha256 = hash_of(path)
        return next((line for line in lines if line.sha256 == sha256), None)

    def numbers(self) -> dict[PurePosixPath, list[int]]:
        """Name → the numbers ("a (2).wav": 2) under which it was written, the newest first."""
        found: dict[PurePosixPath, list[int]] = {}
        for lines in reversed(self._lines.values()):
            for name in {line.name: None for line in reversed(lines) if line.sha256}:
                end = ending(name)
                if match := _NUMBERED.fullmatch(name.name.removesuffix(end)):
                    plain = name.with_name(f"{match[1]}{end}")
                    found.setdefault(plain, []).append(int(match[2]))
        return found

    def adopt(self, name: PurePosixPath, data: bytes) -> None:
        """Know a file that was seen to be ours; `keep` writes it down."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._adopted.append(self._know(name, sha256, (len(data), None), {}))

    # ── writing ───────────────────────────────────────────────────────────────────────────────

    def note(self, name: PurePosixPath, file: Path, about: Mapping[str, Any]) -> Noted:
        """Note a recording: file holds what will be, or is, under that name. Raises UserError."""
        stamp = stamp_of(file)
        sha256 = hash_of(file)
        if stamp is None or not sha256:
            raise UserError(f"cannot read {file}: it has gone")
        self._append(
            {"file": str(name), "size": stamp[0], "sha256": sha256, "mtime": stamp[1], **about}
        )
        return self._know(name, sha256, stamp, about)

    def note_data(self, name: PurePosixPath, data: bytes) -> str:
        """Note a file that will hold data, unless that is noted; the SHA-256. Raises UserError."""
        sha256 = hashlib.sha256(data).hexdigest()
        if all(line.sha256 != sha256 for line in self.noted(name)):
            self._append({"file": str(name), "size": len(data), "sha256": sha256})
            self._know(name, sha256, (len(data), None), {})
        return sha256

    def keep(self, source: str) -> None:
        """Note which text the project is made from, and what was adopted. Raises UserError."""
        if source != self.source:
            self._append({"source": source})
            self.source = source
        while self._adopted:
            noted = self._adopted.pop()
            line = {"file": str(noted.name), "size": noted.stamp[0], "sha256": noted.sha256}
            self._append(line)

    def _append(self, line: dict[str, Any]) -> None:
        if not self._keeps:
            return
        # A crash may have left half a line.
        data = b"\n" + json.dumps(line, ensure_ascii=False).encode() + b"\n"
        try:
            append_inner(self._project, NAME, data, sync=True)
        except OSError as error:
            path = self._project / NAME
            raise UserError(f"cannot write {path}: {reason_of(error)}; free some space") from error


def stamp_of(path: Path) -> tuple[int, int] | None:
    """Size in bytes and time in ns of a plain file; None for none."""
    try:
        stat = path.stat()
        return (stat.st_size, stat.st_mtime_ns) if path.is_file() else None
    except OSError:
        return None


def hash_of(path: Path) -> str:
    """The SHA-256 of a file; "" where it cannot be read."""
    try:
        with open_outside(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, Unfit):
        return ""
