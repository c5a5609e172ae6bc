"""Files inside a folder that may come from a stranger: a project is data, and only that.

No link in it is followed, whatever it names, and no name in it leads out. The folder itself may be
reached through links: the user has named it. Names are relative, with slashes: "takes/1f/x.npz".
Every function raises Linked where a link lies on the way, and OSError as the system does.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from engine.errors import UserError, reason_of
from engine.system.atomic_files import atomic_file, left_of, write_atomically

# On Windows neither is there: links there need rights of their own, and lstat has looked.
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a named pipe would keep us for ever
_NOT_IN_A_NAME = set("\0\\:") if os.name == "nt" else set("\0")
_COPY = ".damaged"  # ending of what was set aside


class Linked(UserError):
    """There is a link where a file or folder belongs."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a link: a project holds none; replace it by what it names")


def inner_path(folder: Path, name: str) -> Path:
    """Where a name lies, which need not exist. Raises ValueError for one that leads out."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or set(part) & _NOT_IN_A_NAME for part in parts):
        raise ValueError(f"{name!r} is no name inside a folder")
    path = folder
    for part in parts:
        path = path / part
        with suppress(FileNotFoundError):
            if _is_link(path.lstat()):
                raise Linked(path)
    return path


def _is_link(status: os.stat_result) -> bool:
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)  # a link of Windows' for folders
    return stat.S_ISLNK(status.st_mode) or (
        junction is not None and getattr(status, "st_reparse_tag", 0) == junction
    )


@contextmanager
def _opened(folder: Path, name: str, flags: int, mode: str) -> Iterator[IO[bytes]]:
    path = inner_path(folder, name)
    try:
        handle = os.open(path, flags | _NO_LINK | _NO_WAIT, 0o666)
    except OSError as error:
        if error.errno == errno.ELOOP:  # it has become one meanwhile
            raise Linked(path) from error
        raise
    with os.fdopen(handle, mode) as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is not a plain file", str(path))
        yield file


def read_inner(folder: Path, name: str, most: int = 2**30) -> bytes:
    """A file's content. Raises ValueError where it has more than so many bytes."""
    with _opened(folder, name, os.O_RDONLY, "rb") as file:
        data: bytes = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"{name} is larger than {most} bytes")
    return data


def is_inner_file(folder: Path, name: str) -> bool:
    """Whether a plain file has this name; False also for a link, and where the disk refuses."""
    try:
        return stat.S_ISREG(inner_path(folder, name).lstat().st_mode)
    except (OSError, ValueError, Linked):
        return False


def append_inner(folder: Path, name: str, data: bytes, *, sync: bool = False) -> None:
    """Put data at the end of a file, which is made where there is none. sync: it is on the disk
    when this returns, whatever happens to the machine then."""
    with _opened(folder, name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, "ab") as file:
        shared = os.fstat(file.fileno()).st_nlink > 1
        if not shared:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
    if shared:  # a second name of another file, of a backup say: that one stays as it is
        write_inner(folder, name, read_inner(folder, name) + data)


@contextmanager
def inner_file(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A file to write that takes its name only when the block ends well; folders on the way are
    made. Raises UserError where the disk refuses."""
    try:
        path = inner_path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write {folder / name}: {reason_of(error)}") from error
    with atomic_file(path, follow=False) as file:
        yield file


def write_inner(folder: Path, name: str, data: bytes) -> None:
    """Write a file, whole or not at all. Raises UserError where the disk refuses."""
    with inner_file(folder, name) as file:
        file.write(data)


def inner_entries(folder: Path, name: str = "") -> list[os.DirEntry[str]]:
    """What lies in a folder, links among it: look at each with follow_symlinks=False. [] where
    there is no such folder."""
    try:
        with os.scandir(inner_path(folder, name) if name else folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def walk_inner(folder: Path, name: str = "") -> Iterator[str]:
    """The names of all files below a folder; links and what they name are left out."""
    for entry in inner_entries(folder, name):
        inner = f"{name}/{entry.name}" if name else entry.name
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode) and not _is_link(status):
            yield from walk_inner(folder, inner)
        elif stat.S_ISREG(status.st_mode):
            yield inner


def links_inside(folder: Path, name: str = "") -> Iterator[Path]:
    """Every link below a folder."""
    for entry in inner_entries(folder, name):
        inner = f"{name}/{entry.name}" if name else entry.name
        status = entry.stat(follow_symlinks=False)
        if _is_link(status):
            yield folder / inner
        elif stat.S_ISDIR(status.st_mode):
            yield from links_inside(folder, inner)


def remove_inner(folder: Path, name: str) -> None:
    """Delete a file, if it is there."""
    inner_path(folder, name).unlink(missing_ok=True)


def remove_inner_leftovers(folder: Path) -> None:
    """Remove what a killed process left half written anywhere below a folder."""
    with suppress(OSError):
        for name in list(walk_inner(folder)):
            if left_of(name.rpartition("/")[2]) is not None:
                with suppress(OSError, UserError):
                    remove_inner(folder, name)


def write_own(path: Path, data: bytes, *, known: bool) -> None:
    """Write a file that the program keeps for itself, whole or not at all. known: whether it could
    be read as ours; a link that leads to anything else, or nowhere, is set aside, and what it names
    stays as it is. Raises UserError or OSError when the disk refuses."""
    if not known and path.is_symlink():
        set_aside(path)
    write_atomically(path, data)


def set_aside(path: Path) -> Path:
    """Give a file that cannot be read another name beside its own, which no file has yet: nothing
    is lost. Returns the new path."""
    number = 1
    while True:
        new = path.with_name(f"{path.name}{_COPY}{'' if number == 1 else f'-{number}'}")
        if not os.path.lexists(new):
            path.rename(new)
            return new
        number += 1
