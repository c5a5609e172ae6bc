"""Which files a conversion takes: those named, all texts of a folder, what comes into one.

Standard library only at import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from engine.conversion.pipeline import PROJECT
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.conversion.pipeline import Work

_POLL = 1.0  # seconds between two looks at a watched folder


def find(inputs: Sequence[Path], out: Path) -> list[Path]:
    """The files that inputs name, folders with all that lies in them but our own results.

    Raises UserError for a name that is neither, and where nothing is found.
    """
    from engine.documents.read import SUFFIXES

    found: dict[Path, None] = {}
    for path in inputs:
        if not path.is_dir():
            found[path] = None
            continue
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path).parts
            hidden = any(part.startswith(".") or part.endswith(PROJECT) for part in inside)
            ours = out.resolve() != path.resolve() and file.resolve().is_relative_to(out.resolve())
            written = file.suffix.lower() in (".srt", ".vtt") and file.with_suffix(".json").exists()
            if file.suffix.lower() in SUFFIXES and not (hidden or ours or written):
                found[file] = None
    if not found:
        raise UserError(f"{inputs[0]} holds no text to convert: {', '.join(SUFFIXES)} are read")
    return list(found)


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
        with suppress(UserError):  # nothing is there
            for path in find([folder], out):
                with suppress(OSError):  # it has gone again
                    stat = path.stat()
                    now[path] = (stat.st_size, stat.st_mtime_ns)
        for path, stamp in now.items():
            if seen.get(path) == stamp and done.get(path) != stamp:
                done[path] = stamp
                try:
                    work.convert([path])
                except UserError as error:
                    work.failed = True
                    say(str(error))
        seen = now
        if work.stopped.wait(_POLL):
            return
