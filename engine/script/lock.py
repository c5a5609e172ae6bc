"""Who may write a project: one window or run at a time, on whatever machine.

    .lock    held while somebody works here; the system lets go of it when a process dies
    .owner   who that is: another machine that sees the folder over a network may not see the lock

What counts is the note of the owner, if he is alive: whoever takes a project over writes his name
there, and the one before finds it before his next write.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError, reason_of
from engine.system.inner_files import inner_path, read_inner, remove_inner, write_inner
from engine.system.processes import host_name, is_at_work, own_mark
from engine.system.untrusted_json import parse_object

if TYPE_CHECKING:
    from filelock import FileLock

LOCK, OWNER = ".lock", ".owner"
_MOST = 10_000  # bytes of a note
_PATIENCE = 5.0  # seconds that somebody else may take who writes one file

_held_here: set[str] = set()  # tokens of this process


class InUse(UserError):
    """Somebody else has the project."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Who has a project. host: the machine's name. mark: of the process (see processes). program:
    "window" or "run". since: ISO 8601. token: a random word that is his alone."""

    host: str
    mark: str
    program: str
    since: str
    token: str

    @property
    def is_gone(self) -> bool:
        """His process has ended, on this machine; or it is ours, and has given the project back
        where the disk did not let it take the note away."""
        if self.mark == own_mark():
            return self.token not in _held_here
        return is_at_work(self.mark) is False

    @property
    def when(self) -> str:
        """Since when, for people."""
        try:
            since = datetime.fromisoformat(self.since).astimezone()
        except ValueError:
            return "?"
        today = since.date() == datetime.now().astimezone().date()
        return f"{since:%H:%M}" if today else f"{since:%Y-%m-%d %H:%M}"


class ProjectLock:
    """The right to write a project's folder. Any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lost = ""  # who has taken it from us: a sentence
        self._mutex = threading.RLock()
        self._file: FileLock | None = None
        self._token = secrets.token_hex(8)
        self._holds = 0

    @property
    def held(self) -> bool:
        """Whether it is ours for longer than one write."""
        return self._holds > 0

    def hold(self, program: str, *, take_over: bool = False) -> None:
        """Take the project, until as many calls of `release`. program: "window" or "run".

        take_over: also from somebody who is alive. Raises InUse; UserError where the disk refuses.
        """
        with self._mutex:
            self._check_lost()
            if self._holds:
                self.check()
            else:
                self._acquire(0.0, take_over)
                owner = Owner(
                    host=host_name(),
                    mark=own_mark(),
                    program=program,
                    since=datetime.now().astimezone().isoformat(timespec="seconds"),
                    token=self._token,
                )
                try:
                    write_inner(self.folder, OWNER, json.dumps(asdict(owner)).encode())
                except UserError:
                    self._let_go()
                    raise
                _held_here.add(self._token)
            self._holds += 1

    def release(self) -> None:
        """Give back what `hold` took."""
        with self._mutex:
            if self._holds:
                self._holds -= 1
                if not self._holds:
                    _held_here.discard(self._token)
                    with suppress(OSError, UserError, ValueError):
                        owner = self._owner()
                        if owner is not None and owner.token == self._token:
                            remove_inner(self.folder, OWNER)
                        else:
                            self._lose()
                    self._let_go()

    @contextmanager
    def briefly(self) -> Iterator[None]:
        """For one write: who holds it makes sure that it is still his. Raises as `hold`."""
        with self._mutex:
            self._check_lost()
            if self._holds:
                self.check()
                yield
            elif self._file is not None:  # in this one already
                yield
            else:
                self._acquire(_PATIENCE, False)
                try:
                    yield
                finally:
                    self._let_go()

    def check(self) -> None:
        """Raise InUse where somebody else has the project, or has taken it from us."""
        self._check_lost()
        owner = self._owner_or_refuse()
        if self._holds:
            if owner is None or owner.token != self._token:
                self._lose()
                self._check_lost()
        elif owner is not None and not owner.is_gone:
            raise self._in_use(owner)

    def _lose(self) -> None:
        taken = InUse(
            f"{self.folder} was taken over elsewhere: it can only be read here; open it again"
        )
        self.lost = str(taken)
        self._let_go()  # or it would keep those out who come after the other one

    def _check_lost(self) -> None:
        """What we know of the project is old, then, also when the other one is gone."""
        if self.lost:
            raise InUse(self.lost)

    def _acquire(self, patience: float, take_over: bool) -> None:
        from filelock import FileLock, Timeout

        owner = self._owner_or_refuse()
        alive = owner is not None and not owner.is_gone
        if alive and not take_over:
            raise self._in_use(owner)
        try:
            file = FileLock(inner_path(self.folder, LOCK), thread_local=False)
            file.acquire(timeout=0.0 if take_over else patience)
            self._file = file
        except Timeout as error:
            # He had no note a moment ago, or we take it over: then his lock does not count.
            if not take_over:
                owner = self._owner_or_refuse()
                raise self._in_use(owner) from error
        except NotImplementedError:  # this disk knows no locks: the note has to do
            pass
        except OSError as error:
            raise UserError(f"cannot write {self.folder}: {reason_of(error)}") from error
        try:
            owner = None if take_over else self._owner_or_refuse()
        except UserError:
            self._let_go()  # or who tries again finds it held, by nobody
            raise
        if owner is not None and not owner.is_gone:  # he came between
            self._let_go()
            raise self._in_use(owner)

    def _let_go(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.release()
            self._file = None

    def _in_use(self, owner: Owner | None) -> InUse:
        if owner is None:
            return InUse(
                f"{self.folder} is being worked on by another run: wait for it, or take it over"
            )
        if owner.program == "window":
            return InUse(
                f"{self.folder} is open in another window since {owner.when} on {owner.host}: "
                "close it there, or take it over"
            )
        return InUse(
            f"{self.folder} is being worked on by another run since {owner.when} on {owner.host}: "
            "wait for it, or take it over"
        )

    def _owner_or_refuse(self) -> Owner | None:
        try:
            return self._owner()
        except OSError as error:
            reason = reason_of(error)
            raise UserError(f"{self.folder} cannot be read: {reason}; try again") from error

    def _owner(self) -> Owner | None:
        """Who has the project as its note says; None where there is none that can be read."""
        try:
            stored = parse_object(read_inner(self.folder, OWNER, _MOST))
            return Owner(**{str(name): str(value)[:200] for name, value in stored.items()})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError, RecursionError):
            return None
