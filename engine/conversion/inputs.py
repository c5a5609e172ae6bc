"""Which files a conversion takes: those named, all texts of a folder, what comes into one.

Standard library only at import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from engine.conversion.owners import PROJECT
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.conversion.pipeline import Work

_POLL = 1.0  # seconds between two looks at a watched folder


def find(inputs: Sequence[Path], out: Path) -> dict[Path, PurePosixPath]:
    """The files that inputs name, folders with all that lies in them but our own results, and the
    sub-folder of its input that each lies in.

    Raises UserError for a name that is neither, and where nothing is found.
    """
    from engine.documents.read import SUFFIXES
    from engine.recordings.results import subtitles_in

    found: dict[Path, PurePosixPath] = {}
    for path in inputs:
        if not path.is_dir():
            found[path] = PurePosixPath()
            continue
        written = subtitles_in(path)
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            hidden = any(part.startswith(".") or part.endswith(PROJECT) for part in inside.parts)
            ours = out.resolve() != path.resolve() and file.resolve().is_relative_to(out.resolve())
            if file.suffix.lower() in SUFFIXES and not (hidden or ours or written(file)):
                found[file] = PurePosixPath(inside.parent.as_posix())
    if not found:
        raise UserError(f"{inputs[0]} holds no text to convert: {', '.join(SUFFIXES)} are read")
    return found


def watch(folder: Path, out: Path, work: Work, say: Callable[[str], None]) -> None:
    """Convert what is in a folder and what comes, until `work` is stopped.

    A file is taken when it has not changed between two looks. What cannot be read is said once, to
    `say`.
    """
    seen: dict[Path, tuple[int, int]] = {}
    done: dict[Path, tuple[int, int]] = {}
    say(f"watching {folder}; Ctrl-C ends it")
    while True:
        now: dict[Path, tuple[int, int]] = {}
        found: dict[Path, PurePosixPath] = {}
        with suppress(UserError):  # nothing is there
            found = find([folder], out)
            for path in found:
                with suppress(OSError):  # it has gone again
                    stat = path.stat()
                    now[path] = (stat.st_size, stat.st_mtime_ns)
        for path, stamp in now.items():
            if seen.get(path) == stamp and done.get(path) != stamp:
                done[path] = stamp
                try:
                    work.convert({path: found[path]})
                except UserError as error:
                    work.failed = True
                    say(str(error))
        seen = now
        if work.stopped.wait(_POLL):
            return
