"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from engine.errors import UserError, reason_of
from engine.system.presence import is_folder
from engine.system.processes import is_at_work, own_mark

# Asking for it means setting it, for all threads: so it is asked once, before there are any.
_UMASK = os.umask(0o077)
os.umask(_UMASK)

Before = Callable[[Path], None]


@contextmanager
def atomic_file(
    path: Path, before: Before | None = None, *, follow: bool = True
) -> Iterator[BinaryIO]:
    """A file to write that takes its name only when the block ends well.

    Temporary file beside the target, fsync, rename; on any error the temporary file goes and an
    older file of that name stays. before: is called with the finished temporary file, before that
    takes the name; what it raises keeps the older file. follow: where a link has that name, it
    stays, and the file that it names is replaced; else nothing is written through a link (see
    inner_files). Raises UserError with a sentence when the disk refuses.
    """
    try:
        if follow:
            path = Path(os.path.realpath(path))
        if os.path.lexists(path) and not (path.is_file() and (follow or not path.is_symlink())):
            # A folder cannot be replaced, and a device such as /dev/null must not be.
            raise UserError(f"cannot write {path}: it is not a plain file; name another")
        handle, name = tempfile.mkstemp(prefix=_prefix(path), suffix=_PART, dir=path.parent)
    except OSError as error:
        raise UserError(_why(path, error)) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes private files; a result has the rights of any file the user makes.
        temporary.chmod(0o666 & ~_UMASK)
        if before is not None:
            before(temporary)
        temporary.replace(path)
    except OSError as error:
        raise UserError(_why(path, error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path, names: Collection[str] | None = None) -> None:
    """Remove what `atomic_file` left of files of these names when the process was killed; what
    another process is writing stays. names: None for all, in a folder that is ours alone."""
    with suppress(OSError):
        for left in folder.iterdir():
            name = left_of(left.name)
            if name is not None and (names is None or name in map(_short, names)):
                left.unlink(missing_ok=True)


def left_of(name: str) -> str | None:
    """Of what a half-written file or folder was to become, by its name, which is cut where it is
    long: None for anything else, and where the process that writes it is at work, or that cannot be
    known."""
    if not (name.startswith(".") and name.endswith(_PART)):
        return None
    target, dot, writer = name[1 : -len(_PART)].rpartition(".")
    mark, dash, _ = writer.rpartition("-")
    if dash and is_at_work(mark) is not False:
        return None
    return target if dot else None


def check_writable(path: Path) -> None:
    """Raise UserError now, before the work, where `atomic_file` would refuse in the end.

    Leaves nothing behind. A disk that fills up meanwhile is found when writing.
    """
    with suppress(_NotWritten), atomic_file(path):
        raise _NotWritten


class _NotWritten(Exception):
    """Ends the block of an atomic_file that was only tried."""


def write_atomically(path: Path, data: bytes) -> None:
    """Write data to path, whole or not at all. Raises UserError when the disk refuses."""
    with atomic_file(path) as file:
        file.write(data)


_PART = ".part"
_LONGEST = 150  # bytes of a name; systems take 255, and what tells writers apart comes on top


def _prefix(path: Path) -> str:
    return f".{_short(path.name)}.{own_mark()}-"


def _short(name: str) -> str:
    encoded = name.encode("utf-8", "replace")
    return name if len(encoded) <= _LONGEST else encoded[:_LONGEST].decode("utf-8", "ignore")


def _why(path: Path, error: OSError) -> str:
    if error.errno == errno.ENAMETOOLONG:
        return f"cannot write {path.name[:40]}…: its name is too long; give it a shorter one"
    if not is_folder(path.parent):
        return f"cannot write {path}: there is no folder {path.parent}; make it first"
    return f"cannot write {path}: {reason_of(error)}; free some space or choose another place"


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """A new folder that takes its name only when the block ends well.

    Raises UserError when there is something under that name already, or the disk refuses.
    """
    folder = Path(folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(f"{folder} exists already: remove it or name a new folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=_prefix(folder), suffix=_PART, dir=folder.parent))
    except OSError as error:
        raise UserError(_why(folder, error)) from error
    try:
        yield new
        new.chmod(0o777 & ~_UMASK)
        if folder.exists():
            folder.rmdir()
        new.replace(folder)
    except OSError as error:
        raise UserError(_why(folder, error)) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
