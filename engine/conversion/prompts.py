"""A batch of prompts as a JSON Lines file: each text is on the disk as soon as it ends, and a
second run goes on where the first one stopped.

The first line has our mark, the version and the request; a line for each text follows, in order:
row, prompt, text, score, tokens, ending. Standard library only at import.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import engine
from engine.errors import UserError, reason_of
from engine.recordings.ownership import Permission
from engine.system.atomic_files import check_writable, write_atomically
from engine.system.marks import is_marked, marked
from engine.system.outside import open_outside
from engine.system.untrusted_json import parse_object

if TYPE_CHECKING:
    from engine.api import BeamSearch, TextRequest, WrittenText


class Results:
    """The file of one request. One thread."""

    def __init__(
        self, path: Path, request: TextRequest, model: str, permission: Permission
    ) -> None:
        """Look at what is there, and mend a last line that a kill has torn. model: its hash.

        Raises UserError for a file of somebody else or of another request, and where the disk
        refuses.
        """
        self._path, self._request = path, request
        self._copies = getattr(request.search, "sequences", 1)
        self._head = _line(
            marked({"version": engine.__version__, "request": _identity(request, model)})
        )
        self._file: BinaryIO | None = None
        self._waiting: dict[int, WrittenText] = {}  # that ended before an earlier one
        self.endings: list[str] = []  # of the texts that are there
        why = permission.refusal(path, ours=is_marked(path))
        if why:
            raise UserError(why)
        self._size = 0  # bytes that are whole
        if path.exists() and not (is_marked(path) and self._read()):
            if not permission.overwrite:
                raise UserError(
                    f"{path} holds the texts of another request, model or version: name another "
                    "file, or --overwrite to begin anew"
                )
            self._size, self.endings = 0, []
        check_writable(path)

    @property
    def total(self) -> int:
        """Texts of the whole request."""
        return len(self._request.prompts) * self._copies

    def open_prompts(self, together: int) -> int:
        """The first prompt to continue. together: texts of a batch. What a batch holds is as it
        would have been: a score's last digits depend on it."""
        if len(self.endings) == self.total:
            return len(self._request.prompts)
        prompt = len(self.endings) // self._copies
        search: Any = self._request.search
        copies = self._copies
        if hasattr(search, "beams"):  # a batch counts prompts
            together, copies = max(1, together // search.beams), 1
        while prompt * copies % together:
            prompt -= 1
        return prompt

    def add(self, row: int, text: WrittenText) -> None:
        """A text has ended. It is on the disk when those before it are. Raises UserError: a full
        disk."""
        if row < len(self.endings):  # of a batch that was begun again
            return
        self._waiting[row] = text
        while (row := len(self.endings)) in self._waiting:
            written = self._waiting.pop(row)
            prompt = self._request.prompts[row // self._copies]
            values = {"row": row, "prompt": prompt, **dataclasses.asdict(written)}
            self._append(_line(values))
            self.endings.append(written.ending)

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, line: bytes) -> None:
        try:
            if self._file is None:
                self._file = self._open()
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise UserError(
                f"cannot write {self._path}: {reason_of(error)}; free some space, then go on"
            ) from error

    def _open(self) -> BinaryIO:
        if not self._size:
            write_atomically(self._path, self._head)
            self._size = len(self._head)
        file = self._path.open("r+b")
        try:
            if os.fstat(file.fileno()).st_size < self._size or not _lock(file):
                raise UserError(f"{self._path} is being written by another run: wait for it")
            file.truncate(self._size)
            file.seek(self._size)
        except BaseException:
            file.close()
            raise
        return file

    def _read(self) -> bool:
        """Read what is there; False where it is of another request."""
        try:
            with open_outside(self._path) as file:
                if file.readline() != self._head:
                    return False
                self._size = len(self._head)
                for line in file:
                    if not line.endswith(b"\n"):  # torn by a kill
                        break
                    values = parse_object(line)
                    if values["row"] != len(self.endings) or len(self.endings) == self.total:
                        raise ValueError
                    self.endings.append(str(values["ending"]))
                    self._size += len(line)
        except OSError as error:
            raise UserError(f"cannot read {self._path}: {reason_of(error)}") from error
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise UserError(
                f"line {len(self.endings) + 2} of {self._path} was changed: name another file"
            ) from error
        return True


def _identity(request: TextRequest, model: str) -> dict[str, Any]:
    """What tells one request from another."""
    search: BeamSearch | Any = request.search
    prompts = json.dumps(request.prompts).encode()
    return {
        "model": model,
        "prompts": hashlib.sha256(prompts).hexdigest(),
        "search": {"kind": type(search).__name__, **dataclasses.asdict(search)},
        "max_new_tokens": request.max_new_tokens,
        "stop": list(request.stop),
        "chat": request.chat,
        # Only where it is used: files of earlier requests stay theirs.
        **({"history": request.history} if request.history else {}),
        **({"cut": True} if request.cut else {}),
        **({"schema": request.schema} if request.schema else {}),
    }


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _lock(file: BinaryIO) -> bool:
    """Whether nobody else writes the file. The lock ends with the process."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
