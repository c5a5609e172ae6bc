"""A list inside a project's folder that grows by a line at a time."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from engine.errors import UserError, reason_of
from engine.system.inner_files import append_inner, read_inner, write_inner


class InnerLines:
    """One file. Whoever uses it from several threads holds a lock of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._ends_well = True  # the last line is whole

    def read(self) -> list[bytes]:
        """All lines, of which the last may be cut off by a crash; [] where there is no file. Raises
        as read_inner does."""
        data = b""
        with suppress(FileNotFoundError):
            data = read_inner(self._folder, self._name)
        self._ends_well = not data or data.endswith(b"\n")
        return data.splitlines()

    def append(self, line: bytes) -> None:
        """Put a line, which ends with its newline, at the end. Raises UserError where the disk
        refuses."""
        try:
            append_inner(self._folder, self._name, line if self._ends_well else b"\n" + line)
        except OSError as error:
            self._ends_well = False
            raise UserError(
                f"cannot write {self._folder / self._name}: {reason_of(error)}; free some space or "
                "choose another place"
            ) from error
        self._ends_well = True

    def write(self, lines: Iterable[bytes]) -> None:
        """Write all anew. Raises as write_inner does."""
        write_inner(self._folder, self._name, b"".join(lines))
        self._ends_well = True
