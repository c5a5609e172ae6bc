"""Compiled code on the disk: kept where nobody but this user can write, and checked before it runs.

Who can write what a program loads can do what the program can. So the folder, all folders above it
and every link on the way belong to this user or to the administrator, and nobody else may write in
them. A folder such as /tmp, where all may write but each removes only what is their own, is safe
above a folder of ours.

On Windows rights are no matter of owner and mode: there the folder must lie in the user's own
profile, which the system keeps from others, and nothing on the way may be a link or a junction.

Beside a file stands its SHA-256, written after it: what a crash left short, empty or mixed is seen.
Standard library only.
"""

from __future__ import annotations

import functools
import hashlib
import operator
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from engine.errors import reason_of
from engine.system.atomic_files import remove_leftovers
from engine.system.processes import own_mark

_HASH = ".sha256"  # what stands beside "name" is "name.sha256"
_OPEN = stat.S_IWGRP | stat.S_IWOTH


def make_private(folder: Path) -> str:
    """Make a folder that only this user can enter; "" or why it cannot be trusted, for a sentence.

    One that is there is taken as it is.
    """
    try:
        # Those above get 0700 as well; `parents` alone would take what the umask says.
        for missing in reversed([p for p in (folder, *folder.parents) if not p.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        return f"{folder}: {reason_of(error)}"
    return why_open(folder)


def why_open(path: Path, user: int | None = None) -> str:
    """ "" where only this user and the administrator decide what lies at a path, else why not.

    user: a user id, by default that of this process; counts on POSIX alone.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100  (resolve would skip the links)
    try:
        if sys.platform == "win32":
            return _why_open_on_windows(path)
        user = os.geteuid() if user is None else user
        for place in _places(path):
            if why := _why_others(place, user, safe_above=place != path):
                return why
    except OSError as error:
        return f"{path}: {reason_of(error)}"
    return ""


def keep(path: Path, data: bytes) -> None:
    """Write a file and then its hash, each whole, on the disk, and for this user alone. What a
    killed process left half-written in that folder goes.

    Raises OSError where the disk refuses; then nothing is trusted that stands there.
    """
    remove_leftovers(path.parent)
    _write(path, data)
    _write(_hash_of(path), hashlib.sha256(data).hexdigest().encode())
    if sys.platform != "win32":  # the names too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path) -> bytes | None:
    """What `keep` wrote, or None where it is not there, not whole, a link, or not only ours."""
    try:
        data = _read(path)
        whole = _read(_hash_of(path)).decode("ascii", "replace") == hashlib.sha256(data).hexdigest()
    except OSError:
        return None
    return data if whole else None


def seal(path: Path) -> None:
    """Make a file that a library wrote ours alone, bring it to the disk, put its hash beside it.

    Raises OSError where the disk refuses.
    """
    path.chmod(0o600)
    data = _read(path)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    _write(_hash_of(path), hashlib.sha256(data).hexdigest().encode())


def remove(path: Path) -> bool:
    """Delete a file and its hash, as far as the disk lets us; whether there was one and it went."""
    there = os.path.lexists(path)
    for gone in (path, _hash_of(path)):
        with suppress(OSError):
            gone.unlink()
    return there and not os.path.lexists(path)


def has_hash(path: Path) -> bool:
    """Whether a hash stands beside a file."""
    return _hash_of(path).exists()


def is_hash(path: Path) -> bool:
    """Whether a file is the hash of another."""
    return path.suffix == _HASH


def _hash_of(path: Path) -> Path:
    return path.with_name(path.name + _HASH)


def _places(path: Path) -> Iterator[Path]:
    """Every folder and link that decides what lies at an absolute path, itself among them."""
    seen, waiting = set[Path](), [path]
    while waiting:
        last = waiting.pop()
        for place in (last, *last.parents):
            if place not in seen:
                seen.add(place)
                yield place
                if place.is_symlink():
                    waiting.append(place.parent / place.readlink())


def _why_others(place: Path, user: int, *, safe_above: bool) -> str:
    """Why others decide what a place is. safe_above: it holds the folder, and is not the folder."""
    status = place.lstat()
    if status.st_uid not in (user, 0):
        return f"{place} belongs to another user; set XDG_CACHE_HOME to a folder of your own"
    if stat.S_ISLNK(status.st_mode):  # nobody can write a link, only replace it
        return ""
    if safe_above and status.st_mode & stat.S_ISVTX:
        return ""
    if status.st_mode & stat.S_IWOTH:
        return f"others may write in {place} (chmod go-w takes the right from them)"
    if status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid, user):
        return f"a group may write in {place} (chmod go-w takes the right from it)"
    return ""


def _is_own_group(group: int, user: int) -> bool:
    """Whether a group is the one that many systems give each user, with nobody else in it.

    Where it is the user's first group, all that the user makes can be written by it.
    """
    import grp
    import pwd

    if group == 0:  # the administrator's
        return True
    try:
        who, members = pwd.getpwuid(user), grp.getgrgid(group)
    except KeyError:
        return False
    own = who.pw_gid == group and members.gr_name == who.pw_name
    return own and set(members.gr_mem) <= {who.pw_name}


def _why_open_on_windows(path: Path) -> str:
    home = Path.home().absolute()
    if home not in path.parents:
        return f"{path} is not in your own folder {home}"
    for place in (path, *path.parents):
        attributes = getattr(place.lstat(), "st_file_attributes", 0)
        if attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
            return f"{place} is a link"
        if place == home:
            break
    return ""


def _read(path: Path) -> bytes:
    """A plain file of ours, that nobody else may write. Raises OSError for any other."""
    flags = [getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")]
    handle = os.open(path, functools.reduce(operator.or_, flags, os.O_RDONLY))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path} is no plain file")
        if sys.platform != "win32" and (
            status.st_uid not in (os.geteuid(), 0) or status.st_mode & _OPEN
        ):
            raise OSError(f"{path} is not only ours")
        return file.read()


def _write(path: Path, data: bytes) -> None:
    """A file of mode 0600, whole or not at all. Raises OSError."""
    prefix = f".{path.name}.{own_mark()}-"  # as atomic_files names what is half-written
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(name).replace(path)
    finally:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
