"""May this target be written? Files belong to whoever made them: what is there is replaced only
where this program wrote it and nobody changed it since, or where the user says so. Standard library
only.

Whether a file is ours is told by a project's ledger (`ledger.py`) or, for a single file, its mark
(`system/marks.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TypeVar

from engine.errors import UserError, reason_of
from engine.system.marks import is_marked

LISTS = ".takes.json"  # ending of the list of a script's rows
MOST = 10_000  # numbers that are tried

AnyPath = TypeVar("AnyPath", bound=PurePath)
Identity = tuple[int, int]  # device and number of a file


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """What the user allows. overwrite: replace what is not ours. number: write beside it, with
    " (2)". inputs: `identities` of what this run reads, which is never replaced. asked: files that
    the user was asked about and gave away."""

    overwrite: bool = False
    number: bool = False
    inputs: frozenset[Identity] = frozenset()
    asked: frozenset[Path] = frozenset()

    def refusal(self, path: Path, *, ours: bool) -> str:
        """Why a target must not be written, as a sentence; "" where it may."""
        return _refusal(path, ours, self)


def _refusal(path: Path, ours: bool, permission: Permission) -> str:
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"cannot write {path}: {reason_of(error)}; name another"
    if (stat.st_dev, stat.st_ino) in permission.inputs:
        return f"{path} is an input of this run and is never replaced: choose another name"
    if not path.is_file():
        return f"cannot write {path}: it is not a plain file; name another"
    if ours or permission.overwrite or path in permission.asked:
        return ""
    return (
        f"{path} is there and was not written by this program, or was changed since: choose "
        "another name or folder, --overwrite to replace it, or --number to write beside it"
    )


def free(path: Path, permission: Permission) -> Path:
    """The name under which a single file, one that carries our mark, may be written: path itself,
    or with a number. Raises UserError where there is none."""
    for number in range(1, MOST):
        target = numbered(path, number)
        why = permission.refusal(target, ours=is_marked(target))
        if not why:
            return target
        if not permission.number or (target.exists() and not target.is_file()):
            break
    raise UserError(why)


def targets(permission: Permission, *paths: Path | None) -> list[Path | None]:
    """`free` for each single file that a command writes. Raises UserError also where two of them
    are one."""
    found: list[Path | None] = []
    for path in paths:
        if path is not None and path.absolute() in [other.absolute() for other in found if other]:
            raise UserError(f"two results would both be written to {path}: name another")
        found.append(None if path is None else free(path, permission))
    return found


def numbered(path: AnyPath, number: int) -> AnyPath:
    """a.wav → a (2).wav; 1 is the path itself."""
    if number == 1:
        return path
    end = ending(path)
    return path.with_name(f"{path.name.removesuffix(end)} ({number}){end}")


def ending(path: PurePath) -> str:
    """What a number stands before."""
    return LISTS if path.name.endswith(LISTS) else path.suffix


def identities(paths: Iterable[Path]) -> frozenset[Identity]:
    """What a file is whatever it is called: by links, hard links, or in another case where the disk
    does not tell them apart."""
    found = set()
    for path in paths:
        with suppress(OSError, ValueError):
            stat = path.stat()
            found.add((stat.st_dev, stat.st_ino))
    return frozenset(found)
