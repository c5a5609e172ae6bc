"""The folder of a project for whoever writes it: one at a time, through no link, over no damage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import UserError, reason_of
from engine.script.lock import ProjectLock
from engine.script.project_files import HEAD
from engine.system.inner_files import (
    Linked,
    inner_path,
    is_inner_file,
    remove_inner,
    remove_inner_leftovers,
    set_aside,
    write_inner,
)


class ProjectFolder:
    """Writes a project's files. Any thread. damaged: names of files to set aside before they are
    written again. refused: why nothing can be written, or ""."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = ProjectLock(path)
        self.damaged: set[str] = set()
        self.refused = ""

    def try_to_hold(self, program: str, *, take_over: bool) -> None:
        """Keep others from writing it; where that cannot be, it is read-only. Nothing is put into
        a folder that is no project. Raises Linked."""
        if is_inner_file(self.path, HEAD):
            try:
                self.lock.hold(program, take_over=take_over)
            except Linked:
                raise
            except UserError as error:
                self.refused = str(error)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others from writing it, also where it is held already. Raises UserError."""
        self._check_refused()
        self.lock.hold("run")
        try:
            self.tidy()
            yield
        finally:
            self.lock.release()

    @property
    def read_only(self) -> str:
        """Why nothing can be changed, as a sentence; "" where it can."""
        return self.refused or self.lock.lost

    def may_write(self) -> None:
        """Raise UserError where somebody else has it."""
        self._check_refused()
        self.lock.check()

    def write(self, name: str, data: bytes) -> None:
        """Write one file, whole or not at all. Raises UserError."""
        self._check_refused()
        with self.lock.briefly():
            if name in self.damaged:
                if is_inner_file(self.path, name):
                    try:
                        set_aside(inner_path(self.path, name))
                    except OSError as error:
                        reason = reason_of(error)
                        raise UserError(f"cannot rename {self.path / name}: {reason}") from error
                self.damaged.discard(name)
            write_inner(self.path, name, data)

    def remove(self, name: str) -> None:
        """Delete one file, if it is there. Raises UserError."""
        self._check_refused()
        with self.lock.briefly():
            try:
                remove_inner(self.path, name)
            except OSError as error:
                raise UserError(f"cannot remove {self.path / name}: {reason_of(error)}") from error

    def tidy(self) -> None:
        """Remove what a killed run left half written."""
        remove_inner_leftovers(self.path)

    def _check_refused(self) -> None:
        if self.refused:
            raise UserError(self.refused)
