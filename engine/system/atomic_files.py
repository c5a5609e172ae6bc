"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from engine.errors import UserError


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes its name only when the block ends well.

    Temporary file beside the target, fsync, rename; on any error the temporary file goes and an
    older file of that name stays. Raises UserError with a sentence when the disk refuses.
    """
    path = Path(os.path.realpath(path))  # a link stays a link; the file that it names is replaced
    if path.exists() and not path.is_file():
        # A folder cannot be replaced, and a device such as /dev/null must not be.
        raise UserError(f"cannot write {path}: it is not a plain file; name another")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise UserError(_why(path, error)) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes private files; a result has the rights of any file the user makes.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except OSError as error:
        raise UserError(_why(path, error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path, names: Collection[str]) -> None:
    """Remove what `atomic_file` left of files of these names when the process was killed."""
    with suppress(OSError):
        for left in folder.iterdir():
            wanted = left.name[1:].rpartition(".")[0].rpartition(".")[0]
            if left.name.startswith(".") and left.suffix == ".part" and wanted in names:
                left.unlink(missing_ok=True)


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


def _why(path: Path, error: OSError) -> str:
    if not path.parent.is_dir():
        return f"cannot write {path}: there is no folder {path.parent}; make it first"
    reason = (error.strerror or str(error)).lower()
    return f"cannot write {path}: {reason}; free some space or choose another place"


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """A new folder that takes its name only when the block ends well.

    Raises UserError when there is something under that name already, or the disk refuses.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} exists already: remove it or name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    except OSError as error:
        raise UserError(_why(folder, error)) from error
    try:
        yield new
        new.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        new.replace(folder)
    except OSError as error:
        raise UserError(_why(folder, error)) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
