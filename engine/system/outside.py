"""Files that a stranger may have made: opened in one way, which waits for nobody and reads no more
than a limit. (Files within a project: inner_files.)

The sentences name the file, what was found and the limit. OSError passes as the system raises it:
who reads the file knows what its absence means.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from engine.errors import UserError

JSON_BYTES = 32 * 2**20  # of a JSON file; the longest lists of tensors have some megabytes
VOICE_BYTES = 64 * 2**20  # of a voice file; a voice of ten seconds has 30 kB
TOKENIZER_BYTES = 128 * 2**20  # the largest vocabularies have some 30 MB
TEXT_BYTES = 16 * 2**20  # of prompts, replacements and templates

# A named pipe opens at once, and is then seen to be one.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Unfit(UserError):
    """What was named is no plain file, or larger than anything of its kind."""


@contextmanager
def open_outside(path: Path, most: int | None = None) -> Iterator[BufferedReader]:
    """A plain file, open for reading; links to one are followed. most: bytes that it may have.

    Raises Unfit, IsADirectoryError for a folder, and OSError as the system does.
    """
    try:
        status = path.stat()
    except ValueError as error:  # a zero byte or half a character, which no name has
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from error
    _look(path, status, most)  # before it is opened: a device may act on that
    handle = os.open(path, _FLAGS)
    with os.fdopen(handle, "rb") as file:
        _look(path, os.fstat(handle), most)
        yield file


def read_outside(path: Path, most: int) -> bytes:
    """The content of a plain file of at most so many bytes. Raises as open_outside does."""
    with open_outside(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:  # it grows while it is read
        raise _too_large(path, len(data), most)
    return data


def look_outside(path: Path, most: int | None = None) -> int:
    """The bytes of a plain file that a library opens by its name. Raises as open_outside does."""
    with open_outside(path, most) as file:
        return os.fstat(file.fileno()).st_size


def _look(path: Path, status: os.stat_result, most: int | None) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for is_one, name in _KINDS if is_one(status.st_mode)), "no file")
        raise Unfit(f"{path} is {kind}: only plain files are read")
    if most is not None and status.st_size > most:
        raise _too_large(path, status.st_size, most)


def _too_large(path: Path, size: int, most: int) -> Unfit:
    return Unfit(
        f"{path} has {_in_words(size)}, and files of its kind have at most {_in_words(most)}: "
        "it is not read"
    )


def _in_words(size: int) -> str:
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"
