"""The conversations on the disk: a file each, written whole or not at all."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile

from engine.system.atomic_files import remove_leftovers
from engine.system.inner_files import set_aside, write_own
from engine.system.outside import Unfit
from engine.system.untrusted_json import read_object
from gui.write.conversation import Conversation

_NAME = re.compile(r"[0-9a-f]{32}\.json")
_WAIT = 500  # milliseconds that one window waits until another has written


class Chats:
    """A folder of conversations, which need not exist. Any one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self) -> tuple[list[Conversation], list[Path], list[Path]]:
        """All of them, the one that was written last first; the files that cannot be read now; and
        the new names of those that were damaged."""
        found: list[tuple[float, Conversation]] = []
        unread: list[Path] = []
        damaged: list[Path] = []
        try:
            paths = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            return [], [], []
        remove_leftovers(self.folder, {path.name for path in paths})
        for path in paths:
            try:
                conversation = _read(path)
                found.append((path.stat().st_mtime, conversation))
            except (OSError, Unfit):
                unread.append(path)
            except ValueError:
                with suppress(OSError):
                    damaged.append(set_aside(path))
        found.sort(key=lambda pair: -pair[0])
        return [conversation for _, conversation in found], unread, damaged

    def save(self, name: str, values: dict[str, object]) -> None:
        """Write a conversation; what another window has added to it stays. Raises UserError
        and OSError, and what was there is there then."""
        with suppress(OSError):  # the writing says it
            self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.json"
        lock = QLockFile(str(path.with_name(f".{path.name}.lock")))
        lock.tryLock(_WAIT)
        try:
            mine = Conversation.from_plain(values, name)
            try:
                mine.take_over(_read(path))
            except (FileNotFoundError, NotADirectoryError):
                pass
            except ValueError:
                set_aside(path)
            text = json.dumps(mine.to_plain(), ensure_ascii=False, indent=1)
            write_own(path, text.encode("utf-8", "replace") + b"\n", known=path.exists())
        finally:
            lock.unlock()

    def remove(self, name: str) -> None:
        """Delete a conversation. Raises OSError."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)


def _read(path: Path) -> Conversation:
    return Conversation.from_plain(read_object(path), path.stem)
