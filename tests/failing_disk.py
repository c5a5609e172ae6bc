"""A disk that fails when it is told to: every call into some folders is counted, and one fails.

    disk = FailingDisk(folder)
    with disk.watched():             # nothing fails: how many calls are there?
        work()
    for call in range(disk.calls):
        with disk.failing(call, errno.EIO):
            work()

Files in the folders are real; open, read, write, close, fsync, rename, unlink, mkdir, rmdir,
scandir, listdir, stat and lstat are counted, on every thread. lasting: all calls from that one on
fail that could write, as on a full disk.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

ERRORS = (errno.EIO, errno.ENOSPC, errno.EMFILE, errno.EACCES)
_WRITES = {"write", "fsync", "mkdir", "rename", "replace", "open to write", "close written"}
_real_open = io.open


class FailingDisk:
    """calls: how many there were in the last block. log: what each of them was."""

    def __init__(self, *folders: Path) -> None:
        self._folders = [os.path.realpath(folder) for folder in folders]
        self._lock = threading.Lock()
        self._fails: int | None = None
        self._code = 0
        self._lasting = False
        self._handles: dict[int, bool] = {}  # of our files → opened to write
        self.log: list[str] = []

    @property
    def calls(self) -> int:
        return len(self.log)

    @contextmanager
    def failing(self, call: int | None, code: int = 0, *, lasting: bool = False) -> Iterator[None]:
        """Within the block, call number `call` (from 0) fails with this code."""
        self._fails, self._code, self._lasting = call, code, lasting
        self.log = []
        self._handles = {}
        with (
            mock.patch.multiple(os, **self._calls()),
            mock.patch.multiple(io, open=self._open),
            mock.patch.multiple(builtins, open=self._open),
        ):
            yield

    def watched(self) -> Any:
        """Count, and let nothing fail."""
        return self.failing(None)

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _is_ours(self, path: Any) -> bool:
        if isinstance(path, int):
            return path in self._handles
        try:
            path = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 — links stay links
        except TypeError:
            return False
        return any(path == folder or path.startswith(folder + os.sep) for folder in self._folders)

    def count(self, what: str, path: Any) -> None:
        """A call; it may be the one that fails."""
        with self._lock:
            number = len(self.log)
            self.log.append(f"{what} {path}")
            fails = self._fails is not None and (
                number == self._fails or (self._lasting and number > self._fails)
            )
            if fails and self._lasting and number > self._fails and what not in _WRITES:  # type: ignore[operator]
                fails = False
        if fails:
            raise OSError(self._code, os.strerror(self._code), str(path))

    def _calls(self) -> dict[str, Callable[..., Any]]:
        calls = {}
        for name in (
            "replace",
            "rename",
            "unlink",
            "mkdir",
            "rmdir",
            "scandir",
            "listdir",
            "lstat",
            "stat",
        ):
            calls[name] = self._counted(name, getattr(os, name))
        real_open, real_sync = os.open, os.fsync

        def open_handle(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
            ours = self._is_ours(path)
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
            if ours:
                self.count("open to write" if writes else "open", path)
            handle = real_open(path, flags, mode, **more)
            if ours:
                self._handles[handle] = writes
            return handle

        def sync(handle: int) -> None:
            if handle in self._handles:
                self.count("fsync", handle)
            real_sync(handle)

        return {**calls, "open": open_handle, "fsync": sync}

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *more: Any, **named: Any) -> Any:
            if self._is_ours(path):
                self.count(name, path)
            return real(path, *more, **named)

        return call

    def _open(
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        if not self._is_ours(file):
            return _real_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
        writes = any(letter in mode for letter in "wax+")
        if not isinstance(file, int):
            self.count("open to write" if writes else "open", file)
        raw = _Raw(self, file, mode.replace("b", "").replace("t", ""), closefd, opener)
        if buffering == 0:
            return raw
        if "+" in mode:
            buffered: Any = io.BufferedRandom(raw)
        elif writes:
            buffered = io.BufferedWriter(raw)
        else:
            buffered = io.BufferedReader(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)


class _Raw(io.FileIO):
    """A file of the disk."""

    def __init__(self, disk: FailingDisk, file: Any, mode: str, closefd: bool, opener: Any) -> None:
        super().__init__(file, mode, closefd, opener)
        self._disk, self._handle = disk, self.fileno()
        disk._handles[self._handle] = self.writable()

    def readinto(self, buffer: Any) -> int | None:  # type: ignore[override]
        self._disk.count("read", self.name)
        return super().readinto(buffer)

    def readall(self) -> bytes:
        self._disk.count("read", self.name)
        return super().readall()

    def read(self, size: int | None = -1, /) -> bytes | None:  # type: ignore[override]
        self._disk.count("read", self.name)
        return super().read(size)

    def write(self, data: Any) -> int | None:  # type: ignore[override]
        self._disk.count("write", self.name)
        return super().write(data)

    def close(self) -> None:
        if self.closed:
            return
        self._disk._handles.pop(self._handle, None)
        writes = self.writable()
        super().close()  # the system closes it also where it says that it could not
        if writes:
            self._disk.count("close written", self._handle)
